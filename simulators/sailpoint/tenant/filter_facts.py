"""What campaign filters may ask of a piece of access: about its person, account, source and itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.campaign_filters import admits
from simulators.sailpoint.domain.holdings import Holding
from simulators.sailpoint.domain.records import Account, Identity
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class FilterFacts:
    """Holds candidates against a campaign filter."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def admitted(self, rule: Document | None, person: Identity | None, held: Holding, account: Account | None) -> bool:
        """Whether a campaign filter leaves a piece of access in."""
        if rule is None:
            return True

        def facts(kind: str, name: str) -> Iterable[str]:
            return self._facts(kind, name, person, held, account)

        return admits(str(rule.body.get("mode")), rule.body.get("criteriaList") or (), facts)

    def _facts(
        self, kind: str, name: str, person: Identity | None, held: Holding, account: Account | None
    ) -> Iterator[str]:
        plain = name.removeprefix("attribute.").removeprefix("attributes.")
        if kind in ("IDENTITY", "IDENTITY_ATTRIBUTE") and person is not None:
            own: dict[str, Any] = {"id": person.id, "name": person.name, "alias": person.alias}
            value = person.attributes.get(plain, own.get(plain) if kind == "IDENTITY" else None)
            yield from [] if value is None else [str(value)]
        elif kind == "ACCOUNT" and account is not None:
            own = {"id": account.id, "name": account.name, "nativeIdentity": account.native}
            value = account.attributes.get(plain, own.get(plain))
            yield from [] if value is None else [str(value)]
        elif kind == "SOURCE":
            yield from self._source_facts(held, plain)
        elif kind in (held.type, "AGGREGATED_ENTITLEMENT") and kind.endswith(held.type):
            right = self._tenant.state.entitlements.get(held.id)
            own = {"id": held.id, "name": held.name, "displayName": held.name, "sourceId": held.source_id}
            if right is not None:
                own |= {
                    "attribute": right.attribute,
                    "value": right.value,
                    "description": right.body.get("description"),
                }
            if (value := own.get(plain)) is not None:
                yield str(value)

    def _source_facts(self, held: Holding, name: str) -> Iterator[str]:
        configuration = self._tenant.configuration
        item = configuration.item(held.id)
        ids = {held.source_id: None} if held.source_id else {}
        for id in entitlements_of(item, configuration.item) if item is not None else ():
            if (right := self._tenant.state.entitlements.get(id)) is not None:
                ids[right.source_id] = None
        for id in ids:
            source = configuration.source(id)
            yield id if name in ("id", "sourceId") or source is None else source.name
