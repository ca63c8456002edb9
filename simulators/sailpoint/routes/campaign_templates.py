"""`/campaign-templates`, `/campaign-filters`."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.campaigns import checked, may_filter
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.campaign_models import Criterion, FilterModel, TemplateModel
from simulators.sailpoint.wire.campaigns import filter_body, template_body
from simulators.sailpoint.wire.patch import patched

area = Area()
TEMPLATE, FILTER = "campaign-template", "campaign-filter"
TEMPLATES = collection("GET", "/campaign-templates/v1", indexed=IDS)
MUTABLE = ("name", "description", "deadlineDuration", "campaign")


def _stored(call: Call, model: TemplateModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "description": model.description,
        "deadlineDuration": model.deadline_duration,
        "campaign": checked(call, model.campaign),
    }


@area.get("/campaign-templates/v1")
async def list_templates(call: Call) -> Response:
    """Templates of campaigns."""
    rows = call.tenant.configuration.all(TEMPLATE)
    return page(call, TEMPLATES, None, lambda row: template_body(call.look, row), rows=rows)


@area.post("/campaign-templates/v1")
async def create_template(call: Call) -> Response:
    """Make a template, owned by its maker."""
    model = await call.model(TemplateModel)
    body = {**_stored(call, model), "ownerId": call.caller.identity_id}
    return answer(template_body(call.look, call.tenant.configuration.add(TEMPLATE, body, actor=call.caller.name)))


@area.get("/campaign-templates/v1/{id}")
async def get_template(call: Call) -> Response:
    """One template."""
    return answer(template_body(call.look, call.tenant.configuration.get(TEMPLATE, call.path("id"))))


@area.patch("/campaign-templates/v1/{id}")
async def patch_template(call: Call) -> Response:
    """Change a template."""
    document = call.tenant.configuration.get(TEMPLATE, call.path("id"))
    after = patched(document.body, await call.json(), MUTABLE)
    stored = {**_stored(call, reread(TemplateModel, after)), "ownerId": document.body["ownerId"]}
    return answer(template_body(call.look, call.tenant.configuration.update(document, stored, call.caller.name)))


@area.delete("/campaign-templates/v1/{id}")
async def delete_template(call: Call) -> Response:
    """Delete a template."""
    document = call.tenant.configuration.get(TEMPLATE, call.path("id"))
    call.tenant.configuration.remove(document, call.caller.name)
    return empty()


@area.post("/campaign-templates/v1/{id}/generate")
async def generate(call: Call) -> Response:
    """Make a campaign from a template."""
    template = call.tenant.configuration.get(TEMPLATE, call.path("id"))
    if template.body["campaign"].get("filter"):
        may_filter(call)
    campaign = call.tenant.campaigns.from_template(template, call.caller)
    return answer(
        {
            "id": campaign.id,
            "name": campaign.name,
            "type": "CAMPAIGN",
            "campaignType": campaign.type,
            "description": campaign.description,
            "correlatedStatus": campaign.options["correlatedStatus"],
            "mandatoryCommentRequirement": campaign.options["mandatoryCommentRequirement"],
        }
    )


def _criterion(one: Criterion) -> dict[str, Any]:
    return {**one.stored(), "children": [_criterion(child) for child in one.children or ()]}


def _filter(model: FilterModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "description": model.description or "",
        "mode": model.mode,
        "criteriaList": [_criterion(one) for one in model.criteria_list or ()],
        "isSystemFilter": False,
    }


@area.get("/campaign-filters/v1")
async def list_filters(call: Call) -> Response:
    """Campaign filters, with their count: the one collection in an envelope, paged by `start`."""
    limit, start = call.number("limit", 250, 0, 250), call.number("start", 0, 0, None)
    system = call.query("includeSystemFilters", "true").lower()
    if system not in ("true", "false"):
        raise BadContent('The parameter "includeSystemFilters" must be true or false.')
    rows = [
        one for one in call.tenant.configuration.all(FILTER) if system == "true" or not one.body.get("isSystemFilter")
    ]
    shown = rows[start : start + limit]
    return answer({"items": [filter_body(call.look, one) for one in shown], "count": len(rows)})


@area.post("/campaign-filters/v1")
async def create_filter(call: Call) -> Response:
    """Make a filter, owned by its maker."""
    model = await call.model(FilterModel)
    call.tenant.configuration.check_name(FILTER, model.name, None, BadContent)
    body = {**_filter(model), "owner": call.caller.name}
    document = call.tenant.configuration.add(FILTER, body, actor=call.caller.name)
    call.tenant.journal.write("CampaignFilterCreate", document.name, actor=call.caller.name)
    return answer(filter_body(call.look, document))


@area.get("/campaign-filters/v1/{id}")
async def get_filter(call: Call) -> Response:
    """One filter."""
    return answer(filter_body(call.look, call.tenant.configuration.get(FILTER, call.path("id"))))


@area.post("/campaign-filters/v1/{id}")
async def update_filter(call: Call) -> Response:
    """Replace a filter. System filters stay as they are."""
    document = call.tenant.configuration.get(FILTER, call.path("id"))
    model = await call.model(FilterModel)
    if document.body.get("isSystemFilter"):
        raise BadContent("A system filter cannot be changed.")
    call.tenant.configuration.check_name(FILTER, model.name, document, BadContent)
    body = {**_filter(model), "owner": document.body["owner"]}
    document = call.tenant.configuration.update(document, body, call.caller.name)
    call.tenant.journal.write("CampaignFilterUpdate", document.name, actor=call.caller.name)
    return answer(filter_body(call.look, document))
