"""Certifications: what reviewers see, decide, hand on and sign, and what comes of it at the target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.sailpoint.reviews import (
    about,
    active,
    certifications,
    deadline,
    decide,
    items,
    own,
    sign,
    staged,
)

BOSS = "E1006"  # manages Sales
ATLAS = ("ACCESS_PROFILE", "AP-Atlas-Editor")


def _kind(row: Any) -> tuple[str, str]:
    access = row["accessSummary"]["access"]
    return access["type"], access["name"]


def _split(rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The access profile that was asked for, and everything given by rules."""
    return [row for row in rows if _kind(row) == ATLAS], [row for row in rows if _kind(row) != ATLAS]


def test_a_revocation_reaches_the_directory(company: Any) -> None:
    """Decided, signed off, then an account activity of type Certification removes the group at Okta.

    Nothing else of the person goes, and the next refresh does not give it back.
    """
    active(company)
    mine = own(company, BOSS)
    asked, ruled = _split(items(company, mine, by=BOSS))
    who = asked[0]["identitySummary"]["identityId"]
    user = company.account("E1018")["nativeIdentity"]
    before = company.groups(user)
    decide(company, mine, ruled, "APPROVE", by=BOSS)
    decide(company, mine, asked, "REVOKE", by=BOSS, comments="moved to Sales")
    company.directory.calls.clear()
    assert company.groups(user) == before
    signed = sign(company, mine, by=BOSS).json()
    assert (signed["phase"], signed["completed"], bool(signed["signed"])) == ("SIGNED", True, True)
    company.wait("PT10M")
    assert before - company.groups(user) == {"SP-APP-Atlas-Editor"}
    assert company.groups(user) <= before
    assert [method for method, _ in company.directory.writes()] == ["DELETE"]
    done = company.get("/account-activities/v1", filters='type eq "Certification"', **{"requested-for": who})
    assert [(one["completionStatus"], one["items"][0]["operation"]) for one in done] == [("SUCCESS", "REMOVE")]
    log = company.search("events", "action:remediate")
    assert [event["target"]["name"] for event in log] == ["E1018"]
    company.call("POST", "/identities/v1/process", json={"identityIds": [who]})
    company.wait("PT30M")
    assert "SP-APP-Atlas-Editor" not in company.groups(user)


def test_access_nobody_asked_for_is_taken_away_too(company: Any) -> None:
    """A single group that aggregation found is reviewed as an entitlement, and removed like any other access."""
    state = company.tenant.state
    group = next(one for one in state.entitlements.rows() if one.name == "SP-SVC-MFA-Reset")
    profile = company.get("/access-profiles/v1", filters='name eq "AP-Svc-MFA-Reset"')[0]
    found = state.accounts[company.account("E1015")["id"]]
    state.accounts.put(replace(found, entitlements=(*found.entitlements, group.value)))
    active(company)
    mine = own(company, BOSS)
    rows = items(company, mine, by=BOSS, filters='identitySummary.name sw "Jamal"')
    (held,) = [row for row in rows if row["accessSummary"]["access"]["type"] != "ROLE"]
    # All there is of the access profile is on the account, so it counts as held.
    assert held["accessSummary"]["access"]["id"] == profile["id"]
    every = items(company, mine, by=BOSS)
    decide(company, mine, every, "APPROVE", by=BOSS)
    decide(company, mine, [held], "REVOKE", by=BOSS)
    company.directory.calls.clear()
    sign(company, mine, by=BOSS)
    company.wait("PT10M")
    assert company.directory.writes() == [("DELETE", f"/api/v1/groups/{group.value}/users/{found.native}")]
    assert group.value not in state.accounts[found.id].entitlements


def test_what_rules_give_cannot_be_revoked(company: Any) -> None:
    """Roles by membership criteria carry `revocable: false`, and revoking them is refused as a whole."""
    active(company)
    mine = own(company, BOSS)
    asked, ruled = _split(items(company, mine, by=BOSS))
    assert {row["accessSummary"]["role"]["revocable"] for row in ruled} == {False}
    assert decide(company, mine, [*asked, ruled[0]], "REVOKE", by=BOSS).status_code == 400
    assert own(company, BOSS)["decisionsMade"] == 0


def test_decisions_may_change_until_the_sign_off(company: Any) -> None:
    """Counts follow; signing wants every item decided; afterwards nothing changes."""
    active(company)
    mine = own(company, BOSS)
    path = f"/certifications/v1/{mine['id']}"
    assert sign(company, mine, by=BOSS).status_code == 400
    asked, ruled = _split(items(company, mine, by=BOSS))
    decide(company, mine, asked, "REVOKE", by=BOSS)
    summary = company.get(f"{path}/decision-summary", by=BOSS)
    assert (summary["accessProfilesRevoked"], summary["accessProfileDecisionsMade"]) == (1, 1)
    decide(company, mine, [*asked, *ruled], "APPROVE", by=BOSS)
    summary = company.get(f"{path}/decision-summary", by=BOSS)
    assert (summary["accessProfilesRevoked"], summary["accessProfilesApproved"]) == (0, 1)
    assert (summary["rolesApproved"], summary["roleDecisionsTotal"]) == (len(ruled), len(ruled))
    body = company.get(path, by=BOSS)
    assert (body["decisionsMade"], body["identitiesCompleted"]) == (body["decisionsTotal"], body["identitiesTotal"])
    assert sign(company, mine, by=BOSS).status_code == 200
    assert sign(company, mine, by=BOSS).status_code == 400
    assert decide(company, mine, asked, "REVOKE", by=BOSS).status_code == 400


def test_a_role_that_was_asked_for_can_be_revoked(company: Any) -> None:
    """The grant ends with the certification: the entitlements of the role leave every source."""
    role = company.get("/roles/v1", filters='name eq "R-Ledger-Payables"')[0]
    item = {"type": "ROLE", "id": role["id"], "comment": "please"}
    body = {"requestedFor": [company.identity("E1014")["id"]], "requestType": "GRANT_ACCESS", "requestedItems": [item]}
    assert company.call("POST", "/access-requests/v1", json=body).status_code == 202
    company.wait("PT1M")
    for by in ("E1012", "E1002"):
        for approval in company.get("/access-request-approvals/v1/pending", by=by):
            path = f"/access-request-approvals/v1/{approval['id']}/approve"
            company.call("POST", path, by=by, json={"comment": "ok"})
        company.wait("PT5M")
    held = company.account("E1014", "Ledger")["attributes"]
    id = active(company, "SEARCH", searchCampaignInfo={"type": "ACCESS", "query": "name:R-Ledger-Payables"})
    for one in certifications(company, id):
        rows = items(company, one)
        assert {row["accessSummary"]["role"]["revocable"] for row in rows} == {True}
        decide(company, one, rows, "REVOKE")
        sign(company, one)
    company.wait("PT10M")
    assert company.account("E1014", "Ledger")["attributes"] != held
    assert "payables.create" not in str(company.account("E1014", "Ledger")["attributes"])


def test_a_source_without_connector_makes_work_items(company: Any) -> None:
    """What people have by their roles cannot be revoked one by one; the rest the source's owner removes by hand."""
    state = company.tenant.state
    source = company.tenant.configuration.source_named("Payroll")
    info = {"sourceOwnerCampaignInfo": {"sourceIds": [source.id]}}
    id = active(company, "SOURCE_OWNER", **info)
    rows = [row for one in certifications(company, id) for row in items(company, one)]
    assert {row["accessSummary"]["entitlement"]["revocable"] for row in rows} == {False}
    person = state.identities[rows[0]["identitySummary"]["identityId"]]
    state.identities.put(replace(person, roles=()))
    id = active(company, "SOURCE_OWNER", name="Q2", **info)
    for one in certifications(company, id):
        loose = [row for row in items(company, one) if row["accessSummary"]["entitlement"]["revocable"]]
        decide(company, one, items(company, one), "APPROVE")
        if loose:
            decide(company, one, loose, "REVOKE")
        sign(company, one)
    company.wait("PT10M")
    (task,) = company.get("/work-items/v1", ownerId=source.owner_id)
    assert (task["type"], task["remediationItems"][0]["attributeOperation"]) == ("ManualAction", "REMOVE")


def test_an_account_nobody_owns_is_certified_by_its_source_owner(company: Any) -> None:
    """UNCORRELATED: only accounts without a person; revoking takes the right off the account itself."""
    state = company.tenant.state
    source = company.tenant.configuration.source_named("Ledger")
    stray = next(one for one in state.accounts.find("source", source.id) if one.entitlements)
    state.accounts.put(replace(stray, identity_id=""))
    info = {"sourceOwnerCampaignInfo": {"sourceIds": [source.id]}, "correlatedStatus": "UNCORRELATED"}
    id = active(company, "SOURCE_OWNER", **info)
    (one,) = certifications(company, id)
    rows = items(company, one)
    assert {row["identitySummary"]["identityId"] for row in rows} == {stray.id}
    decide(company, one, rows, "REVOKE")
    sign(company, one)
    company.wait("PT10M")
    assert state.accounts[stray.id].entitlements == ()


def test_an_end_date_postpones_the_revocation(company: Any) -> None:
    """With REVOKE only, with a comment unless the campaign wants none; carried out on that date."""
    active(company)
    mine = own(company, BOSS)
    asked, ruled = _split(items(company, mine, by=BOSS))
    end = {"proposedEndDate": deadline(company, "P1D")}
    assert decide(company, mine, asked, "APPROVE", by=BOSS, comments="x", **end).status_code == 400
    assert decide(company, mine, asked, "REVOKE", by=BOSS, **end).status_code == 400
    assert decide(company, mine, asked, "REVOKE", by=BOSS, comments="soon", **end).status_code == 200
    decide(company, mine, ruled, "APPROVE", by=BOSS)
    sign(company, mine, by=BOSS)
    user = company.account("E1018")["nativeIdentity"]
    company.wait("PT2H")
    assert "SP-APP-Atlas-Editor" in company.groups(user)
    company.wait("P1D")
    assert "SP-APP-Atlas-Editor" not in company.groups(user)


@pytest.mark.parametrize(
    ("rule", "refused"),
    [("ALL_DECISIONS", {"APPROVE", "REVOKE"}), ("REVOKE_ONLY_DECISIONS", {"REVOKE"}), ("NO_DECISIONS", set())],
)
def test_comments_may_be_mandatory(company: Any, rule: str, refused: set[str]) -> None:
    """For all decisions, for revocations, or never, as the campaign says."""
    active(company, mandatoryCommentRequirement=rule)
    mine = own(company, BOSS)
    asked, _ = _split(items(company, mine, by=BOSS))
    for decision in ("APPROVE", "REVOKE"):
        wanted = 400 if decision in refused else 200
        assert decide(company, mine, asked, decision, by=BOSS).status_code == wanted
        assert decide(company, mine, asked, decision, by=BOSS, comments="why").status_code == 200


def test_reviewers_see_their_own_once_it_is_active(company: Any) -> None:
    """Nothing while staged; another reviewer's is forbidden; administrators see everybody's."""
    id = staged(company)
    assert company.get("/certifications/v1", by=BOSS) == []
    one = next(c for c in certifications(company, id) if c["name"].endswith("Marcus Reid"))
    assert company.call("GET", f"/certifications/v1/{one['id']}", by=BOSS).status_code == 403
    company.call("POST", f"/campaigns/v1/{id}/activate")
    company.wait("PT1M")
    assert [c["id"] for c in company.get("/certifications/v1", by=BOSS)] == [one["id"]]
    other = own(company, "E1012")
    for path in ("", "/access-review-items", "/decision-summary", "/identity-summaries", "/reviewers"):
        assert company.call("GET", f"/certifications/v1/{other['id']}{path}", by=BOSS).status_code == 403
    assert decide(company, other, [], "APPROVE", by=BOSS).status_code == 403
    assert company.get("/certifications/v1", by=BOSS, **{"reviewer-identity": other["reviewer"]["id"]}) == []
    assert company.call("GET", "/certifications/v1/0").status_code == 404


def test_items_and_people_are_filtered_and_sorted(company: Any) -> None:
    """By the properties the vendor names; three parameters name access, one at a time."""
    active(company)
    mine = own(company, BOSS)
    rows = items(company, mine)
    first = rows[0]["identitySummary"]
    mine_only = items(company, mine, filters=f'identitySummary.id eq "{first["id"]}" and access.type eq "ROLE"')
    assert {row["identitySummary"]["name"] for row in mine_only} == {first["name"]}
    profile = items(company, mine, filters='accessProfile.sourceName sw "Okt"')
    assert [_kind(row) for row in profile] == [ATLAS]
    access = profile[0]["accessSummary"]["access"]["id"]
    assert items(company, mine, **{"access-profiles": access}) == profile
    both = {"access-profiles": access, "roles": access}
    path = f"/certifications/v1/{mine['id']}"
    assert company.call("GET", f"{path}/access-review-items", params=both).status_code == 400
    names = [row["accessSummary"]["access"]["name"] for row in items(company, mine, sorters="-access.name")]
    assert names == sorted(names, key=str.lower, reverse=True)
    assert items(company, mine, filters="completed ne false") == []
    decide(company, mine, profile, "APPROVE")
    assert about(items(company, mine, filters="completed eq true")) == about(profile)
    assert company.get(f"{path}/access-summaries/ACCESS_PROFILE", filters="completed eq true")
    roles = company.get(f"{path}/access-summaries/ROLE", sorters="access.name")
    assert len(roles) == len({one["access"]["id"] for one in roles}) > 1
    assert company.call("GET", f"{path}/access-summaries/THING").status_code == 400
    people = company.get(f"{path}/identity-summaries", sorters="name")
    assert [one["name"] for one in people] == sorted(one["name"] for one in people)
    assert company.get(f"{path}/identity-summaries/{people[0]['id']}") == people[0]
    assert company.call("GET", f"{path}/identity-summaries/0").status_code == 404
    some = company.get(f"{path}/decision-summary", filters=f'identitySummary.id in ("{first["id"]}")')
    assert some["roleDecisionsTotal"] == len(mine_only)
    assert company.get(f"{path}/reviewers", filters='name sw "Marcus"')[0]["email"] == "marcus.reid@acme.example"


def test_a_person_is_handed_to_another_reviewer(company: Any) -> None:
    """The items move to a certification of the new reviewer that says where it came from."""
    active(company)
    mine = own(company, BOSS)
    (person,) = company.get(f"/certifications/v1/{mine['id']}/identity-summaries", filters='name sw "Jamal"')
    to = company.identity("E1009")["id"]
    body = {
        "reassign": [{"id": person["id"], "type": "IDENTITY_SUMMARY"}],
        "reassignTo": to,
        "reason": "on leave",
    }
    path = f"/certifications/v1/{mine['id']}/reassign"
    left = company.call("POST", path, by=BOSS, json=body).json()
    assert (left["identitiesTotal"], left["decisionsTotal"]) == (
        mine["identitiesTotal"] - 1,
        mine["decisionsTotal"] - 3,
    )
    moved = own(company, "E1009")
    assert (moved["phase"], moved["decisionsTotal"], moved["reassignment"]["comment"]) == ("ACTIVE", 3, "on leave")
    assert moved["reassignment"]["from"]["id"] == mine["id"]
    assert {row["identitySummary"]["name"] for row in items(company, moved, by="E1009")} == {"Jamal Carter"}
    again = {**body, "reassign": [{"id": person["id"], "type": "IDENTITY_SUMMARY"}]}
    assert company.call("POST", path, by=BOSS, json=again).status_code == 400
    for wrong in (
        {"reassignTo": "0"},
        {"reassignTo": mine["reviewer"]["id"]},
        {"reassign": []},
        {"reassign": [{"id": "0", "type": "ITEM"}]},
        {"reassign": [{"id": str(n), "type": "ITEM"} for n in range(51)]},
    ):
        rest = {"reassign": [{"id": items(company, mine)[0]["id"], "type": "ITEM"}]}
        assert company.call("POST", path, by=BOSS, json={**body, **rest, **wrong}).status_code == 400


def test_nobody_reviews_the_own_access(company: Any) -> None:
    """Not by reassignment either: refused at once, or told by the task."""
    active(company)
    mine = own(company, BOSS)
    (person,) = company.get(f"/certifications/v1/{mine['id']}/identity-summaries", filters='name sw "Jamal"')
    part = {"id": person["id"], "type": "IDENTITY_SUMMARY"}
    body = {"reassign": [part], "reassignTo": person["identityId"], "reason": "x"}
    path = f"/certifications/v1/{mine['id']}"
    assert company.call("POST", f"{path}/reassign", json=body).status_code == 400
    task = company.call("POST", f"{path}/reassign-async", by=BOSS, json=body).json()
    assert task["status"] == "QUEUED"
    assert [one["id"] for one in company.get("/certification-tasks/v1", **{"reviewer-identity": "me"}, by=BOSS)] == [
        task["id"]
    ]
    company.wait("PT1M")
    told = company.get(f"/certification-tasks/v1/{task['id']}", by=BOSS)
    assert (told["status"], told["reassignmentTrailDTOs"][0]["newOwner"]) == ("ERROR", person["identityId"])
    assert company.get("/certification-tasks/v1") == []
    assert company.call("GET", "/certification-tasks/v1/0").status_code == 404
    assert company.call("GET", f"/certification-tasks/v1/{task['id']}", by="E1012").status_code == 403


def test_an_administrator_moves_whole_certifications(company: Any) -> None:
    """A task, after which somebody else reviews."""
    id = active(company)
    mine = own(company, BOSS)
    to = company.identity("E1009")["id"]
    body = {"certificationIds": [mine["id"]], "reassignTo": {"id": to, "type": "IDENTITY"}, "reason": "left"}
    task = company.call("POST", f"/campaigns/v1/{id}/reassign", json=body).json()
    assert (task["type"], task["targetId"]) == ("ADMIN_REASSIGN", id)
    company.wait("PT1M")
    assert company.get(f"/certification-tasks/v1/{task['id']}")["status"] == "SUCCESS"
    assert own(company, "E1009")["id"] == mine["id"]
    assert company.get("/certifications/v1", by=BOSS) == []
    for wrong in (
        {"certificationIds": []},
        {"certificationIds": ["0"]},
        {"certificationIds": ["0"] * 251},
        {"reassignTo": {"id": "0", "type": "IDENTITY"}},
        {"reassignTo": {"id": to}},
    ):
        assert company.call("POST", f"/campaigns/v1/{id}/reassign", json={**body, **wrong}).status_code == 400


def test_a_certification_that_was_emptied_is_signed(company: Any) -> None:
    """Otherwise its campaign would never end."""
    id = active(company, "SEARCH", searchCampaignInfo={"type": "ACCESS", "query": "name:AP-Atlas-Editor"})
    for one in certifications(company, id):
        parts = [{"id": row["id"], "type": "ITEM"} for row in items(company, one)]
        to = company.identity("E1009")["id"]
        body = {"reassign": parts, "reassignTo": to, "reason": "x"}
        if one["reviewer"]["id"] != to:
            left = company.call("POST", f"/certifications/v1/{one['id']}/reassign", json=body).json()
            assert (left["phase"], left["decisionsTotal"]) == ("SIGNED", 0)


def test_governance_groups_are_not_served(company: Any) -> None:
    """Their certifications refuse items, decide, sign-off and reassign (SailPoint API); members may look."""
    group = next(one for one in company.tenant.configuration.all("workgroup") if one.name == "Duty Security")
    reviewer = {"type": "GOVERNANCE_GROUP", "id": group.id}
    info = {"type": "ACCESS", "query": "name:AP-Atlas-Editor", "reviewer": reviewer}
    id = active(company, "SEARCH", searchCampaignInfo=info)
    (one,) = certifications(company, id)
    assert one["reviewer"]["type"] == "GOVERNANCE_GROUP"
    path = f"/certifications/v1/{one['id']}"
    assert company.call("GET", f"{path}/access-review-items").status_code == 400
    assert sign(company, one).status_code == 400
    assert decide(company, one, [{"id": "0"}], "APPROVE").status_code == 400
    body = {"reassign": [{"id": "0", "type": "ITEM"}], "reassignTo": "0", "reason": "x"}
    assert company.call("POST", f"{path}/reassign", json=body).status_code == 400
    assert len(company.get(f"{path}/reviewers", by="E1003")) == 2
    assert company.call("GET", path, by=BOSS).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        [{}],
        [{"id": "0", "decision": "APPROVE"}],
        [{"id": "0", "decision": "ACKNOWLEDGE", "bulk": False}],
        [{"id": "0", "decision": "APPROVE", "bulk": "no"}],
        [{"id": "0", "decision": "APPROVE", "bulk": False}],
        [{"id": "0", "decision": "REVOKE", "bulk": False, "proposedEndDate": "soon"}],
        [{"id": "0", "decision": "APPROVE", "bulk": False}] * 251,
    ],
)
def test_bad_decisions_are_refused(company: Any, body: Any) -> None:
    """Between 1 and 250 known items, with known words."""
    active(company)
    mine = own(company, BOSS)
    assert company.call("POST", f"/certifications/v1/{mine['id']}/decide", by=BOSS, json=body).status_code == 400


def test_the_beta_list_has_its_older_body(company: Any) -> None:
    """`campaignRef` and entities instead of `campaign` and identities; the other versions have today's."""
    active(company)
    old, new = (company.get(f"/{version}/certifications", by=BOSS)[0] for version in ("beta", "v3"))
    assert {"campaignRef", "entitiesTotal", "entitiesCompleted"} <= old.keys()
    assert "campaign" not in old
    assert new["campaign"]["id"] == old["campaignRef"]["id"]
    assert new["identitiesTotal"] == old["entitiesTotal"]


class Listener:
    """Takes what event triggers report."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def hear(self, trigger: str, payload: dict[str, Any], identity_id: str = "") -> None:
        """Note one report."""
        self.told.append((trigger, payload))


def test_triggers_report_campaigns_and_sign_offs(company: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Generated, activated and ended with the campaign as it is then; each sign-off with its certification."""
    listener = Listener()
    monkeypatch.setattr(company.tenant, "tell", listener.hear)
    id = active(company, "SEARCH", searchCampaignInfo={"type": "ACCESS", "query": "name:AP-Atlas-Editor"})
    for one in certifications(company, id):
        decide(company, one, items(company, one), "APPROVE")
        sign(company, one)
    company.wait("PT2M")
    told = listener.told
    campaigns = [(trigger, payload["campaign"]["status"]) for trigger, payload in told if "campaign" in payload]
    assert campaigns == [
        ("idn:campaign-generated", "STAGED"),
        ("idn:campaign-activated", "ACTIVE"),
        ("idn:campaign-ended", "COMPLETED"),
    ]
    owner = company.identity("E1010")
    assert told[0][1]["campaign"]["campaignOwner"]["email"] == owner["emailAddress"]
    signed = [payload["certification"] for trigger, payload in told if trigger == "idn:certification-signed-off"]
    assert len(signed) == len(certifications(company, id))
    assert {(one["phase"], one["campaignRef"]["id"], one["completed"]) for one in signed} == {("SIGNED", id, True)}


def test_what_a_person_was_reviewed_in_is_known(company: Any) -> None:
    """Under review while a certification is active, certified once it is signed, and by whom."""
    who = company.identity("E1018")["id"]
    desk = company.tenant.certifications
    staged(company)
    assert not desk.under_review(who)
    active(company, name="Q2")
    mine = own(company, BOSS)
    assert desk.under_review(who)
    decide(company, mine, items(company, mine), "APPROVE")
    sign(company, mine, by=BOSS)
    assert not desk.under_review(who)
    assert [(one.id, one.signer_id) for one in desk.signed_for(who)] == [(mine["id"], company.identity(BOSS)["id"])]


def test_access_certified_before_is_not_new(company: Any) -> None:
    """`newAccess` tells first reviews from later ones."""
    first, second = active(company), active(company, name="Q2")
    seen = [
        {row["newAccess"] for one in certifications(company, id) for row in items(company, one)}
        for id in (first, second)
    ]
    assert seen == [{True}, {False}]
