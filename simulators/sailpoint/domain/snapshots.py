"""Full snapshots: how many accounts may go when a complete reading no longer shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The vendor treats sources of this size and below apart: the threshold does not hold for them.
SMALL_SOURCE = 10


def deletes(settings: Mapping[str, Any]) -> bool:
    """Whether a source forgets accounts that a full reading lacks; `checkDeletedDisabled` switches that off.

    >>> deletes({}), deletes({"checkDeletedDisabled": "true"})
    (True, False)
    """
    return str(settings.get("checkDeletedDisabled") or "").lower() != "true"


def refusal(held: int, missing: int, threshold: int | None) -> str:
    """Why none of the missing accounts is deleted; empty when they may go.

    A source with ten or fewer accounts knows no threshold (SailPoint help, account deletion limitations).

    >>> refusal(100, 10, 10), refusal(10, 9, 10), refusal(100, 0, 10)
    ('', '', '')
    >>> refusal(100, 11, 10)
    '11 accounts (11 %) are missing, more than the delete threshold of 10 %; none was deleted.'
    """
    if not missing or not threshold or held <= SMALL_SOURCE or missing * 100 <= threshold * held:
        return ""
    share = missing * 100 // held
    return (
        f"{missing} accounts ({share} %) are missing, more than the delete threshold of {threshold} %; "
        "none was deleted."
    )
