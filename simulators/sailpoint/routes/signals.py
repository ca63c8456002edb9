"""`/ssf`, `/.well-known/v1/ssf-configuration`: the tenant as a transmitter of shared signals."""

from __future__ import annotations

from starlette.responses import Response

from simulators.sailpoint.domain.errors import IllegalValue
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.wire.signals import (
    DeliveryChange,
    NewStream,
    StatusBody,
    StreamBody,
    StreamChange,
    VerificationBody,
    checked_stream,
    metadata_body,
    status_body,
    stored_stream,
    stream_body,
)

area = Area()


@area.get("/.well-known/v1/ssf-configuration")
async def configuration(call: Call) -> Response:
    """Where everything is; no token needed."""
    return answer(metadata_body(call.tenant.signals.issuer))


@area.get("/ssf/v1/jwks")
async def keys(call: Call) -> Response:
    """The keys that events are signed with; no token needed."""
    return answer({"keys": call.tenant.signals.keys()})


def _stream(call: Call, id: str) -> Document:
    return call.tenant.signals.stream(id, call.caller.client_id)


def _named(call: Call) -> Document:
    if not call.query("stream_id"):
        raise IllegalValue('Value of "stream_id" is empty or contains invalid data.')
    return _stream(call, call.query("stream_id"))


@area.get("/ssf/v1/streams")
async def read_streams(call: Call) -> Response:
    """The caller's stream by its id, or the list of it."""
    issuer = call.tenant.signals.issuer
    if call.query("stream_id"):
        return answer(stream_body(_named(call), issuer))
    found = [stream_body(stream, issuer) for stream in call.tenant.signals.streams(call.caller.client_id)]
    return answer([one for one in found if call.query("aud").lower() in str(one["aud"]).lower()])


@area.post("/ssf/v1/streams")
async def create_stream(call: Call) -> Response:
    """Make the caller's one stream."""
    stored = stored_stream(await call.model(NewStream))
    stream = call.tenant.signals.add(call.caller.client_id, stored)
    return answer(stream_body(stream, call.tenant.signals.issuer), 201)


@area.put("/ssf/v1/streams")
async def replace_stream(call: Call) -> Response:
    """Every setting of the stream; its status stays."""
    body = await call.model(StreamBody)
    stream = _stream(call, body.stream_id)
    kept = {name: stream.body[name] for name in ("status", "reason")}
    updated = call.tenant.signals.update(stream, {**stored_stream(body), **kept})
    return answer(stream_body(updated, call.tenant.signals.issuer, updated=True))


@area.patch("/ssf/v1/streams")
async def change_stream(call: Call) -> Response:
    """Some settings of the stream."""
    body = await call.model(StreamChange)
    stream = _stream(call, body.stream_id)
    stored = dict(stream.body)
    if body.delivery is not None:
        stored["delivery"] = {
            **stored["delivery"],
            **body.delivery.model_dump(exclude_none=True, include=set(DeliveryChange.model_fields)),
        }
    if body.events_requested is not None:
        stored["events_requested"] = list(dict.fromkeys(body.events_requested))
    if body.description is not None:
        stored["description"] = body.description
    updated = call.tenant.signals.update(stream, checked_stream(stored))
    return answer(stream_body(updated, call.tenant.signals.issuer, updated=True))


@area.delete("/ssf/v1/streams")
async def delete_stream(call: Call) -> Response:
    """Tell the receiver nothing more."""
    call.tenant.signals.remove(_named(call))
    return empty()


@area.get("/ssf/v1/streams/status")
async def read_status(call: Call) -> Response:
    """Whether events are sent."""
    return answer(status_body(_named(call)))


@area.post("/ssf/v1/streams/status")
async def change_status(call: Call) -> Response:
    """Send events, pause or stop."""
    body = await call.model(StatusBody)
    stream = _stream(call, body.stream_id)
    changed = {**stream.body, "status": body.status, "reason": body.reason or ""}
    return answer(status_body(call.tenant.signals.update(stream, changed)))


@area.post("/ssf/v1/streams/verify")
async def verify_stream(call: Call) -> Response:
    """Send a verification event, soon."""
    body = await call.model(VerificationBody)
    call.tenant.signals.verify(_stream(call, body.stream_id), body.state or "")
    return empty()
