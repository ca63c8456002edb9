"""Sessions as JSON."""

from __future__ import annotations

from simulators.kernel.times import iso
from simulators.okta.domain.sessions import Session
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.users import stamp


def session_body(session: Session, user: User, base_url: str, idp: str | None, own: str, mfa: bool) -> Json:
    """A session. `own` is the id or `me` that its links carry; `mfa` whether the person has a factor set up."""
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
        "mfaActive": mfa,
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
