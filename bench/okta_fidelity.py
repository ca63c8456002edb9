"""How much of recorded Okta traffic the simulated org answers exactly: serves the `empty` seed and runs a replay on it.

`python bench/okta_fidelity.py [--recordings DIR] [--ruler DIR] [--only WORD …] [--json FILE] [ruler options]`. The
recordings (JSON lines) and the replay tool are no part of the project: they come from the options, from OKTA_RECORDINGS
and OKTA_REPLAY, or from a folder beside the project that holds `recorded/okta` and `tools/okta_replay`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import httpx

from simulators.server import Server

ROOT = Path(__file__).resolve().parents[1]


def found(given: str | None, variable: str, beside: str) -> Path | None:
    """The folder that was named, else the environment's, else the first beside the project."""
    if named := given or os.environ.get(variable):
        return Path(named)
    return next(iter(sorted(ROOT.parent.glob(f"*/{beside}"))), None)


def main() -> int:
    """Print the ruler's score; 2 when there is nothing to measure with."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--recordings", help="folder with *.jsonl")
    options.add_argument("--ruler", help="folder of the replay tool")
    options.add_argument("--only", action="append", default=[], help="only files whose name has this word")
    options.add_argument("--json", help="where the ruler writes its result")
    chosen, more = options.parse_known_args()
    recordings = found(chosen.recordings, "OKTA_RECORDINGS", "recorded/okta")
    ruler = found(chosen.ruler, "OKTA_REPLAY", "tools/okta_replay")
    files = sorted(recordings.glob("*.jsonl")) if recordings is not None else []
    files = [path for path in files if not chosen.only or any(word in path.stem for word in chosen.only)]
    if not files or ruler is None or not ruler.exists():
        lacking = "recordings" if not files else "replay tool"
        print(f"No {lacking} found: name them with --recordings and --ruler, or OKTA_RECORDINGS and OKTA_REPLAY.")
        return 2
    server = Server("empty", port=0, limits="counted")
    try:
        ready = server.start()
        urls = server.urls
        kept = f"{urls['control']}/control/snapshots/opened"
        httpx.put(kept, trust_env=False).raise_for_status()
        command = [
            sys.executable, str(ruler), "replay", *map(str, files), "--base", urls["okta"],
            "--auth", f"SSWS {ready['okta']['api_token']}", "--reset", f"POST {kept}/restore",
            *(["--json", chosen.json] if chosen.json else []), *more,
        ]  # fmt: skip
        return subprocess.run(command, check=False).returncode
    finally:
        server.stop()


if __name__ == "__main__":
    sys.exit(main())
