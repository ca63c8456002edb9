"""Sign-in transactions as JSON: one row a status for its links, the rest follows from the step.

https://developer.okta.com/docs/reference/api/authn/#authentication-transaction-object
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.factors import (
    ANSWER,
    KEY,
    PUSH,
    SENT,
    Challenge,
    Factor,
    FactorKind,
    masked_mail,
    masked_phone,
)
from simulators.okta.domain.profile import LOCALE, TIME_ZONE
from simulators.okta.domain.sessions import SessionToken, SignIn
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.factors import activation, link, profile_of
from simulators.okta.wire.users import stamp


@dataclass(frozen=True, slots=True)
class SignInView:
    """What of a step is told. `remember_minutes` is how long a device may be remembered."""

    status: str
    user: User | None
    token: SessionToken | None
    sign_in: SignIn | None
    factors: tuple[Factor, ...]
    offered: tuple[tuple[FactorKind, str], ...]
    factor: Factor | None
    challenge: Challenge | None
    skippable: bool
    remember_minutes: int
    password_days: int | None
    complexity: Mapping[str, Any] | None
    recovery_token: str


# the next step's name and address, by status
_NEXT = {
    "PASSWORD_WARN": ("changePassword", "credentials/change_password"),
    "PASSWORD_EXPIRED": ("changePassword", "credentials/change_password"),
    "PASSWORD_RESET": ("resetPassword", "credentials/reset_password"),
    "LOCKED_OUT": ("unlock", "recovery/unlock"),
    "RECOVERY": ("answer", "recovery/answer"),
}
_BACK = ("MFA_CHALLENGE", "MFA_ENROLL_ACTIVATE")


def sign_in_body(view: SignInView, base_url: str, now: datetime) -> Json:
    """Where a sign-in stands."""
    where, sign_in, status = f"{base_url}/api/v1/authn", view.sign_in, view.status
    body: Json = {"status": status}
    if sign_in is not None and sign_in.recovery:
        body["recoveryType"] = sign_in.recovery
    if sign_in is not None and sign_in.channel == "EMAIL":
        return {**body, "factorResult": "WAITING", "factorType": "EMAIL"}
    if status == "LOCKED_OUT":
        return {**body, "_links": {"next": _next(status, where)}}
    expires = view.token.expires if view.token else sign_in.expires if sign_in else now + timedelta(minutes=5)
    body["expiresAt"] = iso(expires)
    if view.token is not None:
        body["sessionToken"] = view.token.value
    elif view.recovery_token:
        body["recoveryToken"] = view.recovery_token
    elif sign_in is not None and sign_in.value:
        body["stateToken"] = sign_in.value
    if sign_in is not None and sign_in.channel:
        body["factorType"] = sign_in.channel
    if sign_in is not None and sign_in.result:
        body["factorResult"] = sign_in.result
    if status == "MFA_CHALLENGE":
        body["challengeType"] = "FACTOR"
    embedded = _embedded(view, where, base_url)
    if embedded:
        body["_embedded"] = embedded
    return {**body, "_links": _links(view, where)}


def _embedded(view: SignInView, where: str, base_url: str) -> Json:
    if view.user is None:
        return {}
    embedded: Json = {"user": _person(view)}
    status = view.status
    if status == "MFA_REQUIRED":
        embedded["factors"] = [_known(factor, where, base_url) for factor in view.factors]
    elif status == "MFA_ENROLL":
        embedded["factors"] = [_offered(kind, need, where) for kind, need in view.offered]
    if view.factor is not None and status in _BACK:
        embedded["factor"] = _under_way(view, base_url)
    if status in ("MFA_REQUIRED", "MFA_CHALLENGE"):
        embedded["policy"] = {
            "allowRememberDevice": view.remember_minutes > 0,
            "rememberDeviceLifetimeInMinutes": view.remember_minutes,
            "rememberDeviceByDefault": False,
            "factorsPolicyInfo": {},
        }
    if view.complexity is not None:
        embedded["policy"] = {"complexity": dict(view.complexity)}
        if view.password_days is not None:
            embedded["policy"]["expiration"] = {"passwordExpireDays": view.password_days}
    return embedded


def _person(view: SignInView) -> Json:
    user = view.user
    assert user is not None
    profile = user.profile
    person: Json = {
        "id": user.id,
        "passwordChanged": stamp(user.password_changed),
        "profile": {
            "login": user.login,
            "firstName": profile.text("firstName"),
            "lastName": profile.text("lastName"),
            "locale": profile.text("locale") or LOCALE,
            "timeZone": profile.text("timezone") or TIME_ZONE,
        },
    }
    if view.status == "RECOVERY" and user.recovery is not None:
        person["recovery_question"] = {"question": user.recovery.question}
    return person


def _links(view: SignInView, where: str) -> Json:
    status, factor, sign_in = view.status, view.factor, view.sign_in
    links: Json = {"cancel": link(f"{where}/cancel", "POST")}
    if status in ("PASSWORD_WARN", "MFA_ENROLL") and (view.skippable or status == "PASSWORD_WARN"):
        links["skip"] = {"name": "skip", **link(f"{where}/skip", "POST")}
    if view.recovery_token:
        links["next"] = {"name": "recovery", **link(f"{where}/recovery/token", "POST")}
    elif status in _NEXT:
        links["next"] = _next(status, where)
    elif status == "RECOVERY_CHALLENGE" and sign_in is not None:
        own = f"{where}/recovery/factors/{sign_in.channel}"
        links["next"] = {"name": "verify", **link(f"{own}/verify", "POST")}
        links["resend"] = {"name": sign_in.channel.lower(), **link(f"{own}/resend", "POST")}
    if factor is None or status not in _BACK:
        return links
    own = f"{where}/factors/{factor.id}"
    links["prev"] = link(f"{where}/previous", "POST")
    polls = factor.kind.proof == PUSH
    if status == "MFA_ENROLL_ACTIVATE":
        path = f"{own}/lifecycle/activate" + ("/poll" if polls else "")
        links["next"] = {"name": "poll" if polls else "activate", **link(path, "POST")}
        again = f"{own}/lifecycle/resend"
    else:
        links["next"] = {"name": "poll" if polls else "verify", **link(f"{own}/verify", "POST")}
        again = f"{own}/verify/resend"
    if factor.kind.proof in (SENT, PUSH):
        links["resend"] = [{"name": factor.type, **link(again, "POST")}]
    return links


def _next(status: str, where: str) -> Json:
    name, path = _NEXT[status]
    return {"name": name, **link(f"{where}/{path}", "POST")}


def _known(factor: Factor, where: str, base_url: str) -> Json:
    return {**_bare(factor), "_links": {"verify": link(f"{where}/factors/{factor.id}/verify", "POST")}}


def _offered(kind: FactorKind, need: str, where: str) -> Json:
    return {
        "factorType": kind.type,
        "provider": kind.provider,
        "vendorName": kind.provider,
        "status": "NOT_SETUP",
        "enrollment": need,
        "_links": {"enroll": link(f"{where}/factors", "POST")},
    }


def _under_way(view: SignInView, base_url: str) -> Json:
    factor, challenge = view.factor, view.challenge
    assert factor is not None
    body = _bare(factor)
    if view.status == "MFA_ENROLL_ACTIVATE":
        if (shown := activation(factor, base_url, challenge, reveal=True)) is not None:
            body["_embedded"] = {"activation": shown}
    elif challenge is not None and factor.kind.proof == KEY:
        body["_embedded"] = {"challenge": {"challenge": challenge.code, "extensions": {}}}
    return body


def _bare(factor: Factor) -> Json:
    """A factor as strangers see it: addresses are masked."""
    profile = profile_of(factor)
    if factor.type in ("sms", "call"):
        profile["phoneNumber"] = masked_phone(factor.address)
    elif factor.type == "email":
        profile["email"] = masked_mail(factor.address)
    elif factor.kind.proof == ANSWER:
        profile = {name: profile[name] for name in ("question", "questionText") if name in profile}
    return {
        "id": factor.id,
        "factorType": factor.type,
        "provider": factor.provider,
        "vendorName": factor.vendor,
        "profile": profile,
    }
