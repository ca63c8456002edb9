"""Event triggers at work: who listens, messages sent over HTTP, and the answers of those that are asked.

https://developer.sailpoint.com/docs/extensibility/event-triggers
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

import httpx

from simulators.kernel.times import parse_duration
from simulators.sailpoint.domain.errors import BadContent, IllegalValue, MissingReference, NotFound, Refusal
from simulators.sailpoint.domain.invocations import MOST_SHOWN, SHOWN_FAILED, Answer, Invocation
from simulators.sailpoint.domain.jsonpath import fires
from simulators.sailpoint.domain.triggers import MOST_SUBSCRIPTIONS, Trigger, answer_problem, triggers
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

KIND = "trigger-subscription"
# How long a subscriber may take to answer a call, in seconds (event triggers, responding to response required ones).
TIMEOUT_S = 10
DEADLINE = "PT1H"
# Old invocations are forgotten a few at a time, whenever a new one begins.
_FORGOTTEN_AT_ONCE = 20


class Triggers:
    """Tells subscribers and workflows what happens, and asks those who may decide."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.trigger.deliver", self._deliver)
        tenant.clock.on("sailpoint.trigger.late", self._late)

    def listening(self, trigger_id: str) -> bool:
        """Whether anybody would hear of it; asked before a costly message is composed."""
        count = self._tenant.state.documents.count
        return count("parent", f"{KIND}/{trigger_id}") > 0 or count("parent", f"workflow/{trigger_id}") > 0

    def publish(self, trigger_id: str, payload: Mapping[str, Any], identity_id: str = "") -> None:
        """Tell every workflow and every enabled subscription whose filter lets the message through."""
        if self._tenant.workflows is not None:
            self._tenant.workflows.hear(trigger_id, payload, identity_id)
        for subscription in self._subscriptions(trigger_id, payload):
            self._begin(subscription, payload)

    def ask(
        self, trigger_id: str, payload: Mapping[str, Any], job: str, *args: str | int, identity_id: str = ""
    ) -> str:
        """Ask the one subscriber of a REQUEST_RESPONSE trigger; answers the invocation's id, or "" where nobody is.

        `job` runs with `args` and the answer as JSON text once it is there, or with empty text when none can come.
        """
        if self._tenant.workflows is not None:
            self._tenant.workflows.hear(trigger_id, payload, identity_id)
        for subscription in self._subscriptions(trigger_id, payload):
            return self._begin(subscription, payload, job=job, args=args).id
        return ""

    def _subscriptions(self, trigger_id: str, payload: Mapping[str, Any]) -> Iterator[Document]:
        for document in list(self._tenant.configuration.all(KIND, trigger_id)):
            if document.body.get("enabled") and _lets_through(document, payload):
                yield document

    def room_for(self, trigger: Trigger) -> None:
        """Raise BadContent when a trigger bears no further subscription."""
        most = MOST_SUBSCRIPTIONS[trigger.type]
        if self._tenant.state.documents.count("parent", f"{KIND}/{trigger.id}") >= most:
            raise BadContent(f"The trigger {trigger.id} can have {most} subscription{'s' if most > 1 else ''} at most.")

    def test(
        self,
        trigger: Trigger,
        payload: Mapping[str, Any],
        content: Mapping[str, Any],
        subscription_ids: Iterable[str] | None,
    ) -> list[Invocation]:
        """Send a message that only looks like one; subscriptions that are switched off take part.

        Raises MissingReference for a subscription that the trigger does not have.
        """
        found = list(self._tenant.configuration.all(KIND, trigger.id))
        if subscription_ids is not None:
            known = {document.id: document for document in found}
            wanted = list(dict.fromkeys(subscription_ids))
            if missing := [id for id in wanted if id not in known]:
                raise MissingReference(f"The trigger has no subscription {missing[0]}.")
            found = [known[id] for id in wanted]
        return [
            self._begin(document, payload, test=True, content=content)
            for document in found
            if _lets_through(document, payload)
        ]

    def _begin(
        self,
        subscription: Document,
        payload: Mapping[str, Any],
        *,
        job: str = "",
        args: tuple[str | int, ...] = (),
        test: bool = False,
        content: Mapping[str, Any] | None = None,
    ) -> Invocation:
        tenant = self._tenant
        self._forget()
        trigger = triggers()[str(subscription.body["triggerId"])]
        invocation = Invocation(
            tenant.ids.uuid("invocation"),
            trigger.id,
            subscription.id,
            subscription.name,
            tenant.now(),
            payload,
            tenant.ids.uuid("invocation-secret"),
            test,
            content or {},
            job,
            args,
        )
        if trigger.asks:
            due = tenant.now() + parse_duration(str(subscription.body.get("responseDeadline") or DEADLINE))
            invocation = replace(invocation, timer=tenant.clock.call_at(due, "sailpoint.trigger.late", invocation.id))
        tenant.state.invocations.put(invocation)
        tenant.later("event_to_subscriber", "sailpoint.trigger.deliver", invocation.id)
        return invocation

    def _forget(self) -> None:
        invocations, now = self._tenant.state.invocations, self._tenant.now()
        old = [
            one.id
            for one in islice(invocations.rows(), _FORGOTTEN_AT_ONCE)
            if one.completed is not None and now - one.completed > SHOWN_FAILED
        ]
        for id in old:
            invocations.remove(id)

    def recent(self) -> list[Invocation]:
        """The invocations that can still be looked at, oldest first: a day those that went well, two the others."""
        now = self._tenant.now()
        newest = (one for one in self._tenant.state.invocations.newest() if one.shown(now))
        return list(islice(newest, MOST_SHOWN))[::-1]

    async def _deliver(self, invocation_id: str) -> None:
        tenant = self._tenant
        invocation = tenant.state.invocations.get(invocation_id)
        if invocation is None or invocation.completed is not None:
            return
        subscription = tenant.configuration.find(KIND, invocation.subscription_id)
        if subscription is None:
            self._settle(invocation, Answer(error="The subscription was deleted."))
            return
        kind, trigger = str(subscription.body.get("type")), triggers()[invocation.trigger_id]
        if kind != "HTTP":
            self._elsewhere(invocation, subscription, trigger)
            return
        tenant.state.invocations.put(replace(invocation, sent=True))
        config = subscription.body.get("httpConfig") or {}
        mode = str(config.get("httpDispatchMode") or "SYNC")
        try:
            message = self._message(invocation, trigger, mode)
            sent = await tenant.client().post(str(config.get("url")), json=message, timeout=TIMEOUT_S, **_login(config))
        except httpx.TimeoutException:
            answer: Answer | None = Answer(error=f"The subscriber did not answer within {TIMEOUT_S} seconds.")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, Refusal) as error:
            answer = Answer(error=f"{type(error).__name__}: {error}")
        else:
            answer = _heard(trigger, mode, sent)
        current = tenant.state.invocations.get(invocation_id)
        # A quick subscriber may have completed the invocation while its call was still being answered.
        if answer is not None and current is not None and current.completed is None:
            self._settle(current, answer)

    def _message(self, invocation: Invocation, trigger: Trigger, mode: str) -> dict[str, Any]:
        """The payload with `_metadata`, which names the way back where an answer is awaited."""
        metadata = {
            "triggerId": trigger.id,
            "triggerType": "requestResponse" if trigger.asks else "fireAndForget",
            "invocationId": invocation.id,
        }
        if trigger.asks:
            metadata["responseMode"] = mode.lower()
            if mode != "SYNC":
                base = self._tenant.base_url.rstrip("/")
                metadata["callbackURL"] = f"{base}/trigger-invocations/v1/{invocation.id}/complete"
                metadata["secret"] = invocation.secret
        return {**invocation.payload, "_metadata": metadata}

    def _elsewhere(self, invocation: Invocation, subscription: Document, trigger: Trigger) -> None:
        """A subscription that is not HTTP: a workflow starts, an event bus only takes; nobody answers."""
        workflows = self._tenant.workflows
        id = str((subscription.body.get("workflowConfig") or {}).get("workflowId") or "")
        if workflows is not None and self._tenant.configuration.find("workflow", id) is not None:
            workflows.start(id, invocation.payload, "", invocation.test)
        error = f"A subscription of type {subscription.body.get('type')} cannot answer." if trigger.asks else ""
        self._settle(invocation, Answer(error=error))

    def _late(self, invocation_id: str) -> None:
        invocation = self._tenant.state.invocations.get(invocation_id)
        if invocation is not None and invocation.completed is None:
            self._settle(invocation, Answer(error="The response deadline has passed."))

    def complete(self, invocation_id: str, secret: str, output: Mapping[str, Any], error: str) -> None:
        """Take the answer of a subscriber that took its time. Raises NotFound, IllegalValue, BadContent."""
        invocation = self._tenant.state.invocations.get(invocation_id)
        if invocation is None:
            raise NotFound
        trigger = triggers()[invocation.trigger_id]
        if invocation.secret != secret:
            raise IllegalValue('Value of "secret" is empty or contains invalid data.')
        if not trigger.asks or invocation.completed is not None:
            raise BadContent("The invocation does not wait for an answer.")
        if not error and (problem := answer_problem(trigger, output)):
            raise BadContent(problem)
        self._settle(invocation, Answer(error=error) if error else Answer(dict(output)))

    def _settle(self, invocation: Invocation, answer: Answer) -> None:
        tenant = self._tenant
        if invocation.timer:
            tenant.clock.cancel(invocation.timer)
        now = tenant.now()
        tenant.state.invocations.put(replace(invocation, sent=True, completed=now, answer=answer, timer=0))
        if invocation.job:
            # An approver left open is told by empty values, so that no answer and an empty one differ.
            open_answer = dict.fromkeys(triggers()[invocation.trigger_id].answer or (), "")
            told = "" if answer.error else json.dumps(answer.output or open_answer)
            tenant.clock.call_at(now, invocation.job, *invocation.args, told)


def _lets_through(subscription: Document, payload: Mapping[str, Any]) -> bool:
    try:
        return fires(str(subscription.body.get("filter") or ""), payload)
    except ValueError:
        return False  # a filter that cannot be asked lets nothing through


def _login(config: Mapping[str, Any]) -> dict[str, Any]:
    """How a call proves who sends it."""
    kind = config.get("httpAuthenticationType")
    if kind == "BASIC_AUTH":
        basic = config.get("basicAuthConfig") or {}
        return {"auth": (str(basic.get("userName") or ""), str(basic.get("password") or ""))}
    if kind == "BEARER_TOKEN":
        token = (config.get("bearerTokenAuthConfig") or {}).get("bearerToken")
        return {"headers": {"Authorization": f"Bearer {token or ''}"}}
    return {}


def _heard(trigger: Trigger, mode: str, sent: httpx.Response) -> Answer | None:
    """What a subscriber's reply means; None while the answer is still to come by the callback."""
    if not sent.is_success:
        return Answer(error=f"The subscriber answered HTTP {sent.status_code}.")
    if not trigger.asks:
        return Answer()
    if mode == "ASYNC" or (mode == "DYNAMIC" and sent.status_code == 202):
        return None
    try:
        output = sent.json()
    except ValueError:
        return Answer(error="The subscriber's answer is not JSON.")
    problem = answer_problem(trigger, output)
    return Answer(error=problem) if problem else Answer(output)
