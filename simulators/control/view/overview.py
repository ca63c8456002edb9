"""The estate at a glance: how much there is of everything, who is signed in, sample logins, faults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from simulators.control.view.person import sessions_of, tokens_of
from simulators.control.world import Estate
from simulators.okta.domain.users import Status, User

Row = dict[str, Any]
_LOOKED_AT = 500  # records of each kind


def counts(estate: Estate) -> Row:
    """How many there are of what; each a number that an index knows."""
    users = estate.okta.state.users
    apps = estate.apps.state
    return {
        "workers": len(estate.hr.state.workers),
        "waiting_rows": len(estate.hr.state.waiting),
        "identities": len(estate.sailpoint.state.identities),
        "uncorrelated_accounts": estate.sailpoint.state.accounts.count("uncorrelated", "any"),
        "pending_approvals": estate.sailpoint.state.approvals.count("pending", "any"),
        "users": {status.value: number for status in Status if (number := users.count("status", status.value))},
        "active_accounts": {app.label: apps.accounts.count("seat", slug) for slug, app in apps.applications.items()},
    }


def live(estate: Estate, limit: int) -> Row:
    """Who is signed in and which tokens live, the youngest first; people without either are not looked at."""
    state = estate.okta.state
    people: dict[str, User] = {}
    for id in _holders(estate):
        if id not in people and (user := state.users.get(id)) is not None:
            people[id] = user
    sessions = [row for user in people.values() for row in sessions_of(estate, user)]
    tokens = [row for user in people.values() for row in tokens_of(estate, user)]
    sessions.sort(key=lambda row: row["began"], reverse=True)
    tokens.sort(key=lambda row: row["ends"], reverse=True)
    return {
        "sessions": sessions[:limit],
        "tokens": tokens[:limit],
        "more": len(sessions) > limit or len(tokens) > limit,
    }


def _holders(estate: Estate) -> Iterator[str]:
    state = estate.okta.state
    yield from (session.user_id for session in islice(state.sessions.newest(), _LOOKED_AT))
    yield from (token.user_id for token in islice(state.refresh_tokens.newest(), _LOOKED_AT))
    for token in islice(state.access_tokens.newest(), _LOOKED_AT):
        if token.user_id is not None:
            yield token.user_id


def sample_logins(ready: Mapping[str, Any]) -> list[Row]:
    """People of the seed who can sign in, without their passwords."""
    known = (entry for entry in ready["people"] if entry["password"])
    return [{name: entry[name] for name in ("worker_id", "name", "login", "part")} for entry in known]
