"""The fields of a System Log event that a query may ask for, and how they are read.

https://developer.okta.com/docs/reference/system-log-query/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from simulators.okta.domain.log import EVENT_TYPES, Event, Party
from simulators.okta.wire.logs import debug_data, event_body, legacy_type, severity

# what is asked for most is read from the event itself; the rest from its JSON
_READ: dict[str, Callable[[Event], Any]] = {
    "uuid": lambda event: event.uuid,
    "eventType": lambda event: event.type,
    "legacyEventType": legacy_type,
    "displayMessage": lambda event: EVENT_TYPES[event.type][0],
    "severity": severity,
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
}
_PLACES = ("city", "state", "country", "postalCode", "geolocation.lat", "geolocation.lon")
# `published` is left out on purpose: it would argue with since, until and after
_WALKED = frozenset(
    {
        "version",
        "client.id", "client.zone", "client.device", "client.userAgent.os", "client.userAgent.browser",
        "device.id", "device.name", "device.os_platform", "device.os_version", "device.managed", "device.registered",
        "authenticationContext.authenticationProvider", "authenticationContext.credentialProvider",
        "authenticationContext.credentialType", "authenticationContext.interface",
        "authenticationContext.authenticationStep", "authenticationContext.issuer.id",
        "authenticationContext.issuer.type",
        "securityContext.asNumber", "securityContext.asOrg", "securityContext.isp", "securityContext.domain",
        "securityContext.isProxy",
        "request.ipChain.ip", "request.ipChain.version", "request.ipChain.source",
        *(f"client.geographicalContext.{name}" for name in _PLACES),
        *(f"request.ipChain.geographicalContext.{name}" for name in _PLACES),
    }
)  # fmt: skip
_OPEN = ("debugContext.debugData.", "transaction.detail.", "target.detailEntry.", "actor.detailEntry.")


def is_field(name: str) -> bool:
    """Whether a filter may ask for a field.

    >>> is_field("target.id"), is_field("published")
    (True, False)
    """
    return name in _READ or name in _WALKED or name.startswith(_OPEN)


def reader(event: Event) -> Callable[[str], Any]:
    """Answers an event's value of a field."""

    def read(field: str) -> Any:
        if (direct := _READ.get(field)) is not None:
            return direct(event)
        if field.startswith(_OPEN[0]):
            return debug_data(event).get(field.removeprefix(_OPEN[0]))
        return list(_walk(event_body(event), field.split(".")))

    return read


def mentions(event: Event, words: list[str]) -> bool:
    """Whether every word is a word of the record, whatever its case; a hyphenated word counts in parts too."""
    found: set[str] = set()
    for text in _texts(event):
        if text:
            for word in text.lower().split():
                found.add(word)
                found.update(word.split("-"))
    return found.issuperset(words)


def _texts(event: Event) -> Iterator[str | None]:
    cause, mark = event.cause, event.cause.request
    yield from (event.uuid, event.type, EVENT_TYPES[event.type][0], EVENT_TYPES[event.type][1])
    yield from (event.result, event.reason, cause.transaction, cause.session_id, cause.api_token_id)
    for party in (cause.actor, *event.targets):
        yield from _of_party(party)
    if mark is not None:
        yield from (mark.id, mark.path, mark.ip, mark.user_agent)
    yield from (value for _, value in event.debug if isinstance(value, str))


def _of_party(party: Party) -> Iterator[str | None]:
    yield from (party.id, party.type, party.alternate_id, party.name)
    yield from (value for _, value in party.detail or () if isinstance(value, str))


def _walk(value: Any, names: list[str]) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _walk(item, names)
    elif not names:
        yield value
    elif isinstance(value, dict):
        yield from _walk(value.get(names[0]), names[1:])
    else:
        yield None
