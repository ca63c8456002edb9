"""Words in which tests ask for access and decide about it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulators.kernel.times import iso, parse_duration

KINDS = (("/access-profiles/v1", "ACCESS_PROFILE"), ("/roles/v1", "ROLE"))


def item(company: Any, name: str) -> dict[str, str]:
    """A role or an access profile by name, as a request names it."""
    for path, kind in KINDS:
        if found := company.get(path, filters=f'name eq "{name}"'):
            return {"type": kind, "id": found[0]["id"]}
    raise LookupError(name)


def right(company: Any, source: str, requestable: bool = True) -> dict[str, str]:
    """The first entitlement of a source, as a request names it."""
    known = company.tenant.configuration.source_named(source)
    found = next(iter(company.tenant.state.entitlements.find("source", known.id)))
    changed = replace(found, body=found.body.merged({"requestable": requestable}))
    company.tenant.state.entitlements.put(changed)
    return {"type": "ENTITLEMENT", "id": found.id}


def ask(company: Any, worker_id: str, what: dict[str, Any], *, by: str = "iam-admin", **more: Any) -> Any:
    """The answer to a request for one item; `kind` is its type, anything else belongs to the item."""
    kind = more.pop("kind", "GRANT_ACCESS")
    body = {
        "requestedFor": [company.identity(worker_id)["id"]],
        "requestType": kind,
        "requestedItems": [{**what, "comment": "please", **more}],
    }
    return company.call("POST", "/access-requests/v1", by=by, json=body)


def row(company: Any, answer: Any) -> dict[str, Any]:
    """The status of the one request that an answer tells of."""
    assert answer.status_code == 202, answer.text
    (entry,) = answer.json()["newRequests"]
    filters = f'accessRequestId eq "{entry["accessRequestIds"][0]}"'
    (found,) = company.get("/access-request-status/v1", filters=filters)
    return dict(found)


def decide(company: Any, by: str, verb: str = "approve", comment: str = "") -> Any:
    """The answer to the decision on somebody's only pending approval."""
    (approval,) = company.get("/access-request-approvals/v1/pending", by=by, **{"owner-id": "me"})
    path = f"/access-request-approvals/v1/{approval['id']}/{verb}"
    return company.call("POST", path, by=by, json={"comment": comment})


def until(company: Any, duration: str) -> str:
    """An instant so long from now."""
    return iso(company.estate.clock.now() + parse_duration(duration))


def by_hand(company: Any, source: str) -> Any:
    """Take provisioning away from a source, so that its changes are made by hand."""
    configuration = company.tenant.configuration
    document = configuration.named("source", source)
    features = [one for one in document.body["features"] if one != "PROVISIONING"]
    return configuration.update(document, {**document.body, "features": features})
