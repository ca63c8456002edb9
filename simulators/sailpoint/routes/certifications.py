"""`/certifications`, `/certification-tasks`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, NotFound
from simulators.sailpoint.domain.filters import Compare, required
from simulators.sailpoint.domain.reviews import Certification, ReviewItem
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.tenant.certifications import Verdict
from simulators.sailpoint.tenant.reviewers import GROUP, is_admin
from simulators.sailpoint.wire.campaign_models import Decisions, ReassignModel, read_moment
from simulators.sailpoint.wire.campaigns import task_body
from simulators.sailpoint.wire.certifications import (
    access_body,
    certification_body,
    decisions_body,
    item_body,
    item_facts,
    person_body,
    summary_body,
)
from simulators.sailpoint.wire.filters import checked_filters

area = Area()
MOST_AT_ONCE, MOST_LATER = 50, 500
CERTIFICATIONS = collection("GET", "/certifications/v1", indexed={**IDS, "campaign.id": ("campaign", str)})
ITEMS = collection("GET", "/certifications/v1/{id}/access-review-items")
SUMMARIES = collection("GET", "/certifications/v1/{id}/access-summaries/{type}")
PEOPLE = collection("GET", "/certifications/v1/{id}/identity-summaries")
REVIEWERS = collection("GET", "/certifications/v1/{id}/reviewers")
TASKS = collection("GET", "/certification-tasks/v1")
DECISIONS = collection("GET", "/certifications/v1/{id}/decision-summary")
# The query parameter that names access of each kind.
BY_ACCESS = {"entitlements": "ENTITLEMENT", "access-profiles": "ACCESS_PROFILE", "roles": "ROLE"}


def _body(call: Call, one: Certification) -> dict[str, Any]:
    desk = call.tenant.certifications
    reviewer = desk.reviewer(one.reviewer_type, one.reviewer_id)
    return certification_body(
        one, desk.counts(one), desk.reference(one), reviewer, desk.origin(one), old=call.version == "beta"
    )


@area.get("/certifications/v1")
async def list_certifications(call: Call) -> Response:
    """Certifications the caller may review; for administrators all of them."""
    rows = call.tenant.certifications.listed(call.caller, call.query("reviewer-identity"))
    return page(
        call,
        CERTIFICATIONS,
        call.tenant.state.certifications,
        lambda row: _body(call, row),
        rows=rows,
        facts=lambda row: {**_body(call, row), "campaign": {"id": row.campaign_id}},
    )


@area.get("/certifications/v1/{id}")
async def get_certification(call: Call) -> Response:
    """One certification."""
    return answer(_body(call, call.tenant.certifications.get(call.path("id"), call.caller)))


def _chosen(call: Call, certification: Certification) -> Iterable[ReviewItem]:
    """The items a query parameter names by their access. Raises BadContent for more than one such parameter."""
    named = {kind: call.query(name).split(",") for name, kind in BY_ACCESS.items() if call.query(name)}
    if len(named) > 1:
        raise BadContent("Only one of entitlements, access-profiles and roles may be used.")
    rows = _of_people(call, certification) or call.tenant.certifications.items(certification)
    for kind, ids in named.items():
        wanted = frozenset(id.strip() for id in ids)
        return (row for row in rows if row.type == kind and row.access_id in wanted)
    return rows


def _of_people(call: Call, certification: Certification) -> list[ReviewItem]:
    """The items of the people a filter asks for; nothing when it asks for none, or for people not under review here."""
    text = call.query("filters")
    found = required(checked_filters(text, ITEMS.fields)) if text else ()
    wanted = next((one for one in found if one.field == "identitySummary.id" and one.op in ("eq", "in")), None)
    if wanted is None:
        return []
    items = call.tenant.state.review_items
    rows = (row for id in dict.fromkeys(map(str, _values(wanted))) for row in items.find("summary", id))
    return [row for row in rows if row.certification_id == certification.id]


@area.get("/certifications/v1/{id}/access-review-items")
async def list_items(call: Call) -> Response:
    """What is under review."""
    certification = call.tenant.certifications.reviewed(call.path("id"), call.caller)
    state, look = call.tenant.state, call.look

    def body(row: ReviewItem) -> dict[str, Any]:
        account = state.accounts.get(row.account_id) if row.account_id else None
        return item_body(look, row, state.summaries[row.summary_id], account)

    def facts(row: ReviewItem) -> dict[str, Any]:
        return item_facts(look, row, state.summaries[row.summary_id])

    return page(call, ITEMS, None, body, rows=_chosen(call, certification), facts=facts)


@area.get("/certifications/v1/{id}/access-summaries/{type}")
async def list_access(call: Call) -> Response:
    """The different access under review, each once; completed once every item of it is decided."""
    certification = call.tenant.certifications.get(call.path("id"), call.caller)
    if call.path("type") not in BY_ACCESS.values():
        raise BadContent("The access type must be ROLE, ACCESS_PROFILE or ENTITLEMENT.")
    first: dict[str, ReviewItem] = {}
    unfinished: set[str] = set()
    for row in call.tenant.certifications.items(certification):
        if row.type == call.path("type"):
            first.setdefault(row.access_id, row)
            if not row.decision:
                unfinished.add(row.access_id)

    state, look = call.tenant.state, call.look

    def facts(row: ReviewItem) -> dict[str, Any]:
        known = item_facts(look, row, state.summaries[row.summary_id])
        return {**known, "completed": row.access_id not in unfinished}

    return page(call, SUMMARIES, None, lambda row: access_body(look, row, None), rows=first.values(), facts=facts)


@area.post("/certifications/v1/{id}/decide")
async def decide(call: Call) -> Response:
    """Approve or revoke."""
    certification = call.tenant.certifications.reviewed(call.path("id"), call.caller)
    verdicts = [
        Verdict(one.id, one.decision, one.comments or "", read_moment(one.proposed_end_date))
        for one in await call.model(Decisions)
    ]
    return answer(_body(call, call.tenant.certifications.decide(certification, verdicts, call.caller)))


@area.get("/certifications/v1/{id}/decision-summary")
async def decision_summary(call: Call) -> Response:
    """How many decisions are made, of everybody or of the people a filter names."""
    desk = call.tenant.certifications
    certification = desk.get(call.path("id"), call.caller)
    text = call.query("filters")
    if not text:
        return answer(decisions_body(lambda kind, decision: desk.tally(certification, kind, decision)))
    condition = checked_filters(text, DECISIONS.fields)
    ids = {str(id) for one in required(condition) for id in _values(one)}
    rows = [row for row in desk.items(certification) if row.summary_id in ids]
    return answer(decisions_body(lambda kind, decision: sum((r.type, r.decision) == (kind, decision) for r in rows)))


def _values(one: Compare) -> tuple[Any, ...]:
    return one.value if isinstance(one.value, tuple) else (one.value,)


@area.get("/certifications/v1/{id}/identity-summaries")
async def list_people(call: Call) -> Response:
    """The people under review."""
    certification = call.tenant.certifications.get(call.path("id"), call.caller)
    rows = call.tenant.state.summaries.find("certification", certification.id)
    return page(call, PEOPLE, None, summary_body, rows=rows)


@area.get("/certifications/v1/{id}/identity-summaries/{identitySummaryId}")
async def get_person(call: Call) -> Response:
    """One person under review."""
    certification = call.tenant.certifications.get(call.path("id"), call.caller)
    return answer(summary_body(call.tenant.certifications.summary(certification, call.path("identitySummaryId"))))


async def _parts(call: Call, most: int) -> tuple[list[tuple[str, str]], str, str]:
    model = await call.model(ReassignModel)
    if len(model.reassign) > most:
        raise BadContent(f"At most {most} items can be reassigned at once.")
    return [(one.type, one.id) for one in model.reassign], model.reassign_to, model.reason


@area.post("/certifications/v1/{id}/reassign")
async def reassign(call: Call) -> Response:
    """Hand people or items to another reviewer."""
    certification = call.tenant.certifications.reviewed(call.path("id"), call.caller)
    parts, to, reason = await _parts(call, MOST_AT_ONCE)
    desk = call.tenant.certifications.reassignment
    moved = desk.move(certification, desk.chosen(certification, parts), to, reason, call.caller)
    return answer(_body(call, moved))


@area.post("/certifications/v1/{id}/reassign-async")
async def reassign_later(call: Call) -> Response:
    """Hand people or items to another reviewer in the background."""
    certification = call.tenant.certifications.reviewed(call.path("id"), call.caller)
    parts, to, reason = await _parts(call, MOST_LATER)
    task = call.tenant.certifications.reassignment.later(certification, parts, to, reason, call.caller)
    return answer(task_body(task))


@area.get("/certifications/v1/{id}/reviewers")
async def list_reviewers(call: Call) -> Response:
    """Who reviews: a person, or the members of a governance group."""
    certification = call.tenant.certifications.get(call.path("id"), call.caller)
    ids = [certification.reviewer_id]
    if certification.reviewer_type == GROUP:
        group = call.tenant.configuration.find("workgroup", certification.reviewer_id)
        ids = [str(one["id"]) for one in (group.body.get("members") or () if group is not None else ())]
    rows = [body for id in ids if (body := person_body(call.look, id)) is not None]
    return page(call, REVIEWERS, None, lambda row: row, rows=rows)


@area.post("/certifications/v1/{id}/sign-off")
async def sign_off(call: Call) -> Response:
    """End the review; what was revoked is withdrawn."""
    certification = call.tenant.certifications.reviewed(call.path("id"), call.caller)
    return answer(_body(call, call.tenant.certifications.sign_off(certification, call.caller)))


def _task_seen(call: Call, target_id: str, actor_id: str, reviewer: str) -> bool:
    """Whether a task concerns a reviewer: as the one who began it or whose certification it is about."""
    target = call.tenant.state.certifications.get(target_id)
    return reviewer in (actor_id, target.reviewer_id if target is not None else "")


@area.get("/certification-tasks/v1")
async def list_tasks(call: Call) -> Response:
    """Pending tasks: everybody's for administrators, one's own for reviewers."""
    reviewer = call.query("reviewer-identity")
    reviewer = call.caller.identity_id if reviewer == "me" else reviewer
    admin = is_admin(call.caller)
    if not admin and reviewer not in ("", call.caller.identity_id):
        raise Forbidden
    who = reviewer or ("" if admin else call.caller.identity_id)
    rows = call.tenant.state.certification_tasks.find("pending", "any")
    return page(
        call,
        TASKS,
        None,
        task_body,
        rows=rows,
        keep=lambda row: not who or _task_seen(call, row.target_id, row.actor_id, who),
    )


@area.get("/certification-tasks/v1/{id}")
async def get_task(call: Call) -> Response:
    """One task."""
    task = call.tenant.state.certification_tasks.get(call.path("id"))
    if task is None:
        raise NotFound
    if not is_admin(call.caller) and not _task_seen(call, task.target_id, task.actor_id, call.caller.identity_id):
        raise Forbidden
    return answer(task_body(task))
