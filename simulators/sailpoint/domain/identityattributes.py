"""The identity attributes every tenant has, and what one made by a customer starts as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

# Name, display name, and what marks it: standard ones are always there, system ones have no mapping, silent ones are
# kept for the vendor's own use.
_ROWS = (
    ("uid", "User Name", "standard searchable"),
    ("displayName", "Display Name", "standard searchable"),
    ("firstname", "First Name", "standard searchable"),
    ("lastname", "Last Name", "standard searchable"),
    ("email", "Work Email", "standard searchable"),
    ("phone", "Work Phone", "standard"),
    ("personalEmail", "Personal Email", "standard"),
    ("identificationNumber", "Employee Number", "standard"),
    ("cloudLifecycleState", "Lifecycle State", "standard searchable"),
    ("manager", "Manager", "standard searchable system"),
    ("cloudStatus", "Status", "standard searchable system"),
    ("identityState", "Identity State", "standard system"),
    ("cloudAuthoritativeSource", "Authoritative Source", "standard system silent"),
    ("internalCloudStatus", "Internal Status", "standard system silent"),
    ("iplanet-am-user-alias-list", "Alias List", "standard system silent"),
)
SILENT = frozenset(name for name, _, marks in _ROWS if "silent" in marks)
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


def _body(name: str, display: str, marks: str) -> dict[str, Any]:
    return {
        "name": name,
        "displayName": display,
        "standard": "standard" in marks,
        "type": "string",
        "multi": False,
        "searchable": "searchable" in marks,
        "system": "system" in marks,
        "sources": [],
    }


SHIPPED: Mapping[str, Mapping[str, Any]] = {name: _body(name, display, marks) for name, display, marks in _ROWS}


def custom_attribute(name: str) -> dict[str, Any]:
    """An attribute of the customer's own.

    >>> custom_attribute("costCenter")["displayName"]
    'Cost Center'
    """
    return _body(name, " ".join(_WORDS.findall(name)).title() or name, "")
