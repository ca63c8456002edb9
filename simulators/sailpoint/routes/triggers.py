"""`/triggers`, `/trigger-subscriptions`, `/trigger-invocations`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, MissingReference
from simulators.sailpoint.domain.jsonpath import check, leads_anywhere, select
from simulators.sailpoint.domain.triggers import Trigger, triggers
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.tenant.triggers import KIND
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.triggers import (
    CompletionBody,
    FilterBody,
    NewSubscription,
    SubscriptionBody,
    TrialBody,
    checked_subscription,
    invocation_body,
    status_body,
    subscription_body,
    trigger_body,
    with_secrets,
)

area = Area()
TRIGGERS = collection("GET", "/triggers/v1")
SUBSCRIPTIONS = collection("GET", "/trigger-subscriptions/v1")
INVOCATIONS = collection("GET", "/trigger-invocations/v1/status")
MUTABLE = (
    *("name", "description", "enabled", "type", "filter", "responseDeadline"),
    *("httpConfig", "eventBridgeConfig", "workflowConfig"),
)


def _trigger(id: str) -> Trigger:
    if (found := triggers().get(id)) is None:
        raise MissingReference(f"Referenced trigger {id} was not found.")
    return found


@area.get("/triggers/v1")
async def list_triggers(call: Call) -> Response:
    """What the tenant tells about."""
    return page(call, TRIGGERS, None, trigger_body, rows=triggers().values())


@area.get("/trigger-subscriptions/v1")
async def list_subscriptions(call: Call) -> Response:
    """Who is told."""
    return page(call, SUBSCRIPTIONS, None, subscription_body, rows=call.tenant.configuration.all(KIND))


def _noted(call: Call, verb: str, document: Document) -> None:
    call.tenant.journal.write(f"SUBSCRIPTION_{verb}_PASSED", document.name, actor=call.caller.name)


def _check_workflow(call: Call, stored: dict[str, Any]) -> None:
    id = (stored.get("workflowConfig") or {}).get("workflowId")
    if id is not None and call.tenant.configuration.find("workflow", id) is None:
        raise MissingReference(f"Referenced workflow {id} was not found.")


@area.post("/trigger-subscriptions/v1")
async def create_subscription(call: Call) -> Response:
    """Subscribe to a trigger."""
    body = await call.model(NewSubscription)
    trigger, stored = _trigger(body.trigger_id), checked_subscription(body)
    _check_workflow(call, stored)
    call.tenant.triggers.room_for(trigger)
    stored = {**stored, "triggerId": trigger.id}
    document = call.tenant.configuration.add(KIND, stored, trigger.id, actor=call.caller.name)
    _noted(call, "CREATE", document)
    return answer(subscription_body(document), 201)


def _stored(call: Call, document: Document, body: SubscriptionBody) -> Response:
    stored = checked_subscription(body)
    _check_workflow(call, stored)
    kept = {"name": document.name, "type": document.body["type"], **stored, "triggerId": document.body["triggerId"]}
    updated = call.tenant.configuration.update(document, kept, call.caller.name)
    _noted(call, "UPDATE", updated)
    return answer(subscription_body(updated))


@area.put("/trigger-subscriptions/v1/{id}")
async def put_subscription(call: Call) -> Response:
    """Replace a subscription; its id and its trigger stay."""
    document = call.tenant.configuration.get(KIND, call.path("id"))
    body = await call.object()
    for name, is_now in (("id", document.id), ("triggerId", document.body["triggerId"])):
        if name in body and body[name] != is_now:
            raise BadContent(f'The field "{name}" cannot be changed.')
    merged = {"name": document.name, "type": document.body["type"], **body}
    return _stored(call, document, _read(with_secrets(merged, document.body)))


@area.patch("/trigger-subscriptions/v1/{id}")
async def patch_subscription(call: Call) -> Response:
    """Change parts of a subscription."""
    document = call.tenant.configuration.get(KIND, call.path("id"))
    body = patched(document.body, await call.json(), MUTABLE)
    return _stored(call, document, _read(with_secrets(body, document.body)))


def _read(body: dict[str, Any]) -> SubscriptionBody:
    return reread(SubscriptionBody, body)


@area.delete("/trigger-subscriptions/v1/{id}")
async def delete_subscription(call: Call) -> Response:
    """Tell a subscriber no more."""
    document = call.tenant.configuration.get(KIND, call.path("id"))
    call.tenant.configuration.remove(document, call.caller.name)
    _noted(call, "DELETE", document)
    return empty()


@area.post("/trigger-subscriptions/v1/validate-filter")
async def validate_filter(call: Call) -> Response:
    """Whether a filter can be read, finds anything, and would let a message through."""
    body = await call.model(FilterBody)
    try:
        check(body.filter)
        found, value = leads_anywhere(body.filter, body.input), select(body.filter, body.input)
    except ValueError:
        return answer({"isValid": False, "isValidJSONPath": False, "isPathExist": False})
    return answer({"isValid": value not in (None, [], "", False), "isValidJSONPath": True, "isPathExist": found})


@area.post("/trigger-invocations/v1/test")
async def test_invocation(call: Call) -> Response:
    """Send a test message to the subscribers of a trigger."""
    body = await call.model(TrialBody)
    trigger = _trigger(body.trigger_id)
    payload = trigger.example if body.input is None else body.input
    made = call.tenant.triggers.test(trigger, payload, body.content_json, body.subscription_ids)
    return answer([invocation_body(one) for one in made]) if trigger.asks and made else empty()


@area.get("/trigger-invocations/v1/status")
async def list_invocations(call: Call) -> Response:
    """What became of the latest messages."""
    return page(call, INVOCATIONS, None, status_body, rows=call.tenant.triggers.recent())


@area.post("/trigger-invocations/v1/{id}/complete")
async def complete_invocation(call: Call) -> Response:
    """Answer a message that waits for an answer."""
    body = await call.model(CompletionBody)
    call.tenant.triggers.complete(call.path("id"), body.secret, body.output, body.error or "")
    return empty()
