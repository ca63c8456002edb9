"""From what a request earned to the signed tokens of its answer."""

from __future__ import annotations

from datetime import timedelta

from simulators.okta.domain.auth_servers import AuthServer
from simulators.okta.jose import TokenKey, sign, signing_key
from simulators.okta.routes.call import Call
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.oauth import Grant
from simulators.okta.tenant.token_claims import claims_for
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.oauth import ACCESS_TYPE, access_claims, id_claims

_ID_LIFE = timedelta(hours=1)


def current_key(org: OktaOrg, server: AuthServer) -> TokenKey:
    """The key a server signs with at present."""
    return signing_key(org.state.ids.random_seed, server.ordinal, server.key_at(org.now()))


def audiences(org: OktaOrg, server: AuthServer) -> tuple[str, ...]:
    """What a server's access tokens are for."""
    return (org.base_url,) if server.is_org else server.audiences


def token_members(call: Call, server: AuthServer, grant: Grant, code: str = "") -> Json:
    """The members of an answer that carry tokens, in the vendor's order. A `code` beside them is bound by its hash."""
    org, access = call.org, grant.access
    key, issuer = current_key(org, server), server.issuer(org.base_url)
    body: Json = {}
    signed = ""
    if access is not None:
        more = claims_for(org, server, "RESOURCE", grant.app, grant.user, grant.scopes)
        at = grant.signed_in.at if grant.signed_in else None
        claims = access_claims(access, grant.app, grant.user, issuer, audiences(org, server), more, at)
        signed = sign(claims, key, ACCESS_TYPE if server.is_org else None)
        body = {
            "token_type": "DPoP" if access.jkt else "Bearer",
            "expires_in": int((access.expires - access.issued).total_seconds()),
            "access_token": signed,
            "scope": " ".join(access.scopes),
        }
    if grant.refresh is not None:
        body["refresh_token"] = grant.refresh.value
    if grant.user is not None and grant.signed_in is not None and grant.id_token:
        beside = {"at_hash": signed} if signed else {}
        if code:
            beside["c_hash"] = code
        more = claims_for(org, server, "IDENTITY", grant.app, grant.user, grant.scopes, thin=bool(signed))
        times = (grant.issued, grant.issued + _ID_LIFE, grant.signed_in.at)
        claims = id_claims(
            grant.id_token, grant.app.client_id, grant.user, grant.scopes, issuer, times, grant.signed_in.amr,
            org.state.identity_provider, grant.nonce, beside, more,
        )  # fmt: skip
        body["id_token"] = sign(claims, key, None)
    return body
