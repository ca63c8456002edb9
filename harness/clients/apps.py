"""An application's own view: its SCIM accounts and the log of who wrote them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from harness.clients.http import Wire, expect
from harness.journal import stamp
from harness.targets import AppEndpoint


class AppWitness:
    """Reads one application with a credential that cannot write."""

    def __init__(self, wire: Wire, app: AppEndpoint) -> None:
        if app.scim_url is None or app.write_log_url is None or app.token is None:
            raise ValueError(f"{app.label} has no SCIM API of its own to look at")
        self.wire, self.app = wire, app
        self._scim_url, self._log_url = app.scim_url, app.write_log_url
        self._headers = {"Authorization": f"Bearer {app.token}"}

    def account_by_user_name(self, user_name: str) -> list[dict[str, Any]]:
        """Accounts with this user name, active or not."""
        return self._users(f'userName eq "{user_name}"')

    def accounts_by_external_id(self, external_id: str) -> list[dict[str, Any]]:
        """Accounts with this external id, active or not."""
        return self._users(f'externalId eq "{external_id}"')

    def writes(self, since: datetime, resource_id: str | None = None) -> list[dict[str, Any]]:
        """Entries of the write log from an instant on, oldest first, about one account or all."""
        rows = expect(
            self.wire.send("GET", self._path(self._log_url), headers=self._headers, params={"since": stamp(since)}),
            self.app.label,
            200,
        ).json()
        entries: list[dict[str, Any]] = rows["entries"] if isinstance(rows, dict) else rows
        return [row for row in entries if resource_id in (None, row["resource_id"])]

    def _users(self, filter: str) -> list[dict[str, Any]]:
        answer = self.wire.send(
            "GET", f"{self._path(self._scim_url)}/Users", headers=self._headers, params={"filter": filter}
        )
        resources: list[dict[str, Any]] = expect(answer, self.app.label, 200).json().get("Resources", [])
        return resources

    def _path(self, url: str) -> str:
        return url.removeprefix(self.wire.base_url)
