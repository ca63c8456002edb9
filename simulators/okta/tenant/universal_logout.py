"""Universal Logout: one command ends a person's sessions and tokens here, and at the applications that take part.

https://developer.okta.com/docs/guides/oin-universal-logout-overview/
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx

from simulators.okta.domain.log import Cause
from simulators.okta.domain.signals import LogoutEndpoint
from simulators.okta.domain.users import User
from simulators.okta.jose import sign, signing_key
from simulators.okta.tenant.journal import app_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_EVENT = "user.authentication.universal_logout"


class UniversalLogout:
    """Ends what a person has, and tells the applications assigned to the person to do the same."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.universal_logout", self._call)

    def connect(self, app_id: str, url: str, format: str) -> None:
        """Let an application take part: its endpoint, and whether people are named by `iss_sub` or `email`."""
        self.org.state.logout_endpoints[app_id] = LogoutEndpoint(app_id, url, format)

    def sign_out(self, user: User, cause: Cause) -> None:
        """End every session and token of a person, everywhere."""
        org = self.org
        endpoints = [
            found
            for app_id, _ in org.state.app_users.of(user.id)
            if (found := org.state.logout_endpoints.get(app_id)) is not None
        ]
        debug = {"AppInstanceIds": ", ".join(endpoint.app_id for endpoint in endpoints)}
        org.log.emit(cause, f"{_EVENT}.scheduled", user_party(user), debug=debug)
        org.sessions.clear(user, cause)
        org.tokens.revoke_user(user.id, cause)
        org.log.emit(cause, _EVENT, user_party(user), debug=debug)
        for endpoint in endpoints:
            org.clock.call_later(timedelta(0), "okta.universal_logout", endpoint.app_id, user.id, cause)

    async def _call(self, app_id: str, user_id: str, cause: Cause) -> None:
        org, now = self.org, self.org.now()
        endpoint, app, user = (
            org.state.logout_endpoints.get(app_id), org.state.apps.get(app_id), org.state.users.get(user_id)
        )  # fmt: skip
        if endpoint is None or app is None or user is None or org.http is None:
            return
        at = int(now.timestamp())
        claims = {
            "jti": org.state.ids.hex32("universal logout"),
            "iss": org.base_url,
            "sub": app_id,
            "aud": endpoint.url,
            "iat": at,
            "exp": at + 300,
            "nbf": at - 300,
        }
        subject: dict[str, Any] = {"format": "iss_sub", "iss": org.base_url, "sub": user.id}
        if endpoint.format == "email":
            subject = {"format": "email", "email": user.profile.text("email")}
        server = org.auth_servers.own
        key = signing_key(org.state.ids.random_seed, server.ordinal, server.key_at(now))
        headers = {"Authorization": f"Bearer {sign(claims, key, 'global-token-revocation+jwt')}"}
        try:
            answer = await org.http.post(endpoint.url, json={"sub_id": subject}, headers=headers, timeout=10)
            trouble = "" if answer.is_success else f"{answer.status_code} {answer.reason_phrase}"
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            trouble = type(error).__name__
        if trouble:
            cause = replace(cause, kind="JOB")
            org.log.emit(cause, _EVENT, user_party(user), app_party(app), result="FAILURE", reason=trouble)
