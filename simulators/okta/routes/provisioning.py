"""/api/v1/apps/{app}/…: how an application is provisioned."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound, NotWellFormed, PathUnknown
from simulators.okta.jose import public_jwk, signing_key
from simulators.okta.routes.apps import MANAGE as _MANAGE
from simulators.okta.routes.apps import READ as _READ
from simulators.okta.routes.apps import app_of
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.provisioning import (
    FEATURES,
    connection_body,
    feature_body,
    mapping_body,
    read_connection,
    read_feature,
)

provisioning = Endpoints("/api/v1/apps/{app}")
# pushing a group concerns both sides: a token needs both scopes
_PUSH_READ, _PUSH_MANAGE = "okta.apps.read okta.groups.read", "okta.apps.manage okta.groups.manage"


def _provisioned(app: App) -> App:
    """The application, if Okta provisions it. Raises Invalid with the vendor's sentence."""
    if app.is_service or not app.provisioning.supported:
        raise Invalid("feature", "Provisioning is not supported.")
    if not app.provisioning.enabled:
        raise Invalid("feature", "Provisioning is not enabled for the app instance.")
    return app


def _feature(call: Call) -> str:
    """The feature the path names; it is looked at before the application. Raises NotFound."""
    if call.parts["feature"] not in FEATURES:
        raise NotFound(call.parts["feature"], "PublicAppFeatureSetName")
    return call.parts["feature"]


@provisioning.on("GET", "/features", _READ, "apps.read")
async def list_features(call: Call) -> Answer:
    """What provisioning can be set to do; catalogue applications import too."""
    app = _provisioned(app_of(call))
    names = FEATURES if app.provisioning.style == "catalogue" else FEATURES[:1]
    return Answer(200, [feature_body(app, name, call.org.base_url) for name in names])


@provisioning.on("GET", "/features/{feature}", _READ, "apps.read")
async def read_feature_(call: Call) -> Answer:
    """USER_PROVISIONING or INBOUND_PROVISIONING."""
    name = _feature(call)
    return Answer(200, feature_body(_provisioned(app_of(call)), name, call.org.base_url))


@provisioning.on("PUT", "/features/{feature}", _MANAGE, "apps.write")
async def update_feature(call: Call) -> Answer:
    """Switch creating, updating and deactivating on or off."""
    name, app = _feature(call), app_of(call)
    wanted = read_feature(name, call.json(), app.provisioning)
    after = call.org.apps.provision(_provisioned(app), wanted, call.cause)
    return Answer(200, feature_body(after, name, call.org.base_url))


@provisioning.on("GET", "/connections/default", _READ, "apps.read")
async def read_connection_(call: Call) -> Answer:
    """Where the application is reached; never with which token."""
    return Answer(200, connection_body(app_of(call), call.org.base_url))


@provisioning.on("POST", "/connections/default", _MANAGE, "apps.write")
async def update_connection(call: Call) -> Answer:
    """Address and credentials (TOKEN, OAUTH2) of the application; `activate=true` switches provisioning on."""
    app = app_of(call)
    wanted = read_connection(call.json(), app.provisioning, call.flag("activate"))
    if wanted is not app.provisioning:
        app = call.org.apps.provision(app, wanted, call.cause)
        call.org.provisioner.test(app)
    return Answer(200, connection_body(app, call.org.base_url))


@provisioning.on("GET", "/connections/default/jwks", _READ, "apps.read")
async def connection_keys(call: Call) -> Answer:
    """The keys that a connection by OAUTH2 signs with; none for another."""
    app = app_of(call)
    keys = (
        [public_jwk(signing_key(call.org.state.ids.random_seed, 0, 0))] if app.provisioning.scheme == "OAUTH2" else []
    )
    return Answer(200, {"jwks": {"keys": keys}})


@provisioning.on("POST", "/connections/default/lifecycle/{operation}", _MANAGE, "apps.write")
async def change_connection(call: Call) -> Answer:
    """Switch provisioning on or off; nothing happens to an application that cannot be provisioned."""
    status = {"activate": "ENABLED", "deactivate": "DISABLED"}.get(call.parts["operation"])
    if status is None:
        raise PathUnknown()
    app = app_of(call)
    if app.provisioning.supported:
        call.org.apps.provision(app, replace(app.provisioning, status=status), call.cause)
    return NO_CONTENT


@provisioning.on("PUT", "/policies/{policy}", _MANAGE, "apps.write")
async def assign_policy(call: Call) -> Answer:
    """Put the application under another sign-on policy."""
    call.org.app_policies.assign(app_of(call), call.parts["policy"], call.cause)
    return NO_CONTENT


@provisioning.on("GET", "/group-push/mappings", _PUSH_READ, "apps.read")
async def list_mappings(call: Call) -> Answer:
    """The pushed groups."""
    query = call.query
    rows = call.org.state.mappings.find("app", app_of(call).id, query.get("after"))
    if group := query.get("sourceGroupId"):
        rows = (row for row in rows if row.group_id == group)
    if status := query.get("status"):
        rows = (row for row in rows if row.status == status)
    return call.paged(rows, 100, 1000, lambda row: mapping_body(row, call.org.base_url), lambda row: row.id)


@provisioning.on("POST", "/group-push/mappings", _PUSH_MANAGE, "apps.write")
async def create_mapping(call: Call) -> Answer:
    """Push a group: 201."""
    app, body = app_of(call), call.json()
    group = call.org.groups.find(call.need(body, "sourceGroupId"))
    name, target = body.get("targetGroupName"), body.get("targetGroupId")
    if not isinstance(name, str | None) or not isinstance(target, str | None):
        raise NotWellFormed()
    if name and target:
        raise Invalid("targetGroupId", "targetGroupId: Provide either targetGroupId or targetGroupName, not both.")
    active = body.get("status", "ACTIVE") == "ACTIVE"
    mapping = call.org.pushes.create(app, group, name or group.name, active, call.cause, target)
    return Answer(201, mapping_body(mapping, call.org.base_url))


@provisioning.on("GET", "/group-push/mappings/{mapping}", _PUSH_READ, "apps.read")
async def read_mapping(call: Call) -> Answer:
    """One pushed group."""
    return Answer(200, mapping_body(call.org.pushes.find(app_of(call), call.parts["mapping"]), call.org.base_url))


@provisioning.on("PATCH", "/group-push/mappings/{mapping}", _PUSH_MANAGE, "apps.write")
async def update_mapping(call: Call) -> Answer:
    """Begin or stop pushing."""
    mapping, status = call.org.pushes.find(app_of(call), call.parts["mapping"]), call.json().get("status")
    if status not in ("ACTIVE", "INACTIVE"):
        raise Invalid("status", "status: The status is ACTIVE or INACTIVE")
    return Answer(200, mapping_body(call.org.pushes.set_status(mapping, str(status), call.cause), call.org.base_url))


@provisioning.on("DELETE", "/group-push/mappings/{mapping}", _PUSH_MANAGE, "apps.write")
async def delete_mapping(call: Call) -> Answer:
    """Stop pushing for good."""
    if "deleteTargetGroup" not in call.query:
        raise Invalid("deleteTargetGroup", "deleteTargetGroup: The field cannot be left blank")
    mapping = call.org.pushes.find(app_of(call), call.parts["mapping"])
    call.org.pushes.delete(mapping, call.flag("deleteTargetGroup"), call.cause)
    return NO_CONTENT
