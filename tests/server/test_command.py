"""`lifecycle simulate` as a process: the ready line, signals, exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.started import ended


def _command(*options: str) -> list[str]:
    return [sys.executable, "-m", "simulators.command", *options]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_is_ready_serves_and_ends_with_0(number: int) -> None:
    """One line of JSON on stdout and nothing else; everything else goes to stderr."""
    options = ("--port", "0", "--paused", "--start", "2026-03-02T14:00:00Z", "--seed", "empty", "--random-seed", "7")
    process = subprocess.Popen(_command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    assert (ready["ready"], ready["seed"], ready["random_seed"]) == (True, "empty", 7)
    answer = httpx.get(f"{ready['urls']['control']}/control/clock", trust_env=False).json()
    assert (answer["now"], answer["mode"]) == ("2026-03-02T14:00:00.000Z", "paused")
    os.kill(process.pid, number)
    rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest) == (0, "")
    assert ready["urls"]["okta"] in errors
    assert "Traceback" not in errors


def test_what_cannot_run_says_why_and_ends_with_3(tmp_path: Path) -> None:
    """Wrong values, an unknown seed, a taken port: one sentence each, no ready line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        cases = {
            ("--port", port): "cannot listen",
            ("--seed", "nope"): "there is no seed 'nope'",
            ("--speed", "0"): "--speed 0",
            ("--start", "today"): "--start is unusable",
            ("--limits", "none"): "use enforced or counted",
            ("--port", "70000"): "--port 70000",
            ("--port", "many"): "--port",
        }
        for options, sentence in cases.items():
            done = ended("simulators.command", options, Path.cwd(), tmp_path)
            assert (done.exit, done.out) == (3, ""), (options, done.err)
            assert sentence in done.err
            assert "Traceback" not in done.err
