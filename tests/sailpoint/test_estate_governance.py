"""The reference company's policy for separation of duties and its campaign templates, and the people they find."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.requesting import ask, decide, item
from tests.sailpoint.reviews import certifications, items
from tests.sailpoint.test_aggregation import outside, run
from tests.sailpoint.test_estate_workflows import group_of
from tests.sailpoint.test_sources import source_id


def test_nobody_breaks_the_policy_on_day_zero(company: Any) -> None:
    """SOD-01 is enforced, between two rights of Ledger, and owned by who owns Ledger."""
    (policy,) = company.get("/sod-policies/v1")
    criteria = policy["conflictingAccessCriteria"]
    sides = [one["name"] for side in criteria.values() for one in side["criteriaList"]]
    assert (policy["name"], policy["state"], sides) == ("SOD-01", "ENFORCED", ["payables.create", "payments.release"])
    assert policy["ownerRef"]["id"] == company.identity("E1002")["id"]
    assert company.call("POST", f"/sod-policies/v1/{policy['id']}/evaluate").status_code == 200
    company.wait("PT5M")
    assert company.get("/violations/v1") == []


def test_the_last_approver_sees_the_violation(company: Any) -> None:
    """Who holds one half asks for the other: each approver reads which side exists; granted, a violation opens."""
    answer = ask(company, "E1013", item(company, "R-Ledger-Treasury"), by="iam-admin")
    company.wait("PT2M")
    assert decide(company, "E1012", comment="covers leave").status_code == 202
    company.wait("PT2M")
    (approval,) = company.get("/access-request-approvals/v1/pending", by="E1003", **{"owner-id": "me"})
    result = approval["sodViolationContext"]["violationCheckResult"]
    assert [one["name"] for one in result["violatedPolicies"]] == ["SOD-01"]
    (context,) = result["violationContexts"]
    held = {
        one["name"]: one["existing"]
        for side in context["conflictingAccessCriteria"].values()
        for one in side["criteriaList"]
    }
    assert held == {"payables.create": True, "payments.release": False}
    assert decide(company, "E1003", comment="exception EX-09").status_code == 202
    company.wait("PT30M")
    id = answer.json()["newRequests"][0]["accessRequestIds"][0]
    (row,) = company.get("/access-request-status/v1", filters=f'accessRequestId eq "{id}"')
    assert row["state"] == "REQUEST_COMPLETED"
    (violation,) = company.get("/violations/v1")
    assert violation["target"]["id"] == company.identity("E1013")["id"]


def test_a_request_that_breaks_nothing_says_so(company: Any) -> None:
    """Who holds neither half asks for one."""
    ask(company, "E1021", item(company, "R-Ledger-Payables"))
    company.wait("PT2M")
    (approval,) = company.get("/access-request-approvals/v1/pending", by="E1019", **{"owner-id": "me"})
    assert approval["sodViolationContext"]["violationCheckResult"]["violatedPolicies"] == []


def generated(company: Any, name: str) -> Any:
    """A campaign made from a template."""
    (template,) = company.get("/campaign-templates/v1", by="review-admin", filters=f'name eq "{name}"')
    answer = company.call("POST", f"/campaign-templates/v1/{template['id']}/generate", by="review-admin")
    assert answer.status_code == 200, answer.text
    company.wait("PT10M")
    campaign = company.get(f"/campaigns/v1/{answer.json()['id']}", detail="FULL")
    assert (campaign["status"], campaign["autoRevokeAllowed"]) == ("STAGED", True)
    assert campaign["deadline"].startswith(company.day(14))
    return campaign


def test_the_quarterly_review_is_of_privileged_access_and_ledger(company: Any) -> None:
    """Managers review, nobody the own access; rights show in the role that gives them, and nothing else is there."""
    campaign = generated(company, "Quarterly privileged and Ledger")
    found: dict[str, set[str]] = {}
    for share in certifications(company, campaign["id"]):
        reviewer = share["reviewer"]["id"]
        for one in items(company, share):
            found.setdefault(one["identitySummary"]["name"], set()).add(one["accessSummary"]["access"]["name"])
            assert one["identitySummary"]["identityId"] != reviewer
            assert company.tenant.state.identities[one["identitySummary"]["identityId"]].manager_id == reviewer
    clerks = {"Tomás Núñez": {"R-Ledger-Payables"}, "Aroha Tipene": {"R-Ledger-Treasury"}}
    finance = {name: {"R-BR-Finance"} | clerks.get(name, set()) for name in (*clerks, "Victor Lindqvist", "Ruth Adler")}
    admins = {"Daniel Kovač": {"R-Okta-OrgAdmin"}, "Sofia Marino": {"R-Okta-Helpdesk"}}
    assert found == finance | admins | {"Noah Feldman": {"R-Vault-Operator"}}


def test_the_orphans_of_the_directory_go_to_its_owner(company: Any) -> None:
    """A stray account in a governed group is reviewed by the owner of the source."""
    users = company.estate.okta.state.users.rows()
    user = next(one.id for one in users if one.profile["login"].startswith("svc-reports"))
    outside(company, "PUT", f"/api/v1/groups/{group_of(company, 'SP-APP-Atlas-User')}/users/{user}")
    run(company, source_id(company))
    campaign = generated(company, "Okta orphans")
    (share,) = certifications(company, campaign["id"])
    assert share["reviewer"]["id"] == company.identity("E1004")["id"]
    assert [one["accessSummary"]["access"]["name"] for one in items(company, share)] == ["SP-APP-Atlas-User"]
