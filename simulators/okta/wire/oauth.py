"""OAuth on the wire: token claims, answers, client assertions."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from simulators.okta.domain.apps import App
from simulators.okta.domain.profile import LOCALE, TIME_ZONE, Profile
from simulators.okta.domain.protocol_errors import OAuthRefusal
from simulators.okta.domain.tokens import AccessToken, RefreshToken
from simulators.okta.domain.users import User
from simulators.okta.jose import has_signature_by, has_signature_of, read_unverified
from simulators.okta.wire.bodies import Json

ACCESS_TYPE = "application/okta-internal-at+jwt"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_THIN = ("name", "email", "preferred_username")
_PROFILE = {
    "nickname": "nickName",
    "given_name": "firstName",
    "middle_name": "middleName",
    "family_name": "lastName",
    "profile": "profileUrl",
}
_ADDRESS = {
    "street_address": "streetAddress",
    "locality": "city",
    "region": "state",
    "postal_code": "zipCode",
    "country": "countryCode",
}


def seconds(at: datetime) -> int:
    """An instant as JWTs count it."""
    return int(at.timestamp())


def access_claims(
    token: AccessToken,
    app: App,
    user: User | None,
    issuer: str,
    audiences: tuple[str, ...],
    more: Json,
    at: datetime | None,
) -> Json:
    """The claims of an access token. `more` are those that the server's administrator added, `at` the sign-in."""
    claims: Json = {
        "ver": 1,
        "jti": token.id,
        "iss": issuer,
        "aud": audiences[0] if len(audiences) == 1 else list(audiences),
        "sub": user.login if user else app.client_id,
        "iat": seconds(token.issued),
        "exp": seconds(token.expires),
        "cid": app.client_id,
        **({"uid": user.id} if user else {}),
        "scp": list(token.scopes),
        **({"auth_time": seconds(at)} if at else {}),
        **({"cnf": {"jkt": token.jkt}} if token.jkt else {}),
    }
    return {**claims, **more}


def id_claims(
    jti: str,
    client_id: str,
    user: User,
    scopes: tuple[str, ...],
    issuer: str,
    times: tuple[datetime, datetime, datetime],
    amr: tuple[str, ...],
    idp: str,
    nonce: str,
    beside: Mapping[str, str],
    more: Json,
) -> Json:
    """The claims of an ID token. `times`: issued, expires, signed in. `beside` is what it travels with, by hash name.

    Beside an access token it is thin: of the person's claims it keeps those that everybody needs.
    https://developer.okta.com/docs/reference/api/oidc/#scope-dependent-claims-not-always-returned
    """
    person = user_claims(user, scopes)
    if "at_hash" in beside:
        person = {name: person[name] for name in _THIN if name in person}
    issued, expires, signed_in = times
    return {
        "sub": user.id,
        **person,
        "ver": 1,
        "iss": issuer,
        "aud": client_id,
        "iat": seconds(issued),
        "exp": seconds(expires),
        "jti": jti,
        "amr": list(amr),
        "idp": idp,
        **({"nonce": nonce} if nonce else {}),
        "auth_time": seconds(signed_in),
        **{name: _half_hash(value) for name, value in beside.items()},
        **more,
    }


def _half_hash(value: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(value.encode()).digest()[:16]).decode().rstrip("=")


def user_claims(user: User, scopes: tuple[str, ...]) -> Json:
    """What scopes tell of a person; what the profile does not hold is left out."""
    profile, claims = user.profile, {}
    if "profile" in scopes:
        claims = {"name": user.name, **_held(profile, _PROFILE), "preferred_username": user.login}
        claims |= {"zoneinfo": profile.text("timezone") or TIME_ZONE}
        claims |= {"locale": profile.text("locale") or LOCALE, "updated_at": seconds(user.last_updated)}
    if "email" in scopes:
        claims |= {"email": profile.text("email"), "email_verified": True}
    if "address" in scopes and (address := _held(profile, _ADDRESS)):
        claims["address"] = address
    if "phone" in scopes:
        claims |= _held(profile, {"phone_number": "primaryPhone"})
    return claims


def _held(profile: Profile, names: Mapping[str, str]) -> Json:
    return {claim: text for claim, name in names.items() if (text := profile.text(name))}


def introspected(token: AccessToken, app: App, user: User | None, issuer: str, audiences: tuple[str, ...]) -> Json:
    """A living access token, as introspection tells it."""
    body: Json = {
        "active": True,
        "scope": " ".join(token.scopes),
        "username": user.login if user else app.client_id,
        "exp": seconds(token.expires),
        "iat": seconds(token.issued),
        "sub": user.login if user else app.client_id,
        "aud": audiences[0] if len(audiences) == 1 else list(audiences),
        "iss": issuer,
        "jti": token.id,
        "token_type": "Bearer",
        "client_id": app.client_id,
    }
    return {**body, "uid": user.id} if user else body


def introspected_refresh(token: RefreshToken, app: App, user: User, issuer: str) -> Json:
    """A living refresh token, as introspection tells it."""
    return {
        "active": True,
        "scope": " ".join(token.scopes),
        "username": user.login,
        "exp": seconds(token.expires),
        "iat": seconds(token.created),
        "sub": user.login,
        "iss": issuer,
        "jti": token.id,
        "token_type": "Bearer",
        "client_id": app.client_id,
    }


def introspected_id(claims: Json, user: User) -> Json:
    """A living ID token, as introspection tells it."""
    kept = {name: claims[name] for name in ("exp", "iat", "sub", "aud", "iss", "jti")}
    return {"active": True, "token_type": "Bearer", "client_id": claims["aud"], "username": user.login, **kept}


def check_assertion(
    assertion: str, app: App, endpoints: set[str], now: datetime, fetched: Iterable[Json]
) -> tuple[str, datetime] | None:
    """Hold a client assertion against the vendor's rules; answers its id and end, to be used up.

    `fetched` are the keys found where the client says they lie. Raises OAuthRefusal with the vendor's sentence.
    """
    header, claims = read_assertion(assertion)
    at = now.timestamp()
    if claims.get("sub") != app.client_id:
        raise _client("The subject claim for client_assertion is not a valid client_id.")
    audiences = claims.get("aud")
    given = audiences if isinstance(audiences, list) else [audiences]
    if not any(isinstance(audience, str) and audience in endpoints for audience in given):
        raise _client("The audience claim for client_assertion must be the endpoint invoked for the request.")
    exp, iat = claims.get("exp"), claims.get("iat")
    if isinstance(exp, bool) or not isinstance(exp, int | float):
        raise _client("The client_assertion must contain the 'exp' claim as seconds since epoch.")
    if not exp > at:  # also a number that is none
        raise _client("The client_assertion token is expired.")
    if exp > at + 3600 + 60:
        raise _client("The client_assertion token has an expiration too far into the future.")
    if isinstance(iat, int | float) and iat > at + 60:
        raise _client("The client_assertion token must be issued before the current time.")
    _check_signature(assertion, app, header, fetched)
    jti = claims.get("jti")
    return None if jti is None else (str(jti), now + timedelta(seconds=exp - at))


def _check_signature(assertion: str, app: App, header: Json, fetched: Iterable[Json]) -> None:
    if app.client is not None and app.client.auth_method == "client_secret_jwt":
        if not has_signature_by(assertion, app.client.secret):
            raise _client("The client_assertion signature is invalid.")
        return
    keys: list[Json] = [*(app.client.keys if app.client else ()), *fetched]
    kid = header.get("kid")
    if kid is None and len(keys) > 1:
        raise _client("The client_assertion JWT kid is invalid.")
    if kid is not None and any(key.get("kid") for key in keys):
        keys = [key for key in keys if key.get("kid") == kid]
        if not keys:
            raise _client("The client_assertion JWT kid is invalid.")
    if not any(has_signature_of(assertion, key) for key in keys):
        raise _client("The client_assertion signature is invalid.")


def read_assertion(assertion: str) -> tuple[Json, Json]:
    """Header and claims of a client assertion. Raises OAuthRefusal."""
    try:
        return read_unverified(assertion)
    except ValueError:
        raise _client("The parsing of the client_assertion failed.") from None


def _client(description: str) -> OAuthRefusal:
    return OAuthRefusal(401, "invalid_client", description)
