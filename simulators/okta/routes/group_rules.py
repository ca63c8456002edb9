"""/api/v1/groups/rules: group rules."""

from __future__ import annotations

from simulators.okta.domain.groups import GroupRule
from simulators.okta.domain.profile import BASE_ATTRIBUTES
from simulators.okta.domain.syntax import Node
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.expressions import parse_expression
from simulators.okta.wire.groups import read_rule, rule_body

group_rules = Endpoints("/api/v1/groups/rules")
_READ, _MANAGE = "okta.groups.read", "okta.groups.manage"
_BASE = frozenset(BASE_ATTRIBUTES)


def shown_rule(call: Call, rule: GroupRule) -> Json:
    """A rule, on demand with the names of its groups."""
    held = call.org.state.groups
    body = rule_body(rule, all(id in held for id in rule.group_ids))
    if call.query.get("expand") == "groupIdToGroupNameMap":
        names = {id: held[id].name for id in rule.group_ids if id in held}
        body["_embedded"] = {"groupIdToGroupNameMap": names}
    return body


def _read_rule(call: Call) -> tuple[str, str, Node, list[str], list[str]]:
    name, text, group_ids, excluded = read_rule(call.json())
    known = _BASE | call.org.schemas.custom_names()
    return name, text, parse_expression(text, known), group_ids, excluded


def _rule(call: Call) -> GroupRule:
    return call.org.rules.find(call.parts["rule"])


@group_rules.on("GET", "", _READ, "groups.read")
async def list_rules(call: Call) -> Answer:
    """All rules, `search` by name."""
    text = call.query.get("search", "").lower()
    rows = (rule for rule in call.org.state.rules.rows(call.query.get("after")) if text in rule.name.lower())
    return call.paged(rows, 50, 200, lambda rule: shown_rule(call, rule), lambda rule: rule.id)


@group_rules.on("POST", "", _MANAGE, "groups.write")
async def create_rule(call: Call) -> Answer:
    """A new rule, INACTIVE."""
    return Answer(200, shown_rule(call, call.org.rules.create(*_read_rule(call))))


@group_rules.on("GET", "/{rule}", _READ, "groups.read")
async def read_one_rule(call: Call) -> Answer:
    """One rule."""
    return Answer(200, shown_rule(call, _rule(call)))


@group_rules.on("PUT", "/{rule}", _MANAGE, "groups.write")
async def replace_rule(call: Call) -> Answer:
    """Another content for a rule that is not active."""
    return Answer(200, shown_rule(call, call.org.rules.replace(_rule(call), *_read_rule(call))))


@group_rules.on("DELETE", "/{rule}", _MANAGE, "groups.write")
async def delete_rule(call: Call) -> Answer:
    """202; its members go only with `removeUsers`."""
    call.org.rules.delete(_rule(call), call.flag("removeUsers"), call.cause)
    return Answer(202, {})


@group_rules.on("POST", "/{rule}/lifecycle/activate", _MANAGE, "groups.write")
async def activate_rule(call: Call) -> Answer:
    """Begin to act on everybody."""
    call.org.rules.activate(_rule(call), call.cause)
    return NO_CONTENT


@group_rules.on("POST", "/{rule}/lifecycle/deactivate", _MANAGE, "groups.write")
async def deactivate_rule(call: Call) -> Answer:
    """Stop acting."""
    call.org.rules.deactivate(_rule(call), call.cause)
    return NO_CONTENT
