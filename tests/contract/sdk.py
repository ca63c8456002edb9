"""The vendor's own Python SDK, unmodified, called synchronously; what it raises or cannot parse fails the test."""

from __future__ import annotations

import asyncio
from typing import Any

PEOPLE = {"firstName": "Ann", "lastName": "Lee"}
PASSWORD = "Autumn-2026x"


class Sdk:
    """One client of the SDK on a loop of its own. `settings` are its configuration's own keys."""

    def __init__(self, **settings: Any) -> None:
        from okta.client import Client

        self.runner = asyncio.Runner()
        self.client = Client(settings)
        self.number = 0

    def close(self) -> None:
        self.runner.close()

    def raw(self, method: str, *given: Any, **named: Any) -> tuple[Any, Any, Any]:
        """Data, response and error, as the SDK hands them out."""
        answer = self.runner.run(getattr(self.client, method)(*given, **named))
        return answer if len(answer) == 3 else (None, *answer)

    def __call__(self, method: str, *given: Any, **named: Any) -> Any:
        """The data of a call that has to succeed."""
        data, _, error = self.raw(method, *given, **named)
        assert error is None, f"{method}{given[:1]}: {error}"
        return data

    def refused(self, method: str, *given: Any, **named: Any) -> Any:
        """The error of a call that has to be refused: an object with the vendor's code."""
        data, _, error = self.raw(method, *given, **named)
        assert error is not None, f"{method}{given} answered {data}"
        return error

    def model(self, name: str, body: dict[str, Any]) -> Any:
        """A model of the SDK from what its JSON would be."""
        from okta import models

        return getattr(models, name).from_dict(body)

    def unique(self, word: str) -> str:
        """A name that nothing else in this org has."""
        self.number += 1
        return f"{word}-{self.number}"

    def person(self, word: str = "sdk", activate: bool = True, **more: Any) -> Any:
        """A new user."""
        login = f"{self.unique(word)}@example.com"
        body = {
            "profile": {**PEOPLE, "login": login, "email": login},
            "credentials": {"password": {"value": PASSWORD}},
            **more,
        }
        return self("create_user", self.model("CreateUserRequest", body), activate=activate)

    def group(self, word: str = "Sales") -> Any:
        """A new group."""
        return self("add_group", self.model("AddGroupRequest", {"profile": {"name": self.unique(word)}}))

    def app(self, kind: str = "BookmarkApplication", body: dict[str, Any] | None = None) -> Any:
        """A new application, a bookmark unless told otherwise."""
        given = body or {
            "name": "bookmark",
            "signOnMode": "BOOKMARK",
            "settings": {"app": {"requestIntegration": False, "url": "https://portal.example"}},
        }
        return self("create_application", self.model(kind, {"label": self.unique("App"), **given}))
