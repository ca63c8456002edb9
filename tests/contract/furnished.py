"""What a company has to have so that most of the vendor's operations find something to act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.contract.known import LATER_DATE, Known

Ask = Callable[..., Any]


def first(known: Known, path: str, **wanted: Any) -> dict[str, Any]:
    """The first row of a list with these properties; nothing where there is none."""
    rows = (row for row in known.rows(path) if all(row.get(name) == value for name, value in wanted.items()))
    return next(rows, {})


def furnish(known: Known, ask: Ask, wait: Callable[[int], None], asker: Mapping[str, str]) -> None:
    """Make what the document's own examples do not lead to; `ask` sends a request, `wait` lets hours pass, and
    `asker` is the `identity_id` and `authorization` of somebody who asks for access.
    """
    people = known.rows("/identities/v1")
    owner = {"type": "IDENTITY", "id": people[0]["id"], "name": people[0]["name"]}
    source = known.rows("/sources/v1")[0]
    _forms(ask, owner, source, people)
    _searches(ask, people)
    _workflows(known, ask, owner)
    for item in [*known.rows("/roles/v1"), *known.rows("/access-profiles/v1")]:
        if item.get("requestable"):
            kind = "ROLE" if "membership" in item else "ACCESS_PROFILE"
            _request(ask, asker, kind, item["id"])
    export = ask("POST", "/sp-config/v1/export", json={"includeTypes": ["TRANSFORM"]}).json()
    known.remember("/sp-config/v1/export/{id}", export.get("jobId"))
    file = {"data": ("objects.json", b'{"objects": []}', "application/json")}
    known.remember("/sp-config/v1/import/{id}", ask("POST", "/sp-config/v1/import", files=file).json().get("jobId"))
    wait(2)
    _reviews(known, ask, people, wait)


def _forms(ask: Ask, owner: dict[str, Any], source: dict[str, Any], people: list[dict[str, Any]]) -> None:
    """Non-employees, applications, desks, reassignments."""
    some = [{"id": owner["id"]}]
    made = {"name": "Retail", "description": "Shops", "owner": some[0], "approvers": some, "accountManagers": some}
    retail = ask("POST", "/non-employee-sources/v1", json=made).json()
    for number in range(3):
        person = {
            "accountName": f"shop{number}", "firstName": "Ann", "lastName": "Shop", "email": "ann@shop.example",
            "phone": "5550100", "manager": people[0]["alias"], "sourceId": retail.get("id"),
            "startDate": "2026-01-01T00:00:00Z", "endDate": LATER_DATE,
        }  # fmt: skip
        ask("POST", "/non-employee-records/v1", json=person)
        ask("POST", "/non-employee-requests/v1", json={**person, "accountName": f"asked{number}"})
    attribute = {"type": "TEXT", "label": "Shop", "technicalName": "shop", "helpText": "", "placeholder": ""}
    ask("POST", f"/non-employee-sources/v1/{retail.get('id')}/schema-attributes", json=attribute)
    account_source = {"id": source["id"], "type": "SOURCE", "name": source["name"]}
    app = {"name": "Shop", "description": "Tills", "matchAllAccounts": True, "accountSource": account_source}
    ask("POST", "/source-apps/v1", json=app)
    desk = {"name": "Desk", "description": "Help", "type": "ServiceNowSDIM", "ownerRef": owner, "attributes": {}}
    ask("POST", "/service-desk-integrations/v1", json=desk)


def _searches(ask: Ask, people: list[dict[str, Any]]) -> None:
    kept = ask("POST", "/saved-searches/v1", json={"name": "All", "indices": ["identities"], "query": "*"}).json()
    schedule = {"type": "DAILY", "hours": {"type": "LIST", "values": ["9"]}}
    recipients = [{"type": "IDENTITY", "id": people[0]["id"]}]
    body = {"savedSearchId": kept.get("id"), "schedule": schedule, "recipients": recipients}
    ask("POST", "/scheduled-searches/v1", json=body)
    away = {
        "reassignedFromId": people[1]["id"], "reassignedToId": people[2]["id"], "configType": "ACCESS_REQUESTS",
        "startDate": LATER_DATE, "endDate": "2027-03-20T00:00:00.000Z",
    }  # fmt: skip
    ask("POST", "/reassignment-configurations/v1", json=away)
    http = {"url": "https://www.example.com", "httpDispatchMode": "ASYNC", "httpAuthenticationType": "NO_AUTH"}
    listens = {"name": "Ear", "triggerId": "idn:access-request-dynamic-approver", "type": "HTTP", "httpConfig": http}
    ask("POST", "/trigger-subscriptions/v1", json={**listens, "responseDeadline": "PT1H", "enabled": True})


def _workflows(known: Known, ask: Ask, owner: dict[str, Any]) -> None:
    """One that is called from outside and has run, one that is at rest."""
    definition = {"start": "success", "steps": {"success": {"type": "success"}}}
    trigger = {"type": "EXTERNAL", "attributes": {}}
    for enabled in (False, True):
        body = {"name": f"Called {enabled}", "owner": owner, "definition": definition, "trigger": trigger}
        made = ask("POST", "/workflows/v1", json={**body, "enabled": False}).json()
        if enabled and "id" in made:
            ran = ask("POST", f"/workflows/v1/{made['id']}/test", json={"input": {}}).json()
            known.remember("/workflow-executions/v1/{id}", ran.get("workflowExecutionId"))


def _request(ask: Ask, asker: Mapping[str, str], kind: str, id: str) -> None:
    """Ask for one thing, whose approval waits."""
    item = {"type": kind, "id": id, "comment": "please", "removeDate": LATER_DATE}
    body = {"requestedFor": [asker["identity_id"]], "requestType": "GRANT_ACCESS", "requestedItems": [item]}
    ask("POST", "/access-requests/v1", json=body, headers={"Authorization": asker["authorization"]})


def _reviews(known: Known, ask: Ask, people: list[dict[str, Any]], wait: Callable[[int], None]) -> None:
    """A campaign under review, one that waits, and a template."""
    reviewer = {"type": "IDENTITY", "id": people[0]["id"], "name": people[0]["name"]}
    base = {"description": "All", "deadline": LATER_DATE}
    found = {"type": "IDENTITY", "query": "*", "reviewer": reviewer, "description": "All"}
    begun = ask("POST", "/campaigns/v1", json={**base, "name": "Now", "type": "MANAGER"}).json()
    ask("POST", "/campaigns/v1", json={**base, "name": "Soon", "type": "SEARCH", "searchCampaignInfo": found})
    wait(1)
    ask("POST", f"/campaigns/v1/{begun.get('id')}/activate", json={})
    template = {"name": "Quarter", "description": "Each", "deadlineDuration": "P2W", "campaign": {}}
    template["campaign"] = {**base, "name": "Quarter", "type": "MANAGER"}
    ask("POST", "/campaign-templates/v1", json=template)
    wait(1)
