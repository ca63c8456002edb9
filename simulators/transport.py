"""How an estate's connectors send HTTP: httpx on top, and for this machine's own addresses a thin transport below."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Any

import httpx

_NEAR = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
_CONTENT = ("headers", "params", "cookies", "content", "data", "files", "json")
_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@lru_cache(maxsize=512)
def _parsed_url(url: str) -> httpx.URL:
    """A URL; parsing costs more than sending, and connectors ask the same again and again."""
    return httpx.URL(url)


class ConnectorClient(httpx.AsyncClient):
    """The client that connectors share: never through the environment's proxies.

    Requests to this machine go straight to the thin transport, without the cookie jar and defaults of a client; all
    others take httpx's own way.
    """

    def __init__(self, timeout_s: float = 30.0) -> None:
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
        super().__init__(trust_env=False, timeout=httpx.Timeout(timeout_s), limits=limits)
        self._near = LoopbackTransport(timeout_s)

    async def request(self, method: str, url: httpx.URL | str, **content: Any) -> httpx.Response:
        """Send one request. Raises httpx.HTTPError when no answer comes."""
        if not str(url).startswith(_NEAR):
            return await super().request(method, url, **content)
        # Nothing on this machine is slower than the transport's own limit, and nothing redirects: other wishes of a
        # caller, or of httpx's own short forms, have nothing to act on.
        sent = {name: content[name] for name in _CONTENT if content.get(name) is not None}
        return await self._near.handle_async_request(httpx.Request(method, _parsed_url(str(url)), **sent))

    async def aclose(self) -> None:
        """Close every connection."""
        await self._near.aclose()
        await super().aclose()


class LoopbackTransport(httpx.AsyncBaseTransport):
    """HTTP/1.1 over asyncio streams with kept connections: a fraction of the cost of httpx's own pool."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[tuple[str, int], list[_Connection]] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its whole answer. Raises httpx's own errors."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._send(request, await request.aread())
        except TimeoutError as problem:
            raise httpx.ReadTimeout("no answer in time", request=request) from problem
        except (OSError, EOFError, ValueError, asyncio.LimitOverrunError) as problem:
            raise httpx.ConnectError(str(problem) or type(problem).__name__, request=request) from problem

    async def _send(self, request: httpx.Request, body: bytes) -> httpx.Response:
        place = (request.url.host, request.url.port or 80)
        idle = self._idle.setdefault(place, [])
        head = _head(request)
        while idle:
            connection = idle.pop()
            try:
                return await self._exchange(request, head + body, connection, idle)
            except (ConnectionError, asyncio.IncompleteReadError):
                # The server may close a kept connection between two requests; a fresh one tells the difference.
                connection[1].close()
        return await self._exchange(request, head + body, await asyncio.open_connection(*place), idle)

    async def _exchange(
        self, request: httpx.Request, data: bytes, connection: _Connection, idle: list[_Connection]
    ) -> httpx.Response:
        reader, writer = connection
        try:
            writer.write(data)
            status, headers = _parsed(await reader.readuntil(b"\r\n\r\n"))
            named = {name.lower(): value for name, value in headers}
            content = b"" if request.method == "HEAD" or status in (204, 304) else await _content(reader, named)
        except BaseException:
            writer.close()
            raise
        if named.get(b"connection", b"").lower() == b"close":
            writer.close()
        else:
            idle.append(connection)
        return httpx.Response(status, headers=headers, content=content, request=request)

    async def aclose(self) -> None:
        """Close the kept connections."""
        for connections in self._idle.values():
            for _, writer in connections:
                writer.close()
        self._idle.clear()


def _head(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % (name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
    return b"\r\n".join([*lines, b"", b""])


def _parsed(head: bytes) -> tuple[int, list[tuple[bytes, bytes]]]:
    first, *rest = head.rstrip(b"\r\n").split(b"\r\n")
    headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(b":") for line in rest)]
    return int(first.split(b" ", 2)[1]), headers


async def _content(reader: asyncio.StreamReader, headers: dict[bytes, bytes]) -> bytes:
    if headers.get(b"transfer-encoding", b"").lower() != b"chunked":
        return await reader.readexactly(int(headers.get(b"content-length", b"0")))
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).split(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readuntil(b"\r\n")
    return b"".join(parts)
