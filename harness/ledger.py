"""The rows that KPIs are counted from: orders, grants and requests of one person, each population counted twice."""

from __future__ import annotations

from typing import Any

from harness.scene import Case, Scene
from harness.times import parse_instant
from harness.trail import Grant, Order, Trail, listed


class Ledger:
    """Writes a person's rows of K1, K4's second count and K5 when a scenario is over."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self.observer, self.policy = trail.observer, trail.policy

    def bookkeep(self, scene: Scene, case: Case) -> None:
        """Write the person's rows of K1 (orders) and K5 (grants), and how each population was counted twice."""
        if self.observer.identity(case) is None or self.observer.find_okta(case) is None:
            return
        if "requested" in case.marks:
            case.requests = self.observer.sailpoint.request_status(str(case.identity_id))
        records = self._trail.okta_records(scene, case)
        orders = self._trail.orders(scene, case, records)
        for order in orders:
            self._order_unit(scene, case, order)
        grants = [record for record in records if self._trail.is_grant(record)]
        for record in grants:
            self._grant_unit(scene, case, self._trail.traced(case, record, orders))
        self._count(scene, case, records, orders)

    def _grant_unit(self, scene: Scene, case: Case, grant: Grant) -> None:
        order, requested = grant.order, _request_ids(case)
        scene.unit(
            "K5",
            f"{grant.title} for {case.name}",
            case,
            "S" if grant.gap is None else "F",
            grant.gap,
            group="request" if order and order.id in requested else "birthright",
            start_source="account activity created",
            start=order and (order.created, order.created),
            stop_source="Okta published",
            stop=(parse_instant(grant.record["published"]),) * 2,
            evidence=[f"okta {grant.record['uuid']}", *([f"sailpoint {order.id}"] if order else [])],
        )

    def _count(self, scene: Scene, case: Case, records: list[dict[str, Any]], orders: list[Order]) -> None:
        """The second counts: search documents for orders, membership arithmetic for grants, events for requests."""
        documented = sum(1 for order in orders if order.documented)
        scene.counted("K1", f"account activities about {case.name}", len(orders), "search documents", documented)
        governed = [r for r in records if self._trail.writes_governed(r)]
        adds = [r for r in governed if r["eventType"] == "group.user_membership.add"]
        held = sum(1 for name in self.observer.groups(case) if self.policy.governed(name))
        kept = held + len(governed) - len(adds)
        scene.counted(
            "K5", f"group adds about {case.name} in Okta's log", len(adds), "groups held at the end, and removals", kept
        )
        auto = [row for row in case.requests if not row.get("approvalDetails")]
        if auto:
            ids = {str(part) for row in auto for part in listed(row.get("accessRequestId"))}
            asked = [
                e for o in orders if o.id in ids for e in o.events if e.get("action") == "ACCESS_REQUEST_REQUESTED"
            ]
            scene.counted("K4", f"requests for {case.name} without approval", len(auto), "request events", len(asked))

    def _order_unit(self, scene: Scene, case: Case, order: Order) -> None:
        stops = [parse_instant(r["published"]) for item in order.items for r in item.records]
        lacking = [i for i in order.items if not i.records]
        twice = [i for i in order.items if len(i.records) > 1]
        outcome, reason = "S", None
        # An activity stays open for a manual item on another source; the Okta order is done when its own items are.
        done = all(item.done for item in order.items)
        if order.status is None and not done:
            outcome, reason = "pending", "still running when the scenario ended"
        elif order.status not in (None, "SUCCESS"):
            outcome, reason = "F", f"SailPoint calls it {order.status}"
        elif lacking:
            first = lacking[0]
            what = f"{first.operation} {first.name or ''}".strip()
            outcome, reason = "F", f"SailPoint says done and Okta has no record of {what}"
        elif twice:
            outcome, reason = "F", f"{twice[0].operation} was done {len(twice[0].records)} times"
        elif max(stops) - order.created > scene.sla("T2").limit:
            outcome, reason = "F", f"the last item took effect after {max(stops) - order.created}"
        scene.unit(
            "K1",
            f"order {order.id} for {case.name}",
            case,
            outcome,
            reason,
            group=order.kind,
            start_source="account activity created",
            start=(order.created, order.created),
            stop_source="Okta published",
            stop=(max(stops), max(stops)) if stops else None,
            evidence=[f"sailpoint {order.id}", *(f"okta {r['uuid']}" for i in order.items for r in i.records)],
        )


def _request_ids(case: Case) -> set[str]:
    return {str(part) for row in case.requests for part in listed(row.get("accessRequestId"))}
