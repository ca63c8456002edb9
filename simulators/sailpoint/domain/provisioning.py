"""Plans: the difference between the access a person should have and the accounts as they are, pure and in order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulators.sailpoint.domain.records import Account, Operation, Owed
from simulators.sailpoint.domain.values import Values

# Kinds in the order in which they are sent: an ended account is closed before it is emptied, a new one filled last.
ORDER = ("CREATE", "DISABLE", "MODIFY", "ENABLE", "UNLOCK", "DELETE", "REMOVE", "ADD")
# A profile that the target keeps closed is opened before it is written.
ORDER_OF_CLOSED = ("CREATE", "DISABLE", "ENABLE", "MODIFY", "UNLOCK", "DELETE", "REMOVE", "ADD")
# Kinds that change one entitlement of an account and nothing else.
MEMBERSHIP = frozenset({"ADD", "REMOVE"})
# What a policy may set that is no attribute of the account but says how to make it (SailPoint help, Okta).
PSEUDO = frozenset({"activate", "password", "provider"})


@dataclass(slots=True)
class View:
    """An account as it will be when everything under way has been carried out; without `id` while it is being made."""

    source_id: str
    id: str = ""
    native: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    held: set[str] = field(default_factory=set)
    disabled: bool = False
    closed: bool = False
    primary: bool = True


@dataclass(frozen=True, slots=True)
class Planned:
    """One operation to come."""

    kind: str
    source_id: str
    account_id: str = ""
    attribute: str = ""
    value: str = ""
    values: Values = field(default_factory=Values)


@dataclass(frozen=True, slots=True)
class Target:
    """How one source enters a plan. `wanted` maps a native account ("" stands for the primary one) to values."""

    source_id: str
    attribute: str
    wanted: Mapping[str, frozenset[str]]
    withdrawn: Mapping[str, frozenset[str]]
    governed: frozenset[str]
    action: str | None
    remove_all: bool
    create: Values
    sync: Mapping[str, Any]
    creatable: bool = True


def views(accounts: Iterable[Account], operations: Iterable[Operation], primary: Iterable[str]) -> list[View]:
    """The accounts of one source under the operations that are still open, in their order."""
    chosen = set(primary)
    found = [
        View(
            a.source_id,
            a.id,
            a.native,
            dict(a.attributes),
            set(a.entitlements),
            a.disabled,
            a.status == "DEPROVISIONED",
            a.id in chosen,
        )
        for a in accounts
    ]
    for operation in operations:
        if operation.kind == "CREATE":
            found.append(View(operation.source_id, attributes=dict(operation.values)))
            continue
        for view in found:
            if (operation.account_id or "") == view.id or (not operation.account_id and view.primary):
                _EFFECTS[operation.kind](view, operation)
    return found


def _disable(view: View, _: Operation) -> None:
    view.disabled = True


def _enable(view: View, _: Operation) -> None:
    view.disabled = view.closed = False


_EFFECTS: dict[str, Callable[[View, Operation], object]] = {
    "DISABLE": _disable,
    "ENABLE": _enable,
    "DELETE": lambda view, o: view.held.clear(),
    "MODIFY": lambda view, o: view.attributes.update(o.values),
    "ADD": lambda view, o: view.held.add(o.value),
    "REMOVE": lambda view, o: view.held.discard(o.value),
    "RELOAD": lambda view, o: None,
    "UNLOCK": lambda view, o: None,
}


def plan(target: Target, found: list[View], owed: Iterable[Owed]) -> list[Planned]:
    """What to send to one source so that the person's accounts become as wanted.

    A disable is left out on an account that counts as disabled already.
    """
    steps: list[Planned] = []
    primary = next((view for view in found if view.primary), None)
    wishes = target.wanted.get("", frozenset())
    debts = [debt for debt in owed if debt.source_id == target.source_id]
    if primary is None and wishes and target.creatable and target.action != "DELETE":
        steps.append(Planned("CREATE", target.source_id, values=target.create))
        steps += [Planned("ADD", target.source_id, "", target.attribute, value) for value in sorted(wishes)]
    for view in found:
        wanted = target.wanted.get(view.native, frozenset()) | (wishes if view.primary else frozenset())
        dropped = target.withdrawn.get(view.native, frozenset()) | (
            target.withdrawn.get("", frozenset()) if view.primary else frozenset()
        )
        if target.remove_all:
            dropped |= target.governed
        dropped |= {debt.value for debt in debts if debt.kind == "REMOVE" and debt.account_id == view.id}
        due = {debt.kind for debt in debts if debt.account_id == view.id}
        action = target.action or next((kind for kind in ("DISABLE", "ENABLE", "DELETE") if kind in due), None)
        steps += _account_steps(target, view, wanted, frozenset(dropped), action)
    return steps


def _account_steps(
    target: Target, view: View, wanted: frozenset[str], dropped: frozenset[str], action: str | None
) -> list[Planned]:
    steps: list[Planned] = []
    if action == "DISABLE" and view.disabled:
        action = None
    if action is not None:
        steps.append(Planned(action, target.source_id, view.id))
    if action == "DELETE":
        return steps
    opened = action == "ENABLE" or not view.closed
    if view.primary and opened and action != "DISABLE":
        changes = {
            name: value for name, value in target.sync.items() if (view.attributes.get(name) or "") != (value or "")
        }
        if changes:
            steps.append(Planned("MODIFY", target.source_id, view.id, values=Values(changes)))
    steps += [
        Planned("REMOVE", target.source_id, view.id, target.attribute, value)
        for value in sorted((dropped - wanted) & view.held)
    ]
    steps += [
        Planned("ADD", target.source_id, view.id, target.attribute, value) for value in sorted(wanted - view.held)
    ]
    order = ORDER_OF_CLOSED if view.closed else ORDER
    return sorted(steps, key=lambda step: order.index(step.kind))


def failed_debt(operation: Operation, account_id: str) -> Owed | None:
    """What remains owed when an operation failed for good; differences in access and attributes show by themselves."""
    if operation.kind in ("REMOVE", "DISABLE", "ENABLE", "DELETE") and account_id:
        return Owed(operation.kind, operation.source_id, account_id, operation.value)
    return None


def settled(owed: tuple[Owed, ...], operation: Operation, account_id: str) -> tuple[Owed, ...]:
    """`owed` without what this operation has done; a disable and an enable undo each other's debt."""
    undone = {"DISABLE": ("DISABLE", "ENABLE"), "ENABLE": ("DISABLE", "ENABLE"), "ADD": ("REMOVE",)}
    kinds = undone.get(operation.kind, (operation.kind,))
    return tuple(
        debt
        for debt in owed
        if not (debt.account_id == account_id and debt.kind in kinds and debt.value == operation.value)
    )


def with_held(account: Account, value: str, present: bool) -> Account:
    """The account with one entitlement added or taken away."""
    held = set(account.entitlements)
    (held.add if present else held.discard)(value)
    return replace(account, entitlements=tuple(sorted(held)))


_SHOWN: dict[str, Callable[[Account, Operation], bool]] = {
    "ADD": lambda account, o: o.value in account.entitlements,
    "REMOVE": lambda account, o: o.value not in account.entitlements,
    "DISABLE": lambda account, o: account.disabled,
    "ENABLE": lambda account, o: not account.disabled,
    "UNLOCK": lambda account, o: not account.locked,
    "DELETE": lambda account, o: False,
    "MODIFY": lambda account, o: all(
        (account.attributes.get(name) or "") == (value or "") for name, value in o.values.items()
    ),
}


def shows(account: Account | None, operation: Operation) -> bool:
    """Whether an account, as it was read, shows that an operation has been carried out."""
    if account is None:
        return operation.kind == "DELETE"
    shown = _SHOWN.get(operation.kind)
    return shown is None or shown(account, operation)


def as_sent(before: Account | None, after: Account | None, operation: Operation) -> Account | None:
    """What was known of an account together with what was sent to it, once a reading (`after`) shows that."""
    if not shows(after, operation):
        return before
    if operation.kind in ("CREATE", "DELETE"):
        return after
    if before is None or after is None:
        return before
    if operation.kind in MEMBERSHIP:
        return with_held(before, operation.value, operation.kind == "ADD")
    if operation.kind == "MODIFY":
        written = {name: after.attributes.get(name) for name in operation.values}
        return replace(before, attributes=before.attributes.merged(written))
    return replace(before, disabled=after.disabled, status=after.status, locked=after.locked)
