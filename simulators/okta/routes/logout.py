"""/oauth2/v1/logout and /oauth2/{server}/v1/logout: sign-out that a client asks for.

https://developer.okta.com/docs/guides/sign-users-out/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from simulators.okta.domain.protocol_errors import AuthorizePageError
from simulators.okta.jose import read_unverified
from simulators.okta.routes.authorize import error_answer
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.routes.oauth_clients import at_both, form_of, server_of
from simulators.okta.routes.sessions import cookie_session

signing_out = Endpoints("/oauth2")


@at_both(signing_out, "GET", "/logout")
async def logout(call: Call) -> Answer:
    """End the browser's session, if it is the ID token's person's, and go back to the client."""
    return _logout(call, call.query)


@at_both(signing_out, "POST", "/logout")
async def logout_by_form(call: Call) -> Answer:
    """The same, asked in a form."""
    return _logout(call, form_of(call))


def _logout(call: Call, fields: Mapping[str, str]) -> Answer:
    org, server = call.org, server_of(call)
    hint = fields.get("id_token_hint", "")
    found = org.auth_servers.verified(hint)
    if found is None or found[0].id != server.id or not found[1].startswith("ID."):
        name = "The 'id_token_hint' parameter is invalid." if hint else "The 'id_token_hint' parameter is required."
        return error_answer(call, AuthorizePageError("invalid_request", name))
    _, claims = read_unverified(hint)
    app = org.apps.client(str(claims.get("aud")))
    target = fields.get("post_logout_redirect_uri")
    if target is not None and (app is None or app.client is None or target not in app.client.post_logout_uris):
        text = "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings."
        return error_answer(call, AuthorizePageError("invalid_request", text))
    session = cookie_session(call)
    if session is not None and session.user_id == claims.get("sub"):
        org.sessions.end(session, replace(call.cause, session_id=session.id))
    gone = [("Set-Cookie", f"{name}=; Path=/; Max-Age=0") for name in ("sid", "idx")]
    where = target or f"{org.base_url}/login/login.htm"
    if target is not None and "state" in fields:
        where += ("&" if "?" in where else "?") + urlencode({"state": fields["state"]})
    return Answer(302, None, [("Location", where), *gone])
