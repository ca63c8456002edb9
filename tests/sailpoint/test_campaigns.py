"""Campaigns: from asking for one to its end, and everything that is refused on the way."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.domain.reviews import PATCHABLE, STEPS, Campaign, begun
from simulators.sailpoint.domain.times import instant
from tests.sailpoint.reviews import (
    about,
    active,
    campaign,
    certifications,
    deadline,
    decide,
    items,
    sign,
    staged,
    status,
)

STATUSES = (
    "PENDING",
    "STAGED",
    "CANCELING",
    "ACTIVATING",
    "ACTIVE",
    "COMPLETING",
    "COMPLETED",
    "ERROR",
    "ARCHIVED",
)


@pytest.mark.parametrize(("word", "command"), list(product(STATUSES, STEPS)))
def test_commands_start_from_their_statuses_only(word: str, command: str) -> None:
    """Each command is taken in its own statuses and refused in every other."""
    now = instant("2026-03-02T00:00:00Z")
    due = instant("2026-03-01T00:00:00Z" if command == "complete" else "2026-03-03T00:00:00Z")
    assert now is not None
    one = Campaign("1", "MANAGER", "n", None, "o", now, now, word, due)
    if word in STEPS[command].sources:
        assert begun(one, command, now) == STEPS[command].running
    else:
        with pytest.raises(BadContent):
            begun(one, command, now)


def test_a_campaign_is_generated_activated_and_ended(company: Any) -> None:
    """PENDING until certifications exist, then STAGED, ACTIVATING, ACTIVE; COMPLETED once all are signed.

    Each step is told to the log.
    """
    answer = campaign(company)
    id = answer.json()["id"]
    assert (answer.status_code, answer.json()["status"], answer.json()["totalCertifications"]) == (202, "PENDING", 0)
    assert company.call("POST", f"/campaigns/v1/{id}/activate", json={}).status_code == 400
    company.wait("PT5M")
    assert status(company, id) == "STAGED"
    assert company.call("POST", f"/campaigns/v1/{id}/activate").status_code == 202
    assert status(company, id) == "ACTIVATING"
    company.wait("PT1M")
    assert status(company, id) == "ACTIVE"
    for one in certifications(company, id):
        assert decide(company, one, items(company, one), "APPROVE").status_code == 200
        assert sign(company, one).json()["phase"] == "SIGNED"
    assert status(company, id) == "COMPLETING"
    company.wait("PT2M")
    body = company.get(f"/campaigns/v1/{id}")
    assert (body["status"], body["completedCertifications"]) == ("COMPLETED", body["totalCertifications"])
    log = {event["action"] for event in company.search("events", "type:CERTIFICATION")}
    assert {"CertificationCampaignCreate", "CertificationCampaignActivate", "signoff", "CERTIFICATIONSFINISHED"} <= log


def test_activation_needs_a_deadline_ahead(company: Any) -> None:
    """Without a deadline, or after it, 400 (SailPoint API, Activate a campaign)."""
    for due in (None, "2020-01-01T00:00:00Z"):
        id = staged(company, deadline=due)
        assert company.call("POST", f"/campaigns/v1/{id}/activate", json={}).status_code == 400


def test_the_deadline_moves_to_the_end_of_the_callers_day(company: Any) -> None:
    """The time zone of the activation decides; a zone is `Z` or an offset."""
    id = staged(company, deadline="2026-03-10T22:00:00Z")
    for zone in ("Rome", "+25:00", 5):
        refused = company.call("POST", f"/campaigns/v1/{id}/activate", json={"timeZone": zone})
        assert refused.status_code == 400
    company.call("POST", f"/campaigns/v1/{id}/activate", json={"timeZone": "+03:00"})
    assert company.get(f"/campaigns/v1/{id}")["deadline"] == "2026-03-11T20:59:59.999Z"


@pytest.mark.parametrize(("action", "left"), [("APPROVE", True), ("REVOKE", False)])
def test_a_campaign_past_due_is_completed_for_its_reviewers(company: Any, action: str, left: bool) -> None:
    """Open items are approved or revoked; what cannot be revoked stays. Before the deadline it is refused."""
    id = active(company, deadline=deadline(company, "PT1H"))
    body = {"autoCompleteAction": action}
    assert company.call("POST", f"/campaigns/v1/{id}/complete", json=body).status_code == 400
    company.wait("PT1H")
    assert company.call("POST", f"/campaigns/v1/{id}/complete", json=body).status_code == 202
    assert status(company, id) == "COMPLETING"
    company.wait("PT20M")
    assert status(company, id) == "COMPLETED"
    groups = company.groups(company.account("E1018")["nativeIdentity"])
    assert ("SP-APP-Atlas-Editor" in groups) is left
    assert "SP-APP-CRM-User" in groups


@pytest.mark.parametrize("field", sorted(PATCHABLE["STAGED"]))
def test_what_may_be_patched_depends_on_the_status(company: Any, field: str) -> None:
    """Six fields while staged; the deadline alone while active, and it reaches the certifications."""
    values: dict[str, Any] = {"name": "Q2", "description": None, "deadline": deadline(company, "P20D")}
    id = staged(company)
    patch = [{"op": "replace", "path": f"/{field}", "value": values.get(field, True)}]
    answer = company.call("PATCH", f"/campaigns/v1/{id}", json=patch)
    assert answer.json()[field] == values.get(field, True)
    company.call("POST", f"/campaigns/v1/{id}/activate")
    company.wait("PT1M")
    assert company.call("PATCH", f"/campaigns/v1/{id}", json=patch).status_code == (200 if field == "deadline" else 400)
    if field == "deadline":
        assert {one["due"] for one in certifications(company, id)} == {values["deadline"]}


def test_patches_that_make_no_sense_are_refused(company: Any) -> None:
    """Fixed fields, wrong types and broken documents are 400, and nothing changes."""
    id = staged(company)
    before = company.get(f"/campaigns/v1/{id}")
    for path, value in (("/type", "SEARCH"), ("/status", "ACTIVE"), ("/name", 5), ("/name", ""), ("/deadline", "x")):
        patch = [{"op": "replace", "path": path, "value": value}]
        assert company.call("PATCH", f"/campaigns/v1/{id}", json=patch).status_code == 400, path
    assert company.call("PATCH", f"/campaigns/v1/{id}", json={"op": "replace"}).status_code == 400
    assert company.call("PATCH", "/campaigns/v1/0", json=[]).status_code == 404
    assert company.get(f"/campaigns/v1/{id}") == before


def test_campaigns_are_deleted_by_a_list(company: Any) -> None:
    """They are out of sight at once, their certifications a moment later; an unknown id deletes nothing."""
    first, second = staged(company), active(company, name="Q2")
    assert company.call("POST", "/campaigns/v1/delete", json={"ids": [first, "0"]}).status_code == 400
    assert company.call("POST", "/campaigns/v1/delete", json={"ids": [first, second]}).status_code == 202
    assert company.call("GET", f"/campaigns/v1/{first}").status_code == 404
    company.wait("PT1M")
    assert company.get("/campaigns/v1") == []
    assert company.get("/certifications/v1") == []


def test_the_full_form_shows_what_was_chosen(company: Any) -> None:
    """Slim by default; full with what the creator chose, names resolved."""
    person = company.identity("E1006")
    info = {"type": "IDENTITY", "identityIds": [person["id"]], "reviewer": {"type": "IDENTITY", "id": person["id"]}}
    id = staged(company, "SEARCH", searchCampaignInfo=info)
    slim, full = (company.get(f"/campaigns/v1/{id}", detail=word) for word in ("SLIM", "FULL"))
    assert "filter" not in slim
    assert full["searchCampaignInfo"]["reviewer"]["name"] == person["name"]
    assert company.get("/campaigns/v1", detail="FULL", filters='status eq "STAGED"', sorters="-created") == [full]
    assert company.call("GET", "/campaigns/v1", params={"detail": "ALL"}).status_code == 400


def test_a_search_campaign_reviews_what_its_query_finds(company: Any) -> None:
    """ACCESS reviews the access found, whoever holds it; IDENTITY everything the people found have."""
    info = {"type": "ACCESS", "query": "name:AP-Atlas-Editor"}
    one = staged(company, "SEARCH", searchCampaignInfo=info)
    rows = [row for own in certifications(company, one) for row in items(company, own)]
    assert {(kind, name) for _, kind, name in about(rows)} == {("ACCESS_PROFILE", "AP-Atlas-Editor")}
    two = staged(company, "SEARCH", searchCampaignInfo={"type": "IDENTITY", "query": "attributes.workerId:E1018"})
    rows = [row for own in certifications(company, two) for row in items(company, own)]
    assert len({row["identitySummary"]["identityId"] for row in rows}) == 1
    assert len(rows) > 1
    none = {**info, "accessConstraints": [{"type": "ROLE", "operator": "SELECTED", "ids": ["0"]}]}
    three = staged(company, "SEARCH", searchCampaignInfo=none)
    assert company.get(f"/campaigns/v1/{three}")["totalCertifications"] == 0


def test_a_source_owner_campaign_lists_single_entitlements(company: Any) -> None:
    """One certification for a source, reviewed by its owner; the owner's own access goes to the owner's manager."""
    source = company.tenant.configuration.source_named("Ledger")
    id = staged(company, "SOURCE_OWNER", sourceOwnerCampaignInfo={"sourceIds": [source.id]})
    rows = [row for one in certifications(company, id) for row in items(company, one)]
    assert {kind for _, kind, _ in about(rows)} == {"ENTITLEMENT"}
    assert {row["accessSummary"]["entitlement"]["sourceName"] for row in rows} == {"Ledger"}
    assert all(row["accessSummary"]["entitlement"]["account"]["nativeIdentity"] for row in rows)


def test_role_composition_asks_the_remediator(company: Any) -> None:
    """The access profiles of roles are reviewed by the roles' owners; a revocation becomes a work item."""
    role = company.get("/roles/v1", filters='name eq "R-Ledger-Payables"')[0]
    admin = company.identity("E1010")
    info = {"remediatorRef": {"type": "IDENTITY", "id": admin["id"]}, "roleIds": [role["id"]]}
    id = active(company, "ROLE_COMPOSITION", roleCompositionCampaignInfo=info)
    (one,) = certifications(company, id)
    rows = items(company, one)
    assert about(rows) == {
        ("R-Ledger-Payables", "ACCESS_PROFILE", "AP-Ledger-SSO"),
        ("R-Ledger-Payables", "ACCESS_PROFILE", "AP-Ledger-Payables"),
    }
    decide(company, one, rows, "REVOKE")
    assert sign(company, one).status_code == 200
    company.wait("PT5M")
    (task,) = company.get("/work-items/v1", ownerId=admin["id"])
    assert "R-Ledger-Payables" in task["name"]
    company.call("POST", f"/campaigns/v1/{id}/run-remediation-scan")
    company.wait("PT1M")
    assert company.get(f"/campaigns/v1/{id}")["alerts"][0]["level"] == "WARN"


def test_reassigned_work_goes_to_the_stand_in(company: Any) -> None:
    """Reviews are made for whom a reviewer's work is reassigned to, and say so; nobody gets the own access that way."""
    boss, deputy = (company.identity(id)["id"] for id in ("E1006", "E1018"))
    body = {
        "reassignedFromId": boss,
        "reassignedToId": deputy,
        "configType": "CERTIFICATIONS",
        "startDate": "2026-01-01T00:00:00Z",
    }
    assert company.call("POST", "/reassignment-configurations/v1", json=body).status_code == 201
    id = staged(company)
    by = {one["reviewer"]["id"]: one for one in certifications(company, id)}
    assert by[deputy]["reassignment"]["from"]["reviewer"]["id"] == boss
    assert "Zoë" in by[deputy]["name"]
    assert {who for who, _, _ in about(items(company, by[boss]))} == {"Zoë O'Brien-Müller"}


def test_machine_accounts_are_none(company: Any) -> None:
    """Such a campaign is staged empty, says so, and completes as soon as it is activated."""
    id = active(company, "MACHINE_ACCOUNT")
    company.wait("PT1M")
    body = company.get(f"/campaigns/v1/{id}")
    assert (body["status"], body["totalCertifications"], body["alerts"][0]["level"]) == ("COMPLETED", 0, "WARN")


def _filter(company: Any, mode: str, *criteria: dict[str, Any]) -> str:
    body = {"name": f"{mode} {len(criteria)}", "mode": mode, "criteriaList": list(criteria)}
    answer = company.call("POST", "/campaign-filters/v1", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("mode", ["INCLUSION", "EXCLUSION"])
def test_filters_are_applied_to_each_item(company: Any, mode: str) -> None:
    """Inclusion keeps what meets the criteria, exclusion what does not."""
    role = {"type": "ROLE", "operation": "STARTS_WITH", "property": "name", "value": "R-BR-Region"}
    person = {"type": "IDENTITY_ATTRIBUTE", "operation": "EQUALS", "property": "department", "value": "Sales"}
    both = {"type": "COMPOSITE", "operation": "AND", "property": None, "value": None, "children": [role, person]}
    chosen = {"id": _filter(company, mode, both), "type": "CAMPAIGN_FILTER"}
    id = staged(company, filter=chosen)
    rows = [row for one in certifications(company, id) for row in items(company, one)]
    regions = {name for who, _, name in about(rows) if who == "Jamal Carter"}
    assert regions == ({"R-BR-Region-AMER"} if mode == "INCLUSION" else {"R-BR-Employee", "R-BR-Sales"})


def test_a_filter_that_cannot_be_applied_is_an_error(company: Any) -> None:
    """A composite without children stops the generation with an alert."""
    empty = {"type": "COMPOSITE", "operation": "AND", "property": None, "value": None}
    id = staged(company, filter={"id": _filter(company, "INCLUSION", empty)})
    body = company.get(f"/campaigns/v1/{id}")
    assert (body["status"], body["alerts"][0]["level"]) == ("ERROR", "ERROR")
    assert company.call("POST", f"/campaigns/v1/{id}/activate").status_code == 400


def test_filters_page_by_start_in_an_envelope(company: Any) -> None:
    """`items` and `count`; a POST on the id replaces; names are unique."""
    ids = [_filter(company, "INCLUSION", *[_IS_ROLE] * number) for number in range(1, 4)]
    page = company.get("/campaign-filters/v1", start=1, limit=1)
    assert (page["count"], [one["id"] for one in page["items"]]) == (3, ids[1:2])
    body = {**company.get(f"/campaign-filters/v1/{ids[0]}"), "description": "other"}
    assert company.call("POST", f"/campaign-filters/v1/{ids[0]}", json=body).json()["description"] == "other"
    again = {**body, "name": "INCLUSION 2"}
    assert company.call("POST", f"/campaign-filters/v1/{ids[0]}", json=again).status_code == 400
    assert company.call("POST", "/campaign-filters/v1", json={**body, "mode": "SOME"}).status_code == 400
    assert company.call("GET", "/campaign-filters/v1/0").status_code == 404


_IS_ROLE = {"type": "ROLE", "operation": "EQUALS", "property": "name", "value": "x"}


def test_templates_make_campaigns_named_after_the_day(company: Any) -> None:
    """Placeholders are the current date; the deadline is today and the template's duration."""
    held = {"name": "Review %Y-%m-%d", "description": "of %B", "type": "MANAGER"}
    body = {"name": "Monthly", "description": "every month", "deadlineDuration": "P1M", "campaign": held}
    template = company.call("POST", "/campaign-templates/v1", json=body).json()
    assert template["ownerRef"]["id"] == company.identity("E1010")["id"]
    made = company.call("POST", f"/campaign-templates/v1/{template['id']}/generate").json()
    assert (made["name"], made["description"]) == ("Review 2026-03-02", "of March")
    assert company.get(f"/campaigns/v1/{made['id']}")["deadline"].startswith("2026-04-02")
    patch = [{"op": "replace", "path": "/deadlineDuration", "value": "P2W"}]
    path = f"/campaign-templates/v1/{template['id']}"
    assert company.call("PATCH", path, json=patch).json()["deadlineDuration"] == "P2W"
    for wrong in ({"path": "/deadlineDuration", "value": "soon"}, {"path": "/ownerRef", "value": {}}):
        assert company.call("PATCH", path, json=[{"op": "replace", **wrong}]).status_code == 400
    assert company.get("/campaign-templates/v1", filters='name eq "Monthly"')[0]["deadlineDuration"] == "P2W"
    assert company.call("DELETE", path).status_code == 204
    assert company.call("POST", f"{path}/generate").status_code == 404


def test_reports_run_in_the_background(company: Any) -> None:
    """PENDING, then SUCCESS; each type is kept once; an unknown type is 400."""
    id = staged(company)
    path = f"/campaigns/v1/{id}"
    assert company.call("POST", f"{path}/run-report/NO_REPORT").status_code == 400
    for _ in range(2):
        assert company.call("POST", f"{path}/run-report/CAMPAIGN_STATUS_REPORT").status_code == 202
        assert [one["status"] for one in company.get(f"{path}/reports")] == ["PENDING"]
        company.wait("PT2M")
        assert [one["status"] for one in company.get(f"{path}/reports")] == ["SUCCESS"]


def test_what_a_campaign_refers_to_must_exist(company: Any) -> None:
    """Unknown sources, people, roles, reviewers and filters are 400 with the code of missing references."""
    admin, nobody = company.identity("E1010")["id"], {"type": "IDENTITY", "id": "0"}
    for kind, more in (
        ("SOURCE_OWNER", {"sourceOwnerCampaignInfo": {"sourceIds": ["0"]}}),
        ("SEARCH", {"searchCampaignInfo": {"type": "IDENTITY", "identityIds": ["0"]}}),
        (
            "SEARCH",
            {"searchCampaignInfo": {"type": "ACCESS", "query": "x", "reviewer": {"type": "IDENTITY", "id": "0"}}},
        ),
        ("ROLE_COMPOSITION", {"roleCompositionCampaignInfo": {"remediatorRef": nobody}}),
        (
            "ROLE_COMPOSITION",
            {"roleCompositionCampaignInfo": {"remediatorRef": {"type": "IDENTITY", "id": admin}, "roleIds": ["0"]}},
        ),
        ("MANAGER", {"filter": {"id": "0", "type": "CAMPAIGN_FILTER"}}),
    ):
        answer = campaign(company, kind, **more)
        assert answer.json()["detailCode"].startswith("400.1.404"), (kind, answer.text)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"name": "x", "type": "MANAGER"},
        {"name": "", "description": "", "type": "MANAGER"},
        {"name": "x", "description": "", "type": "WEEKLY"},
        {"name": "x", "description": "", "type": "MANAGER", "deadline": "tomorrow"},
        {"name": "x", "description": "", "type": "MANAGER", "deadline": "0001-01-01T00:00:00+14:00"},
        {"name": "x", "description": "", "type": "SEARCH"},
        {"name": "x", "description": "", "type": "SOURCE_OWNER", "sourceOwnerCampaignInfo": {"sourceIds": []}},
        {"name": "x", "description": "", "type": "SEARCH", "searchCampaignInfo": {"type": "ACCESS"}},
        {"name": "x", "description": "", "type": "SEARCH", "searchCampaignInfo": {"type": "ACCESS", "query": "a:("}},
        {"name": "x", "description": "", "type": "MANAGER", "searchCampaignInfo": {"type": "ACCESS", "query": "a"}},
        {"name": "x", "description": "", "type": "MANAGER", "correlatedStatus": "UNCORRELATED"},
    ],
)
def test_bad_campaigns_are_refused(company: Any, body: Any) -> None:
    """In the vendor's words, and nothing is stored."""
    answer = company.call("POST", "/campaigns/v1", json=body)
    assert answer.status_code == 400
    assert company.get("/campaigns/v1") == []


def test_naming_a_filter_needs_the_right_to_read_filters(company: Any) -> None:
    """A token with `idn:campaign:manage` alone makes campaigns, but none with a filter (SailPoint API)."""
    chosen = _filter(company, "INCLUSION", _IS_ROLE)
    admin = company.tenant.credentials.caller(company.ready["sailpoint"]["personal_access_tokens"][0]["client_id"])
    assert admin is not None
    made = company.tenant.credentials.issue(
        "pat", "narrow", company.identity("E1010")["id"], scope=("idn:campaign:manage",)
    )
    form = {"grant_type": "client_credentials", "client_id": made.id, "client_secret": made.secret}
    token = company.raw("POST", "/oauth/token", data=form).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": "x", "description": "", "type": "MANAGER"}
    assert company.raw("POST", "/campaigns/v1", json=body, headers=headers).status_code == 202
    named = {**body, "filter": {"id": chosen, "type": "CAMPAIGN_FILTER"}}
    assert company.raw("POST", "/campaigns/v1", json=named, headers=headers).status_code == 403


def test_only_administrators_run_campaigns(company: Any) -> None:
    """CERT_ADMIN may; everybody else is refused."""
    body = {"name": "x", "description": "", "type": "MANAGER"}
    assert company.call("POST", "/campaigns/v1", by="review-admin", json=body).status_code == 202
    assert company.call("POST", "/campaigns/v1", by="E1006", json=body).status_code == 403
