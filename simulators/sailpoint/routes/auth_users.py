"""`/auth-users`: a person as the part of ISC that people sign in to knows him."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import IllegalUpdate, IllegalValue, NotFound
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.wire.patch import patched

area = Area()
LEVELS = frozenset(
    {
        "CERT_ADMIN",
        "CLOUD_GOV_ADMIN",
        "CLOUD_GOV_USER",
        "HELPDESK",
        "INTERNAL",
        "ORG_ADMIN",
        "POLICY_ADMIN",
        "REPORT_ADMIN",
        "ROLE_ADMIN",
        "ROLE_SUBADMIN",
        "SAAS_MANAGEMENT_ADMIN",
        "SAAS_MANAGEMENT_READER",
        "SOURCE_ADMIN",
        "SOURCE_SUBADMIN",
        "das:ui-administrator",
        "das:ui-compliance_manager",
        "das:ui-auditor",
        "das:ui-data-scope",
        "sp:aic-dashboard-read",
        "sp:aic-dashboard-write",
        "sp:ui-config-hub-admin",
        "sp:ui-config-hub-backup-admin",
        "sp:ui-config-hub-read",
    }
)


def _person(call: Call) -> tuple[Identity, dict[str, Any]]:
    identity = call.tenant.state.identities.get(call.path("id"))
    if identity is None:
        raise NotFound
    a = identity.attributes
    body = {
        "tenant": call.look.org,
        "id": identity.id,
        "uid": identity.alias,
        "profile": identity.profile_id,
        "identificationNumber": a.get("identificationNumber"),
        "email": a.get("email"),
        "phone": a.get("phone"),
        "workPhone": a.get("workPhone"),
        "personalEmail": a.get("personalEmail"),
        "firstname": a.get("firstname"),
        "lastname": a.get("lastname"),
        "displayName": identity.name,
        "alias": identity.alias,
        "lastPasswordChangeDate": None,
        "lastLoginTimestamp": 0,
        "currentLoginTimestamp": 0,
        "lastUnlockTimestamp": None,
        "capabilities": list(call.tenant.credentials.levels_of_person(identity.id)),
    }
    return identity, body


@area.get("/auth-users/v1/{id}")
async def get_auth_user(call: Call) -> Response:
    """A person's user levels."""
    return answer(_person(call)[1])


@area.patch("/auth-users/v1/{id}")
async def patch_auth_user(call: Call) -> Response:
    """Change a person's user levels, and nothing else (SailPoint API, Auth Users)."""
    identity, body = _person(call)
    steps = await call.json()
    for step in steps if isinstance(steps, list) else ():
        path = step.get("path") if isinstance(step, dict) else None
        if isinstance(path, str) and path.startswith("/") and path.split("/")[1] != "capabilities":
            raise IllegalUpdate
    wanted = patched(body, steps, ("capabilities",)).get("capabilities") or []
    if not isinstance(wanted, list) or any(not isinstance(one, str) or one not in LEVELS for one in wanted):
        raise IllegalValue('Value of "capabilities" is empty or contains invalid data.')
    call.tenant.credentials.set_levels(identity, dict.fromkeys(wanted))
    return answer(_person(call)[1])
