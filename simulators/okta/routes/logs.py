"""/api/v1/logs: bounded windows, and polling without an end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from simulators.kernel.times import iso
from simulators.okta.domain.errors import InvalidLogFilter, InvalidLogQuery, InvalidPaging
from simulators.okta.domain.log import Event
from simulators.okta.domain.query import Query, holds
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.tenant.state import milliseconds
from simulators.okta.wire.filters import log_filter
from simulators.okta.wire.log_fields import is_field, mentions, reader
from simulators.okta.wire.logs import event_body
from simulators.okta.wire.paging import limit_of, links, page

logs = Endpoints("/api/v1/logs")
_LOOK_BACK, _KEPT, _LONGEST = timedelta(days=7), timedelta(days=90), timedelta(days=180)
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
_ORDERS = ("ASCENDING", "DESCENDING")
_NOT_A_DATE = "The date format in your query is not recognized. Please enter dates using ISO8601 string format."
_TOO_LONG = (
    "'q': Freeform search cannot contain items longer than 40 characters. Please shorten the items in your search or "
    "use an advanced filter to query by specific fields."
)
_TOO_MANY = "'q': Freeform search cannot contain more than 10 items."


@logs.on("GET", "", "okta.logs.read", "logs.read")
async def read_log(call: Call) -> Answer:
    """Events of a window, or the next ones in order of persistence.

    https://developer.okta.com/docs/reference/system-log-query/
    """
    query, org = call.query, call.org
    order = (query.get("sortOrder") or _ORDERS[0]).upper()
    if order not in _ORDERS:
        raise InvalidLogQuery("'sortOrder': must be ASCENDING or DESCENDING.")
    descending = order == _ORDERS[1]
    limit = limit_of(query, 100, 1000, least=0)
    until, since = _instant(call, "until"), _instant(call, "since")
    tree = log_filter(query["filter"], is_field) if query.get("filter") else None
    words = _words(query.get("q", ""))
    if since is not None and since < org.now() - _LONGEST:
        raise InvalidLogFilter("Invalid parameter: The since parameter is over 180 days prior to the current day.")
    if until is None and not descending:
        return _poll(call, since, tree, words, limit)
    end = until or org.now() + timedelta(seconds=1)
    start = max(since or end - _LOOK_BACK, org.now() - _KEPT)
    behind = _place(query["after"]) if "after" in query else None
    walk = org.log.downward if descending else org.log.upward
    rows, more = page(_matching(walk(start, end, behind, tree), tree, words), limit)
    after = f"{milliseconds(rows[-1].published)}_{rows[-1].number}" if more and rows else None
    fixed = {**query, "until": iso(end), "since": iso(start)} if after else query
    return Answer(200, [event_body(event) for event in rows], links(org.base_url, call.path, fixed, limit, after))


def _poll(call: Call, since: datetime | None, tree: Query | None, words: list[str], limit: int) -> Answer:
    """Polling: every page has a next one, an empty page means nothing yet."""
    org, query = call.org, call.query
    if "after" in query:
        number, since = _place(query["after"])[1], None
    else:
        number, since = 0, max(since or org.now() - _LOOK_BACK, org.now() - _KEPT)
    rows: list[Event] = []
    reached = number if since is None else 0
    for event in org.log.persisted(number, since, tree):
        if len(rows) == limit:
            break
        reached = event.number + 1
        if _matches(event, tree, words):
            rows.append(event)
    else:
        reached = org.state.event_count
    kept = {name: value for name, value in query.items() if name != "since"}
    headers = links(org.base_url, call.path, query, limit, None)
    headers += links(org.base_url, call.path, kept, limit, f"0_{reached}")[1:]
    return Answer(200, [event_body(event) for event in rows], headers)


def _matching(events: Iterator[Event], tree: Query | None, words: list[str]) -> Iterator[Event]:
    return (event for event in events if _matches(event, tree, words))


def _matches(event: Event, tree: Query | None, words: list[str]) -> bool:
    return (tree is None or holds(tree, reader(event), fold=True)) and (not words or mentions(event, words))


def _words(text: str) -> list[str]:
    words = text.lower().split()
    if any(len(word) > 40 for word in words):
        raise InvalidLogQuery(_TOO_LONG)
    if len(words) > 10:
        raise InvalidLogQuery(_TOO_MANY)
    return words


def _instant(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
    except ValueError:
        empty = "must be a valid date-time or empty."
        causes = (f"{name}: {_NOT_A_DATE}", f"{name}: {empty}")
        raise InvalidLogQuery(f"'{name}': {_NOT_A_DATE} '{name}': {empty}", *causes) from None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(at, _EARLIEST), _LATEST)


def _place(text: str) -> tuple[int, int]:
    stamp, _, number = text.partition("_")
    try:
        return int(stamp), int(number)
    except ValueError:
        raise InvalidPaging("", "Invalid cursor.") from None
