"""Whether a request is asked, decided by the right person, carried out once, or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harness.access import AccessChecks
from harness.checks import Unmet, require
from harness.company import Company
from harness.scene import Case, Scene
from harness.times import parse_instant
from harness.watch import hold, watch


class RequestChecks:
    """Judges access requests from submission to access in Okta. Raises Unmet with a cause from what was seen."""

    def __init__(self, company: Company, access: AccessChecks) -> None:
        self.company, self.access = company, access
        self.observer, self.policy, self.clock = company.observer, company.policy, company.clock

    def approver(self, case: Case, item: str) -> str:
        """The worker id of the first approver that the policy names for an item. Raises Unmet for an item of none."""
        steps = self.policy.items[item].approvals
        require(bool(steps), f"the policy wants no approval for {item}")
        cast = self.policy.cast
        return {"MANAGER": case.person.manager_id, "OWNER": cast.owner, "GROUP": cast.group_approver}[steps[0]]

    def decide(self, scene: Scene, case: Case, item: str, decision: str, comment: str) -> None:
        """The first approver that the policy names decides, as soon as the approval waits for them."""
        who = self.approver(case, item)
        limit = scene.sla("T10").limit
        watch(lambda: self.company.approval_for(who, case) is not None, limit, self.clock)
        self.company.decide(scene, case, who, decision, comment)

    def granted(self, scene: Scene, case: Case, item: str, start_mark: str) -> None:
        """The item's groups and apps are the only change to the person's sets, within T4 of the mark."""
        expected = self.policy.expected(case.person, (*case.granted, *self.policy.items[item].access))
        start = case.marks[start_mark]
        sla = scene.sla("T4")
        window = watch(lambda: self.access.differs(case, expected) is None, sla.limit, self.clock, sla.settle)
        difference = self.access.differs(case, expected)
        self._unit(scene, case, item, start, window, difference)
        if difference is not None:
            cause = f"{item} was {start_mark} and {difference}; seen at {self.access.moment}"
            scene.judge("T4", window.since(*start), case, start[0], cause)
            raise Unmet(cause)
        case.granted = (*case.granted, *self.policy.items[item].access)
        scene.saw(f"access after {item}", sorted(expected.groups), case, self.observer.okta_read)
        scene.note("okta", f"{item} is effective", case, window.hi)
        scene.judge("T4", window.since(*start), case, start[0], f"{item} for {case.name} took effect too late")

    def _unit(self, scene: Scene, case: Case, item: str, start: Any, window: Any, difference: str | None) -> None:
        """K4 counts only what nobody has to approve."""
        if self.policy.items[item].approvals:
            return
        scene.unit(
            "K4",
            f"{item} for {case.name}",
            case,
            "S" if difference is None else "F",
            difference,
            group="auto-approved",
            start_source="submission",
            stop_source="membership and app read by id",
            start=start,
            stop=(window.lo, window.hi),
        )

    def completed(self, scene: Scene, case: Case, item: str) -> None:
        """SailPoint calls the request completed, and did so only after Okta had it."""
        row = self._row_in(scene, case, item, {"REQUEST_COMPLETED"})
        scene.saw(f"request for {item}", row["state"], case, self.observer.sailpoint_read)

    def _row_in(self, scene: Scene, case: Case, item: str, states: set[str]) -> dict[str, Any]:
        def there() -> bool:
            row = self.company.request_row(case, item)
            return row is not None and row["state"] in states

        watch(there, timedelta(hours=1), self.clock)
        row = self.company.request_row(case, item)
        require(row is not None, f"SailPoint shows no request of {case.name} for {item}")
        assert row is not None
        state = str(row["state"])
        require(state in states, f"the request of {case.name} for {item} is {state}, not {' or '.join(sorted(states))}")
        return dict(row)

    def waits_for(self, scene: Scene, case: Case, item: str, approver: str) -> None:
        """The request waits for this approver, and nothing happens in Okta while it does."""
        limit = scene.sla("T10").limit
        watch(lambda: self.company.approval_for(approver, case) is not None, limit, self.clock)
        waiting = self.company.approval_for(approver, case)
        name = self.company.known(approver).name
        require(waiting is not None, f"the request of {case.name} for {item} does not wait for {name}")
        scene.saw(f"waits for {name}", True, case, self.company.acting_as(approver).wire.last_exchange)
        self.nothing_happens(scene, case, item, "while the request is undecided")

    def nothing_happens(self, scene: Scene, case: Case, item: str, when: str) -> None:
        """The person's sets stay as they are throughout the settle window, and no write reaches Okta."""
        expected = self.policy.expected(case.person, case.granted)
        length = scene.measured.settle(scene.sla("T4"))
        since = self.clock.now()
        seen: list[str] = []

        def still() -> bool:
            difference = self.access.differs(case, expected)
            if difference is not None:
                seen.append(difference)
            return difference is None

        broken = hold(still, length, self.clock, looks=5)
        require(broken is None, f"{when} {''.join(seen[:1])}; seen at {self.access.moment}")
        writes = self.observer.okta.log(
            since, self.clock.now() + timedelta(seconds=1),
            f'eventType eq "group.user_membership.add" and target.id eq "{case.okta_id}"',
        )  # fmt: skip
        require(not writes, f"{when} Okta was written for {case.name}: {[w['published'] for w in writes]}")
        scene.saw(f"nothing happened {when} for {length}", True, case, self.observer.okta_read)
        scene.note("okta", f"nothing happened {when}", case)

    def rejected(self, scene: Scene, case: Case, item: str, reason: str) -> None:
        """SailPoint records the rejection with its reason."""
        row = self._row_in(scene, case, item, {"REJECTED"})
        comments = [str(detail.get("comment") or "") for detail in row.get("approvalDetails") or ()]
        comments = [c if c != "None" else "" for c in comments]
        require(
            any(reason in comment for comment in comments),
            f"the rejection of {case.name}'s request for {item} records {comments or 'no comment'}, not {reason!r}",
        )
        scene.saw("rejection recorded with its reason", reason, case, self.observer.sailpoint_read)

    def decision_recorded(self, scene: Scene, case: Case, item: str, approver: str, comment: str) -> None:
        """The approval on record names the approver, a time after the request, and the comment."""
        known = self.company.known(approver)
        row = self._row_in(scene, case, item, {"REQUEST_COMPLETED", "EXECUTING", "PROVISIONING_VERIFICATION_PENDING"})
        decided = [d for d in row.get("approvalDetails") or () if d.get("status") == "APPROVED"]
        if not decided:
            raise Unmet(f"the request of {case.name} for {item} was carried out without an approval on record")
        by = decided[0].get("reviewedBy") or {}
        owner = self.company.acting_as(approver).credential.identity_id
        require(by.get("id") == owner, f"{by.get('name')} decided on {item} for {case.name}, not {known.name}")
        said = decided[0].get("comment")
        text = said.get("comment") if isinstance(said, dict) else said
        require(text == comment, f"the decision's comment on record is {text!r}, not {comment!r}")
        when = parse_instant(str(decided[0].get("modified") or row["modified"]))
        require(when >= case.marks["requested"][0], f"{known.name}'s decision is dated {when}, before the request")
        scene.saw("decision on record", {"by": known.name, "comment": comment}, case, self.observer.sailpoint_read)
