"""Things an org keeps much as they were sent: zones, log streams, inline hooks, identity providers, features."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One of them. `content` is JSON that nobody changes in place; a `system` one belongs to the org for good."""

    id: str
    kind: str
    name: str
    status: str
    created: datetime
    last_updated: datetime
    content: Mapping[str, Any]
    system: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """How ids begin, what a missing one is called, the log's name of the target, and the event of each change."""

    prefix: str
    missing: str
    target: str
    events: Mapping[str, str]


def _events(pattern: str, *verbs: str) -> dict[str, str]:
    return dict(zip(("create", "update", "activate", "deactivate", "delete"), map(pattern.format, verbs), strict=True))


_PLAIN = ("create", "update", "activate", "deactivate", "delete")
_DONE = ("created", "updated", "activated", "deactivated", "deleted")
KINDS: dict[str, Kind] = {
    "zone": Kind("nzo", "NetworkZone", "NetworkZone", _events("zone.{}", *_PLAIN)),
    # a log stream is an application instance to the vendor, ids and refusals included
    "log_stream": Kind("0oa", "AppInstance", "LogStream", _events("system.log_stream.lifecycle.{}", *_PLAIN)),
    "inline_hook": Kind("cal", "InlineHook", "InlineHook", _events("inline_hook.{}", *_DONE)),
    "idp": Kind("0oa", "IdpTrust", "IdentityProvider", _events("system.idp.lifecycle.{}", *_PLAIN)),
    "feature": Kind(
        "ftr", "Feature", "Feature", {"activate": "system.feature.enable", "deactivate": "system.feature.disable"}
    ),
}
