"""Sockets, and every app of an estate on one event loop. The only file that waits for the wall."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import traceback
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import uvicorn
from uvicorn.server import ServerState

from simulators.control.app import create_app as control_app
from simulators.estate import Estate
from simulators.estate_current import CurrentEstate
from simulators.hr import app as hr
from simulators.kernel.gate import App, Gate
from simulators.okta import app as okta
from simulators.sailpoint import app as sailpoint
from simulators.scim import app as scim
from simulators.transport import ConnectorClient

T = TypeVar("T")
OFFSETS = {"okta": 0, "sailpoint": 1, "apps": 2, "hr": 3, "control": 9}
_TICK_SECONDS = 0.05


class CannotServe(Exception):
    """The server cannot run; the text is one sentence for whoever started it."""


def wall() -> datetime:
    """The wall's time."""
    return datetime.now(UTC)


class Server:
    """An estate behind its sockets: in a thread of its own (`start`, `stop`) or in the foreground (`serve`).

    The options are those of `CurrentEstate`; `port` is Okta's, and 0 takes five free ones.
    """

    def __init__(
        self,
        seed: str = "acme",
        *,
        port: int = 8600,
        host: str = "127.0.0.1",
        random_seed: int = 1,
        opens: datetime | Callable[[], datetime] | None = None,
        follows: Callable[[], datetime] | None = None,
        speed: float = 1.0,
        limits: str | None = None,
    ) -> None:
        self._sockets = dict(zip(OFFSETS, _bind(host, port), strict=True))
        self.urls = {name: f"http://{_shown(host)}:{s.getsockname()[1]}" for name, s in self._sockets.items()}
        self._state = ServerState()
        self._follows, self._speed = follows, speed
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._stopping: asyncio.Event | None = None
        try:
            self.world = CurrentEstate(seed, self.urls, random_seed, opens, follows, speed, limits)
        except BaseException:
            self.stop()
            raise

    @property
    def estate(self) -> Estate:
        """The estate that is served now."""
        return self.world.estate

    def start(self) -> dict[str, Any]:
        """Serve from a thread; answers the ready object once every socket listens."""
        # Dates may be frozen in a process that does other things too: nothing may be imported while they are.
        sailpoint.areas()
        opened: Future[None] = Future()

        def run() -> None:
            try:
                self._run(opened.set_result)
            except BaseException as failed:
                if opened.done():
                    raise
                opened.set_exception(failed)

        self._thread = threading.Thread(target=run, name="estate", daemon=True)
        self._thread.start()
        opened.result()
        return self.estate_json()

    def estate_json(self) -> dict[str, Any]:
        """The ready object, from any thread."""
        return self.call(self._answer_ready())

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the server's loop and wait for it, from another thread."""
        assert self._loop is not None, "the server has not been started"
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def stop(self) -> None:
        """End the thread and close every socket."""
        if self._thread is None or self._loop is None or self._stopping is None:
            for listener in self._sockets.values():
                listener.close()
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._thread = None

    def serve(self, on_ready: Callable[[dict[str, Any]], None]) -> None:
        """Serve in the foreground until SIGINT or SIGTERM."""

        def opened(_: None) -> None:
            assert self._loop is not None
            assert self._stopping is not None
            for number in (signal.SIGINT, signal.SIGTERM):
                self._loop.add_signal_handler(number, self._stopping.set)
            on_ready(self.world.ready())

        self._run(opened)

    def _run(self, on_open: Callable[[None], None]) -> None:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(self._main(on_open))

    async def _main(self, on_open: Callable[[None], None]) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        http = ConnectorClient()
        self.world.connect(http)
        listeners = [await self._listen(name, app) for name, app in self._apps().items()]
        ticker = asyncio.create_task(self._tick()) if self._follows is not None else None
        on_open(None)
        try:
            await self._stopping.wait()
        finally:
            if ticker is not None:
                ticker.cancel()
            for listener in listeners:
                listener.close()
            for connection in list(self._state.connections):
                connection.shutdown()
            await http.aclose()

    async def _listen(self, name: str, app: Any) -> asyncio.Server:
        config = uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            log_config=None,
            access_log=False,
            date_header=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=120,
        )
        config.load()
        # uvicorn's own serve() wakes ten times a second and takes 0.1 s to stop; its protocol needs neither.
        made: Any = config.http_protocol_class
        protocol = partial(made, config=config, server_state=self._state, app_state={})
        return await asyncio.get_running_loop().create_server(protocol, sock=self._sockets[name], backlog=2048)

    def _apps(self) -> dict[str, App]:
        vendors: dict[str, tuple[Any, Callable[[], Any]]] = {
            "okta": (okta, lambda: self.estate.okta),
            "sailpoint": (sailpoint, lambda: self.estate.sailpoint),
            "apps": (scim, lambda: self.estate.apps),
            "hr": (hr, lambda: self.estate.hr),
        }
        apps: dict[str, App] = {
            name: Gate(vendor.create_app(current), name, lambda: self.estate, vendor.refusal)
            for name, (vendor, current) in vendors.items()
        }
        return {**apps, "control": control_app(self.world)}

    async def _tick(self) -> None:
        while True:
            clock = self.estate.clock
            try:
                await clock.tick()
            except Exception:  # noqa: BLE001 - a failing job must not stop the estate's time
                traceback.print_exc()
            due, pause = clock.next_due(), _TICK_SECONDS
            if due is not None:
                pause = min(max((due - clock.now()).total_seconds() / self._speed, 0.001), pause)
            await asyncio.sleep(pause)  # noqa: TID251 - this is the ticker

    async def _answer_ready(self) -> dict[str, Any]:
        return self.world.ready()


def _bind(host: str, port: int) -> Iterator[socket.socket]:
    """One socket per system, bound and not yet listening. Raises CannotServe."""
    bound: list[socket.socket] = []
    for offset in OFFSETS.values():
        wanted = port + offset if port else 0
        try:
            family = socket.getaddrinfo(host, wanted, type=socket.SOCK_STREAM)[0][0]
            # Naming IPPROTO_TCP lets asyncio turn Nagle off; without it each reply waits 40 ms.
            listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
            bound.append(listener)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, wanted))
            listener.listen(2048)
        except (OSError, OverflowError) as wrong:
            for listener in bound:
                listener.close()
            reason = wrong.strerror if isinstance(wrong, OSError) else str(wrong)
            raise CannotServe(f"cannot listen on {host}:{wanted}: {reason}; choose another with --port") from None
    return iter(bound)


def _shown(host: str) -> str:
    if host in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory
