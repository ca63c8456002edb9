"""System Log events as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
"""

from __future__ import annotations

from datetime import datetime

from simulators.kernel.times import iso
from simulators.okta.domain.event_types import FAILED, severity_of
from simulators.okta.domain.log import EVENT_TYPES, Cause, Event, Party
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.user_agents import told_by

_PLACE = {"city": None, "state": None, "country": None, "postalCode": None, "geolocation": None}


def event_body(event: Event) -> Json:
    """One record."""
    cause = event.cause
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
        "displayMessage": EVENT_TYPES[event.type][0],
        "eventType": event.type,
        "outcome": {"result": event.result, "reason": event.reason},
        "published": iso(event.published),
        "securityContext": {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None},
        "severity": severity(event),
        "debugContext": {"debugData": debug_data(event)},
        "legacyEventType": legacy_type(event),
        "transaction": {
            "type": cause.kind,
            "id": cause.transaction,
            "detail": {"requestApiTokenId": cause.api_token_id} if cause.api_token_id else {},
        },
        "uuid": event.uuid,
        "version": "0",
        "request": {"ipChain": [_hop(ip) for ip in (mark.ip, *mark.proxies)] if mark else []},
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
    """How severe a record is."""
    return severity_of(event.type, event.result)


def legacy_type(event: Event) -> str | None:
    """The older name of the type; some failures have one of their own."""
    if event.result == "FAILURE" and event.type in FAILED:
        return FAILED[event.type]
    return EVENT_TYPES[event.type][1]


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
    browser, system, device = told_by(mark.user_agent)
    service = cause.actor.type in ("PublicClientApp", "PublicClientAppEntity")
    return {
        "userAgent": {"rawUserAgent": mark.user_agent, "os": system, "browser": browser},
        "zone": mark.zone or "null",
        "device": device,
        "id": cause.actor.id if service else None,
        "ipAddress": mark.ip,
        "geographicalContext": _PLACE,
    }


def _hop(ip: str) -> Json:
    return {"ip": ip, "geographicalContext": _PLACE, "version": "V6" if ":" in ip else "V4", "source": None}
