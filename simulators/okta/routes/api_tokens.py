"""/api/v1/api-tokens."""

from __future__ import annotations

from simulators.okta.domain.errors import Forbidden, NotFound
from simulators.okta.domain.tokens import ApiToken
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.roles import api_token_body

api_tokens = Endpoints("/api/v1")
_READ, _MANAGE = "okta.apiTokens.read", "okta.apiTokens.manage"


def _visible(call: Call, token: ApiToken) -> bool:
    return token.user_id == call.caller.user_id or call.may("tokens.all")


@api_tokens.on("GET", "/api-tokens", _READ)
async def list_tokens(call: Call) -> Answer:
    """One's own tokens; a super administrator sees all."""
    rows = (token for token in call.org.state.api_tokens.rows() if _visible(call, token))
    return Answer(200, [api_token_body(token, call.org.base_url) for token in rows])


@api_tokens.on("DELETE", "/api-tokens/current")
async def revoke_current(call: Call) -> Answer:
    """End the token that this call was made with."""
    if call.caller.token_id is None:
        raise Forbidden()
    call.org.access.revoke_api_token(call.caller.token_id, call.cause)
    return NO_CONTENT


def _token(call: Call) -> ApiToken:
    token = call.org.state.api_tokens.get(call.parts["token"])
    if token is None or not _visible(call, token):
        raise NotFound(call.parts["token"], "Token")
    return token


@api_tokens.on("GET", "/api-tokens/{token}", _READ)
async def read_token(call: Call) -> Answer:
    """One token, without its value."""
    return Answer(200, api_token_body(_token(call), call.org.base_url))


@api_tokens.on("DELETE", "/api-tokens/{token}", _MANAGE)
async def revoke_token(call: Call) -> Answer:
    """End a token."""
    call.org.access.revoke_api_token(_token(call).id, call.cause)
    return NO_CONTENT
