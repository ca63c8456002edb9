"""Chains through the logs, judged: orders and effects, request to use, HR to revoked token."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from harness.checks import Unmet, require
from harness.journal import stamp
from harness.scene import Case, Scene
from harness.times import parse_instant
from harness.trail import Trail, actor
from harness.watch import watch

_LOG_DELAY = timedelta(seconds=30)


class Chains:
    """Judges what a trail joins. Raises Unmet naming the hop that is missing."""

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self.observer, self.policy, self.clock = trail.observer, trail.policy, trail.clock

    def _records(self, scene: Scene, case: Case) -> list[dict[str, Any]]:
        """Okta's records about the person, read when what was done last has had time to reach the log."""
        self.clock.sleep(_LOG_DELAY)
        return self._trail.okta_records(scene, case)

    def ordered_and_made(self, scene: Scene, case: Case) -> None:
        """Every change to the person's Okta access was ordered by SailPoint and made once, by its connector."""
        records = self._records(scene, case)
        orders = self._trail.orders(scene, case, records)
        require(bool(orders), f"SailPoint shows no order about {case.name} since {stamp(scene.began)}")
        for order in orders:
            for item in order.items:
                name = f"{item.operation} {item.name or ''}".strip()
                require(
                    len(item.records) == 1,
                    f"order {order.id} for {case.name}: {name} has {len(item.records)} records by "
                    f"{self.policy.automations.provisioning} in Okta's log, not one",
                )
        foreign = [r for r in records if self._trail.writes_governed(r) and not self._trail.by_connector(r)]
        require(
            not foreign,
            f"{case.name}'s governed access was changed by {', '.join(sorted({actor(r) for r in foreign}))}, not by "
            f"{self.policy.automations.provisioning}",
        )
        scene.saw("orders joined to Okta's log", [o.id for o in orders], case, self.observer.okta_read)

    def grant_chain(self, scene: Scene, case: Case, item: str, app: str) -> None:
        """Request, approval, order, Okta change and use, each found in its own system's log and joined by id."""
        case.requests = self.observer.sailpoint.request_status(str(case.identity_id))
        group_names = {self.policy.access[name].group for name in self.policy.items[item].access}
        group_ids = {self.observer.group_id(name) for name in group_names if name}
        grants = [g for g in self._trail.grants(scene, case) if group_ids & {t["id"] for t in g.record["target"] or ()}]
        require(
            bool(grants), f"Okta's log shows no grant of {', '.join(sorted(filter(None, group_names)))} to {case.name}"
        )
        for grant in grants:
            if grant.gap is not None:
                raise Unmet(f"the chain of {item} for {case.name} breaks: {grant.gap}")
            assert grant.order is not None
            asked = [e for e in grant.order.events if str(e.get("action", "")).startswith("ACCESS_REQUEST_REQUESTED")]
            said = [e for e in grant.order.events if e.get("action") == "ACCESS_REQUEST_APPROVED"]
            require(bool(asked), f"no ACCESS_REQUEST_REQUESTED event carries trackingNumber {grant.order.tracking}")
            require(
                len(said) >= len(self.policy.items[item].approvals),
                f"{len(said)} ACCESS_REQUEST_APPROVED events carry trackingNumber {grant.order.tracking}, "
                f"the policy wants {len(self.policy.items[item].approvals)}",
            )
            times = [asked[0]["created"], *(e["created"] for e in said), grant.record["published"]]
            instants = [parse_instant(str(t)) for t in times]
            require(instants == sorted(instants), f"the hops of {item} for {case.name} are out of order: {times}")
            scene.saw("grant chain", {"tracking": grant.order.tracking, "hops": times}, case, self.observer.okta_read)
        self._used(scene, case, app)

    def _used(self, scene: Scene, case: Case, app: str) -> None:
        row = self.observer.app_row(app)
        app_id = None if row is None else row["id"]
        query = f'eventType eq "user.authentication.sso" and actor.id eq "{case.okta_id}"'
        used: list[dict[str, Any]] = []

        def logged() -> bool:
            until = self.clock.now() + timedelta(seconds=1)
            found = self.observer.okta.log(scene.began, until, query)
            used.extend(u for u in found if app_id in {t["id"] for t in u["target"] or ()})
            return bool(used)

        began = self.clock.now()
        window = watch(logged, scene.sla("T10").limit, self.clock)
        require(window.hi is not None, f"Okta's log shows no sign-on of {case.name} to {app} after the grant")
        scene.judge("T10", window.since(began), case, began, f"{case.name}'s sign-on was logged too late")
        scene.saw(f"sign-on to {app}", used[0]["published"], case, self.observer.okta_read)

    def termination_chain(self, scene: Scene, case: Case) -> None:
        """HR, state, disable, session clear and token revoke: each found, by its own actor, disable before revoke."""
        records = self._records(scene, case)
        orders = self._trail.orders(scene, case, records)
        disables = [(o, i) for o in orders for i in o.items if i.operation == "DISABLE"]
        require(bool(disables), f"no account activity disables {case.name}'s Okta account")
        order, item = disables[0]
        if order.tracking is None or not order.events:
            raise Unmet(f"the chain of {case.name}'s end breaks: {self._trail.gap(case, order)}")
        require(
            len(item.records) == 1,
            f"the disable of {case.name} has {len(item.records)} records by the connector in Okta's log, not one",
        )
        disabled = parse_instant(item.records[0]["published"])
        cleared = self._revocations(case, records, "user.session.clear")
        revoked = self._revocations(case, records, "app.oauth2.token.revoke.implicit.user") if case.grant else cleared
        arrived = case.marks["hr"][0]
        for name, at in (("session clear", cleared), ("token revocation", revoked)):
            require(at >= disabled, f"{case.name}'s {name} at {stamp(at)} came before the disable at {stamp(disabled)}")
        require(
            arrived - timedelta(seconds=1) <= order.created <= disabled,
            f"the hops of {case.name}'s end are out of order: HR {stamp(arrived)}, order {stamp(order.created)}, "
            f"disable {stamp(disabled)}",
        )
        hops = {"hr": arrived, "order": order.created, "disable": disabled, "clear": cleared, "revoke": revoked}
        chain = {name: stamp(at) for name, at in hops.items()}
        scene.saw("termination chain", {"tracking": order.tracking, **chain}, case, self.observer.okta_read)

    def _revocations(self, case: Case, records: list[dict[str, Any]], event_type: str) -> datetime:
        """When the workflow's account last did this to the person. Raises Unmet when it never did."""
        who = self.policy.automations.revocation
        made = [r for r in records if r["eventType"] == event_type]
        by = [
            r
            for r in made
            if who in (r["actor"].get("alternateId") or "") or who in (r["actor"].get("displayName") or "")
        ]
        seen = ", ".join(sorted({actor(r) for r in made})) or "nobody"
        require(bool(by), f"Okta's log shows no {event_type} of {case.name} by {who} (by {seen})")
        return max(parse_instant(r["published"]) for r in by)

    def revocation_logged(self, scene: Scene, case: Case, event_type: str) -> None:
        """The workflow's account did this to the person. Raises Unmet when the log has no such record."""
        at = self._revocations(case, self._records(scene, case), event_type)
        scene.saw(event_type, stamp(at), case, self.observer.okta_read)
        scene.note("okta", event_type, case, at)
