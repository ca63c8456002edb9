"""Requests to delete an account at its source: approved where a source asks for it, then provisioned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulators.kernel.times import iso
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.errors import BadContent, Forbidden
from simulators.sailpoint.domain.records import Account
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

KIND, APPROVAL = "account-request", "account-deletion-approval"


class AccountRequests:
    """Takes requests to delete accounts.

    A document of kind APPROVAL under a source has its owner asked first, by a work item.
    """

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.account.deletion-decided", self._decided)

    def request(self, account: Account, caller: Caller, comments: str) -> Document:
        """Ask for an account's deletion.

        Raises BadContent where the source cannot delete accounts, Forbidden for somebody else's account without the
        level of an administrator.
        """
        tenant = self._tenant
        source = tenant.configuration.source(account.source_id)
        if source is None or not source.provisions or "DELETE" not in source.features:
            raise BadContent("The source is not connected, or does not support the deletion of accounts.")
        levels = {"ORG_ADMIN", "SOURCE_ADMIN", "SOURCE_SUBADMIN"}
        if account.identity_id != caller.identity_id and not caller.levels & levels:
            raise Forbidden
        asked = next(tenant.configuration.all(APPROVAL, source.id), None) is not None
        body = {
            "requester": caller.identity_id,
            "comments": comments,
            "account": account.id,
            "asked": asked,
            "approval": "PENDING" if asked else "",
            "approver": source.owner_id if asked else "",
            "activity": "",
            "decided": None,
        }
        document = tenant.configuration.add(KIND, body)
        if not asked:
            return self._start(document)
        self._ask(document, account, source, comments)
        return document

    def _ask(self, document: Document, account: Account, source: Source, comments: str) -> None:
        asked = {"id": document.id, "account": account.name, "application": source.name, "name": account.native}
        self._tenant.work.approval(
            source.owner_id,
            f"Delete the account {account.name} on {source.name}",
            comments,
            account.identity_id,
            [{**asked, "operation": "Delete", "value": account.native}],
            "sailpoint.account.deletion-decided",
        )

    def _start(self, document: Document) -> Document:
        tenant = self._tenant
        account = tenant.state.accounts.get(document.body["account"])
        if account is None:
            return tenant.configuration.update(document, {**document.body, "approval": "CANCELLED"})
        shown = {"name": account.name, "native": account.native, "source": account.source_id}
        activity = tenant.provisioning.account_action(account, "DELETE", document.body["requester"])
        body = {**document.body, "activity": activity.id, "shown": shown, "identity": account.identity_id}
        return tenant.configuration.update(document, body)

    def _decided(self, work_item_id: str) -> None:
        """The owner has answered: go on, or end there."""
        item = self._tenant.state.work_items[work_item_id]
        document = self._tenant.configuration.find(KIND, item.approvals[0]["id"])
        if document is None or document.body["approval"] != "PENDING":
            return
        approved = item.state == "Finished"
        decided = {"by": item.owner_id, "at": iso(item.completed or self._tenant.now())}
        body = {**document.body, "approval": "APPROVED" if approved else "REJECTED", "decided": decided}
        document = self._tenant.configuration.update(document, body)
        if approved:
            self._start(document)

    def listed(self, caller: Caller, mine: bool) -> Iterator[Document]:
        """Requests, those of the caller only where asked for or where the caller may see no others."""
        own = mine or not caller.levels & {"ORG_ADMIN", "SOURCE_ADMIN", "SOURCE_SUBADMIN"}
        for document in self._tenant.configuration.all(KIND):
            if not own or document.body["requester"] == caller.identity_id:
                yield document
