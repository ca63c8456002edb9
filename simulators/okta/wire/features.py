"""Features and subscriptions as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Feature/
"""

from __future__ import annotations

from simulators.okta.domain.documents import Document
from simulators.okta.wire.bodies import Json


def feature_body(feature: Document, base_url: str) -> Json:
    """A feature. Only early access ones carry the link that switches them."""
    own = f"{base_url}/api/v1/features/{feature.id}"
    links: Json = {}
    if feature.content["stage"]["value"] == "EA":
        other = "disable" if feature.status == "ENABLED" else "enable"
        links[other] = {"href": f"{own}/{other}", "hints": {"allow": ["POST"]}}
    links["self"] = {"href": own}
    links["dependents"] = {"href": f"{own}/dependents"}
    links["dependencies"] = {"href": f"{own}/dependencies"}
    return {
        "id": feature.id,
        "type": "self-service",
        "status": feature.status,
        "name": feature.name,
        "description": feature.content["description"],
        "stage": dict(feature.content["stage"]),
        "_links": links,
    }


def subscription_body(type: str, subscribed: bool, own: str) -> Json:
    """Whether a role or a person is told about something. `own` is the subscription's address."""
    other = "unsubscribe" if subscribed else "subscribe"
    return {
        "notificationType": type,
        "channels": ["email"],
        "status": "subscribed" if subscribed else "unsubscribed",
        "_links": {other: {"href": f"{own}/{other}", "hints": {"allow": ["POST"]}}, "self": {"href": own}},
    }
