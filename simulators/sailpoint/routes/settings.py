"""`/tenant`, `/tenant-context`, `/org-config`: what the tenant is, and what holds for all of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import Field
from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, IllegalValue, NotFound
from simulators.sailpoint.domain.times import zone
from simulators.sailpoint.routes.base import Area, Call, answer, dumped, empty
from simulators.sailpoint.routes.operations import operation
from simulators.sailpoint.wire.bodies import Body, read
from simulators.sailpoint.wire.patch import patched

area = Area()
MOST_CONTEXTS = 100
_CONFIG = "org-config"
_CONTEXT = "tenant-context"
_Short = Annotated[str, Field(max_length=450)]


class Column(Body):
    """A column of violation reports."""

    columnName: _Short  # noqa: N815 - the vendor's spelling
    required: bool = False
    included: bool = False
    order: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0


class OrgConfig(Body):
    """Settings that an administrator may change; the spelling is the vendor's."""

    timeZone: str  # noqa: N815
    lcsChangeHonorsSourceEnableFeature: bool  # noqa: N815
    armCustomerId: _Short | None  # noqa: N815
    armSapSystemIdMappings: _Short | None  # noqa: N815
    armAuth: _Short | None  # noqa: N815
    armDb: _Short | None  # noqa: N815
    armSsoUrl: _Short | None  # noqa: N815
    iaiEnableCertificationRecommendations: bool  # noqa: N815
    aiAgentDeleteRequestEnabled: bool | None  # noqa: N815
    sodReportConfigs: Annotated[list[Column], Field(max_length=200)]  # noqa: N815


_DEFAULTS: Mapping[str, Any] = {
    "lcsChangeHonorsSourceEnableFeature": False,
    "armCustomerId": None,
    "armSapSystemIdMappings": None,
    "armAuth": None,
    "armDb": None,
    "armSsoUrl": None,
    "iaiEnableCertificationRecommendations": True,
    "aiAgentDeleteRequestEnabled": False,
    "sodReportConfigs": [],
}


@area.get("/tenant/v1")
async def get_tenant(call: Call) -> Response:
    """The tenant."""
    look = call.look
    product: dict[str, Any] = {
        "productName": "idn",
        "url": call.tenant.base_url.rstrip("/"),
        "productTenantId": call.tenant.state.tenant_id,
        "productRegion": "us-east-1",
        "productRight": "idn:ui:access",
        "apiUrl": None,
        "licenses": [],
        "attributes": {"domain": call.tenant.base_url.rstrip("/")},
        "zone": "Production",
        "status": "active",
        "orgType": "production",
    }
    return answer(
        {
            "id": call.tenant.state.tenant_id,
            "name": look.org,
            "fullName": look.org,
            "pod": look.pod,
            "region": "us-east-1",
            "description": f"The tenant {look.org}.",
            "products": [product],
        }
    )


@area.get("/org-config/v1")
async def get_org_config(call: Call) -> Response:
    """The tenant's settings."""
    return answer(_org_config(call))


def _org_config(call: Call) -> dict[str, Any]:
    document = call.tenant.configuration.find(_CONFIG, _CONFIG)
    stored = document.body if document is not None else {}
    return {"orgName": call.look.org, "timeZone": call.tenant.state.time_zone, **_DEFAULTS, **stored}


@area.patch("/org-config/v1")
async def patch_org_config(call: Call) -> Response:
    """Change the tenant's settings; another time zone moves everything that runs by its clock."""
    after = patched(_org_config(call), await call.json(), OrgConfig.model_fields)
    read(OrgConfig, dumped({name: value for name, value in after.items() if name != "orgName"}))
    try:
        zone(str(after["timeZone"]))
    except ValueError as error:
        raise IllegalValue('Value of "timeZone" is empty or contains invalid data.') from error
    stored = {name: after[name] for name in _DEFAULTS}
    document = call.tenant.configuration.find(_CONFIG, _CONFIG)
    if document is None:
        call.tenant.configuration.add(_CONFIG, stored, id=_CONFIG)
    else:
        call.tenant.configuration.update(document, stored)
    if after["timeZone"] != call.tenant.state.time_zone:
        call.tenant.state.time_zone = str(after["timeZone"])
        call.tenant.start()
        if call.tenant.searches is not None:
            call.tenant.searches.start()
    call.tenant.journal.write("ORG_CONFIG_UPDATED", call.look.org, actor=call.caller.name)
    return answer(_org_config(call))


@lru_cache(maxsize=1)
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


@area.get("/org-config/v1/valid-time-zones")
async def list_zones(call: Call) -> Response:
    """Time zones that the tenant may have."""
    row = operation("GET", "/org-config/v1/valid-time-zones")
    limit, offset = call.number("limit", row.limit, 0, row.most), call.number("offset", 0, 0, None)
    counted = {"X-Total-Count": str(len(_zones()))} if call.flag("count") else None
    return answer(list(_zones()[offset : offset + limit]), headers=counted)


def _contexts(call: Call) -> dict[str, str]:
    document = call.tenant.configuration.find(_CONTEXT, _CONTEXT)
    return dict(document.body["pairs"]) if document is not None else {}


@area.get("/tenant-context/v1")
async def list_contexts(call: Call) -> Response:
    """The key-value pairs of the tenant's context."""
    return answer([{"key": key, "value": value} for key, value in _contexts(call).items()])


@area.patch("/tenant-context/v1")
async def patch_contexts(call: Call) -> Response:
    """Add, replace and remove pairs at `/Key/<name>`: one operation, or several."""
    steps = await call.json()
    pairs = _contexts(call)
    for step in steps if isinstance(steps, list) else [steps]:
        key = _key(step)
        if step.get("op") in ("replace", "remove") and key not in pairs:
            raise NotFound
        pairs = patched({"Key": pairs}, [step], ("Key",))["Key"]
        if step.get("op") != "test" and not isinstance(pairs.get(key, ""), str):
            raise IllegalValue('Value of "value" is empty or contains invalid data.')
    if len(pairs) > MOST_CONTEXTS:
        raise BadContent(f"A tenant has at most {MOST_CONTEXTS} key-value pairs.")
    document = call.tenant.configuration.find(_CONTEXT, _CONTEXT)
    if document is None:
        call.tenant.configuration.add(_CONTEXT, {"pairs": pairs}, id=_CONTEXT)
    else:
        call.tenant.configuration.update(document, {"pairs": pairs})
    return empty(200)


def _key(step: Any) -> str:
    """The key an operation is about. Raises BadContent for any other path."""
    path = step.get("path") if isinstance(step, Mapping) else None
    if not isinstance(path, str) or not path.startswith("/Key/") or path.count("/") != 2 or len(path) < 6:
        raise BadContent("Each operation has a path /Key/<name>.")
    return path[5:].replace("~1", "/").replace("~0", "~")
