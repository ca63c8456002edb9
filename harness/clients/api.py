"""What the vendors' clients share: reading with a bearer token, and fetching a new one when it is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harness.clients.answer import Answer
from harness.clients.http import Wire, expect
from harness.clock import Clock


class BearerApi:
    """Reads of one system with one credential. Subclasses say how a token is got and how pages follow."""

    def __init__(self, wire: Wire, clock: Clock) -> None:
        self.wire, self._clock = wire, clock
        self._token: tuple[str, datetime] | None = None
        self._kept: tuple[str, datetime] | None = None

    def keep_token(self) -> None:
        """Get an access token now, so that a snapshot taken next knows it."""
        self._access_token()
        self._kept = self._token

    def return_token(self) -> None:
        """Hold the kept token again, as after the tenant was restored to the snapshot; no later one is known there."""
        self._token = self._kept

    def _access_token(self) -> str:
        raise TypeError(f"{type(self).__name__} does not say how it gets a token")

    def _headers(self) -> dict[str, str]:
        return {"Accept": "application/json", "Authorization": f"Bearer {self._access_token()}"}

    def _get(self, path: str, params: dict[str, str] | None = None) -> Answer:
        answer = self.wire.send("GET", path, headers=self._headers(), params=params)
        if answer.status_code == 401:
            self._token = None
            answer = self.wire.send("GET", path, headers=self._headers(), params=params)
        return answer

    def _maybe(self, path: str) -> dict[str, Any] | None:
        """One document, None when there is none. Raises Refused."""
        answer = self._get(path)
        if answer.status_code == 404:
            return None
        document: dict[str, Any] = expect(answer, self.wire.system, 200).json()
        return document
