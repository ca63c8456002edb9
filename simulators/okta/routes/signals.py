"""/api/v1/ssf: the org tells a client's receiver about security events. Only clients with a scope may ask."""

from __future__ import annotations

from simulators.okta.domain.errors import Forbidden, Invalid
from simulators.okta.domain.signals import SignalStream
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.signals import read_stream, stream_body

signals = Endpoints("/api/v1/ssf")
_READ, _MANAGE = "ssf.read", "ssf.manage"


def _client(call: Call) -> str:
    """The client that asks. Raises Forbidden for an API token."""
    if call.caller.client_id is None:
        raise Forbidden()
    return call.caller.client_id


def _stream(call: Call, body: Json | None = None) -> SignalStream:
    """The client's stream, by the id that the query or body names, if any."""
    id = call.query.get("stream_id") if body is None else body.get("stream_id")
    return call.org.signals.of_client(_client(call), None if id is None else str(id))


@signals.on("GET", "/stream", _READ)
async def read_streams(call: Call) -> Answer:
    """The client's stream by its id, or the list of it."""
    client, base_url = _client(call), call.org.base_url
    if "stream_id" in call.query:
        return Answer(200, stream_body(_stream(call), base_url))
    rows = call.org.state.signal_streams.find("client", client)
    return Answer(200, [stream_body(stream, base_url) for stream in rows])


@signals.on("POST", "/stream", _MANAGE)
async def create_stream(call: Call) -> Answer:
    """The client's one stream: 201."""
    stream = SignalStream(call.org.new_id("esc"), _client(call), **read_stream(call.json()))
    return Answer(201, stream_body(call.org.signals.create(stream, call.cause), call.org.base_url))


@signals.on("PUT", "/stream", _MANAGE)
async def replace_stream(call: Call) -> Answer:
    """Every setting of the stream."""
    body = call.json()
    after = call.org.signals.replace(_stream(call, body), call.cause, **read_stream(body))
    return Answer(200, stream_body(after, call.org.base_url))


@signals.on("PATCH", "/stream", _MANAGE)
async def update_stream(call: Call) -> Answer:
    """Some settings of the stream."""
    body = call.json()
    stream = _stream(call, body)
    after = call.org.signals.replace(stream, call.cause, **read_stream(body, stream))
    return Answer(200, stream_body(after, call.org.base_url))


@signals.on("DELETE", "/stream", _MANAGE)
async def delete_stream(call: Call) -> Answer:
    """Tell the client nothing more."""
    call.org.signals.delete(_stream(call), call.cause)
    return NO_CONTENT


@signals.on("GET", "/stream/status", _READ)
async def read_status(call: Call) -> Answer:
    """Whether events are sent."""
    if "stream_id" not in call.query:
        raise Invalid("stream_id", "stream_id: The field cannot be left blank")
    stream = _stream(call)
    return Answer(200, {"stream_id": stream.id, "status": stream.status})


@signals.on("POST", "/stream/verification", _MANAGE)
async def verify_stream(call: Call) -> Answer:
    """Send a verification event, soon."""
    body = call.json()
    call.need(body, "stream_id")
    state = body.get("state")
    if not isinstance(state, str | None):
        raise Invalid("state", "state: The value must be a text.")
    call.org.signals.verify(_stream(call, body), state)
    return NO_CONTENT
