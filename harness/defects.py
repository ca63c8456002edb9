"""Known defects, each switched on as a careless administrator would: through the vendors' own APIs.

What is no configuration (a lost write, a field that a log leaves out) is a fault rule of the control plane instead.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from harness.clients.okta import OktaClient
from harness.clients.sailpoint import SailPointClient
from harness.control import ControlPlane


@dataclass(frozen=True)
class Tools:
    """What a defect may use: an administrator of each tenant, and the control plane."""

    sailpoint: SailPointClient
    okta: OktaClient
    control: ControlPlane


@dataclass(frozen=True)
class Defect:
    """One way an integration is wrong, and the scenarios that must go red for it."""

    id: str
    title: str
    must_fail: tuple[str, ...]
    switch_on: Callable[[Tools], None]

    def apply(self, tools: Tools) -> None:
        """Break the tenant. Raises LookupError when what it changes is not there, Refused when it may not."""
        self.switch_on(tools)


# SailPoint configuration


def _workflow(tools: Tools, start: str) -> dict[str, Any]:
    rows = tools.sailpoint.read("/workflows/v1")
    found = next((row for row in rows if row["name"].startswith(start)), None)
    if found is None:
        raise LookupError(f"the tenant has no workflow {start}")
    workflow: dict[str, Any] = tools.sailpoint.read(f"/workflows/v1/{found['id']}")
    return workflow


def _rewrite(tools: Tools, start: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Disable a workflow, replace its definition, enable it again: the only order the tenant takes."""
    workflow = _workflow(tools, start)
    path = f"/workflows/v1/{workflow['id']}"
    patch = "application/json-patch+json"
    tools.sailpoint.change("PATCH", path, [{"op": "replace", "path": "/enabled", "value": False}], patch)
    definition = change(copy.deepcopy(workflow["definition"]))
    tools.sailpoint.change("PATCH", path, [{"op": "replace", "path": "/definition", "value": definition}], patch)
    tools.sailpoint.change("PATCH", path, [{"op": "replace", "path": "/enabled", "value": True}], patch)


def _is_clear(step: dict[str, Any]) -> bool:
    attributes = step.get("attributes") or {}
    return str(attributes.get("method", "")).upper() == "DELETE" and "/sessions" in str(attributes)


def _every_step(definition: dict[str, Any]) -> list[dict[str, Any]]:
    """Step tables of a definition, loops' inner ones included."""
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("steps"), dict):
                found.append(value["steps"])
            for inner in value.values():
                walk(inner)

    walk(definition)
    return found


def _without_clear(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with every session clear bypassed: whatever led to it leads to its next step."""
    for steps in _every_step(definition):
        for name in [n for n, step in steps.items() if _is_clear(step)]:
            _bypass(steps, name, steps[name]["nextStep"])
            del steps[name]
    return definition


def _bypass(steps: dict[str, Any], name: str, following: str) -> None:
    for step in steps.values():
        for key, value in list(step.items()):
            if value == name and key in ("nextStep", "defaultStep"):
                step[key] = following
            if key == "choiceList":
                for choice in value:
                    if choice.get("nextStep") == name:
                        choice["nextStep"] = following


def _without_token_flag(definition: dict[str, Any]) -> dict[str, Any]:
    for steps in _every_step(definition):
        for step in steps.values():
            if _is_clear(step):
                step["attributes"] = _replaced(step["attributes"], "oauthTokens=true", "oauthTokens=false")
                parameters = step["attributes"].get("urlParams") or {}
                if "oauthTokens" in parameters:
                    parameters["oauthTokens"] = "false"
    return definition


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inner, old, new) for key, inner in value.items()}
    return value.replace(old, new) if isinstance(value, str) else value


def _clear_at_once(definition: dict[str, Any]) -> dict[str, Any]:
    """The definition with the session clear put before everything that waits for the disable, and nothing after it."""
    for table in _every_step(definition):
        clears = [name for name, step in table.items() if _is_clear(step)]
        if clears:
            holder = next(h for h in _holders(definition) if h["steps"] is table)
            ending = next(n for n, step in table.items() if step.get("type") == "success")
            table[clears[0]]["nextStep"] = ending
            holder["start"] = clears[0]
    return definition


def _holders(definition: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("steps"), dict):
                found.append(value)
            for inner in value.values():
                walk(inner)

    walk(definition)
    return found


def _sessions_never_revoked(tools: Tools) -> None:
    for start in ("W1", "W2"):
        _rewrite(tools, start, _without_clear)


def _tokens_left_alive(tools: Tools) -> None:
    for start in ("W1", "W2"):
        _rewrite(tools, start, _without_token_flag)


def _revoked_before_disable(tools: Tools) -> None:
    for start in ("W1", "W2"):
        _rewrite(tools, start, _clear_at_once)


def _role(tools: Tools, name: str) -> dict[str, Any]:
    rows = tools.sailpoint.read("/roles/v1", {"filters": f'name eq "{name}"', "limit": "50"})
    if not rows:
        raise LookupError(f"the tenant has no role {name}")
    role: dict[str, Any] = tools.sailpoint.read(f"/roles/v1/{rows[0]['id']}")
    return role


def _change_membership(tools: Tools, name: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    role = _role(tools, name)
    membership = change(copy.deepcopy(role["membership"]))
    patch = [{"op": "replace", "path": "/membership", "value": membership}]
    tools.sailpoint.change("PATCH", f"/roles/v1/{role['id']}", patch, "application/json-patch+json")


def _department_forgotten(tools: Tools) -> None:
    def forget(value: Any) -> Any:
        if isinstance(value, dict):
            children = value.get("children")
            if isinstance(children, list):
                kept = [c for c in children if c.get("stringValue") != "IT"]
                return {**value, "children": [forget(c) for c in kept]}
            return {key: forget(inner) for key, inner in value.items()}
        return value

    _change_membership(tools, "R-BR-Support", forget)


def _old_access_sticks(tools: Tools) -> None:
    """Whoever has the group keeps the role: a criterion that looks at the entitlement itself."""
    group = tools.okta.group_named("SP-APP-CRM-User")
    if group is None:
        raise LookupError("the org has no group SP-APP-CRM-User")
    source = next(row for row in tools.sailpoint.sources() if row["name"] == "Okta")
    sticky = {
        "operation": "EQUALS",
        "key": {"type": "ENTITLEMENT", "property": "attribute.groups", "sourceId": source["id"]},
        "stringValue": group["id"],
    }

    def stick(membership: dict[str, Any]) -> dict[str, Any]:
        # Beside each condition, not above all: SailPoint takes three levels of criteria.
        children = membership["criteria"]["children"]
        either = [{"operation": "OR", "children": [*(one.get("children") or [one]), sticky]} for one in children]
        return {**membership, "criteria": {"operation": "AND", "children": either}}

    _change_membership(tools, "R-BR-Sales", stick)


def _rejection_ignored(tools: Tools) -> None:
    """A workflow on decisions adds the person to the group without looking at the decision."""
    template = _workflow(tools, "W1")
    group = tools.okta.group_named("SP-APP-CRM-User")
    if group is None:
        raise LookupError("the org has no group SP-APP-CRM-User")
    url = f"{tools.okta.wire.base_url}/api/v1/groups/{group['id']}/users/{{{{$.loop.loopInput.nativeIdentity}}}}"

    def grant(step: dict[str, Any], following: str) -> dict[str, Any]:
        unwanted = ("method", "url", "url.$", "urlParams")
        kept = {key: value for key, value in step["attributes"].items() if key not in unwanted}
        return {**step, "attributes": {**kept, "method": "put", "url": url}, "nextStep": following}

    definition = copy.deepcopy(template["definition"])
    for holder in _holders(definition):
        for name, step in list(holder["steps"].items()):
            if step.get("actionId") == "sp:get-accounts":
                step["attributes"]["identity.$"] = "$.trigger.requestedFor.id"
            if _is_clear(step):
                ends = {n: other for n, other in holder["steps"].items() if other.get("type") in ("success", "failure")}
                ending = next(n for n, other in ends.items() if other["type"] == "success")
                catch = {c["nextStep"]: holder["steps"][c["nextStep"]] for c in step.get("catch") or ()}
                holder["steps"] = {name: grant(step, ending), **catch, **ends}
                holder["start"] = name
    made = tools.sailpoint.change(
        "POST",
        "/workflows/v1",
        {
            "name": "Grant on decision",
            "owner": template["owner"],
            "definition": definition,
            "trigger": {"type": "EVENT", "attributes": {"id": "idn:access-request-post-approval"}},
        },
    )
    enable = [{"op": "replace", "path": "/enabled", "value": True}]
    tools.sailpoint.change("PATCH", f"/workflows/v1/{made['id']}", enable, "application/json-patch+json")


# Okta configuration


def _okta_provisions_tier_1(tools: Tools) -> None:
    ledger = next((row for row in tools.okta.apps() if row["label"] == "Ledger"), None)
    if ledger is None:
        raise LookupError("the org has no app Ledger")
    path = f"/api/v1/apps/{ledger['id']}"
    address = next(row["scim_url"] for row in tools.control.estate()["apps"] if row["label"] == "Ledger")
    connection = {"baseUrl": address, "profile": {"authScheme": "TOKEN", "token": "not-a-credential-of-ledger"}}
    tools.okta.change("POST", f"{path}/connections/default", connection, {"activate": "true"})
    on = {"status": "ENABLED"}
    capabilities = {"create": {"lifecycleCreate": on}, "update": {"profile": on, "lifecycleDeactivate": on}}
    tools.okta.change("PUT", f"{path}/features/USER_PROVISIONING", capabilities)


# faults


def _group_add_lost(tools: Tools) -> None:
    match = {"system": "okta", "method": "PUT", "path": "/api/v1/groups/*/users/*"}
    tools.control.add_fault(match, {"lose": True}, times=1)


def _group_removal_lost(tools: Tools) -> None:
    match = {"system": "okta", "method": "DELETE", "path": "/api/v1/groups/*/users/*"}
    tools.control.add_fault(match, {"lose": True})


def _no_tracking_number(tools: Tools) -> None:
    match = {"system": "sailpoint", "path": "*/search*"}
    tools.control.add_fault(match, {"drop_fields": ["trackingNumber"]})


DEFECTS: dict[str, Defect] = {
    defect.id: defect
    for defect in (
        Defect("SD-01", "Sessions are never revoked", ("SS-01", "LV-02"), _sessions_never_revoked),
        Defect("SD-02", "The revocation leaves refresh tokens alive", ("SS-02",), _tokens_left_alive),
        Defect("SD-03", "The revocation runs before the disable", ("LV-03",), _revoked_before_disable),
        Defect("SD-41", "A mover keeps the old group", ("MV-01",), _old_access_sticks),
        Defect("SD-52", "A group add is lost in silence", ("JN-01",), _group_add_lost),
        Defect("SD-53", "Group removals are lost in silence", ("MV-01",), _group_removal_lost),
        Defect("SD-54", "Okta provisioning is on for a Tier-1 app", ("BD-01",), _okta_provisions_tier_1),
        Defect("SD-70", "A rejected request is provisioned", ("AR-04",), _rejection_ignored),
        Defect("SD-81", "SailPoint's events carry no trackingNumber", ("AU-01",), _no_tracking_number),
        Defect("JN-19", "A birthright role misses one department", ("JN-01",), _department_forgotten),
    )
}
