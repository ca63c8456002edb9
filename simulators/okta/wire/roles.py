"""Administrator roles and API tokens as JSON."""

from __future__ import annotations

from simulators.kernel.times import iso
from simulators.okta.domain.admins import LABELS, RoleAssignment
from simulators.okta.domain.tokens import ApiToken
from simulators.okta.wire.bodies import Json


def role_body(row: RoleAssignment, path: str, base_url: str) -> Json:
    """A role assignment."""
    return {
        "id": row.id,
        "label": LABELS[row.type],
        "type": row.type,
        "status": "ACTIVE",
        "created": iso(row.created),
        "lastUpdated": iso(row.created),
        "assignmentType": row.holder_kind,
        "_links": {"assignee": {"href": base_url + path.partition("/roles")[0]}},
    }


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
