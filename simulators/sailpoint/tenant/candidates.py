"""What a campaign may contain: the people and access its search finds, and the roles it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.configuration import AccessItem, item_of
from simulators.sailpoint.domain.holdings import Holding
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.reviews import Campaign

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

ACCESS_INDICES = ("roles", "accessprofiles", "entitlements")
# A query of identities by what they have; its inner part finds the access itself.
_BY_ACCESS = re.compile(r"\s*@access\((.*)\)\s*", re.DOTALL)


class Candidates:
    """Narrows a campaign down to what it was asked for."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def bundles(self) -> Mapping[str, list[AccessItem]]:
        """The access profiles that contain an entitlement, by its id."""
        found: dict[str, list[AccessItem]] = {}
        for document in self._tenant.configuration.all("access-profile"):
            profile = item_of(document)
            for id in profile.entitlement_ids:
                found.setdefault(id, []).append(profile)
        return found

    def found(self, campaign: Campaign) -> Campaign:
        """A search campaign with the people and the access its query finds now. Raises BadContent.

        A campaign of type IDENTITY reviews everything its people have; one of type ACCESS the access that is found,
        whoever has it (SailPoint API, searchCampaignInfo).
        """
        info: Any = campaign.options.get("searchCampaignInfo") or {}
        if info.get("identityIds"):
            return replace(campaign, people=frozenset(str(id) for id in info["identityIds"]))
        query = str(info.get("query") or "")
        if info.get("type") == "IDENTITY":
            return replace(
                campaign, people=frozenset(str(one["id"]) for one in self._tenant.found("identities", query))
            )
        inner = _BY_ACCESS.fullmatch(query)
        text = inner[1] if inner is not None else query
        access = frozenset(str(one["id"]) for index in ACCESS_INDICES for one in self._tenant.found(index, text))
        people = () if access else self._tenant.found("identities", query)
        return replace(campaign, access=access, people=frozenset(str(one["id"]) for one in people))

    def chosen(self, campaign: Campaign, person: Identity, held: list[Holding]) -> list[Holding]:
        """What of a person's access a campaign is about."""
        if campaign.type != "SEARCH":
            return held
        info: Any = campaign.options.get("searchCampaignInfo") or {}
        if not all(_has(constraint, held) for constraint in info.get("accessConstraints") or ()):
            return []
        if person.id in campaign.people:
            return held
        return [one for one in held if one.id in campaign.access]

    def roles(self, campaign: Campaign) -> Iterator[AccessItem]:
        """The roles a role composition campaign is about: those named, those found, else all. Raises BadContent."""
        info: Any = campaign.options.get("roleCompositionCampaignInfo") or {}
        named = [str(id) for id in info.get("roleIds") or ()]
        if not named and info.get("query"):
            named = [str(one["id"]) for one in self._tenant.found("roles", str(info["query"]))]
        elif not named:
            named = [document.id for document in self._tenant.configuration.all("role")]
        for id in named:
            if (role := self._tenant.configuration.item(id)) is not None and role.type == "ROLE":
                yield role


def _has(constraint: Mapping[str, Any], held: list[Holding]) -> bool:
    """Whether somebody has access of the kind a constraint names, or one of the items it selects."""
    kind = [one.id for one in held if one.type == constraint.get("type")]
    if constraint.get("operator") == "SELECTED":
        return not set(kind).isdisjoint(constraint.get("ids") or ())
    return bool(kind)
