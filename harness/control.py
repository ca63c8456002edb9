"""Client of a simulated estate's control plane; absent on real tenants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import httpx

from harness.clients.http import PlainClient
from harness.times import parse_instant


class ControlError(Exception):
    """The control plane cannot be reached or refused a call; the text says which and why."""


class ControlPlane:
    """Clock, faults and snapshots of one estate."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._client = PlainClient(self.base_url)

    def estate(self) -> dict[str, Any]:
        """The ready object: URLs and credentials."""
        return self._call("GET", "/control/estate")

    def now(self) -> datetime:
        """The estate's instant."""
        return parse_instant(self._call("GET", "/control/clock")["now"])

    def pace(self) -> float:
        """Seconds of the estate for each second of the wall: 0 for a clock that stands still."""
        clock = self._call("GET", "/control/clock")
        return float(clock["speed"]) if clock["mode"] == "following" else 0.0

    def advance(self, by: timedelta) -> datetime:
        """Move the clock; answers the new instant when the estate is quiet."""
        body = {"by": f"PT{by.total_seconds():.3f}S"}
        return parse_instant(self._call("POST", "/control/clock/advance", body)["now"])

    def save(self, name: str) -> None:
        """Keep the estate's present state under a name."""
        self._call("PUT", f"/control/snapshots/{name}")

    def restore(self, name: str) -> None:
        """Return to a kept state, its clock included."""
        self._call("POST", f"/control/snapshots/{name}/restore")

    def add_fault(self, match: dict[str, str], effect: dict[str, Any], times: int | None = None) -> str:
        """Make matching requests misbehave; answers the rule's id."""
        body = {"match": match, "effect": effect} | ({} if times is None else {"times": times})
        return str(self._call("POST", "/control/faults", body)["id"])

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = self._client.request(method, path, json=body)
        except httpx.HTTPError as problem:
            raise ControlError(f"no control plane answers at {self.base_url}: {problem}") from None
        if answer.status_code >= 400:
            raise ControlError(f"the control plane refused {method} {path}: {answer.text[:300]}")
        if answer.status_code == 204:
            return {}
        try:
            document = answer.json()
        except ValueError:
            raise ControlError(f"{self.base_url} is no control plane: it answers {path} without JSON") from None
        return document if isinstance(document, dict) else {}
