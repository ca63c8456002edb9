"""/api/v1/logStreams: where the log is to be sent. Kept and switched, nothing is sent."""

from __future__ import annotations

from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.query import holds
from simulators.okta.routes.call import NO_CONTENT, Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.bodies import Json
from simulators.okta.wire.filters import simple_filter
from simulators.okta.wire.log_streams import is_settled, log_stream_body, read_log_stream

log_streams = Endpoints("/api/v1/logStreams")
_READ, _MANAGE = "okta.logStreams.read", "okta.logStreams.manage"


def _stream(call: Call) -> Document:
    return call.org.documents.find("log_stream", call.parts["stream"])


def _body(call: Call, stream: Document) -> Json:
    return log_stream_body(stream, call.org.base_url)


@log_streams.on("GET", "", _READ, "org.read")
async def list_log_streams(call: Call) -> Answer:
    """All log streams, `filter` by type."""
    rows = call.org.documents.rows("log_stream", call.query.get("after"))
    if call.query.get("filter"):
        query = simple_filter(call.query["filter"], {"type"})
        rows = (row for row in rows if holds(query, row.content.get, fold=False))
    return call.paged(rows, 20, 200, lambda row: _body(call, row), lambda row: row.id)


@log_streams.on("POST", "", _MANAGE, "org.write")
async def create_log_stream(call: Call) -> Answer:
    """A new log stream, ACTIVE whatever the body says."""
    name, content = read_log_stream(call.json())
    return Answer(200, _body(call, call.org.documents.create("log_stream", name, content, call.cause)))


@log_streams.on("GET", "/{stream}", _READ, "org.read")
async def read_one_log_stream(call: Call) -> Answer:
    """One log stream."""
    return Answer(200, _body(call, _stream(call)))


@log_streams.on("PUT", "/{stream}", _MANAGE, "org.write")
async def replace_log_stream(call: Call) -> Answer:
    """Another name, and for Splunk other settings."""
    stream = _stream(call)
    name, content = read_log_stream(call.json(), stream)
    if not is_settled(stream, content):
        raise Invalid("settings", "settings: The settings of this log stream cannot be changed")
    return Answer(200, _body(call, call.org.documents.change(stream, name, content, call.cause)))


@log_streams.on("DELETE", "/{stream}", _MANAGE, "org.write")
async def delete_log_stream(call: Call) -> Answer:
    """Take it away."""
    call.org.documents.delete(_stream(call), call.cause)
    return NO_CONTENT


@log_streams.on("POST", "/{stream}/lifecycle/activate", _MANAGE, "org.write")
async def activate_log_stream(call: Call) -> Answer:
    """Switch it on; 200 without a body."""
    call.org.documents.switch(_stream(call), True, call.cause)
    return Answer(200)


@log_streams.on("POST", "/{stream}/lifecycle/deactivate", _MANAGE, "org.write")
async def deactivate_log_stream(call: Call) -> Answer:
    """Switch it off; 200 without a body."""
    call.org.documents.switch(_stream(call), False, call.cause)
    return Answer(200)
