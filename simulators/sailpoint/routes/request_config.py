"""`/access-request-config`, in both generations."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from simulators.sailpoint.routes.base import Area, Call, Handler, answer
from simulators.sailpoint.wire.request_config import FIELDS, ConfigBody, config_body

area = Area()


def _reader(generation: str) -> Handler:
    async def read_config(call: Call) -> Response:
        return answer(config_body(call.look, call.tenant.requests.config.body(), generation))

    return read_config


def _writer(generation: str) -> Handler:
    async def write_config(call: Call) -> Response:
        body = await call.model(ConfigBody)
        call.tenant.requests.config.replace(body.fields(generation), call.caller.name)
        return answer(config_body(call.look, call.tenant.requests.config.body(), generation))

    return write_config


_MAKERS: dict[str, Callable[[str], Handler]] = {"GET": _reader, "PUT": _writer}
for _generation in FIELDS:
    for _method, _maker in _MAKERS.items():
        area.on(_method, f"/access-request-config/{_generation}")(_maker(_generation))
