"""HTTP/1.1 over one kept socket, for simulated tenants on this machine (docs/decisions/0003)."""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import urlencode

import httpx

from harness.clients.answer import Answer, lines_of

_STALE = (ConnectionResetError, BrokenPipeError, EOFError)
_PIECE = 256 * 1024
_LONGEST_HEAD = 256 * 1024


class Loopback:
    """One system on this machine: plain http, one request at a time. Raises httpx's own errors."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._place, self._timeout_s = (host, port), timeout_s
        self._host = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._socket: socket.socket | None = None

    def send(
        self,
        asked: tuple[str, str],
        target: str,
        headers: dict[str, str],
        json_body: Any = None,
        form: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request of the few kinds that the harness makes; `asked` is its method and path, `target` the latter
        as it goes out.

        A body is JSON or a form, as httpx would write it; a request object of httpx's costs more than the exchange.
        """
        method = asked[0]
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
        return self.exchange(asked, "\r\n".join([*lines, "", ""]).encode() + body)

    def pass_on(self, asked: tuple[str, str], request: httpx.Request) -> Answer:
        """Send a request that httpx has put together, a file's upload for one."""
        lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
        lines += [b"%s: %s" % field for field in request.headers.raw if field[0].lower() != b"accept-encoding"]
        return self.exchange(asked, b"\r\n".join([*lines, b"", b""]) + request.read())

    def exchange(self, asked: tuple[str, str], data: bytes) -> Answer:
        """Send the bytes of a request and read its whole answer."""
        kept = self._socket is not None
        try:
            try:
                return self._exchange(asked, data)
            except _STALE:
                # The server may close a kept connection between two requests; a fresh one tells the difference.
                self.close()
                if not kept:
                    raise
                return self._exchange(asked, data)
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

    def _exchange(self, asked: tuple[str, str], data: bytes) -> Answer:
        if self._socket is None:
            self._socket = socket.create_connection(self._place, self._timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(data)
        reading = _Reading(self._socket)
        head = reading.up_to(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        content = b"" if asked[0] == "HEAD" or status in (204, 304) else reading.content(head)
        if reading.rest or "close" in lines_of(head, b"connection"):
            self.close()
        return Answer(asked, status, head, content)

    def close(self) -> None:
        """Close the connection."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None


class _Reading:
    """Takes one answer apart as it arrives; `rest` is what has come and is not used yet."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._begun = connection, False
        self.rest = b""

    def content(self, head: bytes) -> bytes:
        """The body, by its length or in chunks."""
        if length := lines_of(head, b"content-length"):
            return self._exactly(int(length[0]))
        if "chunked" not in lines_of(head, b"transfer-encoding"):
            return b""
        parts = []
        while size := int(self.up_to(b"\r\n").split(b";")[0], 16):
            parts.append(self._exactly(size))
            self.up_to(b"\r\n")
        while self.up_to(b"\r\n"):
            pass  # trailers say nothing that is read here
        return b"".join(parts)

    def up_to(self, mark: bytes) -> bytes:
        """What comes before a mark, which is taken too."""
        while (end := self.rest.find(mark)) < 0:
            if len(self.rest) > _LONGEST_HEAD:
                raise ValueError("the answer's head does not end")
            self._more()
        found, self.rest = self.rest[:end], self.rest[end + len(mark) :]
        return found

    def _exactly(self, size: int) -> bytes:
        if len(self.rest) < size:
            parts, missing = [self.rest], size - len(self.rest)
            self.rest = b""
            while missing > 0:
                self._more()
                parts.append(self.rest)
                missing -= len(self.rest)
                self.rest = b""
            self.rest = b"".join(parts)
        data, self.rest = self.rest[:size], self.rest[size:]
        return data

    def _more(self) -> None:
        piece = self._connection.recv(_PIECE)
        if not piece:
            # Only a request of which nothing was answered may be sent again.
            raise (ValueError if self._begun else EOFError)("the connection ended within an answer")
        self._begun = True
        self.rest += piece
