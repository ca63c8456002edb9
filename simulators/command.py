"""`lifecycle simulate`: serves an estate for any client, until it is stopped."""

from __future__ import annotations

import gc
import json
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from simulators.kernel.keys import primes, remember
from simulators.kernel.known_primes import KNOWN
from simulators.kernel.times import parse_instant

CANNOT_RUN = 3
_PRIMES = 4  # as many as the reference estate's keys are made of
_USAGE = 2  # what typer ends with for options it cannot read


class CannotRun(Exception):
    """Why nothing was served, in one sentence. Whoever calls the command ends with `exit_code`."""

    exit_code = CANNOT_RUN


_Seed = Annotated[str, typer.Option(help="A seed by name (acme, empty), or a TOML file.", metavar="NAME|FILE")]
_Port = Annotated[int, typer.Option(help="Okta's port P; the others are P+1, P+2, P+3, P+9. 0: five free ones.")]
_Host = Annotated[str, typer.Option(help="The address to listen on.")]
_Chance = Annotated[int, typer.Option(help="The same number gives the same ids, secrets and delays.")]
_Paused = Annotated[bool, typer.Option("--paused", help="The clock stands still until it is advanced.")]
_Start = Annotated[str | None, typer.Option(help="The instant to start at; now, when left out.", metavar="T")]
_Speed = Annotated[float, typer.Option(help="Seconds of the estate for each second of the wall.", metavar="N")]
_Limits = Annotated[str | None, typer.Option(help="Rate limits; else the seed's own.", metavar="enforced|counted")]


def simulate(
    seed: _Seed = "acme",
    port: _Port = 8600,
    host: _Host = "127.0.0.1",
    random_seed: _Chance = 1,
    paused: _Paused = False,
    start: _Start = None,
    speed: _Speed = 1.0,
    limits: _Limits = None,
) -> None:
    """Serve a simulated estate: Okta, SailPoint, applications, HR and their control plane."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    if not 0 <= port <= 65526:
        raise CannotRun(f"--port {port} is unusable; choose one from 1 to 65526, or 0")
    if not 0 < speed <= 1_000_000:
        raise CannotRun(f"--speed {speed:g} is unusable; choose a number above 0 and up to 1000000")
    if limits not in (None, "enforced", "counted"):
        raise CannotRun(f"--limits {limits!r} is unknown; use enforced or counted")
    try:
        opens = None if start is None else parse_instant(start)
    except ValueError as wrong:
        raise CannotRun(f"--start is unusable: {wrong}") from None
    gc.disable()  # what is imported stays for good
    try:
        with _primes_found(random_seed):
            # Imported here, so that the other commands do not wait for the simulators.
            from simulators.server import CannotServe, Server, wall
        try:
            server = Server(
                seed,
                port=port,
                host=host,
                random_seed=random_seed,
                opens=opens or wall,
                follows=None if paused else wall,
                speed=speed,
                limits=limits,
            )
        except (CannotServe, ValueError) as wrong:
            raise CannotRun(str(wrong)) from None
    finally:
        gc.enable()
    server.serve(_announce)


@contextmanager
def _primes_found(random_seed: int) -> Iterator[None]:
    """Have the keys' primes at the end: found in another process meanwhile, unless they are known."""
    if random_seed in KNOWN:
        yield
        return
    with ProcessPoolExecutor(1, get_context("fork")) as beside:
        found = beside.submit(primes, random_seed, _PRIMES)
        yield
        remember(random_seed, found.result())


def main() -> None:
    """Run the command by itself: `python -m simulators.command`."""
    app = typer.Typer(add_completion=False)
    app.command()(simulate)
    try:
        app(standalone_mode=True)
    except CannotRun as wrong:
        print(wrong, file=sys.stderr)
        raise SystemExit(CANNOT_RUN) from None
    except SystemExit as end:
        raise SystemExit(CANNOT_RUN if end.code == _USAGE else end.code) from None


def _announce(ready: dict[str, Any]) -> None:
    print(json.dumps(ready), flush=True)
    table = Table(title=f"Estate {ready['seed']}, {ready['now']}", title_justify="left")
    table.add_column("System")
    table.add_column("URL")
    for name, url in ready["urls"].items():
        table.add_row(name, url)
    console = Console(stderr=True)
    console.print(table)
    console.print(f"Watch it at {ready['urls']['control']}, sign in at {ready['urls']['okta']}. Stop with Ctrl-C.")


def _leave(number: int, frame: object) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    main()
