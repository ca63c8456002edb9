"""Inline hooks as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/InlineHook/
"""

from __future__ import annotations

from simulators.kernel.times import iso
from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.hook_channels import read_channel, shown_channel

TYPES = (
    "com.okta.import.transform",
    "com.okta.oauth2.tokens.transform",
    "com.okta.saml.tokens.transform",
    "com.okta.telephony.provider",
    "com.okta.user.credential.password.import",
    "com.okta.user.pre-registration",
)


def inline_hook_body(hook: Document, base_url: str) -> Json:
    """An inline hook, without its secrets."""
    own = f"{base_url}/api/v1/inlineHooks/{hook.id}"
    post = {"allow": ["POST"]}
    links: Json = {"self": {"href": own}}
    if hook.status == "ACTIVE":
        links["execute"] = {"href": f"{own}/execute", "hints": post}
        links["deactivate"] = {"href": f"{own}/lifecycle/deactivate", "hints": post}
    else:
        links["activate"] = {"href": f"{own}/lifecycle/activate", "hints": post}
        links["delete"] = {"href": own, "hints": {"allow": ["DELETE"]}}
    return {
        "id": hook.id,
        "status": hook.status,
        "name": hook.name,
        "type": hook.content["type"],
        "version": hook.content["version"],
        "channel": shown_channel(hook.content["channel"]),
        "created": iso(hook.created),
        "lastUpdated": iso(hook.last_updated),
        "_links": links,
    }


def read_inline_hook(body: Json, plain_loopback: bool) -> tuple[str, Json]:
    """Name and content. Raises Invalid."""
    name, kind, version = body.get("name"), body.get("type"), body.get("version")
    if not isinstance(name, str) or not name:
        raise Invalid("name", "name: The field cannot be left blank")
    if kind not in TYPES:
        raise Invalid("type", f"type: The inline hook type must be one of {', '.join(TYPES)}")
    if not isinstance(version, str) or not version:
        raise Invalid("version", "version: The field cannot be left blank")
    return name, {"type": kind, "version": version, "channel": read_channel(body, plain_loopback)}
