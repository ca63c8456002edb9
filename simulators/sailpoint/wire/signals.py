"""Shared signals as the API shows and takes them.

SailPoint API, Shared Signals Framework (SSF).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import IllegalValue
from simulators.sailpoint.domain.signals import PUSH, SUPPORTED, audience
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.wire.bodies import Body

Events = list[Annotated[str, Field(min_length=1, max_length=1024)]]
INACTIVITY_S, VERIFICATION_S = 3600, 300


class Delivery(Body):
    """Where and how events go."""

    method: str
    endpoint_url: str
    authorization_header: str | None = None


class DeliveryChange(Body):
    """Parts of where and how events go."""

    method: str | None = None
    endpoint_url: str | None = None
    authorization_header: str | None = None


class NewStream(Body):
    """A stream as POST takes it."""

    delivery: Delivery
    events_requested: Events | None = None
    description: str | None = None


class StreamBody(NewStream):
    """A stream as PUT takes it."""

    stream_id: Annotated[str, Field(min_length=1)]


class StreamChange(Body):
    """A stream as PATCH takes it."""

    stream_id: Annotated[str, Field(min_length=1)]
    delivery: DeliveryChange | None = None
    events_requested: Events | None = None
    description: str | None = None


class StatusBody(Body):
    """Whether a stream is to be served."""

    stream_id: Annotated[str, Field(min_length=1)]
    status: Literal["enabled", "paused", "disabled"]
    reason: str | None = None


class VerificationBody(Body):
    """Which stream is to be verified, and by which words."""

    stream_id: Annotated[str, Field(min_length=1)]
    state: str | None = None


def stored_stream(body: NewStream) -> dict[str, Any]:
    """What is kept of a stream; without events it asks for all there are. Raises IllegalValue."""
    delivery = {k: v for k in Delivery.model_fields if (v := getattr(body.delivery, k)) is not None}
    requested = body.events_requested
    events = list(SUPPORTED) if requested is None else list(dict.fromkeys(requested))
    return checked_stream({"delivery": delivery, "events_requested": events, "description": body.description})


def checked_stream(stored: dict[str, Any]) -> dict[str, Any]:
    """A stream that can be served. Raises IllegalValue for another delivery than push, and for what is no address."""
    delivery = stored["delivery"]
    if delivery["method"] != PUSH:
        raise IllegalValue('Value of "delivery.method" is empty or contains invalid data.')
    for name, url in [("delivery.endpoint_url", delivery["endpoint_url"])] + [
        ("events_requested", url) for url in stored["events_requested"]
    ]:
        try:
            parts = urlsplit(url)
            good = parts.scheme in ("http", "https") and bool(parts.hostname) and url.isascii() and url.isprintable()
            good = good and " " not in url and parts.port != -1
        except ValueError:
            good = False
        if not good:
            raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    return stored


def stream_body(document: Document, issuer: str, *, updated: bool = False) -> dict[str, Any]:
    """A stream without the receiver's credential."""
    body = document.body
    delivery, requested = body["delivery"], list(body["events_requested"])
    shown = {
        "stream_id": document.id,
        "iss": issuer,
        "aud": audience(delivery["endpoint_url"]),
        "delivery": {"method": delivery["method"], "endpoint_url": delivery["endpoint_url"]},
        "events_supported": list(SUPPORTED),
        "events_requested": requested,
        "events_delivered": [event for event in SUPPORTED if event in requested],
        "inactivity_timeout": INACTIVITY_S,
        "min_verification_interval": VERIFICATION_S,
    }
    if body.get("description") is not None:
        shown["description"] = body["description"]
    return {**shown, "updatedAt": iso(document.modified)} if updated else shown


def status_body(document: Document) -> dict[str, Any]:
    """Whether a stream is served."""
    return {"stream_id": document.id, "status": document.body["status"], "reason": document.body.get("reason") or ""}


def metadata_body(issuer: str) -> dict[str, Any]:
    """What a receiver needs to know of the transmitter."""
    return {
        "spec_version": "1_0",
        "issuer": issuer,
        "jwks_uri": f"{issuer}/ssf/v1/jwks",
        "delivery_methods_supported": [PUSH],
        "configuration_endpoint": f"{issuer}/ssf/v1/streams",
        "status_endpoint": f"{issuer}/ssf/v1/streams/status",
        "verification_endpoint": f"{issuer}/ssf/v1/streams/verify",
        "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}, {"spec_urn": "urn:ietf:rfc:6750"}],
    }
