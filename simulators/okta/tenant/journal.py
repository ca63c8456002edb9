"""The System Log of an org: writing events, and reading windows of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.apps import App, AppUser
from simulators.okta.domain.groups import Group
from simulators.okta.domain.log import Cause, Event, Party
from simulators.okta.domain.query import Query
from simulators.okta.domain.users import User
from simulators.okta.tenant.log_index import keys_of, narrowest, numbers
from simulators.okta.tenant.state import milliseconds

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

Place = tuple[int, int]


class Journal:
    """Appends events in order of persistence and finds them by time."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.log", self._append)

    def emit(
        self,
        cause: Cause,
        type: str,
        *targets: Party,
        result: str = "SUCCESS",
        reason: str | None = None,
        debug: dict[str, Any] | None = None,
    ) -> None:
        """Record what happened now. With a log delay set it can be read only later, still under its own time."""
        org = self.org
        event = Event(
            0,
            org.state.ids.uuid("log", version=1),
            org.now(),
            type,
            cause,
            targets,
            result,
            reason,
            tuple((debug or {}).items()),
        )
        if len(org.state.signal_streams):
            org.signals.notice(event)
        delay = org.settings.delays.log
        if delay[2] > 0:
            org.clock.call_later(org.jitter("log", delay), "okta.log", event)
        else:
            self._append(event)

    def _append(self, event: Event) -> None:
        state = self.org.state
        number = state.event_count
        state.event_count = number + 1
        if event.number != number:
            event = _numbered(event, number)
        state.events[number] = event
        state.events_by_time.add((milliseconds(event.published), number))
        for key in keys_of(event):
            state.events_by_key.add((key, number))
        if len(state.event_hooks):
            self.org.hooks.offer(event)

    def upward(
        self, since: datetime, until: datetime, behind: Place | None = None, query: Query | None = None
    ) -> Iterator[Event]:
        """Events of [since, until) in order of their time, those behind a place only.

        With a query only those that it can be about at all, which may be more than satisfy it.
        """
        state = self.org.state
        low = (milliseconds(since), -1) if behind is None else (behind[0], behind[1] + 1)
        high = (milliseconds(until), -1)
        key = narrowest(state.events_by_key, query, state.event_count)
        if key is not None:
            yield from self._of_key(key, low, high, reverse=False)
            return
        for place in state.events_by_time.upward(low):
            if place >= high:
                return
            yield state.events[place[1]]

    def downward(
        self, since: datetime, until: datetime, behind: Place | None = None, query: Query | None = None
    ) -> Iterator[Event]:
        """As `upward`, youngest first."""
        state = self.org.state
        low = (milliseconds(since), -1)
        high = (milliseconds(until), -1) if behind is None else behind
        key = narrowest(state.events_by_key, query, state.event_count)
        if key is not None:
            yield from self._of_key(key, low, high, reverse=True)
            return
        for place in state.events_by_time.downward(high):
            if place < low:
                return
            yield state.events[place[1]]

    def _of_key(self, key: str, low: Place, high: Place, reverse: bool) -> Iterator[Event]:
        events = self.org.state.events
        found = (events[number] for number in numbers(self.org.state.events_by_key, key))
        placed = [((milliseconds(event.published), event.number), event) for event in found]
        window = [row for row in placed if low <= row[0] < high]
        return (event for _, event in sorted(window, key=itemgetter(0), reverse=reverse))

    def persisted(self, number: int, since: datetime | None, query: Query | None = None) -> Iterator[Event]:
        """Events from a number on in order of persistence; at the first page those at or after `since`."""
        state = self.org.state
        if since is not None:
            start = milliseconds(since)
            walk = state.events_by_time.upward((start, -1))
            # late events stand behind younger ones: look at some neighbours before settling on the first number
            number = min((place for (_, place), _ in zip(walk, range(200), strict=False)), default=state.event_count)
        key = narrowest(state.events_by_key, query, state.event_count)
        places = range(number, state.event_count) if key is None else numbers(state.events_by_key, key, number)
        for place in places:
            event = state.events[place]
            if since is None or event.published >= since:
                yield event


def _numbered(event: Event, number: int) -> Event:
    return Event(
        number,
        event.uuid,
        event.published,
        event.type,
        event.cause,
        event.targets,
        event.result,
        event.reason,
        event.debug,
    )


def user_party(user: User) -> Party:
    """A user as actor or target."""
    return Party(user.id, "User", user.login, user.name)


def group_party(group: Group) -> Party:
    """A group as target."""
    return Party(group.id, "UserGroup", "unknown", group.name)


def app_party(app: App) -> Party:
    """An application as target."""
    shown = "OpenID Connect Client" if app.name == "oidc_client" else app.label
    return Party(app.id, "AppInstance", app.label, shown)


def app_user_party(app_user: AppUser, user: User) -> Party:
    """An assignment as target."""
    return Party(app_user.id, "AppUser", app_user.user_name, user.name)
