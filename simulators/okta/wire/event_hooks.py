"""Event hooks as JSON, and events as hooks deliver them.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/EventHook/
"""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.hooks import EventFilter, EventHook
from simulators.okta.domain.log import Event
from simulators.okta.wire.bodies import Json, part, texts
from simulators.okta.wire.expressions import parse_event_filter
from simulators.okta.wire.hook_channels import read_channel, shown_channel
from simulators.okta.wire.logs import event_body

_POST = {"allow": ["POST"]}


def event_hook_body(hook: EventHook, base_url: str) -> Json:
    """An event hook, without its secret."""
    own = f"{base_url}/api/v1/eventHooks/{hook.id}"
    return {
        "id": hook.id,
        "status": hook.status,
        "verificationStatus": "VERIFIED" if hook.verified else "UNVERIFIED",
        "name": hook.name,
        "description": hook.description,
        "created": iso(hook.created),
        "createdBy": hook.created_by,
        "lastUpdated": iso(hook.last_updated),
        "events": {"type": "EVENT_TYPE", "items": list(hook.types), "filter": _filter_body(hook)},
        "channel": shown_channel(dict(hook.channel)),
        "_links": {
            "self": {"href": own},
            "verify": {"href": f"{own}/lifecycle/verify", "hints": _POST},
            "deactivate": {"href": f"{own}/lifecycle/deactivate", "hints": _POST},
        }
        if hook.status == "ACTIVE"
        else {
            "activate": {"href": f"{own}/lifecycle/activate", "hints": _POST},
            "self": {"href": own},
            "delete": {"href": own, "hints": {"allow": ["DELETE"]}},
        },
    }


def _filter_body(hook: EventHook) -> Json | None:
    if hook.filters is None:
        return None
    rows = [{"event": row.event, "condition": {"version": None, "expression": row.expression}} for row in hook.filters]
    return {"type": "EXPRESSION_LANGUAGE", "eventFilterMap": rows}


def read_event_hook(body: Json, plain_loopback: bool) -> Json:
    """The fields of a hook. Raises Invalid."""
    name, description, events = body.get("name"), body.get("description"), part(body, "events")
    if not isinstance(name, str) or not 1 <= len(name) <= 255:
        raise Invalid("name", "name: The field must be between 1 and 255 characters")
    if not isinstance(description, str | None):
        raise NotWellFormed()
    if events.get("type", "EVENT_TYPE") not in ("EVENT_TYPE", "FLOW_EVENT"):
        raise Invalid("events.type", "events.type: The type must be EVENT_TYPE")
    types = texts(events.get("items"))
    if not types:
        raise Invalid("events", "events: The field cannot be left blank")
    return {
        "name": name,
        "description": description,
        "types": tuple(dict.fromkeys(types)),
        "filters": _read_filters(part(events, "filter"), types),
        "channel": read_channel(body, plain_loopback),
    }


def read_status(body: Json) -> str | None:
    """The status that a body asks for. Raises Invalid."""
    status = body.get("status")
    if status is None or status in ("ACTIVE", "INACTIVE"):
        return str(status) if status else None
    raise Invalid("status", "status: The status must be ACTIVE or INACTIVE")


def _read_filters(body: Json, types: list[str]) -> tuple[EventFilter, ...] | None:
    if not body:
        return None
    rows = body.get("eventFilterMap")
    if body.get("type") != "EXPRESSION_LANGUAGE" or not isinstance(rows, list):
        raise Invalid("events.filter", "events.filter: A filter of type EXPRESSION_LANGUAGE is expected")
    return tuple(_read_filter(row, types) for row in rows[:100])


def _read_filter(row: Any, types: list[str]) -> EventFilter:
    if not isinstance(row, dict):
        raise NotWellFormed()
    event, text = row.get("event"), part(row, "condition").get("expression")
    if event not in types or not isinstance(text, str):
        raise Invalid("events.filter", "events.filter: A filter names one of the event types and an expression")
    return EventFilter(str(event), text, parse_event_filter(text))


def hook_event_body(event: Event) -> Json:
    """An event as a hook's listener sees it: the chain of addresses stands under the client."""
    body = event_body(event)
    chain = body.pop("request")["ipChain"]
    body["client"] = {**body["client"], "ipChain": chain}
    body["insertionTimestamp"] = None
    return body
