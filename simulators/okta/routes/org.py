"""/api/v1/org: the org, its contacts, preferences, and what the vendor may do there."""

from __future__ import annotations

from simulators.okta.domain.errors import Invalid, PathUnknown
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import OPEN, Endpoints
from simulators.okta.tenant.profile import CONTACT_TYPES
from simulators.okta.wire.org import (
    communication_body,
    contact_body,
    contacts_body,
    metadata_body,
    org_body,
    preferences_body,
    support_body,
)

org = Endpoints("/api/v1/org")
org_metadata = Endpoints("/.well-known")
_READ, _MANAGE = "okta.orgs.read", "okta.orgs.manage"
# settings of one truth value: their address, the name in the body, and the method that writes them
_SWITCHES = {
    "/settings/clientPrivilegesSetting": ("clientPrivilegesSetting", "PUT", True),
    "/settings/autoAssignAdminAppSetting": ("autoAssignAdminAppSetting", "POST", True),
    "/orgSettings/thirdPartyAdminSetting": ("thirdPartyAdmin", "POST", False),
}


@org_metadata.on("GET", "/okta-organization", audience=OPEN)
async def read_metadata(call: Call) -> Answer:
    """What anybody may know of the org."""
    return Answer(200, metadata_body(call.org.state.org_id, call.org.base_url))


def _answer(call: Call) -> Answer:
    state, settings = call.org.state, call.org.settings
    return Answer(200, org_body(state.org_id, settings.name, call.org.profile.all(), call.org.base_url))


def _preferences(call: Call) -> Answer:
    return Answer(200, preferences_body(call.org.profile.get("showEndUserFooter", True), call.org.base_url))


def _communication(call: Call) -> Answer:
    return Answer(200, communication_body(call.org.profile.get("optOutEmailUsers", True), call.org.base_url))


@org.on("GET", "", _READ, "users.read")
async def read_org(call: Call) -> Answer:
    """The org itself."""
    return _answer(call)


@org.on("POST", "", _MANAGE, "org.write")
async def update_org(call: Call) -> Answer:
    """Change some of its settings."""
    call.org.profile.write(call.json(), whole=False)
    return _answer(call)


@org.on("PUT", "", _MANAGE, "org.write")
async def replace_org(call: Call) -> Answer:
    """Change all of its settings; what the body leaves out is emptied."""
    call.org.profile.write(call.json(), whole=True)
    return _answer(call)


@org.on("GET", "/contacts", _READ, "org.read")
async def list_contacts(call: Call) -> Answer:
    """The kinds of contact."""
    return Answer(200, contacts_body(CONTACT_TYPES, call.org.base_url))


@org.on("GET", "/contacts/{kind}", _READ, "org.read")
async def read_contact(call: Call) -> Answer:
    """Who it is."""
    return Answer(200, contact_body(call.org.profile.contact(call.parts["kind"]), call.org.base_url))


@org.on("PUT", "/contacts/{kind}", _MANAGE, "org.write")
async def replace_contact(call: Call) -> Answer:
    """Name somebody else."""
    call.org.profile.name_contact(call.parts["kind"], call.need(call.json(), "userId"))
    return Answer(200, contact_body(call.org.profile.contact(call.parts["kind"]), call.org.base_url))


@org.on("GET", "/preferences", _READ, "org.read")
async def read_preferences(call: Call) -> Answer:
    """Whether people see the footer."""
    return _preferences(call)


@org.on("POST", "/preferences/{operation}", _MANAGE, "org.write")
async def change_preferences(call: Call) -> Answer:
    """`showEndUserFooter` or `hideEndUserFooter`."""
    operation = call.parts["operation"]
    if operation not in ("showEndUserFooter", "hideEndUserFooter"):
        raise PathUnknown()
    call.org.profile.put("showEndUserFooter", operation == "showEndUserFooter")
    return _preferences(call)


@org.on("GET", "/privacy/oktaCommunication", _READ, "org.read")
async def read_communication(call: Call) -> Answer:
    """Whether people are spared the vendor's mail."""
    return _communication(call)


@org.on("POST", "/privacy/oktaCommunication/{operation}", _MANAGE, "org.write")
async def change_communication(call: Call) -> Answer:
    """`optIn` or `optOut`."""
    operation = call.parts["operation"]
    if operation not in ("optIn", "optOut"):
        raise PathUnknown()
    call.org.profile.put("optOutEmailUsers", operation == "optOut")
    return _communication(call)


@org.on("GET", "/privacy/oktaSupport", _READ, "org.read")
async def read_support(call: Call) -> Answer:
    """Whether the vendor's staff have access."""
    return Answer(200, support_body(call.org.profile.support_until(), call.org.base_url))


@org.on("POST", "/privacy/oktaSupport/{operation}", _MANAGE, "org.write")
async def change_support(call: Call) -> Answer:
    """`grant` for eight hours, `extend` by a day, `revoke`."""
    if call.parts["operation"] not in ("grant", "extend", "revoke"):
        raise PathUnknown()
    call.org.profile.support(call.parts["operation"])
    return Answer(200, support_body(call.org.profile.support_until(), call.org.base_url))


async def _read_switch(call: Call) -> Answer:
    """A setting of the org."""
    name, _, default = _SWITCHES[call.path.removeprefix(org.prefix)]
    return Answer(200, {name: call.org.profile.get(name, default)})


async def _write_switch(call: Call) -> Answer:
    """Change it."""
    name, _, _ = _SWITCHES[call.path.removeprefix(org.prefix)]
    value = call.json().get(name)
    if not isinstance(value, bool):
        raise Invalid(name, f"{name}: The field must be true or false")
    call.org.profile.put(name, value)
    return Answer(200, {name: value})


for _path, (_, _method, _default) in _SWITCHES.items():
    org.on("GET", _path, _READ, "org.read")(_read_switch)
    org.on(_method, _path, _MANAGE, "org.write")(_write_switch)
