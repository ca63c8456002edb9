"""The thin transport: whole answers, kept connections, and no answer ever taken for another request's."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from harness.clients.http import PlainClient
from harness.clients.loopback import Loopback


class _Server:
    """Answers each request on a connection with the next of some raw answers; None closes the connection."""

    def __init__(self, answers: list[bytes | None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._answers = iter(answers)
        self.connections, self.answered, self.hang_up_after = 0, 0, 0
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            # A client that gives up resets the connection; the next one is served all the same.
            with connection, contextlib.suppress(ConnectionError):
                while connection.recv(65536):
                    answer = next(self._answers, None)
                    if answer is None:
                        break
                    connection.sendall(answer)
                    self.answered += 1
                    if self.answered == self.hang_up_after:
                        break

    def close(self) -> None:
        self._listener.close()


class _Dripping:
    """Answers one request, some bytes at a time."""

    def __init__(self, answer: bytes, size: int) -> None:
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]

        def serve() -> None:
            connection, _ = listener.accept()
            with listener, connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.recv(65536)
                for start in range(0, len(answer), size):
                    connection.sendall(answer[start : start + size])

        threading.Thread(target=serve, daemon=True).start()


@pytest.fixture
def serve() -> Iterator:
    servers: list[_Server] = []

    def start(*answers: bytes | None) -> _Server:
        servers.append(_Server(list(answers)))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def _text(body: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def test_answers_come_whole_over_one_connection(serve) -> None:
    """By length, in chunks, and without a body."""
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    server = serve(_text(b"one"), chunked, b"HTTP/1.1 204 No Content\r\n\r\n", _text(b"last"))
    client = PlainClient(f"http://127.0.0.1:{server.port}")
    assert [client.request("GET", "/").text for _ in range(4)] == ["one", "abcde", "", "last"]
    assert server.connections == 1
    client.close()


def test_a_connection_that_the_server_closed_is_opened_again(serve) -> None:
    """A kept connection may be gone; the request goes out once more on a fresh one."""
    server = serve(_text(b"one"), None, _text(b"two"))
    client = PlainClient(f"http://127.0.0.1:{server.port}")
    assert [client.request("GET", "/").text for _ in range(2)] == ["one", "two"]
    assert server.connections == 2
    client.close()


def test_an_interrupted_request_leaves_no_answer_behind(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """After Ctrl-C in the middle, the next request gets its own answer."""
    server = serve(_text(b"of the interrupted one"), _text(b"its own"))
    line, asked = Loopback("127.0.0.1", server.port, 5.0), ("GET", "/")
    with monkeypatch.context() as patch:
        patch.setattr("harness.clients.loopback.Answer", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            line.send(asked, "/", {})
    assert line.send(asked, "/", {}).text == "its own"
    line.close()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def test_an_answer_in_pieces_comes_whole(serve) -> None:
    """Head and body may arrive in any pieces; what follows an answer is taken for nothing."""
    server = _Dripping(_text(b"x" * 3000), 7)
    line = Loopback("127.0.0.1", server.port, 5.0)
    assert line.send(("GET", "/"), "/", {}).text == "x" * 3000
    line.close()
    server = serve(_text(b"one") + _text(b"nobody asked"), _text(b"two"))
    line = Loopback("127.0.0.1", server.port, 5.0)
    assert [line.send(("GET", "/"), "/", {}).text for _ in range(2)] == ["one", "two"]
    line.close()


def test_an_answer_that_breaks_off_is_not_asked_for_again(serve) -> None:
    """The request may have been carried out."""
    server = serve(_text(b"one"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", None, _text(b"again"))
    line = Loopback("127.0.0.1", server.port, 5.0)
    assert line.send(("GET", "/"), "/", {}).text == "one"
    server.hang_up_after = 2
    with pytest.raises(httpx.ConnectError, match="within an answer"):
        line.send(("POST", "/"), "/", {}, {"a": 1})
    assert server.connections == 1
    line.close()


def test_nobody_there_is_a_connect_error() -> None:
    """As httpx's own transports say it."""
    with pytest.raises(httpx.ConnectError):
        PlainClient("http://127.0.0.1:9").request("GET", "/")
