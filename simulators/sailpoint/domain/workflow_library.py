"""The library of workflows: the actions and operators that steps are made of, and the triggers that start them.

https://documentation.sailpoint.com/saas/help/workflows/workflow-actions.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

ACTION, OPERATOR, TRIGGER = "ACTION", "OPERATOR", "TRIGGER"


@cache
def library() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Entries by kind, read when first asked for."""
    rows = json.loads((files(__package__) / "workflow_library.json").read_text("utf-8"))
    return {kind: tuple(row for row in rows if row["kind"] == kind) for kind in (ACTION, OPERATOR, TRIGGER)}


@cache
def known_ids(kind: str) -> frozenset[str]:
    """The ids that definitions may use: those listed, and those that are accepted but not carried out."""
    extra = frozenset(entry for row in library()[kind] for entry in row.get("also", ()))
    return frozenset(row["id"] for row in library()[kind]) | extra
