"""How much of recorded Okta traffic the simulated org answers exactly: serves the `empty` seed and runs a replay on it.

`python bench/okta_fidelity.py [--recordings DIR] [--ruler DIR] [--only WORD …] [--json FILE] [ruler options]`. The
recordings (JSON lines) and the replay tool are no part of the project: they come from the options, from OKTA_RECORDINGS
and OKTA_REPLAY, or from a folder beside the project that holds `recorded/okta` and `tools/okta_replay`.

Recordings come from several orgs, and what an org has bought shows in its answers (docs/fidelity.md, Recorded traffic).
So the score is taken twice: all recordings against one org, and each against an org that has what its own had.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from simulators.server import Server

ROOT = Path(__file__).resolve().parents[1]
# Governance shows in an application's settings, and Universal Logout is sold with it: no recorded org has only one.
_GOVERNANCE = '"emOptInStatus"'
_ORG = re.compile(r"orn:okta(?:preview)?:idp:(00o\w+)")
_WITHOUT = 'extends = "empty"\n[okta.settings]\ngovernance = false\nuniversal_logout = false\n'


def found(given: str | None, variable: str, beside: str) -> Path | None:
    """The folder that was named, else the environment's, else the first beside the project."""
    if named := given or os.environ.get(variable):
        return Path(named)
    return next(iter(sorted(ROOT.parent.glob(f"*/{beside}"))), None)


@contextmanager
def replay(ruler: Path, seed: str) -> Iterator[list[str]]:
    """The replay's command line against an org of the seed, served meanwhile and reset before every episode."""
    server = Server(seed, port=0, limits="counted")
    try:
        ready = server.start()
        kept = f"{server.urls['control']}/control/snapshots/opened"
        httpx.put(kept, trust_env=False).raise_for_status()
        token = f"SSWS {ready['okta']['api_token']}"
        yield [sys.executable, str(ruler), "replay", "--base", server.urls["okta"], "--auth", token,
               "--reset", f"POST {kept}/restore"]  # fmt: skip
    finally:
        server.stop()


def by_licence(files: Sequence[Path]) -> tuple[list[str], list[str]]:
    """The episodes (JSON lines) of orgs that show governance or do not tell, and those of orgs that do not have it."""
    episodes = [line for path in files for line in path.read_text("utf-8").splitlines() if line.strip()]
    orgs = [set(_ORG.findall(line)) for line in episodes]
    having = set().union(*(org for org, line in zip(orgs, episodes, strict=True) if _GOVERNANCE in line))
    return (
        [line for org, line in zip(orgs, episodes, strict=True) if not org or org & having],
        [line for org, line in zip(orgs, episodes, strict=True) if org and not org & having],
    )


def each_in_its_own(ruler: Path, files: Sequence[Path], more: Sequence[str]) -> None:
    """Print the score of every episode against an org with what the recorded one had."""
    results: list[dict[str, Any]] = []
    shares = by_licence(files)
    with tempfile.TemporaryDirectory() as folder:
        for name, seed, lines in zip(("with", "without"), ("empty", _WITHOUT), shares, strict=True):
            if not lines:
                continue
            recorded, result, file = (Path(folder, f"{name}.{kind}") for kind in ("jsonl", "json", "toml"))
            recorded.write_text("\n".join(lines) + "\n", "utf-8")
            file.write_text(seed, "utf-8")
            with replay(ruler, seed if seed == "empty" else str(file)) as command:
                done = subprocess.run(
                    [*command, str(recorded), "--json", str(result), *more], check=False, capture_output=True, text=True
                )
            if not result.exists():
                raise SystemExit(done.stdout + done.stderr)
            results.append(json.loads(result.read_text("utf-8"))["tiers"])
    print(f"\neach in an org that has bought what its own had ({len(shares[0])} and {len(shares[1])} episodes):")
    for tier in ("core", "extended"):
        compared = [(tiers[tier]["exact_of"], tiers[tier]["exact"]) for tiers in results if tier in tiers]
        if total := sum(count for count, _ in compared):
            exact = sum(round(count * (share or 0) / 100) for count, share in compared)
            print(f"  {tier}: exact {100 * exact / total:.1f}% ({exact} of {total})")


def main() -> int:
    """Print the ruler's score; 2 when there is nothing to measure with."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
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
    with replay(ruler, "empty") as command:
        kept = ["--json", chosen.json] if chosen.json else []
        status = subprocess.run([*command, *map(str, files), *kept, *more], check=False).returncode
    each_in_its_own(ruler, files, more)
    return status


if __name__ == "__main__":
    sys.exit(main())
