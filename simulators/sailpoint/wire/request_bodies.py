"""Bodies of access requests and of decisions about them, read from JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue
from simulators.sailpoint.domain.requests import GRANT, REVOKE, Wish
from simulators.sailpoint.domain.times import instant
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.wire.bodies import Camel

Text = Annotated[str, Field(min_length=1)]
Id = Annotated[str, Field(min_length=1, max_length=255)]
Comment = Annotated[str, Field(min_length=1, max_length=255)]
# Later than this nobody plans; sums with such dates stay inside the calendar.
_LAST_YEAR = 5000


def date(text: str | None, name: str) -> datetime | None:
    """An instant with its zone; None for none. Raises IllegalValue."""
    if text is None:
        return None
    try:
        at = instant(text)
    except OverflowError:
        at = None
    if at is None or at.year > _LAST_YEAR:
        raise IllegalValue(f'Value of "{name}" is empty or contains invalid data.')
    return at


class ChosenAccount(Camel):
    """One account of a selection."""

    account_uuid: str | None = None
    native_identity: str | None = None


class AccountSelection(Camel):
    """The accounts chosen on one source."""

    source_id: str | None = None
    accounts: list[ChosenAccount] | None = None


class Item(Camel):
    """One item asked for."""

    type: Literal["ACCESS_PROFILE", "ROLE", "ENTITLEMENT"]
    id: Id
    comment: str | None = None
    client_metadata: dict[str, str] | None = None
    start_date: str | None = None
    remove_date: str | None = None
    assignment_id: str | None = None
    native_identity: str | None = None
    form_instance_id: str | None = None
    account_selection: list[AccountSelection] | None = None

    def wish(self, metadata: dict[str, str] | None) -> Wish:
        """What the item asks for. Raises IllegalValue."""
        if self.form_instance_id == "":
            raise IllegalValue('Value of "formInstanceId" is empty or contains invalid data.')
        chosen = tuple(
            (selection.source_id or "", account.native_identity or "")
            for selection in self.account_selection or ()
            for account in selection.accounts or ()
        )
        return Wish(
            self.type,
            self.id,
            self.comment or "",
            date(self.remove_date, "removeDate"),
            date(self.start_date, "startDate"),
            self.native_identity or (chosen[0][1] if chosen else ""),
            Values(self.client_metadata or metadata or {}),
            chosen,
            self.form_instance_id or "",
            self.assignment_id or "",
        )


class Recipient(Camel):
    """One identity with the items asked for it."""

    identity_id: Id
    identity_type: Literal["HUMAN", "MACHINE"] = "HUMAN"
    requested_items: Annotated[list[Item], Field(min_length=1)]


class AccessRequest(Camel):
    """A request: the same items for several people, or items for each of them."""

    requested_for: list[Id] | None = None
    request_type: Literal["GRANT_ACCESS", "REVOKE_ACCESS", "MODIFY_ACCESS"] | None = None
    requested_items: list[Item] | None = None
    client_metadata: dict[str, str] | None = None
    requested_for_with_requested_items: list[Recipient] | None = None

    @property
    def kind(self) -> str:
        """What the request is for; to be granted access unless it says otherwise."""
        return self.request_type or GRANT

    def plan(self) -> list[tuple[list[str], list[Wish]]]:
        """Who is to get what. Raises IllegalValue, BadContent, Forbidden."""
        if self.requested_for_with_requested_items:
            return self._by_recipient(self.requested_for_with_requested_items)
        if not self.requested_for:
            raise IllegalValue('Value of "requestedFor" is empty or contains invalid data.')
        if not self.requested_items:
            raise IllegalValue('Value of "requestedItems" is empty or contains invalid data.')
        people = list(dict.fromkeys(self.requested_for))
        return [(people, [item.wish(self.client_metadata) for item in self.requested_items])]

    def _by_recipient(self, recipients: list[Recipient]) -> list[tuple[list[str], list[Wish]]]:
        if self.requested_for or self.requested_items:
            raise BadContent("requestedForWithRequestedItems cannot be combined with requestedFor or requestedItems.")
        kinds = {one.identity_type for one in recipients}
        if len(kinds) > 1:
            raise BadContent("Human and machine identities cannot be mixed in one request.")
        if "MACHINE" in kinds:
            raise Forbidden("Machine Identity Security is not licensed.")
        if self.kind == REVOKE:
            raise BadContent("requestedForWithRequestedItems is not supported for revoke requests.")
        return [
            ([one.identity_id], [item.wish(self.client_metadata) for item in one.requested_items]) for one in recipients
        ]


class Cancel(Camel):
    """The request to withdraw a request."""

    account_activity_id: Id
    comment: Text


class BulkCancel(Camel):
    """The request to withdraw several."""

    access_request_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    comment: Text


class Close(Camel):
    """The request to close stuck requests."""

    access_request_ids: Annotated[list[Id], Field(min_length=1, max_length=500)]
    message: str = "The IdentityNow Administrator manually closed this request."
    execution_status: Literal["Terminated", "Completed"] = "Terminated"
    completion_status: Literal["Success", "Incomplete", "Failure"] = "Failure"


class Decision(Camel):
    """A comment beside a decision; the body may be missing altogether."""

    comment: str | None = None


class Forward(Camel):
    """Whom a decision goes to."""

    new_owner_id: Id
    comment: Comment


class BulkApprove(Camel):
    """Several decisions at once."""

    approval_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]
    comment: Text
