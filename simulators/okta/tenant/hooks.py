"""Event hooks: registered, verified by a challenge, and called for what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx

from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.expressions import Subject, evaluate
from simulators.okta.domain.hooks import ELIGIBLE, MOST_ACTIVE, PATIENCE, TRIES, EventHook, deserves_retry
from simulators.okta.domain.log import Cause, Event, Party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

Body = dict[str, Any]


class Hooks:
    """The hooks of an org. Each delivery is a job of its own, so nothing waits for a listener but its own job.

    `render` and `headers` make the messages; whoever builds the org sets them, since JSON is not known here.
    """

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        self.render: Callable[[Event], Body] = lambda event: {"uuid": event.uuid, "eventType": event.type}
        self.headers: Callable[[Body], dict[str, str]] = lambda channel: {}
        org.clock.on("okta.hook.deliver", self._deliver)

    def find(self, id: str) -> EventHook:
        """The hook with an id. Raises NotFound."""
        hook = self.org.state.event_hooks.get(id)
        if hook is None:
            raise NotFound(id, "Webhook")
        return hook

    def create(self, fields: Body, by: str | None, cause: Cause) -> EventHook:
        """A new hook, ACTIVE and not verified. Raises Invalid."""
        self._check(fields)
        self._check_room()
        org, at = self.org, self.org.whole_second()
        hook = EventHook(
            id=org.new_id("who"), status="ACTIVE", verified=False, created=at, created_by=by, last_updated=at, **fields
        )
        return self._keep(hook, "created", cause)

    def replace(self, hook: EventHook, fields: Body, status: str | None, cause: Cause) -> EventHook:
        """Another content, and status if there is one; another channel has to be verified anew. Raises Invalid."""
        self._check(fields)
        if status is not None and status != hook.status:
            hook = self.switch(hook, status == "ACTIVE", cause)
        verified = hook.verified and fields["channel"] == hook.channel
        after = replace(hook, verified=verified, last_updated=self.org.whole_second(), **fields)
        return self._keep(after, "updated", cause)

    def switch(self, hook: EventHook, on: bool, cause: Cause) -> EventHook:
        """Switched on or off. Raises Invalid for one active hook too many."""
        if on and hook.status != "ACTIVE":
            self._check_room()
        status = "ACTIVE" if on else "INACTIVE"
        after = replace(hook, status=status, last_updated=self.org.whole_second())
        return self._keep(after, "activated" if on else "deactivated", cause)

    def delete(self, hook: EventHook, cause: Cause) -> None:
        """Take it away. Raises Invalid for an active one."""
        if hook.status == "ACTIVE":
            raise Invalid("eventHook", "eventHook: An active event hook cannot be deleted. Deactivate it first.")
        self.org.state.event_hooks.remove(hook.id)
        self._report(hook, "deleted", cause)

    async def verify(self, id: str, cause: Cause) -> EventHook:
        """Ask the listener to repeat a challenge; one more try after an error. Raises Invalid with what went wrong."""
        hook, org = self.find(id), self.org
        challenge = org.state.ids.base62("hook challenge", 40)
        headers = {**self.headers(dict(hook.channel)), "X-Okta-Verification-Challenge": challenge}
        wrong = ""
        for _ in range(TRIES):
            status, body = await self._call("GET", hook, headers, None)
            if status == 200 and isinstance(body, dict) and body.get("verification") == challenge:
                break
            wrong = f"The listener answered {status}" if status else "The listener did not answer within 3 seconds"
        else:
            told = wrong if not wrong.endswith(" 200") else "The listener did not repeat the challenge"
            raise Invalid("eventHook", f"eventHook: The verification of the event hook failed. {told}.")
        # the hook may have changed while the listener was thinking
        current = self.find(id)
        if current.channel != hook.channel:
            raise Invalid("eventHook", "eventHook: The event hook was changed during its verification.")
        return self._keep(replace(current, verified=True, last_updated=org.whole_second()), "verified", cause)

    def offer(self, event: Event) -> None:
        """Something happened: queue its delivery to every hook that hears it."""
        org = self.org
        for hook in org.state.event_hooks.find("hears", event.type):
            if self._passes(hook, event):
                delay = org.jitter("hook", org.settings.delays.hook)
                org.clock.call_later(delay, "okta.hook.deliver", hook.id, event.number, 1)

    def _passes(self, hook: EventHook, event: Event) -> bool:
        trees = [row.tree for row in hook.filters or () if row.event == event.type]
        if not trees:
            return True
        subject = Subject({}, {}, {}, roots={"event": self.render(event)})
        return any(evaluate(tree, subject) is True for tree in trees)

    async def _deliver(self, id: str, number: int, attempt: int) -> None:
        org = self.org
        hook, event = org.state.event_hooks.get(id), org.state.events.get(number)
        if hook is None or event is None or not hook.hears:
            return
        message = self.message(hook, event)
        headers = {**self.headers(dict(hook.channel)), "Content-Type": "application/json"}
        status, _ = await self._call("POST", hook, headers, message)
        if 200 <= status < 300:
            return
        if deserves_retry(status) and attempt < TRIES:
            org.clock.call_at(org.now(), "okta.hook.deliver", id, number, attempt + 1)
            return
        reason = f"HTTP status {status}" if status else "The endpoint did not answer in time"
        target = Party(hook.id, "EventHook", "unknown", hook.name)
        org.log.emit(
            org.system(event.cause.transaction), "event_hook.delivery", target, result="FAILURE", reason=reason
        )

    def message(self, hook: EventHook, event: Event) -> Body:
        """What is delivered: one event in the vendor's envelope."""
        org = self.org
        return {
            "eventType": "com.okta.event_hook",
            "eventTypeVersion": "1.0",
            "cloudEventsVersion": "0.1",
            "source": f"{org.base_url}/api/v1/eventHooks/{hook.id}",
            "eventId": org.state.ids.uuid("hook"),
            "data": {"events": [self.render(event)]},
            "eventTime": org.now().strftime("%Y-%m-%dT%H:%M:%S.") + f"{org.now().microsecond // 1000:03d}Z",
            "contentType": "application/json",
        }

    async def _call(self, method: str, hook: EventHook, headers: dict[str, str], body: Any) -> tuple[int, Any]:
        """Status and JSON of one call; status 0 when nothing came back in time."""
        if self.org.http is None:
            return 0, None
        uri = str(hook.channel["config"]["uri"])
        try:
            response = await self.org.http.request(
                method, uri, json=body, headers=headers, timeout=PATIENCE.total_seconds()
            )
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            return 0, None
        try:
            return response.status_code, response.json()
        except ValueError:
            return response.status_code, None

    def _check(self, fields: Body) -> None:
        for type in fields["types"]:
            if type not in ELIGIBLE:
                raise Invalid("events", f"events: The event type {type[:80]} cannot be subscribed to by event hooks.")

    def _check_room(self) -> None:
        if self.org.state.event_hooks.count("status", "ACTIVE") >= MOST_ACTIVE:
            raise Invalid("eventHook", f"eventHook: An org can have at most {MOST_ACTIVE} active event hooks.")

    def _keep(self, hook: EventHook, change: str, cause: Cause) -> EventHook:
        self.org.state.event_hooks.put(hook)
        self._report(hook, change, cause)
        return hook

    def _report(self, hook: EventHook, change: str, cause: Cause) -> None:
        self.org.log.emit(cause, f"event_hook.{change}", Party(hook.id, "EventHook", "unknown", hook.name))
