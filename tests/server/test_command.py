"""`lifecycle simulate` as a process: the ready line, signals, exit statuses."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys

import httpx
import pytest


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


def test_what_cannot_run_says_why_and_ends_with_3() -> None:
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
        processes = {
            options: subprocess.Popen(_command(*options), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for options in cases
        }
        for options, process in processes.items():
            out, errors = process.communicate(timeout=30)
            assert (process.returncode, out) == (3, ""), (options, errors)
            assert cases[options] in errors
            assert "Traceback" not in errors
