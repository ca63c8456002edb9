"""Security events providers and streams as JSON."""

from __future__ import annotations

from typing import Any

from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.signals import METHODS, SENT, SecurityProvider, SignalStream
from simulators.okta.wire.auth_servers import blankless, one_of
from simulators.okta.wire.bodies import Json, part, texts


def provider_body(provider: SecurityProvider, base_url: str) -> Json:
    """A provider of security events."""
    own = f"{base_url}/api/v1/security-events-providers/{provider.id}"
    settings: Json = {"issuer": provider.issuer, "jwks_url": provider.jwks_url}
    if provider.well_known_url is not None:
        settings = {"well_known_url": provider.well_known_url, **settings}
    turn = "deactivate" if provider.status == "ACTIVE" else "activate"
    return {
        "id": provider.id,
        "name": provider.name,
        "type": provider.type,
        "status": provider.status,
        "settings": settings,
        "_links": {
            "self": {"href": own, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
            turn: {"href": f"{own}/lifecycle/{turn}", "hints": {"allow": ["POST"]}},
        },
    }


def read_provider(body: Json) -> dict[str, Any]:
    """What a create or replace says: a well-known address, or an issuer with its keys' address. Raises Invalid."""
    settings = part(body, "settings")
    read: dict[str, Any] = {"name": blankless(body, "name", 100), "type": blankless(body, "type", 255)}
    if settings.get("well_known_url") is not None:
        return {**read, "well_known_url": _address(settings, "well_known_url", 1000)}
    issuer, jwks = blankless(settings, "issuer", 700), _address(settings, "jwks_url", 1000)
    return {**read, "well_known_url": None, "issuer": issuer, "jwks_url": jwks}


def stream_body(stream: SignalStream, base_url: str) -> Json:
    """A stream. The header it authenticates itself with never comes back."""
    return {
        "aud": stream.endpoint,
        "delivery": {"method": stream.method, "endpoint_url": stream.endpoint},
        "events_delivered": list(stream.delivered),
        "events_requested": list(stream.requested),
        "events_supported": list(SENT),
        "format": "iss_sub",
        "iss": base_url,
        "min_verification_interval": 0,
        "stream_id": stream.id,
    }


def read_stream(body: Json, before: SignalStream | None = None) -> dict[str, Any]:
    """What a create, replace or, with `before`, partial change of a stream says. Raises Invalid."""
    delivery = part(body, "delivery")
    if not delivery and before is not None:
        read: dict[str, Any] = {}
    else:
        header = delivery.get("authorization_header")
        if not isinstance(header, str | None):
            raise Invalid("authorization_header", "authorization_header: The value must be a text.")
        read = {
            "method": one_of(delivery, "method", METHODS, None),
            "endpoint": _address(delivery, "endpoint_url", 2048),
            "authorization": header,
        }
    one_of(body, "format", ("iss_sub",), "iss_sub")
    if "events_requested" in body or before is None:
        requested = texts(body.get("events_requested"))
        if not requested:
            raise Invalid("events_requested", "events_requested: The field cannot be left blank")
        read["requested"] = tuple(requested)
    return read


def _address(body: Json, name: str, most: int) -> str:
    value = blankless(body, name, most)
    if not value.startswith(("http://", "https://")):
        raise Invalid(name, f"{name}: The value must be a URL.")
    return value
