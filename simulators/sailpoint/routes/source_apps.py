"""`/source-apps`: applications that people find in the request centre, each over one source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import MissingReference
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import collection, page
from simulators.sailpoint.wire.apps import SourceAppBody, SourceAppChange, app_body, app_profile_body, patched_app_body
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched

area = Area()
KIND = "source-app"
MUTABLE = (
    "name",
    "description",
    "enabled",
    "owner",
    "provisionRequestEnabled",
    "appCenterEnabled",
    "accountSource",
    "matchAllAccounts",
    "accessProfiles",
)
REQUESTABLE = collection("GET", "/source-apps/v1")
ALL = collection("GET", "/source-apps/v1/all")
PROFILES = collection("GET", "/source-apps/v1/{id}/access-profiles")


def _app(call: Call) -> Document:
    return call.tenant.configuration.get(KIND, call.path("id"))


def _body(call: Call) -> Callable[[Document], dict[str, Any]]:
    return lambda document: app_body(call.look, document)


def _check(call: Call, body: dict[str, Any], before: Document | None) -> None:
    access, find = call.tenant.access, call.tenant.configuration.find
    call.tenant.configuration.check_name(KIND, body["name"], before)
    access.check_owner(body.get("owner"))
    source = body.get("accountSource")
    if source is not None and find("source", source["id"]) is None:
        raise MissingReference(f"Referenced source {source['id']} was not found.")
    for id in body.get("accessProfiles") or ():
        if find("access-profile", id) is None:
            raise MissingReference(f"Referenced access profile {id} was not found.")


@area.get("/source-apps/v1")
async def requestable_apps(call: Call) -> Response:
    """Apps that take access requests."""
    apps = call.tenant.configuration.all(KIND)
    rows = (one for one in apps if one.body.get("enabled") and one.body.get("provisionRequestEnabled"))
    return page(call, REQUESTABLE, None, _body(call), rows=rows)


@area.get("/source-apps/v1/all")
async def all_apps(call: Call) -> Response:
    """All apps."""
    return page(call, ALL, None, _body(call), rows=call.tenant.configuration.all(KIND))


@area.post("/source-apps/v1")
async def create_app(call: Call) -> Response:
    """A new app; it is not enabled, and belongs to whoever makes it."""
    asked = (await call.model(SourceAppBody)).stored()
    body = {
        **asked,
        "cloudAppId": str(int.from_bytes(call.tenant.ids.draw("cloud-app", 4))),
        "enabled": False,
        "provisionRequestEnabled": False,
        "appCenterEnabled": True,
        "owner": {"type": "IDENTITY", "id": call.caller.identity_id},
        "accessProfiles": [],
    }
    _check(call, body, None)
    return answer(app_body(call.look, call.tenant.configuration.add(KIND, body, actor=call.caller.name)))


@area.get("/source-apps/v1/{id}")
async def get_app(call: Call) -> Response:
    """One app."""
    return answer(app_body(call.look, _app(call)))


@area.patch("/source-apps/v1/{id}")
async def patch_app(call: Call) -> Response:
    """Change an app, its access profiles included."""
    app = _app(call)
    body = reread(SourceAppChange, patched(app.body, await call.json(), MUTABLE)).stored()
    _check(call, body, app)
    updated = call.tenant.configuration.update(app, {**app.body, **body}, call.caller.name)
    return answer(patched_app_body(call.look, updated))


@area.delete("/source-apps/v1/{id}")
async def delete_app(call: Call) -> Response:
    """Delete an app; the answer shows it for the last time."""
    app = _app(call)
    call.tenant.configuration.remove(app, call.caller.name)
    return answer(app_body(call.look, app))


@area.get("/source-apps/v1/{id}/access-profiles")
async def app_profiles(call: Call) -> Response:
    """The access profiles that an app offers."""
    app = _app(call)
    found = (call.tenant.configuration.find("access-profile", id) for id in app.body.get("accessProfiles") or ())
    rows = (one for one in found if one is not None)
    return page(call, PROFILES, None, lambda row: app_profile_body(call.look, app, row), rows=rows)
