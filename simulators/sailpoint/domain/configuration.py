"""Typed readings of configuration documents. Documents are immutable, so a reading is made once per version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from simulators.sailpoint.domain.records import Entitlement
from simulators.sailpoint.domain.values import Document

_DURATIONS = {
    "HOURS": timedelta(hours=1),
    "DAYS": timedelta(days=1),
    "WEEKS": timedelta(weeks=1),
    "MONTHS": timedelta(days=30),
}
# Beyond this a duration is no limit any more, and no instant either.
_MOST_UNITS = 12_000


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
    folded: frozenset[str] = frozenset()
    unsynced: frozenset[str] = frozenset()

    def number(self, name: str, default: float, most: float = 1e9) -> float:
        """A connector attribute that is a number, or text that reads as one; the default for anything else."""
        try:
            value = float(str(self.settings.get(name, default)))
        except ValueError:
            return default
        return value if 0 <= value <= most else default

    def switch(self, name: str) -> bool:
        """A connector attribute that is on or off, as a boolean or as text."""
        return str(self.settings.get(name) or "").lower() == "true"

    def retryable(self, message: str) -> bool:
        """Whether the source lists an error as worth another try (SailPoint help, retry configurations)."""
        listed = self.settings.get("retryableErrors")
        words = listed if isinstance(listed, list | tuple) else str(listed or "").split(",")
        return any(word.strip().lower() in message.lower() for word in map(str, words) if word.strip())

    @property
    def out_of_service(self) -> bool:
        """Whether changes wait for people though the connector could make them: maintenance, or switched off."""
        return self.switch("maintenance") or self.switch("provisioningDisabled")

    @property
    def unverifiable(self) -> bool:
        """Whether the connector cannot read one account back: only the next aggregation shows what a change did."""
        return self.provisions and "NO_RANDOM_ACCESS" in self.features

    @property
    def provisions(self) -> bool:
        """Whether changes go to a connector; otherwise they become work items."""
        return "PROVISIONING" in self.features

    @property
    def takes_actions(self) -> bool:
        """Whether an account action for all sources means this one too."""
        return "ENABLE" in self.features or not self.provisions

    @property
    def entitlement_attribute(self) -> str:
        """The account attribute that holds entitlements."""
        return str(self.settings.get("entitlementAttribute", "entitlements"))

    def is_primary(self, attributes: Mapping[str, Any]) -> bool:
        """Whether an account takes the access that does not name one."""
        avoided = self.settings.get("secondaryAccounts")
        if not isinstance(avoided, Mapping):
            return True
        return not any(attributes.get(name) == value for name, value in avoided.items())


@lru_cache(maxsize=4096)
def source_of(document: Document) -> Source:
    """The source a document describes."""
    body = document.body
    manager = body.get("managerCorrelationMapping") or {}
    pairs = [one for one in body.get("attributeAssignments") or () if one.get("property") and one.get("value")]
    return Source(
        document.id,
        document.name,
        str(body.get("type")),
        (body.get("owner") or {}).get("id", ""),
        frozenset(body.get("features") or ()),
        body.get("connectorAttributes") or {},
        body.get("deleteThreshold"),
        tuple((pair["property"], pair["value"]) for pair in pairs),
        (manager["accountAttributeName"], manager["identityAttributeName"])
        if manager.get("accountAttributeName") and manager.get("identityAttributeName")
        else None,
        frozenset(pair["property"] for pair in pairs if pair.get("ignoreCase")),
        frozenset(name for name, on in (body.get("attributeSync") or {}).items() if not on),
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

    def action_on(self, source_id: str, available: bool = True) -> str | None:
        """ENABLE, DISABLE or DELETE: what entering this state does to accounts of a source.

        A rule for all sources, or for all but some, means those that are `available` to account actions.
        """
        for action, named, excluded, everywhere in self.actions:
            if source_id in named or ((everywhere or excluded) and source_id not in excluded and available):
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


_ITEM_TYPES = {"role": "ROLE", "access-profile": "ACCESS_PROFILE", "entitlement": "ENTITLEMENT"}


@dataclass(frozen=True, slots=True, eq=False)
class AccessItem:
    """A role, an access profile or an entitlement on its own: what it bundles and how it may be asked for."""

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
    # Which of several accounts takes the access; None: the usual one.
    selector: Mapping[str, Any] | None = None
    comment_required: bool = False
    end_required: bool = False
    form_id: str = ""

    @property
    def type(self) -> str:
        """The word the API has for its kind."""
        return _ITEM_TYPES[self.kind]


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
        longest_of(config),
        tuple(body.get("segments") or ()),
        body.get("provisioningCriteria") or None,
        bool(config.get("commentsRequired")),
        bool(config.get("requireEndDate")),
        str(config.get("formDefinitionId") or ""),
    )


def longest_of(config: Mapping[str, Any]) -> timedelta | None:
    """How long requested access may last at most; None without a limit."""
    longest = config.get("maxPermittedAccessDuration") or {}
    if longest.get("timeUnit") not in _DURATIONS or not longest.get("value"):
        return None
    return _DURATIONS[longest["timeUnit"]] * min(int(longest["value"]), _MOST_UNITS)


def right_item(right: Entitlement, config: Mapping[str, Any], owner_id: str) -> AccessItem:
    """An entitlement as something to ask for, under the request settings that apply to it."""
    asked = config.get("accessRequestConfig") or {}
    return AccessItem(
        right.id,
        "entitlement",
        str(right.body.get("displayName") or right.name),
        owner_id,
        right.source_id,
        (),
        (right.id,),
        None,
        frozenset(),
        True,
        bool(right.body.get("requestable")),
        _schemes(asked),
        _schemes(config.get("revocationRequestConfig")),
        bool(asked.get("denialCommentRequired")),
        longest_of(asked),
        tuple(right.body.get("segments") or ()),
        None,
        bool(asked.get("requestCommentRequired")),
        bool(asked.get("requireEndDate")),
        str(asked.get("formDefinitionId") or ""),
    )


@lru_cache(maxsize=4096)
def sources_of_criteria(role: Document) -> frozenset[str]:
    """Ids of the sources whose accounts or entitlements a role's criteria read."""
    found: set[str] = set()
    todo: list[Any] = [(role.body.get("membership") or {}).get("criteria")]
    while todo:
        one = todo.pop()
        if isinstance(one, Mapping):
            todo.extend(one.get("children") or ())
            if (one.get("key") or {}).get("type") in ("ACCOUNT", "ENTITLEMENT"):
                found.add(str(one["key"].get("sourceId") or ""))
    return frozenset(found)


@lru_cache(maxsize=256)
def sources_of_mapping(profile: Document) -> tuple[str, ...]:
    """Names of the sources, the authoritative one aside, that an identity profile's mappings read."""
    found: dict[str, None] = {}
    todo: list[Any] = [profile.body.get("identityAttributeConfig")]
    while todo:
        one = todo.pop()
        if isinstance(one, Mapping):
            todo.extend(one.values())
            if one.get("type") == "accountAttribute" and isinstance(one.get("attributes"), Mapping):
                found[str(one["attributes"].get("sourceName"))] = None
        elif isinstance(one, list | tuple):
            todo.extend(one)
    own = (profile.body.get("authoritativeSource") or {}).get("name")
    return tuple(name for name in found if name != own)
