"""System Log events as JSON, and the fields a filter may read.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.log import EVENT_TYPES, Cause, Event, Party
from simulators.okta.wire.bodies import Json

_PLACE = {"city": None, "state": None, "country": None, "postalCode": None, "geolocation": None}


def event_body(event: Event) -> Json:
    """One record."""
    cause, (message, legacy) = event.cause, EVENT_TYPES[event.type]
    mark = cause.request
    return {
        "actor": party_body(cause.actor),
        "client": _client(cause),
        "device": None,
        "authenticationContext": {
            "authenticationProvider": None,
            "credentialProvider": None,
            "credentialType": None,
            "issuer": None,
            "interface": None,
            "authenticationStep": 0,
            "rootSessionId": cause.session_id,
            "externalSessionId": cause.session_id or ("unknown" if mark else None),
        },
        "displayMessage": message,
        "eventType": event.type,
        "outcome": {"result": event.result, "reason": event.reason},
        "published": iso(event.published),
        "securityContext": {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None},
        "severity": severity(event),
        "debugContext": {"debugData": debug_data(event)},
        "legacyEventType": legacy_type(event, legacy),
        "transaction": {
            "type": cause.kind,
            "id": cause.transaction,
            "detail": {"requestApiTokenId": cause.api_token_id} if cause.api_token_id else {},
        },
        "uuid": event.uuid,
        "version": "0",
        "request": {
            "ipChain": [{"ip": mark.ip, "geographicalContext": _PLACE, "version": "V4", "source": None}] if mark else []
        },
        "target": [party_body(party) for party in event.targets] or None,
    }


def party_body(party: Party) -> Json:
    """An actor or target."""
    detail = None
    if party.detail is not None:
        detail = {key: iso(value) if isinstance(value, datetime) else value for key, value in party.detail}
    return {
        "id": party.id,
        "type": party.type,
        "alternateId": party.alternate_id,
        "displayName": party.name,
        "detailEntry": detail,
    }


def severity(event: Event) -> str:
    """INFO, and WARN for what failed."""
    return "INFO" if event.result in ("SUCCESS", "ALLOW", "CHALLENGE") else "WARN"


def legacy_type(event: Event, legacy: str | None) -> str | None:
    """The older name of the type; failed sign-ins had one of their own."""
    failed = event.type == "user.session.start" and event.result == "FAILURE"
    return "core.user_auth.login_failed" if failed else legacy


def debug_data(event: Event) -> Json:
    """What the record keeps of its request, and what its type adds."""
    mark, data = event.cause.request, dict(event.debug)
    if mark is None:
        return data
    own = {
        "requestId": mark.id,
        "requestUri": mark.path,
        "url": f"{mark.path}?{mark.query}",
        "threatSuspected": "false",
    }
    return {**own, **data}


def _client(cause: Cause) -> Json:
    mark = cause.request
    if mark is None:
        return dict.fromkeys(("userAgent", "zone", "device", "id", "ipAddress", "geographicalContext"))
    return {
        "userAgent": {"rawUserAgent": mark.user_agent, "os": "Unknown", "browser": "UNKNOWN"},
        "zone": "null",
        "device": "Computer" if "Mozilla" in mark.user_agent else "Unknown",
        "id": None,
        "ipAddress": mark.ip,
        "geographicalContext": _PLACE,
    }


FIELDS: dict[str, Callable[[Event], Any]] = {
    "uuid": lambda event: event.uuid,
    "eventType": lambda event: event.type,
    "legacyEventType": lambda event: legacy_type(event, EVENT_TYPES[event.type][1]),
    "displayMessage": lambda event: EVENT_TYPES[event.type][0],
    "severity": severity,
    "version": lambda event: "0",
    "actor.id": lambda event: event.cause.actor.id,
    "actor.type": lambda event: event.cause.actor.type,
    "actor.alternateId": lambda event: event.cause.actor.alternate_id,
    "actor.displayName": lambda event: event.cause.actor.name,
    "target.id": lambda event: [party.id for party in event.targets],
    "target.type": lambda event: [party.type for party in event.targets],
    "target.alternateId": lambda event: [party.alternate_id for party in event.targets],
    "target.displayName": lambda event: [party.name for party in event.targets],
    "outcome.result": lambda event: event.result,
    "outcome.reason": lambda event: event.reason,
    "transaction.id": lambda event: event.cause.transaction,
    "transaction.type": lambda event: event.cause.kind,
    "transaction.detail.requestApiTokenId": lambda event: event.cause.api_token_id,
    "authenticationContext.externalSessionId": lambda event: event.cause.session_id,
    "authenticationContext.rootSessionId": lambda event: event.cause.session_id,
    "client.ipAddress": lambda event: event.cause.request and event.cause.request.ip,
    "client.userAgent.rawUserAgent": lambda event: event.cause.request and event.cause.request.user_agent,
    "request.ipChain.ip": lambda event: event.cause.request and event.cause.request.ip,
}
_DEBUG = "debugContext.debugData."


def is_field(name: str) -> bool:
    """Whether a filter may ask for a field."""
    return name in FIELDS or name.startswith(_DEBUG)


def reader(event: Event) -> Callable[[str], Any]:
    """Answers an event's value of a field."""

    def read(field: str) -> Any:
        if field in FIELDS:
            return FIELDS[field](event)
        return debug_data(event).get(field.removeprefix(_DEBUG))

    return read


def mentions(event: Event, words: list[str]) -> bool:
    """Whether every word stands somewhere in the record."""
    text = " ".join(_texts(event_body(event))).lower()
    return all(word in text for word in words)


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []
