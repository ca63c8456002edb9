"""Drives the SDK of this interpreter. Standard input: `{"ready", "calls"}`; a line of JSON a verdict comes out."""

from __future__ import annotations

import json
import sys
import traceback

from tests.contract.sailpoint_sdk.calls import tell
from tests.contract.sailpoint_sdk.flows import FLOWS, World
from tests.contract.sailpoint_sdk.sdk import request


def main() -> None:
    """Every flow on the company as it was at first, then one call of each operation."""
    asked = json.load(sys.stdin)
    ready = asked["ready"]
    control = ready["urls"]["control"]
    status, told = request("PUT", f"{control}/control/snapshots/first")
    assert status == 204, told
    for name in sys.argv[1:] or FLOWS:
        request("POST", f"{control}/control/snapshots/first/restore")
        problem = None
        try:
            FLOWS[name](World(ready))
        except Exception:  # noqa: BLE001 - whatever the SDK dies of is the finding
            problem = traceback.format_exc()[-3000:]
        print(json.dumps({"flow": name, "problem": problem}), flush=True)
    request("POST", f"{control}/control/snapshots/first/restore")
    for row in tell(ready, asked.get("calls", [])):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
