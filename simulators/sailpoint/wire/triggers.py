"""Event triggers, their subscriptions and invocations as the API shows and takes them.

SailPoint API, Triggers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from simulators.kernel.times import parse_duration
from simulators.sailpoint.domain.errors import IllegalValue
from simulators.sailpoint.domain.invocations import Invocation
from simulators.sailpoint.domain.jsonpath import check
from simulators.sailpoint.domain.triggers import Trigger, schema_of, triggers
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Camel
from simulators.sailpoint.wire.shapes import when

LONGEST = timedelta(days=365)
SHOWN = ("name", "description", "triggerId", "type", "responseDeadline", "httpConfig", "eventBridgeConfig", "filter")
Json = dict[str, Any]


class BasicAuthConfig(Camel):
    """User and password of a subscriber."""

    user_name: str | None = None
    password: str | None = None


class BearerTokenAuthConfig(Camel):
    """Token of a subscriber."""

    bearer_token: str | None = None


class HttpConfig(Camel):
    """Where messages go, and how their sender proves who it is."""

    url: Annotated[str, Field(min_length=1, max_length=4096)]
    http_dispatch_mode: Literal["SYNC", "ASYNC", "DYNAMIC"]
    http_authentication_type: Literal["NO_AUTH", "BASIC_AUTH", "BEARER_TOKEN"] = "NO_AUTH"
    basic_auth_config: BasicAuthConfig | None = None
    bearer_token_auth_config: BearerTokenAuthConfig | None = None


class EventBridgeConfig(Camel):
    """An event bus at a cloud provider."""

    aws_account: Annotated[str, Field(min_length=1)]
    aws_region: Annotated[str, Field(min_length=1)]


class WorkflowConfig(Camel):
    """A workflow that takes the messages."""

    workflow_id: str


class SubscriptionBody(Camel):
    """A subscription as PUT takes it."""

    name: str | None = None
    description: str | None = None
    type: Literal["HTTP", "EVENTBRIDGE", "INLINE", "SCRIPT", "WORKFLOW"] | None = None
    response_deadline: str | None = None
    http_config: HttpConfig | None = None
    event_bridge_config: EventBridgeConfig | None = None
    workflow_config: WorkflowConfig | None = None
    enabled: bool = True
    filter: str | None = None


class NewSubscription(SubscriptionBody):
    """A subscription as POST takes it."""

    name: Annotated[str, Field(min_length=1)]
    trigger_id: Annotated[str, Field(min_length=1)]
    type: Literal["HTTP", "EVENTBRIDGE", "INLINE", "SCRIPT", "WORKFLOW"]


class FilterBody(Camel):
    """A filter and a message to try it on."""

    input: Json
    filter: str


class TrialBody(Camel):
    """A message that only looks like one."""

    trigger_id: Annotated[str, Field(min_length=1)]
    content_json: Json
    input: Json | None = None
    subscription_ids: list[str] | None = None


class CompletionBody(Camel):
    """The answer to an invocation."""

    secret: str
    output: Json
    error: str | None = None


def checked_subscription(body: SubscriptionBody) -> Json:
    """What is stored of a subscription: all of it, once it can be used. Raises IllegalValue."""
    stored = body.model_dump(by_alias=True, exclude_none=True, include=set(SubscriptionBody.model_fields))
    config = body.http_config
    if body.type == "HTTP" and config is None:
        raise _illegal("httpConfig")
    if body.type == "EVENTBRIDGE" and body.event_bridge_config is None:
        raise _illegal("eventBridgeConfig")
    if config is not None:
        _check_http(config)
    try:
        deadline = parse_duration(body.response_deadline or "PT1H")
    except (ValueError, OverflowError):
        deadline = timedelta()
    if not timedelta() < deadline <= LONGEST:
        raise _illegal("responseDeadline")
    if body.filter:
        try:
            check(body.filter)
        except ValueError as error:
            raise IllegalValue(f'Value of "filter" is no valid JSONPath: {error}') from error
    return {"responseDeadline": "PT1H", **stored}


def _check_http(config: HttpConfig) -> None:
    try:
        parts = urlsplit(config.url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != -1
    except ValueError:
        good = False
    if not good:
        raise _illegal("httpConfig.url")
    basic = config.basic_auth_config
    if config.http_authentication_type == "BASIC_AUTH" and (basic is None or not basic.user_name):
        raise _illegal("httpConfig.basicAuthConfig")
    if config.http_authentication_type == "BEARER_TOKEN" and config.bearer_token_auth_config is None:
        raise _illegal("httpConfig.bearerTokenAuthConfig")


def _illegal(name: str) -> IllegalValue:
    return IllegalValue(f'Value of "{name}" is empty or contains invalid data.')


def with_secrets(body: Mapping[str, Any], before: Mapping[str, Any]) -> Json:
    """A changed subscription with the secrets of the stored one where it names none: they are never shown."""
    config, old = body.get("httpConfig"), before.get("httpConfig") or {}
    if not isinstance(config, Mapping):
        return dict(body)
    merged = dict(config)
    for part, secret in (("basicAuthConfig", "password"), ("bearerTokenAuthConfig", "bearerToken")):
        given, kept = merged.get(part), (old.get(part) or {}).get(secret)
        if isinstance(given, Mapping) and given.get(secret) is None and kept is not None:
            merged[part] = {**given, secret: kept}
    return {**body, "httpConfig": merged}


def subscription_body(document: Document) -> Json:
    """A subscription without its secrets."""
    shown = {name: document.body[name] for name in SHOWN if document.body.get(name) is not None}
    if config := shown.get("httpConfig"):
        shown["httpConfig"] = dict(config)
        if config.get("basicAuthConfig"):
            shown["httpConfig"]["basicAuthConfig"] = {**config["basicAuthConfig"], "password": None}
        if config.get("bearerTokenAuthConfig"):
            shown["httpConfig"]["bearerTokenAuthConfig"] = {"bearerToken": None}
    if document.body.get("workflowConfig"):
        shown["workflowConfig"] = document.body["workflowConfig"]
    name = triggers()[str(document.body["triggerId"])].name
    return {"id": document.id, **shown, "triggerName": name, "enabled": bool(document.body.get("enabled"))}


@cache
def _schema(trigger_id: str, answer: bool) -> str:
    trigger = triggers()[trigger_id]
    return json.dumps(schema_of(trigger.answer if answer else trigger.example), separators=(",", ":"))


def trigger_body(trigger: Trigger) -> Json:
    """A trigger with schema and example of its messages, and of the answers where it asks."""
    asks = trigger.answer is not None
    return {
        "id": trigger.id,
        "name": trigger.name,
        "type": trigger.type,
        "description": trigger.description,
        "inputSchema": _schema(trigger.id, False),
        "exampleInput": trigger.example,
        "outputSchema": _schema(trigger.id, True) if asks else None,
        "exampleOutput": trigger.answer,
    }


def invocation_body(invocation: Invocation) -> Json:
    """What a tester is told of an invocation."""
    return {
        "id": invocation.id,
        "triggerId": invocation.trigger_id,
        "secret": invocation.secret,
        "contentJson": dict(invocation.content),
    }


def status_body(invocation: Invocation) -> Json:
    """An invocation and what came of it; one still under way has no `completed`."""
    answer = invocation.answer
    error = {"locale": "en-US", "message": answer.error} if answer is not None and answer.error else None
    body = {
        "id": invocation.id,
        "triggerId": invocation.trigger_id,
        "subscriptionId": invocation.subscription_id,
        "subscriptionName": invocation.subscription_name,
        "type": "TEST" if invocation.test else "REAL_TIME",
        "created": when(invocation.created),
        "startInvocationInput": {
            "triggerId": invocation.trigger_id,
            "input": dict(invocation.payload),
            "contentJson": dict(invocation.content),
        },
        "completeInvocationInput": {
            "localizedError": error,
            "output": dict(answer.output) if answer is not None and answer.output is not None else None,
        },
    }
    return {**body, "completed": when(invocation.completed)} if invocation.completed is not None else body
