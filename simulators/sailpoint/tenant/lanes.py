"""Lanes: the operations of one person on one source, sent one after another, with waiting, retrying and giving up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.events import OPERATION_EVENTS
from simulators.sailpoint.domain.provisioning import PSEUDO, failed_debt, settled, shows, with_held
from simulators.sailpoint.domain.records import Account, Identity, Operation
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.tenant.account_news import PROVISIONING
from simulators.sailpoint.tenant.closing import Closing
from simulators.sailpoint.tenant.outcomes import Outcome

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# How often and how far apart a source tries again that does not say so itself.
RETRIES, RETRY_WAIT_MS = 5, 30_000


class Lanes:
    """Carries operations out and keeps accounts as the targets answered."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        self._closing = Closing(tenant)
        tenant.clock.on("sailpoint.operate", self._operate)

    def close_later(self, activity_id: str) -> None:
        """Close an activity after the usual delay."""
        self._closing.later(activity_id)

    def run_after(self, delay: timedelta, identity_id: str, source_id: str) -> None:
        """Send the next operation of a lane after `delay`."""
        self._tenant.clock.call_later(delay, "sailpoint.operate", identity_id, source_id)

    def _next(self, identity_id: str, source_id: str) -> Operation | None:
        lane = self._tenant.state.operations.find("lane", f"{identity_id}/{source_id}")
        return next((operation for operation in lane if not operation.aside), None)

    async def _operate(self, identity_id: str, source_id: str) -> None:
        tenant = self._tenant
        operation = self._next(identity_id, source_id)
        if operation is None:
            return
        source = tenant.configuration.source(source_id)
        account = self._account_of(operation, source)
        operation = tenant.state.operations.put(replace(operation, status="RUNNING"))
        outcome = await self._sent(source, operation, account)
        current = tenant.state.operations.get(operation.id)
        if current is None or not current.open:
            return
        self._take(current, source, self._account_of(current, source), outcome)

    async def _sent(self, source: Source | None, operation: Operation, account: Account | None) -> Outcome:
        if source is None:
            return Outcome("failed", "The source no longer exists.")
        if not source.provisions or source.out_of_service:
            return Outcome("manual")
        if account is None and operation.kind != "CREATE":
            return Outcome("failed", "There is no account to change.")
        if account is not None and operation.kind == "CREATE":
            return Outcome("done", native=account.native, name=account.name)
        connector = self._tenant.connector(source)
        if connector is None:
            return Outcome("manual")
        return await connector.perform(source, operation, account)

    def _account_of(self, operation: Operation, source: Source | None) -> Account | None:
        accounts = self._tenant.state.accounts
        if operation.account_id:
            return accounts.get(operation.account_id)
        held = [a for a in accounts.find("identity", operation.identity_id) if a.source_id == operation.source_id]
        chosen = [a for a in held if source is None or source.is_primary(a.attributes)]
        return chosen[0] if chosen else None

    def _take(self, operation: Operation, source: Source | None, account: Account | None, outcome: Outcome) -> None:
        tenant = self._tenant
        put = tenant.state.operations.put
        if outcome.status == "wait" and outcome.until is not None:
            put(replace(operation, status="RETRY", message=outcome.message))
            self._again(max(outcome.until, tenant.now()), operation)
            return
        if source is not None and self._tries_again(operation, source, outcome):
            put(replace(operation, status="RETRY", attempts=operation.attempts + 1, message=outcome.message))
            wait = timedelta(milliseconds=source.number("retryWaitTime", RETRY_WAIT_MS))
            self._again(tenant.now() + wait, operation)
            return
        if outcome.status == "manual" and source is not None:
            put(replace(operation, status="MANUAL"))
            tenant.work.manual_change(operation, source, account)
        elif outcome.status == "done" and source is not None and source.unverifiable:
            native = outcome.native or (account.native if account is not None else "")
            put(replace(operation, status="COMMITED", native=native, message=""))
            self._closing.when_done(operation.activity_id)
        elif outcome.status == "done":
            self.done(operation, source, account, outcome)
        elif outcome.status == "gone" and source is not None and account is not None:
            self._vanished(operation, source, account, outcome)
        else:
            self._failed(operation, source, account, outcome.message)
        if self._next(operation.identity_id, operation.source_id) is not None:
            self.run_after(tenant.delay("call"), operation.identity_id, operation.source_id)

    def _tries_again(self, operation: Operation, source: Source, outcome: Outcome) -> bool:
        """Whether an error deserves another try: the target was away, or the source lists its text.

        Source: SailPoint help, retry configurations (`retryableErrors`, `maxRetryCount`, `retryWaitTime`).
        """
        listed = outcome.status == "failed" and source.retryable(outcome.message)
        return (outcome.status == "retry" or listed) and operation.attempts < source.number("maxRetryCount", RETRIES)

    def _vanished(self, operation: Operation, source: Source, account: Account, outcome: Outcome) -> None:
        """The target no longer has the account: it is forgotten, and what is still wanted makes another."""
        tenant = self._tenant
        if operation.kind in ("DELETE", "DISABLE", "REMOVE"):
            self.done(operation, source, account, Outcome("done"))
        else:
            self._failed(operation, source, account, outcome.message)
        if account.id in tenant.state.accounts:
            tenant.intake.lost(source, account)
        if account.identity_id in tenant.state.identities:
            tenant.processing.queue(account.identity_id, "finished_to_refreshed")

    def verify(self, source_id: str) -> None:
        """Close changes that no connector could read back, as far as a reading of the source now shows them."""
        state = self._tenant.state
        source = self._tenant.configuration.source(source_id)
        for operation in list(state.operations.find("committed", source_id)):
            account = self._account_of(operation, source)
            if shows(account, operation):
                self.done(operation, source, account, Outcome("done", native=operation.native))

    def _again(self, due: datetime, operation: Operation) -> None:
        self._tenant.clock.call_at(due, "sailpoint.operate", operation.identity_id, operation.source_id)

    def done(self, operation: Operation, source: Source | None, account: Account | None, outcome: Outcome) -> None:
        """Note that an operation has been carried out: the account follows, the log says so, the activity may close."""
        tenant, state = self._tenant, self._tenant.state
        before, account = account, self._followed(operation, account, outcome)
        if source is not None:
            left = None if operation.kind == "DELETE" else account
            tenant.intake.news.changed(before, left, source, PROVISIONING)
        native = account.native if account is not None else outcome.native
        tenant.writes.note(operation.source_id, native, operation)
        state.operations.put(
            replace(operation, status="FINISHED", native=native, message="", values=_told(operation.values))
        )
        identity = state.identities.get(operation.identity_id)
        if identity is not None and account is not None and identity.owed:
            state.identities.put(replace(identity, owed=settled(identity.owed, operation, account.id)))
        self._log(operation, source, identity, account, "")
        self._closing.when_done(operation.activity_id)

    def _followed(self, operation: Operation, account: Account | None, outcome: Outcome) -> Account | None:
        """The account as it is after an operation, stored."""
        tenant, now = self._tenant, self._tenant.now()
        if operation.kind == "CREATE":
            account = self._created(operation, outcome)
        if account is None:
            return None
        if operation.kind == "DELETE":
            tenant.state.accounts.remove(account.id)
            return account
        if operation.kind in ("ADD", "REMOVE"):
            account = with_held(account, operation.value, operation.kind == "ADD")
        written = {name: value for name, value in operation.values.items() if name not in PSEUDO}
        account = replace(
            account,
            attributes=account.attributes.merged({**written, **outcome.attributes}),
            name=outcome.name or account.name,
            disabled=account.disabled if outcome.disabled is None else outcome.disabled,
            status=outcome.account_status or account.status,
            locked=account.locked if outcome.locked is None else outcome.locked,
            modified=now,
        )
        tenant.journal.changed("identity", account.identity_id, tenant.state.identities.get(account.identity_id))
        return tenant.state.accounts.put(account)

    def account_for(self, operation: Operation, outcome: Outcome) -> Account:
        """Store the account that an operation made."""
        return self._tenant.state.accounts.put(self._created(operation, outcome))

    def _created(self, operation: Operation, outcome: Outcome) -> Account:
        tenant, now = self._tenant, self._tenant.now()
        for known in tenant.state.accounts.find("native", outcome.native.lower()):
            if known.source_id == operation.source_id:
                return replace(known, identity_id=operation.identity_id)
        return Account(
            tenant.ids.hex32("account"),
            operation.source_id,
            operation.identity_id,
            outcome.native,
            outcome.name,
            outcome.attributes,
            (),
            bool(outcome.disabled),
            now,
            now,
            outcome.account_status or "",
            origin="PROVISIONED",
        )

    def fail(self, operation: Operation, message: str) -> None:
        """Note that somebody else could not carry an operation out."""
        source = self._tenant.configuration.source(operation.source_id)
        self._failed(operation, source, self._account_of(operation, source), message)

    def _failed(self, operation: Operation, source: Source | None, account: Account | None, message: str) -> None:
        state = self._tenant.state
        state.operations.put(replace(operation, status="FAILED", message=message, values=_told(operation.values)))
        identity = state.identities.get(operation.identity_id)
        if identity is not None:
            debt = failed_debt(operation, account.id if account is not None else operation.account_id)
            owed = (*identity.owed, debt) if debt is not None and debt not in identity.owed else identity.owed
            state.identities.put(replace(identity, needs_processing=True, owed=owed))
        self._log(operation, source, identity, account, message)
        if operation.kind == "CREATE":
            for follower in list(state.operations.find("lane", operation.lane)):
                if not follower.account_id:
                    state.operations.put(replace(follower, status="FAILED", message=message))
                    self._closing.when_done(follower.activity_id)
        self._closing.when_done(operation.activity_id)

    def _log(
        self,
        operation: Operation,
        source: Source | None,
        identity: Identity | None,
        account: Account | None,
        error: str,
    ) -> None:
        activity = self._tenant.state.activities.get(operation.activity_id)
        if (action := OPERATION_EVENTS.get(operation.kind)) is None or activity is None:
            return
        native = account.native if account is not None else ""
        right = self._tenant.state.entitlements.first("value", f"{operation.source_id}/{operation.value}")
        about = {
            "accountName": native or (identity.alias if identity is not None else ""),
            "accountUuid": native,
            "nativeIdentity": native,
            "cloudAppName": source.name if source is not None else "",
            "appId": operation.source_id,
            "sourceId": operation.source_id,
            "sourceName": source.name if source is not None else "",
            "interface": activity.type,
            "operation": operation.kind,
            "attributeName": operation.attribute or ",".join(operation.values if operation.kind == "MODIFY" else ()),
            "attributeValue": operation.value,
            "entitlementName": right.name if right is not None and operation.value else "",
            "info": error,
            "errors": error,
        }
        target = identity.alias if identity is not None else native
        name = f"{action}Failure" if error else action
        self._tenant.journal.write(name, target, tracking=activity.tracking, attributes=about)


def _told(values: Values) -> Values:
    """What was written, without the password, which is kept nowhere."""
    return (
        Values({name: value for name, value in values.items() if name != "password"})
        if "password" in values
        else values
    )
