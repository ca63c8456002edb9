"""Typed readings of configuration documents. Documents are immutable, so a reading is made once per version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from simulators.sailpoint.domain.values import Document

_DURATIONS = {
    "HOURS": timedelta(hours=1),
    "DAYS": timedelta(days=1),
    "WEEKS": timedelta(weeks=1),
    "MONTHS": timedelta(days=30),
}


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A system SailPoint reads and writes."""

    id: str
    name: str
    type: str
    owner_id: str
    features: frozenset[str]
    settings: Mapping[str, Any]
    delete_threshold: int | None
    correlation: tuple[tuple[str, str], ...]
    manager_pair: tuple[str, str] | None

    @property
    def provisions(self) -> bool:
        """Whether changes go to a connector; otherwise they become work items."""
        return "PROVISIONING" in self.features

    @property
    def entitlement_attribute(self) -> str:
        """The account attribute that holds entitlements."""
        return str(self.settings.get("entitlementAttribute", "entitlements"))

    def is_primary(self, attributes: Mapping[str, Any]) -> bool:
        """Whether an account takes the access that does not name one."""
        avoided = self.settings.get("secondaryAccounts") or {}
        return not any(attributes.get(name) == value for name, value in avoided.items())


@lru_cache(maxsize=4096)
def source_of(document: Document) -> Source:
    """The source a document describes."""
    body = document.body
    manager = body.get("managerCorrelationMapping") or {}
    correlation = (body.get("accountCorrelationConfig") or {}).get("attributeAssignments") or []
    return Source(
        document.id,
        document.name,
        str(body.get("type")),
        (body.get("owner") or {}).get("id", ""),
        frozenset(body.get("features") or ()),
        body.get("connectorAttributes") or {},
        body.get("deleteThreshold"),
        tuple((pair["property"], pair["value"]) for pair in correlation),
        (manager["accountAttributeName"], manager["identityAttributeName"]) if manager else None,
    )


@dataclass(frozen=True, slots=True, eq=False)
class LifecycleState:
    """A policy label on an identity and what entering it does."""

    id: str
    technical_name: str
    enabled: bool
    identity_state: str
    actions: tuple[tuple[str, frozenset[str], frozenset[str], bool], ...]
    access_profile_ids: tuple[str, ...]
    remove_all: bool

    def action_on(self, source_id: str) -> str | None:
        """ENABLE, DISABLE or DELETE: what entering this state does to accounts of a source."""
        for action, named, excluded, everywhere in self.actions:
            if source_id in named or ((everywhere or excluded) and source_id not in excluded):
                return action
        return None


@lru_cache(maxsize=4096)
def state_of(document: Document) -> LifecycleState:
    """The lifecycle state a document describes; one that is not enabled does nothing."""
    body = document.body
    on = bool(body.get("enabled"))
    return LifecycleState(
        document.id,
        str(body.get("technicalName")),
        on,
        body.get("identityState") or "ACTIVE",
        tuple(
            (
                action["action"],
                frozenset(action.get("sourceIds") or ()),
                frozenset(action.get("excludeSourceIds") or ()),
                bool(action.get("allSources")),
            )
            for action in (body.get("accountActions") or () if on else ())
        ),
        tuple(body.get("accessProfileIds") or ()) if on else (),
        on and bool((body.get("accessActionConfiguration") or {}).get("removeAllAccessEnabled")),
    )


@dataclass(frozen=True, slots=True, eq=False)
class AccessItem:
    """A role or an access profile: what it bundles and how it may be asked for."""

    id: str
    kind: str
    name: str
    owner_id: str
    source_id: str
    access_profile_ids: tuple[str, ...]
    entitlement_ids: tuple[str, ...]
    criteria: Mapping[str, Any] | None
    members: frozenset[str]
    enabled: bool
    requestable: bool
    schemes: tuple[tuple[str, str], ...]
    revocation_schemes: tuple[tuple[str, str], ...]
    rejection_comment: bool
    longest: timedelta | None
    segments: tuple[str, ...]

    @property
    def type(self) -> str:
        """The word the API has for its kind."""
        return "ROLE" if self.kind == "role" else "ACCESS_PROFILE"


def _ids(references: Any) -> tuple[str, ...]:
    return tuple(reference["id"] for reference in references or ())


def _schemes(config: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple((s["approverType"], s.get("approverId") or "") for s in (config or {}).get("approvalSchemes") or ())


@lru_cache(maxsize=4096)
def item_of(document: Document) -> AccessItem:
    """The role or access profile a document describes."""
    body = document.body
    membership = body.get("membership") or {}
    config = body.get("accessRequestConfig") or {}
    longest = config.get("maxPermittedAccessDuration") or None
    return AccessItem(
        document.id,
        document.kind,
        document.name,
        (body.get("owner") or {}).get("id", ""),
        (body.get("source") or {}).get("id", ""),
        _ids(body.get("accessProfiles")),
        _ids(body.get("entitlements")),
        membership.get("criteria") if membership.get("type") != "IDENTITY_LIST" else None,
        frozenset(_ids(membership.get("identities"))),
        bool(body.get("enabled", True)),
        bool(body.get("requestable")),
        _schemes(config),
        _schemes(body.get("revocationRequestConfig")),
        bool(config.get("denialCommentsRequired")),
        _DURATIONS[longest["timeUnit"]] * longest["value"] if longest else None,
        tuple(body.get("segments") or ()),
    )
