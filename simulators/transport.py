"""How an estate's connectors send HTTP: httpx on top, and for this machine's own addresses a thin transport below."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, cast
from urllib.parse import urlencode

import httpx

from simulators.kernel.queries import query_string

_NEAR = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
_PLAIN = frozenset(("headers", "params", "content", "data", "json"))
# Wishes that have nothing to act on: on this machine nothing is slower than the transport's limit, nothing redirects.
_IDLE = frozenset(("timeout", "follow_redirects", "extensions"))
_LONGEST_HEAD = 256 * 1024
# A status, the head as it came, and the body.
_Whole = tuple[int, bytes, bytes]


# An address that is sent as it stands; what needs quoting or has a user in it is httpx's to read.
_SENT_AS_IS = re.compile(r"http://(127\.0\.0\.1|localhost):(\d{1,5})(/[\w\-.~:/?@!$&()*+,;=%]*)", re.ASCII).fullmatch


@lru_cache(maxsize=2048)
def _aimed(url: str) -> tuple[tuple[str, int], bytes, bytes]:
    """A URL's host and port, its `Host` header and its path with the query. Raises httpx.InvalidURL."""
    if found := _SENT_AS_IS(url):
        host, port, target = found.groups()
        return (host, int(port)), f"{host}:{port}".encode(), target.encode()
    parsed = httpx.URL(url)
    return (parsed.host, parsed.port or 80), parsed.netloc, parsed.raw_path


class _Far(httpx.AsyncBaseTransport):
    """httpx's own transport, made when a request needs it: reading a machine's trusted certificates takes a while."""

    @cached_property
    def _transport(self) -> httpx.AsyncHTTPTransport:
        limits = httpx.Limits(max_connections=100, max_keepalive_connections=20)
        return httpx.AsyncHTTPTransport(trust_env=False, limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)

    async def aclose(self) -> None:
        if "_transport" in self.__dict__:
            await self._transport.aclose()


class ConnectorClient(httpx.AsyncClient):
    """The client that connectors share: never through the environment's proxies.

    Requests to this machine go straight to the thin transport, without the cookie jar, the defaults and the request
    objects of a client; all others, and those with files, cookies or logins, take httpx's own way.
    """

    def __init__(self, timeout_s: float = 30.0) -> None:
        super().__init__(trust_env=False, timeout=httpx.Timeout(timeout_s), transport=_Far())
        self._near = Loopback(timeout_s)

    async def request(self, method: str, url: httpx.URL | str, **content: Any) -> httpx.Response:
        """Send one request. Raises httpx.HTTPError when no answer comes."""
        address = str(url)
        sent = {
            name: value
            for name, value in content.items()
            if value is not None and value is not httpx.USE_CLIENT_DEFAULT and name not in _IDLE
        }
        if not address.startswith(_NEAR) or not _PLAIN.issuperset(sent):
            return await super().request(method, url, **content)
        if params := sent.get("params"):
            address += ("&" if "?" in address else "?") + query_string(params)
        return await self._near.send(method, address, dict(sent.get("headers") or {}), _body(sent))

    async def aclose(self) -> None:
        """Close every connection."""
        self._near.close()
        await super().aclose()


def _body(sent: Mapping[str, Any]) -> tuple[str, bytes]:
    """The media type and bytes of what a caller wants to send, as httpx would write it."""
    if "json" in sent:
        text = json.dumps(sent["json"], ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        return "application/json", text.encode()
    if "data" in sent:
        return "application/x-www-form-urlencoded", urlencode(sent["data"], doseq=True).encode()
    content = sent.get("content", b"")
    return "", content.encode() if isinstance(content, str) else bytes(content)


class NearAnswer(httpx.Response):
    """An answer of this machine. Its headers and its request become httpx's objects when somebody looks at them."""

    def __init__(self, whole: _Whole, method: str, url: str) -> None:
        self.status_code, self._head, self._body = whole
        self._asked = method, url
        self.extensions = {}
        self.history = []

    @cached_property
    def headers(self) -> httpx.Headers:  # type: ignore[override]
        """The headers."""
        return httpx.Headers(_fields(self._head), encoding="latin-1")

    @property
    def content(self) -> bytes:
        """The body."""
        return self._body

    @property
    def text(self) -> str:
        """The body as text."""
        return self._body.decode(errors="replace")

    @property  # type: ignore[misc]
    def request(self) -> httpx.Request:
        """The request, as far as its method and address tell."""
        return httpx.Request(*self._asked)


class Loopback:
    """HTTP/1.1 over kept connections, each with one request at a time: a fraction of the cost of httpx's own pool."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._idle: dict[tuple[str, int], list[_Line]] = {}

    async def send(self, method: str, url: str, headers: dict[str, str], body: tuple[str, bytes]) -> httpx.Response:
        """Send a request and read its whole answer. Raises httpx's own errors."""
        place, host, target = _aimed(url)
        data = _head(method, host, target, headers, body) + body[1]
        try:
            whole = await self._exchange(place, data, method == "HEAD")
        except TimeoutError as problem:
            raise httpx.ReadTimeout("no answer in time") from problem
        except (OSError, EOFError, ValueError) as problem:
            raise httpx.ConnectError(str(problem) or type(problem).__name__) from problem
        return NearAnswer(whole, method, url)

    async def _exchange(self, place: tuple[str, int], data: bytes, bare: bool) -> _Whole:
        idle = self._idle.setdefault(place, [])
        while idle:
            line = idle.pop()
            try:
                return await self._over(line, data, bare, idle)
            except (ConnectionError, EOFError):
                # The server may close a kept connection between two requests; a fresh one tells the difference.
                continue
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timeout_s):
            _, line = await loop.create_connection(_Line, *place)
        return await self._over(line, data, bare, idle)

    async def _over(self, line: _Line, data: bytes, bare: bool, idle: list[_Line]) -> _Whole:
        try:
            whole = await line.exchange(data, bare, self._timeout_s)
        except BaseException:
            line.close()
            raise
        if line.reusable:
            idle.append(line)
        else:
            line.close()
        return whole

    def close(self) -> None:
        """Close the kept connections."""
        for lines in self._idle.values():
            for line in lines:
                line.close()
        self._idle.clear()


class _Line(asyncio.Protocol):
    """One connection: sends a request's bytes and puts the answer together from what arrives."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[_Whole] | None = None
        self._arrived = b""
        self._bare = False
        self.reusable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is no subclass

    async def exchange(self, data: bytes, bare: bool, timeout_s: float) -> _Whole:
        """Send and wait; `bare` answers have no body. Raises TimeoutError, OSError, EOFError or ValueError."""
        if self._transport is None or self._transport.is_closing():
            raise EOFError("the connection is closed")
        loop = asyncio.get_running_loop()
        self._waiting, self._arrived, self._bare, self.reusable = loop.create_future(), b"", bare, False
        self._transport.write(data)
        alarm = loop.call_later(timeout_s, self._fail, TimeoutError())
        try:
            return await self._waiting
        finally:
            alarm.cancel()
            self._waiting = None

    def data_received(self, data: bytes) -> None:
        """More of the answer."""
        self._arrived = self._arrived + data if self._arrived else data
        try:
            found = _whole(self._arrived, self._bare)
        except ValueError as problem:
            self._fail(problem)
            return
        if found is not None and self._waiting is not None and not self._waiting.done():
            whole, used = found
            # What follows an answer that nobody asked for must not be taken for the next one.
            self.reusable = _header(whole[1], b"connection") != b"close" and used == len(self._arrived)
            self._waiting.set_result(whole)

    def connection_lost(self, problem: Exception | None) -> None:
        """The other side hung up. Only a request of which nothing was answered may be sent again."""
        text = "the connection ended within an answer"
        self._fail(ValueError(text) if self._arrived else problem or EOFError(text))

    def _fail(self, problem: Exception) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(problem)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()


def _head(method: str, host: bytes, target: bytes, headers: dict[str, str], body: tuple[str, bytes]) -> bytes:
    kind, content = body
    lines = [b"%s %s HTTP/1.1" % (method.encode("ascii"), target), b"Host: " + host]
    told = {name.lower() for name in headers}
    if kind and "content-type" not in told:
        headers["Content-Type"] = kind
    if content or method in ("POST", "PUT", "PATCH"):
        headers["Content-Length"] = str(len(content))
    for name, value in headers.items():
        if "\r" in value or "\n" in value or "\0" in value or not name:
            raise ValueError(f"the header {name!r} cannot be sent")
        lines.append(f"{name}: {value}".encode())
    return b"\r\n".join([*lines, b"", b""])


def _whole(data: bytes, bare: bool) -> tuple[_Whole, int] | None:
    """A whole answer and how many bytes it took; None while some are missing. Raises ValueError."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        if len(data) > _LONGEST_HEAD:
            raise ValueError("the answer's head does not end")
        return None
    head = data[:end]
    status, start = int(head.split(b" ", 2)[1]), end + 4
    if bare or status in (204, 304):
        return (status, head, b""), start
    if length := _header(head, b"content-length"):
        stop = start + int(length)
        return ((status, head, data[start:stop]), stop) if len(data) >= stop else None
    if _header(head, b"transfer-encoding") != b"chunked":
        return (status, head, b""), start
    chunks = _chunks(data, start)
    return None if chunks is None else ((status, head, chunks[0]), chunks[1])


def _header(head: bytes, name: bytes) -> bytes:
    """The value of the header `name` (in lower case) in an answer's head, in lower case; empty without it."""
    lowered, sought = head.lower(), b"\r\n" + name + b":"
    at = lowered.find(sought)
    if at < 0:
        return b""
    end = lowered.find(b"\r\n", at + len(sought))
    return lowered[at + len(sought) : end if end >= 0 else None].strip()


def _fields(head: bytes) -> list[tuple[bytes, bytes]]:
    """The headers of an answer's head."""
    parted = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return [(name.strip(), value.strip()) for name, _, value in parted]


def _chunks(data: bytes, at: int) -> tuple[bytes, int] | None:
    parts: list[bytes] = []
    while (end := data.find(b"\r\n", at)) >= 0:
        size = int(data[at:end].split(b";")[0], 16)
        start, at = end + 2, end + 2 + size + 2
        if len(data) < at:
            return None
        if size == 0:
            return b"".join(parts), at
        parts.append(data[start : start + size])
    return None
