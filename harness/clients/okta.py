"""Okta's public management API, as a service app uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from joserfc import jwt
from joserfc.jwk import RSAKey

from harness.clients.api import BearerApi
from harness.clients.http import Wire, expect
from harness.clock import Clock
from harness.journal import stamp


@dataclass(frozen=True)
class ServiceApp:
    """An OAuth service app of the org: its client id, private key (a JWK) and granted scopes."""

    name: str
    client_id: str
    private_jwk: dict[str, Any]
    scopes: tuple[str, ...]


class OktaClient(BearerApi):
    """Calls Okta's management API as one service app, or by an API token, with token refresh and paging."""

    def __init__(self, wire: Wire, app: ServiceApp | None, clock: Clock, api_token: str | None = None) -> None:
        super().__init__(wire, clock)
        self._app, self._api_token = app, api_token
        self._key = None if app is None else RSAKey.import_key(dict(app.private_jwk))
        self._assertions = 0

    # users and groups

    def user(self, ref: str) -> dict[str, Any] | None:
        """The user with this id or login; None when the org has none."""
        return self._maybe(f"/api/v1/users/{quote(ref, safe='')}")

    def users_by_number(self, employee_number: str) -> list[dict[str, Any]]:
        """Users whose employeeNumber is this, in any status; read through the search index."""
        return self._list("/api/v1/users", {"search": f'profile.employeeNumber eq "{employee_number}"'})

    def groups_of(self, user_id: str) -> list[dict[str, Any]]:
        """The groups a user is a member of."""
        return self._list(f"/api/v1/users/{user_id}/groups")

    def factors_of(self, user_id: str) -> list[dict[str, Any]]:
        """Enrolled factors."""
        return self._list(f"/api/v1/users/{user_id}/factors")

    # applications

    def apps(self) -> list[dict[str, Any]]:
        """Every app instance, active and inactive."""
        return self._list("/api/v1/apps", {"limit": "200"})

    def app_groups(self, app_id: str) -> list[str]:
        """Ids of the groups an app is assigned to."""
        return [row["id"] for row in self._list(f"/api/v1/apps/{app_id}/groups", {"limit": "200"})]

    def direct_users(self, app_id: str) -> list[dict[str, Any]]:
        """App users assigned by hand instead of through a group."""
        rows = self._list(f"/api/v1/apps/{app_id}/users", {"limit": "500"})
        return [row for row in rows if row.get("scope") == "USER"]

    def app_user(self, app_id: str, user_id: str) -> dict[str, Any] | None:
        """The assignment of one user to one app, or None."""
        return self._maybe(f"/api/v1/apps/{app_id}/users/{user_id}")

    def apps_of(self, user_id: str) -> list[dict[str, Any]]:
        """Active and inactive app instances assigned to a user, each with the app's label."""
        query = {"filter": f'user.id eq "{user_id}"', "limit": "200"}
        return self._list("/api/v1/apps", query)

    def provisioning_feature(self, app_id: str) -> dict[str, Any] | None:
        """The USER_PROVISIONING feature of an app; None where the app has or allows no provisioning."""
        answer = self._get(f"/api/v1/apps/{app_id}/features/USER_PROVISIONING")
        if answer.status_code in (400, 404):
            return None
        document: dict[str, Any] = expect(answer, "okta", 200).json()
        return document

    def group_named(self, name: str) -> dict[str, Any] | None:
        """The group with exactly this name."""
        rows = self._list("/api/v1/groups", {"q": name})
        return next((row for row in rows if row["profile"]["name"] == name), None)

    def group_rules(self) -> list[dict[str, Any]]:
        """All group rules."""
        return self._list("/api/v1/groups/rules", {"limit": "200"})

    def policies(self, kind: str) -> list[dict[str, Any]]:
        """Policies of one type."""
        return self._list("/api/v1/policies", {"type": kind})

    # System Log

    def log(self, since: datetime, until: datetime, filter: str | None = None) -> list[dict[str, Any]]:
        """Log records of a bounded window, ordered by `published`, each once by its uuid."""
        query = {"since": stamp(since), "until": stamp(until), "limit": "1000"} | ({"filter": filter} if filter else {})
        seen = {row["uuid"]: row for row in self._list("/api/v1/logs", query)}
        return list(seen.values())

    # changes, for the second administrator only

    def change(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
        """Make one change and answer its document, {} for none. Raises Refused."""
        answer = self.wire.send(method, path, headers=self._headers(), body=body, params=params)
        expect(answer, "okta", 200, 201, 202, 204)
        return answer.json() if answer.content else {}

    def _list(self, path: str, params: dict[str, str] | None = None) -> list[dict[str, Any]]:
        return list(self._pages(path, params))

    def _pages(self, path: str, params: dict[str, str] | None) -> Iterator[dict[str, Any]]:
        while True:
            answer = expect(self._get(path, params), "okta", 200)
            rows = answer.json()
            yield from rows
            following = answer.link("next")
            if not following or not rows:
                return
            path, params = following, None

    def _headers(self) -> dict[str, str]:
        if self._api_token is not None:
            return {"Accept": "application/json", "Authorization": f"SSWS {self._api_token}"}
        return super()._headers()

    def _access_token(self) -> str:
        if self._app is None or self._key is None:
            raise ValueError("neither a service app nor an API token was given")
        now = self._clock.latest
        if self._token is None or now >= self._token[1]:
            form = {
                "grant_type": "client_credentials",
                "scope": " ".join(self._app.scopes),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": self._assertion(self._app, self._key),
            }
            answer = expect(self.wire.send("POST", "/oauth2/v1/token", form=form), "okta", 200).json()
            self._token = answer["access_token"], now + timedelta(seconds=answer["expires_in"] - 60)
        return self._token[0]

    def _assertion(self, app: ServiceApp, key: RSAKey) -> str:
        """A client assertion signed with the app's key; expires in five minutes and is used once."""
        now = int(self._clock.latest.timestamp())
        self._assertions += 1
        claims = {
            "iss": app.client_id,
            "sub": app.client_id,
            "aud": f"{self.wire.base_url}/oauth2/v1/token",
            "iat": now,
            "exp": now + 300,
            "jti": f"{app.client_id}-{now}-{self._assertions}",
        }
        header = {"alg": "RS256"} | ({"kid": kid} if (kid := app.private_jwk.get("kid")) else {})
        return jwt.encode(header, claims, key)
