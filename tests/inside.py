"""A client whose systems are applications of this process: requests and answers of httpx, nothing between them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx

_CONTENT = ("headers", "params", "cookies", "content", "data", "files", "json")
_url = lru_cache(maxsize=1024)(httpx.URL)


class InsideClient(httpx.AsyncClient):
    """Asks the applications by the start of their URL, without sockets, cookies and defaults; others as httpx does.

    httpx.ASGITransport would do, at twice the cost of what is asked for.
    """

    def __init__(self, apps: Mapping[str, Any]) -> None:
        super().__init__(trust_env=False, verify=False)  # nobody here speaks TLS
        self._apps = {httpx.URL(url).host: app for url, app in apps.items()}

    async def request(self, method: str, url: httpx.URL | str, **content: Any) -> httpx.Response:
        """Send one request. Raises httpx.HTTPError when no answer comes."""
        target = _url(url)
        app = self._apps.get(target.host)
        if app is None:
            return await super().request(method, url, **content)
        sent = {name: content[name] for name in _CONTENT if content.get(name) is not None}
        request = httpx.Request(method, target, **sent)
        if isinstance(content.get("auth"), tuple):
            next(httpx.BasicAuth(*content["auth"]).auth_flow(request))
        return await answered(app, request)


async def answered(app: Any, request: httpx.Request) -> httpx.Response:
    """The application's answer to the request."""
    url, body = request.url, await request.aread()
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path.partition(b"?")[0],
        "query_string": url.query,
        "server": (url.host, url.port),
        "client": ("127.0.0.1", 123),
        "root_path": "",
    }
    unread, told = [body], []

    async def receive() -> dict[str, Any]:
        if unread:
            return {"type": "http.request", "body": unread.pop(), "more_body": False}
        await asyncio.Event().wait()  # nobody hangs up
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        told.append(message)

    await app(scope, receive, send)
    start, *parts = told
    content = b"".join(part.get("body", b"") for part in parts)
    return httpx.Response(start["status"], headers=start.get("headers", []), content=content, request=request)
