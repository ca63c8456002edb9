"""Separation of duties: predicting and checking conflicts, keeping violations, reporting on policies.

Who changes the access of a person calls `access_changed`; who wants to know beforehand calls `predict`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.errors import MissingReference, NotFound, Refusal
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.sod import CONFLICTING, Conflict, Policy, Violation, conflict, policy_of
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

KIND, REPORT = "sod-policy", "sod-report"
# How many accounts one job of an evaluation looks at.
BATCH = 1000
_PAUSE = timedelta(milliseconds=100)


class Sod:
    """Policies and who breaks them."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.sod.person", self._person)
        tenant.clock.on("sailpoint.sod.policy", self._policy)
        tenant.clock.on("sailpoint.sod.report", self._reported)
        tenant.clock.on("sailpoint.sod.check", self._checked)

    def policies(self) -> Iterator[Policy]:
        """The policies that are enforced."""
        for document in self._tenant.configuration.all(KIND):
            policy = policy_of(document)
            if policy.enforced:
                yield policy

    def expanded(self, ids: Iterable[str]) -> frozenset[str]:
        """Ids of entitlements, with roles and access profiles replaced by what they bundle."""
        configuration = self._tenant.configuration
        found: set[str] = set()
        for id in ids:
            item = configuration.item(id)
            found.update(entitlements_of(item, configuration.item) if item is not None else (id,))
        return frozenset(found)

    def held(self, identity_id: str) -> frozenset[str]:
        """The entitlements on a person's accounts."""
        look = self._tenant.look
        return frozenset(
            right.id
            for account in self._tenant.accounts_of(identity_id)
            for value in account.entitlements
            if (right := look.right(account.source_id, value)) is not None
        )

    def predict(self, identity_id: str, ids: Iterable[str]) -> list[tuple[Conflict, frozenset[str]]]:
        """The conflicts that more access would cause, each with what of it is held already.

        `ids` are entitlements, or roles and access profiles that stand for theirs. Only conflicts in which new access
        takes part are named. Policies given by a query are not predicted (SailPoint API, Predict SOD violations).
        """
        policies = [policy for policy in self.policies() if policy.type == CONFLICTING]
        if not policies:
            return []
        held = self.held(identity_id)
        new = self.expanded(ids) - held
        found = [conflict(policy, held | new) for policy in policies if policy.touched & new]
        return [(one, held) for one in found if one is not None]

    def checked_identity(self, identity_id: str, entitlement_ids: Iterable[str]) -> Identity:
        """The person of a prediction. Raises MissingReference for an unknown person or entitlement."""
        identity = self._tenant.state.identities.get(identity_id)
        if identity is None:
            raise MissingReference(f"Referenced identity {identity_id} was not found.")
        for id in entitlement_ids:
            if id not in self._tenant.state.entitlements:
                raise MissingReference(f"Referenced entitlement {id} was not found.")
        return identity

    def check(self, identity_id: str, ids: list[str], actor: str) -> str:
        """Predict in the background; answers the id under which the outcome is logged."""
        tenant = self._tenant
        request_id = tenant.ids.uuid("sod-check")
        tenant.later("sod_check", "sailpoint.sod.check", request_id, identity_id, ",".join(ids), actor)
        return request_id

    def _checked(self, request_id: str, identity_id: str, ids: str, actor: str) -> None:
        conflicts = [found for found, _ in self.predict(identity_id, filter(None, ids.split(",")))]
        log_check(self._tenant, request_id, identity_id, conflicts, actor, request_id.replace("-", ""))

    def access_changed(self, identity_id: str) -> None:
        """A person's access is not what it was: look at that person again, in a moment, where a policy could care."""
        tenant = self._tenant
        if not identity_id or not tenant.state.documents.count("kind", KIND):
            return
        tenant.later("sod_check", "sailpoint.sod.person", identity_id)

    def _person(self, identity_id: str) -> None:
        if identity_id not in self._tenant.state.identities:
            return
        held: frozenset[str] | None = None
        for policy in self.policies():
            if policy.type == CONFLICTING:
                held = self.held(identity_id) if held is None else held
                self._settle(policy, identity_id, conflict(policy, held))

    def _settle(self, policy: Policy, identity_id: str, found: Conflict | None) -> None:
        """Open, keep up or close the violation of one person."""
        state, now = self._tenant.state, self._tenant.now()
        known = state.violations.first("standing", f"{policy.id}/{identity_id}")
        if found is None:
            if known is not None:
                self._close(known)
        elif known is None:
            self._open(policy, identity_id, found)
        else:
            changed = (known.left, known.right, known.level) != (found.left, found.right, policy.level)
            state.violations.put(
                replace(
                    known,
                    left=found.left,
                    right=found.right,
                    level=policy.level,
                    evaluated=now,
                    modified=now if changed else known.modified,
                )
            )

    def _open(self, policy: Policy, identity_id: str, found: Conflict) -> None:
        tenant, now = self._tenant, self._tenant.now()
        owner = self._owner(policy, identity_id)
        violation = tenant.state.violations.put(
            Violation(
                tenant.ids.uuid("violation"),
                policy.id,
                identity_id,
                now,
                now,
                now,
                owner,
                policy.level,
                found.left,
                found.right,
            )
        )
        self._note("SOD_VIOLATION_CREATED", violation)
        tenant.tell("idn:sod-violation-created", self.news(violation) | {"status": "Open"}, identity_id)

    def _owner(self, policy: Policy, identity_id: str) -> tuple[str, str]:
        """Whom a violation is assigned to: as the policy says, else its owner."""
        person = self._tenant.state.identities.get(identity_id)
        if policy.assignment == "MANAGER" and person is not None and person.manager_id:
            return "IDENTITY", person.manager_id
        return policy.assigned_to if policy.assignment == "STATIC" and policy.assigned_to[1] else policy.owner

    def _close(self, violation: Violation) -> None:
        tenant, now = self._tenant, self._tenant.now()
        closed = tenant.state.violations.put(replace(violation, status="Closed", modified=now, evaluated=now))
        self._note("SOD_VIOLATION_CLOSED", closed)
        about = {"previousStatus": violation.status, "currentStatus": "Closed", "modified": iso(now)}
        tenant.tell("idn:sod-violation-closed", self.news(closed) | about, violation.identity_id)

    def _note(self, action: str, violation: Violation) -> None:
        tenant = self._tenant
        person = tenant.state.identities.get(violation.identity_id)
        policy = tenant.configuration.find(KIND, violation.policy_id)
        about = {
            "violationId": violation.id,
            "policyId": violation.policy_id,
            "policyName": policy.name if policy is not None else "",
        }
        tenant.journal.write(action, person.alias if person is not None else violation.identity_id, attributes=about)

    def news(self, violation: Violation) -> dict[str, Any]:
        """A violation as event triggers report it."""
        return {
            "id": violation.id,
            "name": f"Violation for {violation.policy_id} - Target {violation.identity_id}",
            "created": iso(violation.created),
            "lastEvaluatedDate": iso(violation.evaluated),
            "level": violation.level,
            "owner": {"type": violation.owner[0], "id": violation.owner[1]},
            "policy": {"type": "SOD", "id": violation.policy_id},
            "target": {"type": "IDENTITY", "id": violation.identity_id},
        }

    def policy_changed(self, document: Document) -> None:
        """A policy is new or different: evaluate it; one that is not enforced is broken by nobody."""
        if policy_of(document).enforced:
            self._tenant.later("sod_check", "sailpoint.sod.policy", document.id, "", "")
        else:
            self.forget(document.id)

    def forget(self, policy_id: str) -> None:
        """Close what stands against a policy."""
        for violation in list(self._tenant.state.violations.find("policy", policy_id)):
            if violation.status != "Closed":
                self._close(violation)

    def report(self, document: Document) -> Document:
        """Evaluate a policy and report on it; the report is ready once everybody has been looked at."""
        tenant = self._tenant
        body = {"name": f"{document.name} violations", "status": "PENDING"}
        report = tenant.configuration.add(REPORT, body, document.id, id=tenant.ids.hex32("report"))
        tenant.later("report", "sailpoint.sod.policy", document.id, "", report.id)
        return report

    def report_of(self, id: str) -> Document:
        """A report by its id, or the last one of a policy. Raises NotFound."""
        found = self._tenant.configuration.find(REPORT, id)
        for one in self._tenant.configuration.all(REPORT, id) if found is None else ():
            found = one
        if found is None:
            raise NotFound
        return found

    def _policy(self, policy_id: str, cursor: str, report_id: str) -> None:
        tenant = self._tenant
        document = tenant.configuration.find(KIND, policy_id)
        if document is None:
            return
        policy, after, status = policy_of(document), "", "SUCCESS"
        if policy.enforced and policy.type == CONFLICTING:
            after = self._part(policy, cursor)
        elif policy.enforced and policy.query:
            try:
                self._asked(policy)
            except Refusal:
                status = "ERROR"
        if after:
            tenant.clock.call_later(_PAUSE, "sailpoint.sod.policy", policy_id, after, report_id)
        elif report_id:
            tenant.later("sod_check", "sailpoint.sod.report", report_id, status)

    def _part(self, policy: Policy, cursor: str) -> str:
        """Look at some more owners of accounts where the policy's left side lives, then at who stands against it."""
        state = self._tenant.state
        rights = (state.entitlements.get(id) for id in policy.left)
        sources = list(dict.fromkeys(right.source_id for right in rights if right is not None))
        number, _, last = cursor.partition("/")
        place = int(number or 0)
        if place < len(sources):
            part = list(islice(state.accounts.find("source", sources[place], last or None), BATCH))
            for id in dict.fromkeys(account.identity_id for account in part if account.identity_id):
                self._settle(policy, id, conflict(policy, self.held(id)))
            return f"{place}/{part[-1].id}" if len(part) == BATCH else f"{place + 1}/"
        for one in list(state.violations.find("policy", policy.id)):
            if one.status != "Closed":
                self._settle(policy, one.identity_id, conflict(policy, self.held(one.identity_id)))
        return ""

    def _asked(self, policy: Policy) -> None:
        """Whoever a policy's query finds breaks it."""
        found = {str(one["id"]): None for one in self._tenant.found("identities", policy.query)}
        for id in found:
            self._settle(policy, id, Conflict(policy, (), ()))
        for one in list(self._tenant.state.violations.find("policy", policy.id)):
            if one.status != "Closed" and one.identity_id not in found:
                self._close(one)

    def _reported(self, report_id: str, status: str) -> None:
        configuration = self._tenant.configuration
        if (report := configuration.find(REPORT, report_id)) is not None:
            configuration.update(report, {**report.body, "status": status})


def log_check(
    tenant: SailPointTenant, request_id: str, identity_id: str, conflicts: list[Conflict], actor: str, tracking: str
) -> None:
    """Write that a check has ended, and what it found; `request_id` is the check's or the access request's."""
    identity = tenant.state.identities.get(identity_id)
    target = identity.alias if identity is not None else identity_id
    about = {
        "requestId": request_id,
        "violations": len(conflicts),
        "policies": ",".join(one.policy.name for one in conflicts),
    }
    tenant.journal.write("SOD_VIOLATION_CHECK_COMPLETED", target, actor=actor, tracking=tracking, attributes=about)
