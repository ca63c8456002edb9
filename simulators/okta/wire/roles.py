"""Administrator roles, as assigned to somebody, as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote_plus

from simulators.kernel.times import iso
from simulators.okta.domain.admins import IAM_SETS, LABELS, RoleAssignment
from simulators.okta.domain.app_kinds import TEMPLATES
from simulators.okta.domain.apps import App
from simulators.okta.domain.iam import Member
from simulators.okta.domain.tokens import ApiToken
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.iam import holder_path, set_url


def role_body(row: RoleAssignment, base_url: str) -> Json:
    """A standard role assignment. Those that the vendor builds on IAM also name their role and resource set."""
    assignee = {"href": base_url + holder_path(row.holder_kind, row.holder_id)}
    body: Json = {
        "id": row.id,
        "label": LABELS[row.type],
        "type": row.type,
        "status": "ACTIVE",
        "created": iso(row.created),
        "lastUpdated": iso(row.created),
        "assignmentType": row.holder_kind,
        "_links": {"assignee": assignee},
    }
    if row.type not in IAM_SETS:
        return body
    return {
        **body,
        "role": row.type,
        "resource-set": IAM_SETS[row.type],
        "_links": _iam_links(assignee, IAM_SETS[row.type], row.type, row.id, base_url),
    }


def custom_assignment_body(member: Member, label: str, base_url: str) -> Json:
    """A custom role held over a resource set."""
    assignee = {"href": base_url + holder_path(member.holder_kind, member.holder_id)}
    return {
        "id": member.id,
        "role": member.role_id,
        "label": label,
        "type": "CUSTOM",
        "status": "ACTIVE",
        "created": iso(member.created),
        "lastUpdated": iso(member.created),
        "assignmentType": member.holder_kind,
        "resource-set": member.set_id,
        "_links": _iam_links(assignee, member.set_id, member.role_id, member.id, base_url),
    }


def _iam_links(assignee: Json, set_id: str, role_id: str, member_id: str, base_url: str) -> Json:
    above, role = set_url(set_id, base_url), f"{base_url}/api/v1/iam/roles/{role_id}"
    return {
        "assignee": assignee,
        "resource-set": {"href": above},
        "member": {"href": f"{above}/bindings/{role_id}/members/{member_id}"},
        "role": {"href": role},
        "permissions": {"href": f"{role}/permissions"},
    }


def catalog_app_body(name: str, at: datetime, base_url: str) -> Json:
    """A kind of application as a role's target: its entry in the catalogue, whose texts are not known here."""
    mode = TEMPLATES[name].mode if name in TEMPLATES else "BROWSER_PLUGIN"
    return {
        "name": name,
        "displayName": name.replace("_", " ").capitalize(),
        "description": "",
        "status": "ACTIVE",
        "lastUpdated": iso(at),
        "category": "",
        "verificationStatus": "OKTA_VERIFIED",
        "website": "",
        "signOnModes": [mode],
        "features": [],
        "_links": {
            "logo": [{"name": "medium", "href": f"{base_url}/assets/img/logos/default.png", "type": "image/png"}],
            "self": {"href": f"{base_url}/api/v1/catalog/apps/{name}"},
        },
    }


def target_app_body(app: App, base_url: str) -> Json:
    """One instance as a role's target, under its label."""
    link = {"self": {"href": f"{base_url}/api/v1/apps/{app.id}"}}
    return {"name": app.label, "status": app.status, "id": app.id, "_links": link}


def target_bodies(row: RoleAssignment, org_id: str, base_url: str) -> Iterable[Json]:
    """The targets of an assignment by their resource names."""
    for group_id in row.group_targets:
        orn = f"orn:okta:directory:{org_id}:groups:{group_id}"
        yield _target(orn, row.holder_kind, f"{base_url}/api/v1/groups/{group_id}")
    for target in row.app_targets:
        name, _, id = target.partition("/")
        orn = f"orn:okta:idp:{org_id}:apps:{name}" + (f":{id}" if id else "")
        query = quote_plus(f'name eq "{name}"')
        yield _target(orn, row.holder_kind, f"{base_url}/api/v1/apps" + (f"/{id}" if id else f"?filter={query}"))


def _target(orn: str, kind: str, address: str) -> Json:
    return {"orn": orn, "assignmentType": kind, "_links": {"self": {"href": address}}}


def governance_body(own: str, assignee: str) -> Json:
    """Where an assignment comes from: by hand, so from no grant."""
    return {"grants": [], "_links": {"self": {"href": own}, "assignee": {"href": assignee}}}


def api_token_body(token: ApiToken, base_url: str) -> Json:
    """An API token, without its value."""
    return {
        "id": token.id,
        "name": token.name,
        "userId": token.user_id,
        "clientName": "Okta API",
        "tokenWindow": "P30D",
        "network": {"connection": "ANYWHERE"},
        "created": iso(token.created),
        "lastUpdated": iso(token.last_used),
        "expiresAt": iso(token.expires),
        "_link": {"self": {"href": f"{base_url}/api/v1/api-tokens/{token.id}", "hints": {"allow": ["GET", "DELETE"]}}},
    }
