"""How an estate's connectors send: the thin way on this machine answers what httpx's own way would."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from simulators.transport import ConnectorClient


async def _heard(ask: Any) -> tuple[bytes, Any]:
    """The request's bytes as a listener hears them, and the client's answer."""
    heard = bytearray()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            (int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0
        )
        heard.extend(head + await reader.readexactly(length))
        writer.write(b'HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"ok":true}')
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = ConnectorClient()
    try:
        answer = await ask(client, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    finally:
        await client.aclose()
        server.close()
    return bytes(heard), answer.json()


@pytest.mark.parametrize(
    ("ask", "line", "body"),
    [
        (lambda client, base: client.get(f"{base}/keys", timeout=10), b"GET /keys HTTP/1.1", b""),
        (lambda client, base: client.get(f"{base}/a", params={"q": "x y"}), b"GET /a?q=x+y HTTP/1.1", b""),
        (lambda client, base: client.post(f"{base}/s", content="token"), b"POST /s HTTP/1.1", b"token"),
        (
            lambda client, base: client.request("PATCH", f"{base}/u", json={"active": False}, follow_redirects=False),
            b"PATCH /u HTTP/1.1",
            json.dumps({"active": False}, separators=(",", ":")).encode(),
        ),
    ],
)
def test_every_form_of_asking_arrives(ask: Any, line: bytes, body: bytes) -> None:
    """The short forms of httpx too, which hand on more wishes than a request has."""
    heard, answer = asyncio.run(_heard(ask))
    assert (heard.partition(b"\r\n")[0], heard.partition(b"\r\n\r\n")[2], answer) == (line, body, {"ok": True})


def test_a_login_goes_out_too() -> None:
    """What the thin way does not know takes httpx's own: a client's login is never lost on the way."""
    heard, _ = asyncio.run(
        _heard(lambda client, base: client.post(f"{base}/token", data={"a": "b"}, auth=("me", "pw")))
    )
    assert b"authorization: basic bwu6chc=" in heard.lower()


async def _two_over(pieces: list[bytes]) -> tuple[list[str], int]:
    """What a client reads twice from a listener that answers in these pieces, and over how many connections."""
    connections = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has had enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = ConnectorClient()
    try:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        return [(await client.get(url)).text for _ in range(2)], connections
    finally:
        await client.aclose()
        server.close()


@pytest.mark.parametrize(
    ("pieces", "connections"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-", b"Length: 4\r\n\r\nab", b"cd"], 1),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r", b"\n2\r\ncd\r\n0\r\n", b"\r\n"], 1),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nabcd and more"], 2),
    ],
)
def test_answers_come_whole_and_nobody_elses(pieces: list[bytes], connections: int) -> None:
    """In any pieces; a connection on which something follows the answer is not used again."""
    assert asyncio.run(_two_over(pieces)) == (["abcd", "abcd"], connections)


def test_a_broken_answer_is_an_error_of_httpx() -> None:
    """As every caller expects it."""
    for pieces in ([b"HTTP/1.1 abc OK\r\n\r\n"], [b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"]):
        with pytest.raises(httpx.ConnectError):
            asyncio.run(_two_over(pieces))
