"""Sign-ins, sessions and factors as JSON."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulators.kernel.times import iso
from simulators.okta.domain.sessions import Factor, Session, SessionToken, SignIn
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.users import stamp


def session_body(session: Session, user: User, base_url: str, idp: str | None, own: str) -> Json:
    """A session. `own` is the id or `me` that its links carry."""
    where = f"{base_url}/api/v1/sessions/{own}"
    body: Json = {
        "id": session.id,
        "userId": user.id,
        "login": user.login,
        "createdAt": iso(session.created),
        "expiresAt": iso(session.expires),
        "status": "ACTIVE",
        "lastPasswordVerification": iso(session.password_verified),
        "lastFactorVerification": stamp(session.factor_verified),
        "amr": list(session.amr),
        "mfaActive": session.with_factor,
        "_links": {
            "self": {"href": where, "hints": {"allow": ["GET", "DELETE"]}},
            "refresh": {"href": f"{where}/lifecycle/refresh", "hints": {"allow": ["POST"]}},
            "user": {
                "name": user.name,
                "href": f"{base_url}/api/v1/users/{'me' if own == 'me' else user.id}",
                "hints": {"allow": ["GET"]},
            },
        },
    }
    return {**body, "idp": {"id": idp, "type": "OKTA"}} if idp else body


def sign_in_body(
    status: str,
    user: User,
    token: SessionToken | None,
    sign_in: SignIn | None,
    factors: tuple[Factor, ...],
    base_url: str,
    now: datetime,
) -> Json:
    """Where a sign-in stands."""
    where = f"{base_url}/api/v1/authn"
    expires = token.expires if token else sign_in.expires if sign_in else now + timedelta(minutes=5)
    body: Json = {"expiresAt": iso(expires), "status": status}
    if token is not None:
        body["sessionToken"] = token.value
    if sign_in is not None:
        body["stateToken"] = sign_in.value
    profile = user.profile
    person = {
        "id": user.id,
        "passwordChanged": stamp(user.password_changed),
        "profile": {
            "login": user.login,
            "firstName": profile.text("firstName"),
            "lastName": profile.text("lastName"),
            "locale": profile.text("locale") or "en_US",
            "timeZone": profile.text("timezone") or "America/Los_Angeles",
        },
    }
    embedded: Json = {"user": person}
    if status in ("MFA_REQUIRED", "MFA_ENROLL"):
        embedded["factors"] = [_offered(factor, where) for factor in factors]
    links: Json = {"cancel": {"href": f"{where}/cancel", "hints": {"allow": ["POST"]}}}
    step = {"PASSWORD_EXPIRED": "change_password", "PASSWORD_RESET": "reset_password"}.get(status)
    if step:
        links["next"] = {
            "name": "changePassword" if status == "PASSWORD_EXPIRED" else "resetPassword",
            "href": f"{where}/credentials/{step}",
            "hints": {"allow": ["POST"]},
        }
    return {**body, "_embedded": embedded, "_links": links}


def _offered(factor: Factor, where: str) -> Json:
    return {
        "id": factor.id,
        "factorType": factor.type,
        "provider": factor.provider,
        "vendorName": factor.vendor,
        "profile": {},
        "_links": {"verify": {"href": f"{where}/factors/{factor.id}/verify", "hints": {"allow": ["POST"]}}},
    }


def factor_body(factor: Factor, base_url: str, reveal: bool = False) -> Json:
    """A factor; a shared secret shows only in the answer to its enrolment."""
    own = f"{base_url}/api/v1/users/{factor.user_id}/factors/{factor.id}"
    profile: Json = {"email": factor.address} if factor.type == "email" else {}
    if factor.type == "token:software:totp":
        profile = {"credentialId": factor.user_id}
    body: Json = {
        "id": factor.id,
        "factorType": factor.type,
        "provider": factor.provider,
        "vendorName": factor.vendor,
        "status": factor.status,
        "created": iso(factor.created),
        "lastUpdated": iso(factor.last_updated),
        "profile": profile,
        "_links": {
            "self": {"href": own, "hints": {"allow": ["GET", "DELETE"]}},
            "verify": {"href": f"{own}/verify", "hints": {"allow": ["POST"]}},
            "user": {"href": f"{base_url}/api/v1/users/{factor.user_id}", "hints": {"allow": ["GET"]}},
        },
    }
    if factor.status == "PENDING_ACTIVATION":
        activate = {"name": "activate", "href": f"{own}/lifecycle/activate", "hints": {"allow": ["POST"]}}
        body["_links"]["activate"] = activate
        if reveal:
            activation = {"timeStep": 30, "sharedSecret": factor.secret, "encoding": "base32", "keyLength": 6}
            body["_embedded"] = {"activation": activation}
    return body
