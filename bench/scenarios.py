"""What a scenario and a four-hour wait cost, as ratios to one plain loopback request measured beside them.

`python bench/scenarios.py [lifecycle run options]`. Ratios travel between machines; absolute times do not.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import perf_counter

import httpx

from harness.journal import ScenarioFinished, read

LIFECYCLE = Path(sys.executable).with_name("lifecycle")
REQUESTS = 300
WAITS = 20
PORT = 18600


class Plain(BaseHTTPRequestHandler):
    """Answers every request with the same few bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One small answer in one write, so that no delayed acknowledgement is measured."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def median_ms(act: Callable[[], object], times: int) -> float:
    """The median wall time of an act, in milliseconds, after a few that do not count."""
    taken = []
    for number in range(times + 5):
        begun = perf_counter()
        act()
        if number >= 5:
            taken.append((perf_counter() - begun) * 1000)
    return statistics.median(taken)


def loopback_ms() -> float:
    """One sequential GET on a kept-alive loopback connection."""
    server = HTTPServer(("127.0.0.1", 0), Plain)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with httpx.Client(trust_env=False) as client:
            return median_ms(lambda: client.get(f"http://127.0.0.1:{server.server_port}/"), REQUESTS)
    finally:
        server.shutdown()


def scenario_ms(options: list[str]) -> tuple[dict[str, list[float]], float]:
    """Each scenario's wall times by catalogue id, and the whole command's, in milliseconds. Raises RuntimeError."""
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        command = [str(LIFECYCLE), "run", "--out", folder, *options]
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
        whole = (perf_counter() - begun) * 1000
        journals = list(Path(folder).glob("*/*/journal.jsonl"))
        if len(journals) != 1:
            raise RuntimeError(
                f"lifecycle run ended with {ended.returncode} and no journal: {ended.stderr.strip()[-500:]}"
            )
        taken: dict[str, list[float]] = {}
        with journals[0].open(encoding="utf-8") as lines:
            for event in read(lines):
                if isinstance(event, ScenarioFinished) and event.verdict != "skipped":
                    taken.setdefault(event.id, []).append(event.wall_ms)
    return taken, whole


def four_hours_ms() -> float:
    """Moving a quiet estate's clock by four hours through its control plane. Raises RuntimeError."""
    command = [str(LIFECYCLE), "simulate", "--paused", "--port", str(PORT)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as estate:
        try:
            assert estate.stdout is not None
            if not (ready := estate.stdout.readline()):
                raise RuntimeError("lifecycle simulate did not become ready")
            control = json.loads(ready)["urls"]["control"]
            with httpx.Client(trust_env=False, timeout=60) as client:
                advance, by = f"{control}/control/clock/advance", {"by": "PT4H"}
                return median_ms(lambda: client.post(advance, json=by).raise_for_status(), WAITS)
        finally:
            estate.terminate()
            with suppress(subprocess.TimeoutExpired):
                estate.wait(10)


def main() -> int:
    """Measure and print."""
    request = loopback_ms()
    try:
        taken, whole = scenario_ms(sys.argv[1:])
        wait = four_hours_ms()
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
        return 3
    every = [ms for times in taken.values() for ms in times]
    if not every:
        print("no scenario ran")
        return 3
    print(f"one loopback request          {request:9.3f} ms   = 1")
    print(f"{len(every)} scenarios: median      {_line(statistics.median(every), request)}")
    print(f"              slowest         {_line(max(every), request)}")
    print(f"whole command, per scenario   {_line(whole / len(every), request)}")
    print(f"a four-hour wait              {_line(wait, request)}")
    print("\nper scenario        rows   median ratio   largest ratio")
    for id, times in sorted(taken.items(), key=lambda row: -max(row[1])):
        print(f"  {id:<16} {len(times):5}   {statistics.median(times) / request:12.0f}   {max(times) / request:13.0f}")
    return 0


def _line(ms: float, request: float) -> str:
    return f"{ms:9.3f} ms   = {ms / request:.1f} requests"


if __name__ == "__main__":
    sys.exit(main())
