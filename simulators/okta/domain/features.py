"""The self-service features of a new org: what an administrator may switch on early.

Which ones an org is offered differs from org to org and from month to month; these few are documented by the vendor.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature; `needs` are the names of those it depends on."""

    name: str
    description: str
    stage: Mapping[str, str]
    needs: tuple[str, ...] = ()


_EARLY, _BETA = {"value": "EA"}, {"value": "BETA", "state": "OPEN"}
FEATURES = (
    Feature("Event hook filtering", "Deliver only those events of a hook that satisfy an expression.", _EARLY),
    Feature("Custom administrator role conditions", "Narrow the permissions of custom roles by attributes.", _EARLY),
    Feature(
        "Resource set conditions",
        "Leave single resources out of a resource set.",
        _EARLY,
        ("Custom administrator role conditions",),
    ),
    Feature("Inline hook preview", "Try out the request and the answer of an inline hook.", _BETA),
)
