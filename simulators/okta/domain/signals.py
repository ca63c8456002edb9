"""Shared signals: who tells the org about security events, whom the org tells, and what the events look like.

https://developer.okta.com/docs/guides/configure-ssf-receiver/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulators.okta.domain.log import EVENT_TYPES, Event

_CAEP = "https://schemas.openid.net/secevent/caep/event-type/"
_OKTA = "https://schemas.okta.com/secevent/okta/event-type/"
SESSION_REVOKED, CREDENTIAL_CHANGE = f"{_CAEP}session-revoked", f"{_CAEP}credential-change"
VERIFICATION = "https://schemas.openid.net/secevent/ssf/event-type/verification"
_FACTOR = re.compile(r"(\S+) factor$")
SENT = (SESSION_REVOKED, CREDENTIAL_CHANGE)
TAKEN = frozenset(
    {
        SESSION_REVOKED,
        CREDENTIAL_CHANGE,
        VERIFICATION,
        f"{_CAEP}device-compliance-change",
        f"{_CAEP}risk-level-change",
        f"{_OKTA}user-risk-change",
        f"{_OKTA}device-risk-change",
        f"{_OKTA}ip-change",
    }
)
METHODS = ("https://schemas.openid.net/secevent/risc/delivery-method/push", "urn:ietf:rfc:8935")
# log event: what it does to a credential
_CHANGES = {
    "user.mfa.factor.activate": "create",
    "user.mfa.factor.deactivate": "revoke",
    "user.mfa.factor.reset_all": "revoke",
    "user.mfa.factor.suspend": "revoke",
    "user.mfa.factor.unsuspend": "create",
    "user.mfa.factor.update": "update",
    "user.account.reset_password": "revoke",
    "user.account.update_password": "update",
}
# what the log's reason calls a factor, and the credential's type
_KINDS = (
    ("SMS", "phone-sms"),
    ("CALL", "phone-voice"),
    ("EMAIL", "email"),
    ("QUESTION", "password"),
    ("WEBAUTHN", "fido2-roaming"),
    ("U2F", "fido-u2f"),
)


@dataclass(frozen=True, slots=True)
class SecurityProvider:
    """A system that tells the org about security events. Its tokens carry `issuer` and verify by `jwks_url`."""

    id: str
    name: str
    type: str
    issuer: str
    jwks_url: str
    well_known_url: str | None = None
    status: str = "ACTIVE"


@dataclass(frozen=True, slots=True)
class SignalStream:
    """Where the org sends security events for a client."""

    id: str
    client_id: str
    method: str
    endpoint: str
    requested: tuple[str, ...]
    authorization: str | None = None
    status: str = "enabled"

    @property
    def delivered(self) -> tuple[str, ...]:
        """The events asked for that the org sends at all."""
        return tuple(uri for uri in SENT if uri in self.requested)


def told(event: Event, issuer: str) -> tuple[str, dict[str, Any]] | None:
    """The security event that a log event becomes, with its subject; None for events that are not sent.

    Sessions count when they end, credentials when they change. Suspension, deactivation and groups are not sent.
    https://developer.okta.com/docs/reference/ssf-transmitter-sets/
    """
    change = _CHANGES.get(event.type)
    if event.result != "SUCCESS" or (change is None and event.type != "user.session.end"):
        return None
    user = next((target for target in event.targets if target.type == "User"), None)
    if user is None:
        return None
    entity = "user" if event.cause.actor.id == user.id else "admin"
    if event.cause.actor.type == "SystemPrincipal":
        entity = "system"
    body: dict[str, Any] = {"subject": {"format": "iss_sub", "iss": issuer, "sub": user.id}}
    if change is not None:
        kind, name = _credential(event)
        body |= {"credential_type": kind, "change_type": change, "friendly_name": name}
    body |= {"initiating_entity": entity, "reason_admin": {"en": EVENT_TYPES[event.type][0]}}
    body["event_timestamp"] = round(event.published.timestamp() * 1000)
    return (CREDENTIAL_CHANGE if change is not None else SESSION_REVOKED), body


def _credential(event: Event) -> tuple[str, str]:
    """Type and name of the credential that a log event is about; everything else is an app on some device."""
    if event.type.startswith("user.account."):
        return "password", "PASSWORD_AS_FACTOR"
    if event.type.endswith("reset_all"):
        return "ALL_FACTORS", "ALL_FACTORS"
    named = _FACTOR.search(event.reason or "")
    name = named[1] if named else "UNKNOWN"
    return next((kind for mark, kind in _KINDS if mark in name.upper()), "app"), name


def subject_of(claims: Mapping[str, Any], event: Mapping[str, Any]) -> tuple[str, str] | None:
    """How a received event names its person: `email` or `id` with the name; `none` for a subject of another kind.

    The subject stands in the event or, in newer tokens, beside it; it may have a `user` part. None when there is none.
    """
    subject = event.get("subject", claims.get("sub_id"))
    if isinstance(subject, Mapping) and isinstance(subject.get("user"), Mapping):
        subject = subject["user"]
    if not isinstance(subject, Mapping):
        return None
    if subject.get("format") == "email" and isinstance(subject.get("email"), str):
        return "email", subject["email"]
    if subject.get("format") == "iss_sub" and isinstance(subject.get("sub"), str):
        return "id", subject["sub"]
    if subject.get("format") == "opaque" and isinstance(subject.get("id"), str):
        return "id", subject["id"]
    return "none", ""


@dataclass(frozen=True, slots=True)
class LogoutEndpoint:
    """Where an application takes Universal Logout, and how it knows people: `iss_sub` or `email`."""

    app_id: str
    url: str
    format: str
