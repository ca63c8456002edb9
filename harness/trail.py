"""Following access back through the logs: who asked, who allowed it, what ordered it, what carried it out.

The two vendors share no id. Inside SailPoint hops join by activity id and `trackingNumber`; SailPoint to Okta by Okta
user id, group id, operation and the acting client, which must fit exactly one record. Time only orders.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from harness.company import Company
from harness.scene import Case, Scene
from harness.times import parse_instant

# What a connector's operation becomes in Okta's System Log.
RECORDS: dict[str, tuple[str, ...]] = {
    "CREATE": ("user.lifecycle.create",),
    "ADD": ("group.user_membership.add",),
    "REMOVE": ("group.user_membership.remove",),
    "DISABLE": ("user.lifecycle.deactivate", "user.lifecycle.suspend"),
    "ENABLE": ("user.lifecycle.activate", "user.lifecycle.unsuspend", "user.lifecycle.reactivate"),
    "MODIFY": ("user.account.update_profile",),
    "SET": ("user.account.update_profile",),
}
_GRANTS = ("group.user_membership.add", "user.lifecycle.create", "user.lifecycle.activate")
_SETTLE = timedelta(minutes=5)


@dataclass
class Item:
    """One thing an order wants of Okta, and the records that fit it."""

    operation: str
    value: str | None
    name: str | None
    done: bool
    records: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Order:
    """An account activity's items for one Okta account."""

    id: str
    kind: str
    created: datetime
    closed: datetime | None
    status: str | None
    items: list[Item]
    requester: str | None
    tracking: str | None = None
    documented: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Grant:
    """A grant that became effective in Okta: its record, the order it joins, and the hop that is missing."""

    record: dict[str, Any]
    order: Order | None
    gap: str | None

    @property
    def title(self) -> str:
        """What was granted, in words."""
        group = next((t["displayName"] for t in self.record["target"] or () if t["type"] == "UserGroup"), None)
        return f"{self.record['eventType']} {group}" if group else str(self.record["eventType"])


class Trail:
    """Reads both vendors' logs about one person since a scenario began, once, and joins them."""

    def __init__(self, company: Company) -> None:
        self.company, self.observer, self.policy, self.clock = (
            company,
            company.observer,
            company.policy,
            company.clock,
        )
        self._source = company.target.okta_source_id

    # reading

    def okta_records(self, scene: Scene, case: Case) -> list[dict[str, Any]]:
        """System Log records about the person since the scenario began, by `published`."""
        if self.observer.find_okta(case) is None:
            return []
        until = self.clock.now() + timedelta(seconds=1)
        return self.observer.okta.log(scene.began, until, f'target.id eq "{case.okta_id}"')

    def orders(self, scene: Scene, case: Case, records: list[dict[str, Any]]) -> list[Order]:
        """Account activities with items for the person's Okta account, each item with the records that fit it."""
        found = []
        for row in self.observer.activities(case):
            created = parse_instant(str(row["created"]))
            wanted = [i for i in row.get("items") or () if self._for_okta(i)]
            if created < scene.began or not wanted:
                continue
            closed = row.get("completed")
            order = Order(
                id=str(row["id"]),
                kind=str(row.get("type")),
                created=created,
                closed=parse_instant(str(closed)) if closed else None,
                status=row.get("completionStatus"),
                items=[self._item(i) for i in wanted],
                requester=(row.get("requesterIdentitySummary") or {}).get("name"),
            )
            for item in order.items:
                item.records = [r for r in records if self.fits(r, item, order, case)]
            found.append(order)
        self._track(case, found)
        return found

    def _item(self, item: dict[str, Any]) -> Item:
        value = item.get("value")
        done = item.get("provisioningStatus") in ("FINISHED", "COMMITED")
        return Item(str(item.get("operation")).upper(), value, self.observer.group_name(value) or value, done)

    def _for_okta(self, item: dict[str, Any]) -> bool:
        source = item.get("sourceId") or (item.get("source") or {}).get("id")
        return source == self._source and str(item.get("operation")).upper() in RECORDS

    def fits(self, record: dict[str, Any], item: Item, order: Order, case: Case) -> bool:
        """Whether a record is this item's effect: operation, user, group, acting client, between created and closed."""
        targets = {t["id"] for t in record["target"] or ()}
        end = (order.closed or self.clock.latest) + _SETTLE
        return (
            record["eventType"] in RECORDS[item.operation]
            and case.okta_id in targets
            and (item.operation not in ("ADD", "REMOVE") or item.value in targets)
            and self.by_connector(record)
            and order.created <= parse_instant(record["published"]) <= end
        )

    def by_connector(self, record: dict[str, Any]) -> bool:
        """Whether the acting client is the one that the policy lets provision."""
        return self.company.target.actors.get(record["actor"]["id"]) == self.policy.automations.provisioning

    def _track(self, case: Case, orders: list[Order]) -> None:
        """Add tracking numbers and the audit events that carry them."""
        if not orders:
            return
        search = self.observer.sailpoint.search
        documents = {d.get("id"): d for d in search("accountactivities", f'recipient.id:"{case.identity_id}"')}
        for order in orders:
            order.documented = order.id in documents
            order.tracking = (documents.get(order.id) or {}).get("trackingNumber")
        numbers = [order.tracking for order in orders if order.tracking]
        if not numbers:
            return
        events = search("events", " OR ".join(f'trackingNumber:"{number}"' for number in numbers))
        for order in orders:
            order.events = [e for e in events if e.get("trackingNumber") == order.tracking]

    def writes_governed(self, record: dict[str, Any]) -> bool:
        """Whether a record changes who is in a group that SailPoint alone may write."""
        groups = [t["displayName"] for t in record["target"] or () if t["type"] == "UserGroup"]
        member = record["eventType"] in ("group.user_membership.add", "group.user_membership.remove")
        return member and any(self.policy.governed(name) for name in groups)

    # joining

    def grants(self, scene: Scene, case: Case) -> list[Grant]:
        """Every grant to the person that became effective in Okta since the scenario began, with what is missing."""
        records = self.okta_records(scene, case)
        orders = self.orders(scene, case, records)
        return [self.traced(case, r, orders) for r in records if self.is_grant(r)]

    def is_grant(self, record: dict[str, Any]) -> bool:
        """Whether a record shows access that became effective and that SailPoint should have ordered."""
        if record["eventType"] not in _GRANTS or record["outcome"]["result"] != "SUCCESS":
            return False
        groups = [t["displayName"] for t in record["target"] or () if t["type"] == "UserGroup"]
        return not groups or any(self.policy.governed(name) for name in groups)

    def traced(self, case: Case, record: dict[str, Any], orders: list[Order]) -> Grant:
        """A grant's record joined to its order, or what keeps it from being joined."""
        joined = [(o, i) for o in orders for i in o.items if record in i.records]
        if not self.by_connector(record) and record["eventType"] != "user.lifecycle.activate":
            return Grant(record, None, f"made by {actor(record)}, not ordered through SailPoint")
        if not joined and record["eventType"] == "user.lifecycle.activate":
            # Okta publishes the activation that a create implies; the create's own order covers it.
            joined = [(o, i) for o in orders for i in o.items if i.operation == "CREATE" and i.records]
        if not joined:
            return Grant(record, None, "no account activity of SailPoint orders it")
        if len(joined) > 1:
            return Grant(record, None, f"{len(joined)} orders fit it; no key decides between them")
        order = joined[0][0]
        return Grant(record, order, self.gap(case, order))

    def gap(self, case: Case, order: Order) -> str | None:
        """The hop inside SailPoint that cannot be joined by an id; None when all are there."""
        if order.tracking is None:
            return f"activity {order.id} carries no trackingNumber, so its events can only be guessed by time"
        if not order.events:
            return f"no audit event carries the trackingNumber of activity {order.id}"
        request = next((r for r in case.requests if order.id in listed(r.get("accessRequestId"))), None)
        return None if request is None else self._authority_gap(case, request)

    def _authority_gap(self, case: Case, request: dict[str, Any]) -> str | None:
        """What is missing of the decisions that the policy wants on a requested item."""
        item = self.policy.items.get(str(request.get("name")))
        wanted = len(item.approvals) if item else 0
        approvals = [d for d in request.get("approvalDetails") or () if d.get("status") == "APPROVED"]
        if len(approvals) < wanted:
            return f"{wanted} decisions are wanted for {request.get('name')} and {len(approvals)} are on record"
        deciders = {(d.get("reviewedBy") or {}).get("id") for d in approvals}
        if case.identity_id in deciders:
            return f"{case.name} approved the own request for {request.get('name')}"
        return None


def actor(record: dict[str, Any]) -> str:
    """Who acted, as a cause names it."""
    who = record["actor"]
    return str(who.get("displayName") or who.get("alternateId") or who["id"])


def listed(value: Any) -> list[Any]:
    """A member that is one value, a list or absent, as a list."""
    return value if isinstance(value, list) else [value] if value else []
