"""/api/v1/apps/{app}/…: how an application is provisioned."""

from __future__ import annotations

from dataclasses import replace

from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.apps import connection_body, feature_body, mapping_body, read_feature
from simulators.okta.wire.bodies import part

provisioning = Endpoints("/api/v1/apps/{app}")
_READ, _MANAGE = "okta.apps.read", "okta.apps.manage"


def _app(call: Call) -> App:
    return call.org.apps.find(call.parts["app"])


def _provisioned(call: Call) -> App:
    """The application, if Okta provisions it. Raises Invalid with the vendor's sentence."""
    app = _app(call)
    if app.is_service:
        raise Invalid("feature", "Provisioning is not supported.")
    if not app.provisioning.enabled:
        raise Invalid("feature", "Provisioning is not enabled for the app instance.")
    return app


@provisioning.on("GET", "/features", _READ, "apps.read")
async def list_features(call: Call) -> Answer:
    """What provisioning can be set to do."""
    return Answer(200, [feature_body(_provisioned(call), call.org.base_url)])


@provisioning.on("GET", "/features/{feature}", _READ, "apps.read")
async def read_feature_(call: Call) -> Answer:
    """USER_PROVISIONING."""
    app = _provisioned(call)
    _known(call)
    return Answer(200, feature_body(app, call.org.base_url))


@provisioning.on("PUT", "/features/{feature}", _MANAGE, "apps.write")
async def update_feature(call: Call) -> Answer:
    """Switch creating, updating and deactivating on or off."""
    app = _provisioned(call)
    _known(call)
    after = call.org.apps.provision(app, read_feature(call.json(), app.provisioning), call.cause)
    return Answer(200, feature_body(after, call.org.base_url))


def _known(call: Call) -> None:
    if call.parts["feature"] != "USER_PROVISIONING":
        raise NotFound(call.parts["feature"], "PublicAppFeatureSetName")


@provisioning.on("GET", "/connections/default", _READ, "apps.read")
async def read_connection(call: Call) -> Answer:
    """Where the application is reached; never with which token."""
    return Answer(200, connection_body(_app(call), call.org.base_url))


@provisioning.on("POST", "/connections/default", _MANAGE, "apps.write")
async def update_connection(call: Call) -> Answer:
    """Address and token of the application; `activate=true` switches provisioning on."""
    app, body = _app(call), call.json()
    profile = part(body, "profile")
    if profile.get("authScheme") != "TOKEN":
        raise Invalid("authScheme", "authScheme: Only the scheme TOKEN is supported")
    before = app.provisioning
    status = "ENABLED" if call.flag("activate") else "DISABLED" if before.status == "UNKNOWN" else before.status
    wanted = replace(
        before,
        status=status,
        base_url=str(body.get("baseUrl") or before.base_url),
        token=str(profile.get("token") or before.token),
    )
    after = call.org.apps.provision(app, wanted, call.cause)
    call.org.provisioner.test(after)
    return Answer(200, connection_body(after, call.org.base_url))


@provisioning.on("POST", "/connections/default/lifecycle/{operation}", _MANAGE, "apps.write")
async def change_connection(call: Call) -> Answer:
    """Switch provisioning on or off."""
    app = _app(call)
    status = {"activate": "ENABLED", "deactivate": "DISABLED"}.get(call.parts["operation"])
    if status is None:
        raise NotFound(call.parts["operation"], "Connection")
    call.org.apps.provision(app, replace(app.provisioning, status=status), call.cause)
    return NO_CONTENT


@provisioning.on("GET", "/group-push/mappings", _READ, "apps.read")
async def list_mappings(call: Call) -> Answer:
    """The pushed groups."""
    rows = call.org.state.mappings.find("app", _app(call).id, call.query.get("after"))
    return call.paged(rows, 100, 1000, lambda row: mapping_body(row, call.org.base_url), lambda row: row.id)


@provisioning.on("POST", "/group-push/mappings", _MANAGE, "apps.write")
async def create_mapping(call: Call) -> Answer:
    """Push a group: 201."""
    app, body = _app(call), call.json()
    group = call.org.groups.find(call.need(body, "sourceGroupId"))
    name = str(body.get("targetGroupName") or group.name)
    active = body.get("status", "ACTIVE") == "ACTIVE"
    mapping = call.org.pushes.create(app, group, name, active, call.cause)
    return Answer(201, mapping_body(mapping, call.org.base_url))


@provisioning.on("GET", "/group-push/mappings/{mapping}", _READ, "apps.read")
async def read_mapping(call: Call) -> Answer:
    """One pushed group."""
    return Answer(200, mapping_body(call.org.pushes.find(_app(call), call.parts["mapping"]), call.org.base_url))


@provisioning.on("PATCH", "/group-push/mappings/{mapping}", _MANAGE, "apps.write")
async def update_mapping(call: Call) -> Answer:
    """Begin or stop pushing."""
    mapping, status = call.org.pushes.find(_app(call), call.parts["mapping"]), call.json().get("status")
    if status not in ("ACTIVE", "INACTIVE"):
        raise Invalid("status", "status: The status is ACTIVE or INACTIVE")
    return Answer(200, mapping_body(call.org.pushes.set_status(mapping, str(status), call.cause), call.org.base_url))


@provisioning.on("DELETE", "/group-push/mappings/{mapping}", _MANAGE, "apps.write")
async def delete_mapping(call: Call) -> Answer:
    """Stop pushing for good."""
    if "deleteTargetGroup" not in call.query:
        raise Invalid("deleteTargetGroup", "deleteTargetGroup: The field cannot be left blank")
    mapping = call.org.pushes.find(_app(call), call.parts["mapping"])
    call.org.pushes.delete(mapping, call.flag("deleteTargetGroup"), call.cause)
    return NO_CONTENT
