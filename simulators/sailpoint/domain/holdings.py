"""What a person holds, as a review lists it: roles, access profiles outside of them, and single entitlements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import AccessItem
from simulators.sailpoint.domain.records import Account, Entitlement


@dataclass(frozen=True, slots=True)
class Holding:
    """One piece of access. What membership criteria or a lifecycle state give cannot be revoked."""

    type: str
    id: str
    name: str
    source_id: str = ""
    account_id: str = ""
    revocable: bool = True


def holdings(
    by_rule: Sequence[str],
    granted: Iterable[str],
    accounts: Iterable[Account],
    item: Callable[[str], AccessItem | None],
    right: Callable[[str, str], Entitlement | None],
    bundles: Mapping[str, Iterable[AccessItem]],
) -> list[Holding]:
    """Everything one person holds, each entitlement shown once, in the largest bundle that accounts for it.

    `bundles` answers the access profiles that contain an entitlement: one whose entitlements are all on the person's
    accounts counts as held, whoever put them there (SailPoint help, how access profiles are detected).
    """
    ruled = frozenset(by_rule)
    assigned = [found for id in dict.fromkeys([*by_rule, *granted]) if (found := item(id)) is not None]
    roles = [one for one in assigned if one.type == "ROLE"]
    inside = {id for role in roles for id in role.access_profile_ids}
    covered = {id for role in roles for id in entitlements_of(role, item)}
    held: dict[str, tuple[Entitlement, Account]] = {}
    loose: list[tuple[Entitlement, Account]] = []
    for account in accounts:
        for value in account.entitlements:
            if (found_right := right(account.source_id, value)) is not None:
                held.setdefault(found_right.id, (found_right, account))
                loose.append((found_right, account))
    profiles = {one.id: one for one in assigned if one.type != "ROLE" and one.id not in inside}
    for id in held:
        for profile in bundles.get(id, ()):
            whole = profile.id not in inside and all(part in held for part in profile.entitlement_ids)
            if whole and not covered.issuperset(profile.entitlement_ids):
                profiles.setdefault(profile.id, profile)
    covered.update(id for profile in profiles.values() for id in profile.entitlement_ids)
    return [
        *(Holding("ROLE", one.id, one.name, revocable=one.id not in ruled) for one in roles),
        *(
            Holding("ACCESS_PROFILE", one.id, one.name, one.source_id, revocable=one.id not in ruled)
            for one in profiles.values()
        ),
        *(
            Holding("ENTITLEMENT", one.id, one.name, one.source_id, account.id)
            for one, account in loose
            if one.id not in covered
        ),
    ]
