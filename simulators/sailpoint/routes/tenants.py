"""The tenant itself: credentials, user levels, settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, NotFound
from simulators.sailpoint.domain.records import Credential
from simulators.sailpoint.domain.times import instant, zone
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.wire.activities import token_record_body
from simulators.sailpoint.wire.patch import patched

area = Area()
TOKENS = Collection(fields={"lastUsed": "le isnull"})
LEAST_VALIDITY, MOST_VALIDITY = 15, 43200


@area.get("/personal-access-tokens/v1")
async def list_tokens(call: Call) -> Response:
    """Personal access tokens: one's own, or those of whom an administrator names."""
    owner = call.query("owner-id") or ("" if call.caller.is_admin else call.caller.identity_id)
    if owner == "me":
        owner = call.caller.identity_id
    if owner != call.caller.identity_id and not call.caller.is_admin:
        raise Forbidden
    table = call.tenant.state.credentials
    rows: Iterable[Credential] = table.find("owner", owner) if owner else table.find("kind", "pat")
    return page(call, TOKENS, None, lambda row: token_record_body(call.look, row), rows=rows)


@area.post("/personal-access-tokens/v1")
async def create_token(call: Call) -> Response:
    """Make a token; its secret is shown this once."""
    body = await call.object("name")
    never, until = bool(body.get("userAwareTokenNeverExpires")), instant(body.get("expirationDate"))
    if not never and (until is None or until <= call.tenant.now()):
        raise IllegalValue('Either a future "expirationDate" or "userAwareTokenNeverExpires" is required.')
    validity = int(body.get("accessTokenValiditySeconds") or MOST_VALIDITY)
    if not LEAST_VALIDITY <= validity <= MOST_VALIDITY:
        raise IllegalValue(
            f'Value of "accessTokenValiditySeconds" must be between {LEAST_VALIDITY} and {MOST_VALIDITY}.'
        )
    scope = tuple(str(one) for one in body.get("scope") or ()) or ("sp:scopes:all",)
    credential = call.tenant.credentials.issue(
        "pat",
        str(body["name"]),
        call.caller.identity_id,
        scope=scope,
        validity_s=validity,
        expires=None if never else until,
    )
    call.tenant.journal.write("PERSONAL_ACCESS_TOKEN_CREATED", credential.name, actor=call.caller.name)
    return answer({**token_record_body(call.look, credential), "secret": credential.secret})


@area.delete("/personal-access-tokens/v1/{id}")
async def delete_token(call: Call) -> Response:
    """Withdraw a token."""
    call.tenant.credentials.remove(call.path("id"), call.caller)
    return empty()


def _client(call: Call, credential: Credential) -> dict[str, Any]:
    return {
        "id": credential.id,
        "name": credential.name,
        "businessName": None,
        "homepageUrl": None,
        "description": credential.name,
        "accessTokenValiditySeconds": credential.validity_s,
        "refreshTokenValiditySeconds": 0,
        "redirectUris": None,
        "grantTypes": ["CLIENT_CREDENTIALS"],
        "accessType": "OFFLINE",
        "type": "PUBLIC",
        "internal": False,
        "enabled": True,
        "strongAuthSupported": False,
        "claimsSupported": False,
        "scope": list(credential.scope),
        "created": token_record_body(call.look, credential)["created"],
        "modified": token_record_body(call.look, credential)["created"],
        "lastUsed": token_record_body(call.look, credential)["lastUsed"],
    }


@area.get("/oauth-clients/v1")
async def list_clients(call: Call) -> Response:
    """API clients."""
    return page(
        call, TOKENS, None, lambda row: _client(call, row), rows=call.tenant.state.credentials.find("kind", "client")
    )


@area.post("/oauth-clients/v1")
async def create_client(call: Call) -> Response:
    """Make an API client; its secret is shown this once."""
    body = await call.object("name", "grantTypes")
    scope = tuple(str(one) for one in body.get("scope") or ()) or ("sp:scopes:all",)
    credential = call.tenant.credentials.issue(
        "client", str(body["name"]), scope=scope, validity_s=int(body.get("accessTokenValiditySeconds") or 750)
    )
    return answer({**_client(call, credential), "secret": credential.secret})


@area.delete("/oauth-clients/v1/{id}")
async def delete_client(call: Call) -> Response:
    """Withdraw an API client."""
    call.tenant.credentials.remove(call.path("id"), call.caller)
    return empty()


def _auth_user(call: Call) -> tuple[Document | None, dict[str, Any]]:
    identity = call.look.identity(call.path("id"))
    if identity is None:
        raise NotFound
    document = call.tenant.configuration.find("auth-user", f"auth-{identity.id}")
    levels = list(document.body["capabilities"]) if document is not None else []
    body = {
        "tenant": call.look.org,
        "id": identity.id,
        "uid": identity.alias,
        "profile": identity.profile_id,
        "identificationNumber": identity.attributes.get("workerId"),
        "email": identity.attributes.get("email"),
        "firstname": identity.attributes.get("firstname"),
        "lastname": identity.attributes.get("lastname"),
        "displayName": identity.name,
        "alias": identity.alias,
        "status": "ACTIVE",
        "capabilities": levels,
    }
    return document, body


@area.get("/auth-users/v1/{id}")
async def get_auth_user(call: Call) -> Response:
    """A person's user levels."""
    return answer(_auth_user(call)[1])


@area.patch("/auth-users/v1/{id}")
async def patch_auth_user(call: Call) -> Response:
    """Change a person's user levels."""
    document, body = _auth_user(call)
    after = patched(body, await call.json(), ("capabilities",))
    content = {"name": body["uid"], "capabilities": after["capabilities"] or []}
    if document is None:
        call.tenant.configuration.add("auth-user", content, id=f"auth-{body['id']}")
    else:
        call.tenant.configuration.update(document, content)
    return answer(after)


@area.get("/tenant/v1")
async def get_tenant(call: Call) -> Response:
    """The tenant."""
    look = call.look
    return answer(
        {
            "id": call.tenant.state.tenant_id,
            "name": look.org,
            "fullName": look.org,
            "pod": look.pod,
            "region": "us-east-1",
            "description": None,
            "products": [],
        }
    )


@area.get("/org-config/v1")
async def get_org_config(call: Call) -> Response:
    """The tenant's settings."""
    return answer(_org_config(call))


def _org_config(call: Call) -> dict[str, Any]:
    return {
        "orgName": call.look.org,
        "timeZone": call.tenant.state.time_zone,
        "iaiEnableCertificationRecommendations": False,
        "sodReportConfigs": [],
    }


@area.patch("/org-config/v1")
async def patch_org_config(call: Call) -> Response:
    """Change the tenant's time zone."""
    after = patched(_org_config(call), await call.json(), ("timeZone",))
    try:
        zone(str(after["timeZone"]))
    except ValueError as error:
        raise BadContent(str(error)) from error
    call.tenant.state.time_zone = str(after["timeZone"])
    call.tenant.start()
    return answer(_org_config(call))


def _request_config(call: Call) -> dict[str, Any]:
    settings = call.tenant.settings
    approvals = {
        "daysUntilEscalation": settings.escalation_days,
        "daysBetweenReminders": 1,
        "maxReminders": 1,
        "fallbackApproverRef": call.look.identity(settings.fallback_approver)
        and {"type": "IDENTITY", "id": settings.fallback_approver},
    }
    return {
        "approvalsMustBeExternal": False,
        "reauthorizationEnabled": False,
        "autoApprovalEnabled": settings.same_person_approves,
        "requestOnBehalfOfConfig": {
            "allowRequestOnBehalfOfAnyoneByAnyone": False,
            "allowRequestOnBehalfOfEmployeeByManager": True,
        },
        "approvalReminderAndEscalationConfig": approvals,
    }


@area.get("/access-request-config/v1")
async def get_request_config(call: Call) -> Response:
    """How access requests work here."""
    return answer(_request_config(call))


@area.get("/access-request-config/v2")
async def get_request_config_v2(call: Call) -> Response:
    """How access requests work here, in the newer shape."""
    body = _request_config(call)
    return answer(
        {
            "approvalsMustBeExternal": False,
            "reauthorizationEnabled": False,
            "requestOnBehalfOfConfig": body["requestOnBehalfOfConfig"],
            "govGroupVisibilityEnabled": False,
            "machineIdentityAccessRequestEnabled": False,
        }
    )
