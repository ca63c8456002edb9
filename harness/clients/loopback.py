"""A thin httpx transport for simulated tenants on this machine: HTTP/1.1 over one kept socket."""

from __future__ import annotations

import json
import socket
from io import BufferedReader
from typing import Any
from urllib.parse import urlencode

import httpx

# What browsers and caches read; each header costs the response object as much as the socket does.
_UNREAD = frozenset(
    (b"cache-control", b"pragma", b"expires", b"vary", b"p3p", b"strict-transport-security", b"x-content-type-options")
)
_STALE = (ConnectionResetError, BrokenPipeError, EOFError)


class LoopbackTransport(httpx.BaseTransport):
    """A third of the cost of httpx's own transport (docs/decisions/0003); plain http, one request at a time."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._place, self._timeout_s = (host, port), timeout_s
        self._host = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._socket: socket.socket | None = None
        self._reader: BufferedReader | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read its whole answer. Raises httpx's own errors."""
        return self.exchange(request.method, _head(request) + request.read())

    def send(
        self, method: str, target: str, headers: dict[str, str], json_body: Any, form: dict[str, str] | None
    ) -> httpx.Response:
        """Send a request of the few kinds that the harness makes. Raises httpx's own errors.

        A body is JSON or a form, as httpx would write it; a request object of httpx's costs more than the exchange.
        """
        lines = [f"{method} {target} HTTP/1.1", f"Host: {self._host}", *(f"{k}: {v}" for k, v in headers.items())]
        body = b""
        if json_body is not None:
            body = json.dumps(json_body, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
            lines.append("Content-Type: application/json")
        elif form is not None:
            body = urlencode(form).encode()
            lines.append("Content-Type: application/x-www-form-urlencoded")
        if body or method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(body)}")
        return self.exchange(method, "\r\n".join([*lines, "", ""]).encode() + body)

    def exchange(self, method: str, data: bytes) -> httpx.Response:
        """Send the bytes of a request and read its whole answer. Raises httpx's own errors."""
        kept = self._socket is not None
        try:
            try:
                return self._exchange(method, data)
            except _STALE:
                # The server may close a kept connection between two requests; a fresh one tells the difference.
                self.close()
                if not kept:
                    raise
                return self._exchange(method, data)
        except TimeoutError as problem:
            self.close()
            raise httpx.ReadTimeout("no answer in time") from problem
        except (OSError, EOFError, ValueError) as problem:
            self.close()
            raise httpx.ConnectError(str(problem) or type(problem).__name__) from problem
        except BaseException:
            # Ctrl-C between a request and its answer: the answer must not be taken for the next request's.
            self.close()
            raise

    def _exchange(self, method: str, data: bytes) -> httpx.Response:
        if self._socket is None or self._reader is None:
            self._socket = socket.create_connection(self._place, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._reader = self._socket.makefile("rb")
        self._socket.sendall(data)
        reader = self._reader
        status = int(_line(reader).split(b" ", 2)[1])
        headers = []
        while line := _line(reader):
            name, _, value = line.partition(b":")
            headers.append((name, value.strip()))
        named = {name.lower(): value for name, value in headers}
        content = b"" if method == "HEAD" or status in (204, 304) else _content(reader, named)
        if named.get(b"connection", b"").lower() == b"close":
            self.close()
        told = [(name, value) for name, value in headers if name.lower() not in _UNREAD]
        return httpx.Response(status, headers=told, content=content)

    def close(self) -> None:
        """Close the connection."""
        if self._reader is not None:
            self._reader.close()
        if self._socket is not None:
            self._socket.close()
        self._reader = self._socket = None


def _head(request: httpx.Request) -> bytes:
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [b"%s: %s" % (name, value) for name, value in request.headers.raw if name.lower() != b"accept-encoding"]
    return b"\r\n".join([*lines, b"", b""])


def _line(reader: BufferedReader) -> bytes:
    line = reader.readline(65536)
    if not line.endswith(b"\n"):
        raise EOFError("the connection ended within an answer")
    return line.rstrip(b"\r\n")


def _content(reader: BufferedReader, headers: dict[bytes, bytes]) -> bytes:
    if headers.get(b"transfer-encoding", b"").lower() != b"chunked":
        return _exactly(reader, int(headers.get(b"content-length", b"0")))
    parts = []
    while size := int(_line(reader).split(b";")[0], 16):
        parts.append(_exactly(reader, size))
        _line(reader)
    _line(reader)
    return b"".join(parts)


def _exactly(reader: BufferedReader, size: int) -> bytes:
    data = reader.read(size)
    if len(data) < size:
        raise EOFError("the connection ended within a body")
    return data
