"""The timeline: all systems' events in one order, filtered, a page at a time, the youngest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from simulators.control.view.trail import SYSTEMS, Place, Trail
from simulators.control.world import Estate
from simulators.hr.workers import Change
from simulators.kernel.times import iso, parse_instant
from simulators.okta.domain.log import EVENT_TYPES, Party
from simulators.okta.domain.log import Event as OktaEvent
from simulators.sailpoint.domain.records import Activity
from simulators.sailpoint.domain.records import Event as AuditEvent
from simulators.scim.records import Write

Row = dict[str, Any]
_LOOKED_AT = 5_000  # entries a search looks through before it answers what it has
_END: Place = (1 << 62, 0, 0)


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty texts ask for anything. `persons` are the names and ids of one person."""

    persons: frozenset[str] | None = None
    system: str = ""
    kind: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    before: str = ""
    limit: int = 50


def timeline(estate: Estate, trail: Trail, asked: Filters) -> Row:
    """Rows of the page, and where the next page begins. Raises ValueError for a filter that cannot be read."""
    if asked.system and asked.system not in SYSTEMS:
        raise ValueError(f"unknown system {asked.system!r}; use one of {', '.join(SYSTEMS)}")
    since, place = _stamp(asked.since), _start(asked)
    kind, words = asked.kind.lower(), asked.text.lower().split()
    trail.catch_up(estate)
    rows: list[Row] = []
    following: Place | None = None
    for looked, entry in enumerate(trail.entries(asked.persons, asked.system, place)):
        if since is not None and entry.place[0] < since:
            break
        if looked == _LOOKED_AT:
            following = place
            break
        if kind in entry.kind.lower() and all(word in entry.text for word in words):
            if len(rows) == asked.limit:
                following = place
                break
            row = _ROWS[type(entry.record)](estate, entry.record)
            rows.append({**row, "system": entry.system, "kind": entry.kind})
        place = entry.place
    cursor = None if following is None else ".".join(map(str, following))
    return {"rows": rows, "next": cursor, "behind": trail.behind}


def _start(asked: Filters) -> Place:
    if asked.before:
        parts = asked.before.split(".")
        if len(parts) != 3 or not all(part.isdecimal() for part in parts):
            raise ValueError(f"before {asked.before!r} is no place in the timeline; take it from an earlier page")
        return int(parts[0]), int(parts[1]), int(parts[2])
    until = _stamp(asked.until)
    return _END if until is None else (until, 0, 0)


def _stamp(text: str) -> int | None:
    """Milliseconds of an instant; one without a zone, as a form's field has it, is UTC."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return round(parse_instant(text).timestamp() * 1000)


def _okta(estate: Estate, event: OktaEvent) -> Row:
    actor = event.cause.actor
    return {
        "at": iso(event.published),
        "who": actor.name or actor.alternate_id or actor.id,
        "what": EVENT_TYPES.get(event.type, (event.type, None))[0],
        "whom": ", ".join(list(dict.fromkeys(_target(target) for target in event.targets))[:3]),
        "result": event.result,
        "bad": event.result in ("FAILURE", "DENY"),
        "details": _filled(reason=event.reason, transaction=event.cause.transaction, event=event.uuid),
    }


def _target(party: Party) -> str:
    # an OpenID client's name is its kind; its label stands beside it
    named = party.alternate_id if party.type == "AppInstance" else party.name
    return named or party.name or party.alternate_id or party.id


def _audit(estate: Estate, event: AuditEvent) -> Row:
    return {
        "at": iso(event.created),
        "who": _called(estate, event.actor),
        "what": event.technical_name.replace("_", " ").capitalize() + _subject(event.attributes),
        "whom": _called(estate, event.target),
        "result": event.status,
        "bad": event.status == "FAILED",
        "details": _filled(**dict(event.attributes), tracking=event.tracking),
    }


def _subject(about: Mapping[str, Any]) -> str:
    """What an audit event is about, from its attributes.

    >>> _subject({"entitlementName": "operator", "sourceName": "Vault"})
    ': operator at Vault'
    """
    thing = about.get("entitlementName") or about.get("accessItemName") or ""
    if not thing and about.get("attributeName"):
        before, after = about.get("oldValue", ""), about.get("newValue") or about.get("attributeValue") or "–"
        thing = f"{about['attributeName']} {before} → {after}".replace("  ", " ")
    where = f" at {about['sourceName']}" if about.get("sourceName") else ""
    return f": {thing}{where}" if thing else where


def _activity(estate: Estate, activity: Activity) -> Row:
    look = estate.sailpoint.look
    now = estate.sailpoint.state.activities.get(activity.id) or activity
    steps = []
    for step in look.operations(now)[:8]:
        source, right = look.source(step.source_id), look.right(step.source_id, step.value)
        what = right.name if right is not None else step.value or ", ".join(step.values)
        steps.append(
            f"{step.kind} {source.name if source else step.source_id} {what}: {step.status}".replace("  ", " ")
        )
    asked = look.identity(now.requester_id) if now.requester_id else None
    return {
        "at": iso(now.created),
        "who": asked.name if asked is not None else "System",
        "what": f"{now.type}: {'; '.join(steps)}" if steps else now.type,
        "whom": named.name if (named := look.identity(now.identity_id)) is not None else now.identity_id,
        "result": now.completion or now.execution,
        "bad": now.completion == "FAILURE" or bool(now.errors),
        "details": _filled(
            completed=iso(now.completed) if now.completed else None, errors="; ".join(now.errors), tracking=now.tracking
        ),
    }


def _write(estate: Estate, write: Write) -> Row:
    state = estate.apps.state
    account, application = state.accounts.get(write.resource_id or ""), state.applications.get(write.app)
    group = state.groups.get(write.resource_id or "")
    whom = account.user_name if account else group.display_name if group else write.resource_id or ""
    return {
        "at": iso(write.time),
        "who": f"{write.credential}'s connector",
        "what": f"{write.verb} {_resource(write.path)} at {application.label if application else write.app}",
        "whom": whom,
        "result": str(write.status),
        "bad": write.status >= 400,
        "details": _filled(path=write.path, body=write.body),
    }


def _resource(path: str) -> str:
    """The kind of resource that a SCIM path names.

    >>> _resource("/vault/scim/v2/Users/2f7c")
    'Users'
    """
    return path.partition("/scim/v2/")[2].partition("/")[0] or path


def _change(estate: Estate, change: Change) -> Row:
    worker = estate.hr.state.workers.get(change.worker_id)
    told = "; ".join(f"{name} {before or '–'} → {after or '–'}" for name, before, after in change.columns[:6])
    return {
        "at": iso(change.at),
        "who": "HR",
        "what": f"{change.what.capitalize()}{': ' if told else ''}{told}",
        "whom": f"{worker.first_name} {worker.last_name}" if worker else change.worker_id,
        "result": "",
        "bad": False,
        "details": {name: f"{before or '–'} → {after or '–'}" for name, before, after in change.columns[6:]},
    }


_ROWS: dict[type, Callable[[Estate, Any], Row]] = {
    OktaEvent: _okta, AuditEvent: _audit, Activity: _activity, Write: _write, Change: _change,
}  # fmt: skip


def _called(estate: Estate, alias: str) -> str:
    """The name people read, for an alias that is somebody's."""
    identity = estate.sailpoint.state.identities.first("alias", alias.lower()) if alias else None
    return identity.name if identity is not None else alias


def _filled(**values: Any) -> dict[str, str]:
    return {name: str(value) for name, value in values.items() if value not in (None, "")}
