"""A small receiver at a real socket: it keeps what it is sent and answers what it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Taken(NamedTuple):
    """One request."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


class Receiver:
    """Listens on a free port of this machine until it is closed."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.status, self.answer = 200, "{}"
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                outer.taken.append(Taken(self.path, dict(self.headers), self.rfile.read(size)))
                self.send_response(outer.status)
                content = outer.answer.encode()
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                """Keep the tests' output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def fresh(self) -> Receiver:
        """With nothing taken yet."""
        self.taken.clear()
        self.status, self.answer = 200, "{}"
        return self

    def close(self) -> None:
        """Stop to listen."""
        self._server.shutdown()
        self._server.server_close()
