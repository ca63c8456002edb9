"""/api/v1/policies: policies of every type, their rules, the applications they are for, and a dry run."""

from __future__ import annotations

from simulators.okta.domain.errors import Invalid, MissingParameter, NotFound, PathUnknown
from simulators.okta.domain.policies import KINDS, Policy, PolicyRule, applies, first
from simulators.okta.routes.apps import shown
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.tenant.policies import Draft
from simulators.okta.wire.bodies import Json, part, texts
from simulators.okta.wire.policies import (
    checked_body,
    checked_conditions,
    known_type,
    mapping_body,
    policy_body,
    read_name,
    read_object,
    read_priority,
    rule_body,
)

policies = Endpoints("/api/v1/policies")
_READ, _MANAGE = "okta.policies.read", "okta.policies.manage"
_MAY_READ, _MAY_WRITE = "policies.read", "policies.write"
_STATUS = {"activate": "ACTIVE", "deactivate": "INACTIVE"}


def _policy(call: Call) -> Policy:
    return call.org.policies.find(call.parts["policy"])


def _rule(call: Call) -> PolicyRule:
    return call.org.policy_rules.find(call.parts["policy"], call.parts["rule"])


def _draft(call: Call, type: str, key: str, kind: str = "") -> Draft:
    body = call.json()
    description = body.get("description")
    return Draft(
        type,
        read_name(body),
        description if isinstance(description, str) else None,
        read_priority(body),
        "ACTIVE" if call.flag("activate", True) else "INACTIVE",
        checked_conditions(read_object(body, "conditions")),
        checked_body(kind or type, key, read_object(body, key)),
    )


def _body(call: Call, policy: Policy) -> Json:
    return policy_body(call.org.policies.shown(policy), call.org.base_url)


def _rendered(call: Call, policy: Policy) -> Json:
    body = _body(call, policy)
    if call.query.get("expand") == "rules":
        rules = [rule_body(rule, call.org.base_url) for rule in call.org.policy_rules.of(policy)]
        body["_embedded"] = {"rules": rules}
    return body


@policies.on("GET", "", _READ, _MAY_READ)
async def list_policies(call: Call) -> Answer:
    """The policies of one type, in order of priority."""
    if "type" not in call.query:
        raise MissingParameter("", "type: The field cannot be left blank")
    rows = call.org.policies.listing(known_type(call.query["type"]))
    if status := call.query.get("status"):
        rows = [row for row in rows if row.status == status]
    if text := call.query.get("q"):
        rows = [row for row in rows if row.name.lower().startswith(text.lower())]
    if resource := call.query.get("resourceId"):
        rows = [row for row in rows if call.org.policies.of_app(resource, row.type).id == row.id]
    if "limit" not in call.query:
        return Answer(200, [_rendered(call, row) for row in rows], [call.own_link()])
    after = call.query.get("after")
    names = [row.id for row in rows]
    rows = rows[names.index(after) + 1 :] if after in names else rows
    return call.paged(rows, 20, 200, lambda row: _rendered(call, row), lambda row: row.id)


@policies.on("POST", "", _MANAGE, _MAY_WRITE)
async def create_policy(call: Call) -> Answer:
    """A new policy."""
    type = known_type(call.json().get("type"))
    made = call.org.policies.create(_draft(call, type, "settings"), call.cause)
    return Answer(200, _body(call, made))


@policies.on("POST", "/simulate", _READ, _MAY_READ)
async def simulate(call: Call) -> Answer:
    """Which policies and rules would apply to a person, without signing anybody in."""
    body = call.json()
    context = part(body, "policyContext")
    user_id = part(context, "user").get("id")
    user = call.org.users.find(user_id) if isinstance(user_id, str) else None
    app_id = body.get("appInstance")
    if not isinstance(app_id, str):
        raise Invalid("appInstance", "appInstance: The field cannot be left blank")
    call.org.apps.find(app_id)
    wanted = [known_type(name) for name in texts(body.get("policyTypes"))] or list(KINDS)
    asked = call.org.policy_rules.question(user) if user is not None else None
    results = []
    for type in wanted:
        rows = call.org.policies.listing(type)
        if KINDS[type].mapped:
            rows = [call.org.policies.of_app(app_id, type)] if any(row.system for row in rows) else []
        found = []
        for row in rows:
            if row.status != "ACTIVE" or (asked is not None and not applies(row.conditions, asked)):
                continue
            rules = call.org.policy_rules.of(row)
            rule = first(rules, asked) if asked is not None else next(iter(rules), None)
            if rule is not None:
                shown = {"id": rule.id, "name": rule.name, "status": "MATCH", "conditions": []}
                found = [{"id": row.id, "name": row.name, "status": "MATCH", "conditions": [], "rules": [shown]}]
                break
        results.append(
            {
                "status": "COMPLETE",
                "policyType": [type],
                "result": {"policies": found},
                "undefined": {"policies": []},
                "evaluated": {"policies": found},
            }
        )
    return Answer(200, {"evaluation": results})


@policies.on("GET", "/{policy}", _READ, _MAY_READ)
async def read_policy(call: Call) -> Answer:
    """One policy."""
    return Answer(200, _rendered(call, _policy(call)))


@policies.on("PUT", "/{policy}", _MANAGE, _MAY_WRITE)
async def replace_policy(call: Call) -> Answer:
    """Replace a policy's content."""
    policy = _policy(call)
    type = known_type(call.json().get("type", policy.type))
    after = call.org.policies.replace(policy, _draft(call, type, "settings"), call.cause)
    return Answer(200, _body(call, after))


@policies.on("DELETE", "/{policy}", _MANAGE, _MAY_WRITE)
async def remove_policy(call: Call) -> Answer:
    """Delete a policy with its rules."""
    call.org.policies.remove(_policy(call), call.cause)
    return NO_CONTENT


@policies.on("POST", "/{policy}/lifecycle/{operation}", _MANAGE, _MAY_WRITE)
async def change_policy(call: Call) -> Answer:
    """Activate or deactivate a policy."""
    call.org.policies.set_status(_policy(call), _status(call), call.cause)
    return NO_CONTENT


@policies.on("POST", "/{policy}/clone", _MANAGE, _MAY_WRITE)
async def clone_policy(call: Call) -> Answer:
    """Copy an authentication policy; the answer does not tell the times yet."""
    twin = call.org.policies.clone(_policy(call), call.cause)
    return Answer(200, {**_body(call, twin), "created": None, "lastUpdated": None})


@policies.on("GET", "/{policy}/app", _READ, _MAY_READ)
async def list_policy_apps(call: Call) -> Answer:
    """The applications under a policy."""
    rows = call.org.policies.apps_of(_policy(call), call.query.get("after"))
    return call.paged(rows, 20, 200, lambda app: shown(call, app), lambda app: app.id)


@policies.on("GET", "/{policy}/mappings", _READ, _MAY_READ)
async def list_mappings(call: Call) -> Answer:
    """The applications that were put under a policy."""
    policy = _policy(call)
    uses = call.org.state.policy_uses.find("policy", policy.id)
    return Answer(200, [mapping_body(policy, use.app_id, call.org.base_url) for use in uses])


@policies.on("POST", "/{policy}/mappings", _MANAGE, _MAY_WRITE)
async def create_mapping(call: Call) -> Answer:
    """Refused: applications are put under a policy at the application (Okta API reference, Application policies)."""
    _policy(call)
    call.json()
    raise Invalid("Policy mappings are no longer supported on this endpoint.")


@policies.on("GET", "/{policy}/mappings/{mapping}", _READ, _MAY_READ)
async def read_mapping(call: Call) -> Answer:
    """One application that was put under a policy."""
    policy, id = _policy(call), call.parts["mapping"]
    use = call.org.state.policy_uses.get(f"{id}/{policy.type}")
    if use is None or use.policy_id != policy.id:
        raise NotFound(id, "PolicyMapping")
    return Answer(200, mapping_body(policy, id, call.org.base_url))


@policies.on("GET", "/{policy}/rules", _READ, _MAY_READ)
async def list_rules(call: Call) -> Answer:
    """The rules of a policy, in order of priority."""
    rows = call.org.policy_rules.of(_policy(call))
    return Answer(200, [rule_body(rule, call.org.base_url) for rule in rows])


@policies.on("POST", "/{policy}/rules", _MANAGE, _MAY_WRITE)
async def create_rule(call: Call) -> Answer:
    """A new rule."""
    made = call.org.policy_rules.create(_policy(call), _rule_draft(call), call.cause)
    return Answer(200, rule_body(made, call.org.base_url))


@policies.on("GET", "/{policy}/rules/{rule}", _READ, _MAY_READ)
async def read_rule(call: Call) -> Answer:
    """One rule."""
    return Answer(200, rule_body(_rule(call), call.org.base_url))


@policies.on("PUT", "/{policy}/rules/{rule}", _MANAGE, _MAY_WRITE)
async def replace_rule(call: Call) -> Answer:
    """Replace a rule's content."""
    rule = _rule(call)
    after = call.org.policy_rules.replace(_policy(call), rule, _rule_draft(call), call.cause)
    return Answer(200, rule_body(after, call.org.base_url))


@policies.on("DELETE", "/{policy}/rules/{rule}", _MANAGE, _MAY_WRITE)
async def remove_rule(call: Call) -> Answer:
    """Delete a rule."""
    rule = _rule(call)
    call.org.policy_rules.remove(_policy(call), rule, call.cause)
    return NO_CONTENT


@policies.on("POST", "/{policy}/rules/{rule}/lifecycle/{operation}", _MANAGE, _MAY_WRITE)
async def change_rule(call: Call) -> Answer:
    """Activate or deactivate a rule."""
    rule = _rule(call)
    call.org.policy_rules.set_status(_policy(call), rule, _status(call), call.cause)
    return NO_CONTENT


def _rule_draft(call: Call) -> Draft:
    type = call.json().get("type")
    return _draft(call, type if isinstance(type, str) else "", "actions", _policy(call).type)


def _status(call: Call) -> str:
    if call.parts["operation"] not in _STATUS:
        raise PathUnknown()
    return _STATUS[call.parts["operation"]]
