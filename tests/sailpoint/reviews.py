"""What tests of campaigns, certifications and separation of duties share."""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso, parse_duration


def deadline(company: Any, duration: str = "P14D") -> str:
    """An instant from now."""
    return iso(company.estate.clock.now() + parse_duration(duration))


def campaign(company: Any, type: str = "MANAGER", **more: Any) -> Any:
    """Ask for a campaign."""
    body = {"name": "Q1", "description": "a review", "type": type, "deadline": deadline(company), **more}
    return company.call("POST", "/campaigns/v1", json=body)


def staged(company: Any, type: str = "MANAGER", **more: Any) -> str:
    """The id of a campaign whose certifications exist."""
    answer = campaign(company, type, **more)
    assert answer.status_code == 202, answer.text
    company.wait("PT5M")
    return str(answer.json()["id"])


def active(company: Any, type: str = "MANAGER", **more: Any) -> str:
    """The id of a campaign under review."""
    id = staged(company, type, **more)
    answer = company.call("POST", f"/campaigns/v1/{id}/activate", json={})
    assert answer.status_code == 202, answer.text
    company.wait("PT1M")
    return id


def status(company: Any, id: str) -> str:
    """A campaign's status."""
    return str(company.get(f"/campaigns/v1/{id}")["status"])


def certifications(company: Any, id: str) -> list[dict[str, Any]]:
    """The certifications of a campaign."""
    found: list[dict[str, Any]] = company.get("/certifications/v1", filters=f'campaign.id eq "{id}"')
    return found


def own(company: Any, by: str) -> dict[str, Any]:
    """The one certification a reviewer sees."""
    (found,) = company.get("/certifications/v1", by=by, **{"reviewer-identity": "me"})
    return dict(found)


def items(company: Any, certification: Any, *, by: str = "iam-admin", **params: Any) -> list[dict[str, Any]]:
    """The items of a certification."""
    path = f"/certifications/v1/{certification['id']}/access-review-items"
    found: list[dict[str, Any]] = company.get(path, by=by, **params)
    return found


def about(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """Person, kind and name of the access of items."""
    return {
        (row["identitySummary"]["name"], row["accessSummary"]["access"]["type"], row["accessSummary"]["access"]["name"])
        for row in rows
    }


def decide(company: Any, certification: Any, rows: Any, decision: str, *, by: str = "iam-admin", **more: Any) -> Any:
    """Give items one decision."""
    body = [{"id": row["id"], "decision": decision, "bulk": len(rows) > 1, **more} for row in rows]
    return company.call("POST", f"/certifications/v1/{certification['id']}/decide", by=by, json=body)


def sign(company: Any, certification: Any, *, by: str = "iam-admin") -> Any:
    """Sign off."""
    return company.call("POST", f"/certifications/v1/{certification['id']}/sign-off", by=by)


def right(company: Any, source: str, name: str) -> str:
    """The id of an entitlement by its name."""
    known = company.tenant.configuration.source_named(source)
    return next(str(one.id) for one in company.tenant.state.entitlements.find("source", known.id) if one.name == name)
