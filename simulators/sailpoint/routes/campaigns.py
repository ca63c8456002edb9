"""`/campaigns`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.reviews import PATCHABLE, REPORTS, Campaign
from simulators.sailpoint.routes.base import ALL, Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.bodies import read, reread
from simulators.sailpoint.wire.campaign_models import (
    ActivateModel,
    AdminReassignModel,
    CampaignModel,
    CompleteModel,
    DeleteModel,
    PatchedCampaign,
    ReviewerReference,
    offset_of,
    read_moment,
)
from simulators.sailpoint.wire.campaigns import campaign_body, report_body, task_body
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.query import parse_query

area = Area()
CAMPAIGNS = collection("GET", "/campaigns/v1", indexed={**IDS, "status": ("status", str)})
# What each type of campaign is described by; the others must be absent.
INFOS = {
    "SOURCE_OWNER": "sourceOwnerCampaignInfo",
    "SEARCH": "searchCampaignInfo",
    "ROLE_COMPOSITION": "roleCompositionCampaignInfo",
    "MACHINE_ACCOUNT": "machineAccountCampaignInfo",
}
OPTIONAL_INFO = frozenset({"ROLE_COMPOSITION", "MACHINE_ACCOUNT"})


def _missing(kind: str, id: str) -> MissingReference:
    return MissingReference(f"Referenced {kind} {id} was not found.")


def _reviewer(call: Call, reviewer: ReviewerReference | None, old: str | None) -> None:
    if reviewer is not None:
        if not reviewer.id:
            raise IllegalValue('Value of "reviewer.id" is empty or contains invalid data.')
        group = reviewer.type == "GOVERNANCE_GROUP"
        known = call.tenant.configuration.find("workgroup", reviewer.id) if group else call.look.identity(reviewer.id)
        if known is None:
            raise _missing("reviewer", reviewer.id)
    elif old and call.look.identity(old) is None and call.tenant.configuration.find("workgroup", old) is None:
        raise _missing("reviewer", old)


def _sources(call: Call, ids: list[str]) -> None:
    for id in ids:
        if call.look.source(id) is None:
            raise _missing("source", id)


def _search(call: Call, model: CampaignModel) -> None:
    info = model.search_campaign_info
    assert info is not None
    if bool(info.query) == bool(info.identity_ids):
        raise BadContent("One of query or identityIds must be set.")
    if info.query:
        parse_query(info.query)
    for id in info.identity_ids or ():
        if call.look.identity(id) is None:
            raise _missing("identity", id)
    for constraint in info.access_constraints or ():
        if (constraint.operator == "SELECTED") != bool(constraint.ids):
            raise BadContent("Ids of an access constraint are set if and only if its operator is SELECTED.")
    _reviewer(call, info.reviewer, info.reviewer_id)


def _roles(call: Call, model: CampaignModel) -> None:
    info = model.role_composition_campaign_info
    if info is None:
        return
    if info.role_ids and info.query:
        raise BadContent("Only one of roleIds and query may be set.")
    if info.query:
        parse_query(info.query)
    for id in info.role_ids or ():
        if call.tenant.configuration.find("role", id) is None:
            raise _missing("role", id)
    if call.look.identity(info.remediator_ref.id) is None:
        raise _missing("remediator", info.remediator_ref.id)
    _reviewer(call, info.reviewer, info.reviewer_id)


def may_filter(call: Call) -> None:
    """Whoever names a filter needs the right to read filters (SailPoint API, Create a campaign). Raises Forbidden."""
    if not call.caller.scopes & {ALL, "idn:campaign-filter:read"}:
        raise Forbidden


def checked(call: Call, model: CampaignModel) -> dict[str, Any]:
    """A campaign's settings, once everything they refer to is known. Raises a refusal."""
    body = model.stored()
    for kind, name in INFOS.items():
        if kind != model.type and body[name] is not None:
            raise BadContent(f"{name} must be set only if the campaign type is {kind}.")
    wanted = INFOS.get(model.type)
    if wanted is not None and model.type not in OPTIONAL_INFO and body[wanted] is None:
        raise IllegalValue(f'Value of "{wanted}" is empty or contains invalid data.')
    if model.filter is not None and model.filter.id:
        may_filter(call)
        if call.tenant.configuration.find("campaign-filter", model.filter.id) is None:
            raise _missing("campaign filter", model.filter.id)
    if model.source_owner_campaign_info is not None:
        if not model.source_owner_campaign_info.source_ids:
            raise IllegalValue('Value of "sourceOwnerCampaignInfo.sourceIds" is empty or contains invalid data.')
        _sources(call, model.source_owner_campaign_info.source_ids)
    if model.machine_account_campaign_info is not None:
        _sources(call, model.machine_account_campaign_info.source_ids)
    if model.search_campaign_info is not None:
        _search(call, model)
    _roles(call, model)
    if model.correlated_status == "UNCORRELATED" and model.type != "SOURCE_OWNER":
        raise BadContent("Only SOURCE_OWNER campaigns can be uncorrelated.")
    return body


def _body(call: Call, campaign: Campaign, *, full: bool) -> dict[str, Any]:
    table = call.tenant.state.certifications
    signed, total = (table.count(index, campaign.id) for index in ("signed", "campaign"))
    return campaign_body(call.look, campaign, signed, total, full=full)


def _full(call: Call) -> bool:
    detail = call.query("detail", "SLIM")
    if detail not in ("SLIM", "FULL"):
        raise BadContent('The parameter "detail" must be SLIM or FULL.')
    return detail == "FULL"


@area.get("/campaigns/v1")
async def list_campaigns(call: Call) -> Response:
    """Campaigns, slim unless asked for in full."""
    full, table = _full(call), call.tenant.state.campaigns
    return page(
        call,
        CAMPAIGNS,
        table,
        lambda row: _body(call, row, full=full),
        keep=lambda row: row.status != "CANCELING",
    )


@area.post("/campaigns/v1")
async def create(call: Call) -> Response:
    """Ask for a campaign; it is generated in the background."""
    model = await call.model(CampaignModel)
    options = checked(call, model)
    campaign = call.tenant.campaigns.create(
        model.type, model.name, model.description, read_moment(model.deadline), options, call.caller
    )
    return answer(_body(call, campaign, full=True), 202)


@area.post("/campaigns/v1/delete")
async def delete(call: Call) -> Response:
    """Delete campaigns."""
    model = await call.model(DeleteModel)
    call.tenant.campaigns.delete(model.ids, call.caller)
    return answer({}, 202)


@area.get("/campaigns/v1/{id}")
async def get_campaign(call: Call) -> Response:
    """One campaign."""
    full = _full(call)
    return answer(_body(call, call.tenant.campaigns.get(call.path("id")), full=full))


@area.patch("/campaigns/v1/{id}")
async def patch_campaign(call: Call) -> Response:
    """Change a campaign as far as its status lets it."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    before = _body(call, campaign, full=False)
    after = patched(before, await call.json(), PATCHABLE.get(campaign.status, frozenset()))
    reread(PatchedCampaign, after)
    return answer(_body(call, call.tenant.campaigns.change(campaign, after), full=False))


@area.post("/campaigns/v1/{id}/activate")
async def activate(call: Call) -> Response:
    """Begin the review of a staged campaign."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    model = read(ActivateModel, await call.request.body() or b"{}")
    offset = offset_of(model.time_zone) if model.time_zone is not None else None
    call.tenant.campaigns.activate(campaign, offset, call.caller)
    return answer({}, 202)


@area.post("/campaigns/v1/{id}/complete")
async def complete(call: Call) -> Response:
    """End a campaign that is past due."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    model = read(CompleteModel, await call.request.body() or b"{}")
    call.tenant.campaigns.complete(campaign, model.auto_complete_action, call.caller)
    return answer({}, 202)


@area.post("/campaigns/v1/{id}/reassign")
async def reassign(call: Call) -> Response:
    """Give whole certifications to another reviewer."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    model = await call.model(AdminReassignModel)
    task = call.tenant.certifications.reassignment.whole(
        campaign, model.certification_ids, model.reassign_to.id, model.reason, call.caller
    )
    return answer(task_body(task), 202)


@area.get("/campaigns/v1/{id}/reports")
async def list_reports(call: Call) -> Response:
    """The reports that were run."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    return answer([report_body(one) for one in call.tenant.campaigns.reports(campaign)])


@area.post("/campaigns/v1/{id}/run-remediation-scan")
async def scan(call: Call) -> Response:
    """Look whether revoked access is gone."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    call.tenant.certifications.remediation.scan(campaign)
    return answer({}, 202)


@area.post("/campaigns/v1/{id}/run-report/{type}")
async def run_report(call: Call) -> Response:
    """Run a report."""
    campaign = call.tenant.campaigns.get(call.path("id"))
    if call.path("type") not in REPORTS:
        raise IllegalValue('Value of "type" is empty or contains invalid data.')
    call.tenant.campaigns.report(campaign, call.path("type"))
    return answer({}, 202)
