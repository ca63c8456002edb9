"""Administrator roles, API tokens, and what a caller may do."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from simulators.okta.domain.admins import LABELS, RoleAssignment, level, rights_of
from simulators.okta.domain.errors import (
    BuiltInGroup,
    Forbidden,
    GroupHasRules,
    Invalid,
    InvalidToken,
    MissingScope,
    NotFound,
    RoleAlreadyAssigned,
)
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import ApiToken, secret_digest
from simulators.okta.domain.users import Status, User
from simulators.okta.tenant.journal import group_party, user_party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_BY_TYPE = frozenset({"USER_ADMIN", "APP_ADMIN", "HELP_DESK_ADMIN", "GROUP_MEMBERSHIP_ADMIN"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: an API token's owner, a client with scopes, a signed-in person, or nobody.

    `scopes` None means that no scope limits the caller (an API token).
    """

    kind: str
    user_id: str | None = None
    client_id: str | None = None
    token_id: str | None = None
    session_id: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def principal(self) -> str | None:
        """Whose share of a rate limit a request uses."""
        return self.token_id if self.kind == "api_token" else self.client_id


NOBODY = Caller("nobody")


class Access:
    """Answers what callers may do, and keeps roles and API tokens."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def by_api_token(self, value: str) -> Caller:
        """The caller behind an API token; its use restarts its window. Raises InvalidToken."""
        org = self.org
        token = org.state.api_tokens.first("digest", secret_digest(value))
        if token is None or token.expires <= org.now():
            raise InvalidToken()
        owner = org.state.users.get(token.user_id)
        if owner is None or owner.status in (Status.DEPROVISIONED, Status.SUSPENDED):
            raise InvalidToken()
        if (org.now() - token.last_used).total_seconds() >= 60:
            expires = org.now() + org.settings.api_token_window
            org.state.api_tokens.put(replace(token, last_used=org.now(), expires=expires))
        return Caller("api_token", token.user_id, token_id=token.id)

    def planted_api_token(self, user: User, name: str) -> str:
        """The value of an API token that a seed gives somebody."""
        org, now = self.org, self.org.now()
        value = "00" + org.state.ids.base62("secret/api token", 40)
        ends = now + org.settings.api_token_window
        org.state.api_tokens.put(ApiToken(org.new_id("00T"), name, secret_digest(value), user.id, now, now, ends))
        return value

    def planted_role(self, kind: str, holder_id: str, type: str) -> None:
        """A role that a seed gives a holder. Raises ValueError for an unknown one."""
        if type not in LABELS:
            raise ValueError(f"unknown administrator role {type!r}; use one of {', '.join(LABELS)}")
        row = RoleAssignment(self._role_id(kind, type), type, kind, holder_id, self.org.whole_second())
        self.org.state.roles.put(row)

    def revoke_api_token(self, id: str, cause: Cause) -> None:
        """End an API token. Raises NotFound."""
        token = self.org.state.api_tokens.remove(id)
        if token is None:
            raise NotFound(id, "Token")
        self.org.log.emit(cause, "system.api_token.revoke", Party(token.id, "Token", token.name, token.name))

    def roles_of(self, caller: Caller) -> frozenset[str]:
        """The roles a caller acts with, those of its groups included."""
        if caller.client_id is not None and caller.user_id is None:
            return self._held(caller.client_id)
        return self.roles_of_user(caller.user_id) if caller.user_id else frozenset()

    def roles_of_user(self, user_id: str) -> frozenset[str]:
        """The roles of a person, own and through groups."""
        if not len(self.org.state.roles):
            return frozenset()
        groups = (self._held(group_id) for group_id, _ in self.org.state.members.of(user_id))
        return frozenset(chain(self._held(user_id), *groups))

    def demand(self, caller: Caller, scope: str | None, right: str | None, path: str) -> None:
        """Raise MissingScope or Forbidden unless the caller has the scope (by token) and the right (by role)."""
        if caller.scopes is not None and scope is not None and not _granted(caller.scopes, scope):
            raise MissingScope(scope, path)
        if right is not None and right not in rights_of(self.roles_of(caller)):
            raise Forbidden()

    def may(self, caller: Caller, right: str) -> bool:
        """Whether the caller's roles include a right."""
        return right in rights_of(self.roles_of(caller))

    def demand_over(self, caller: Caller, user: User) -> None:
        """Raise Forbidden when `user` is a higher administrator than the caller."""
        if caller.user_id != user.id and level(self.roles_of_user(user.id)) > level(self.roles_of(caller)):
            raise Forbidden()

    def assignments(self, holder_id: str) -> Iterator[RoleAssignment]:
        """The roles assigned to a holder itself."""
        return self.org.state.roles.find("holder", holder_id)

    def assign(self, kind: str, holder_id: str, type: str, cause: Cause) -> RoleAssignment:
        """Give a standard role to a USER, GROUP or CLIENT."""
        org = self.org
        if type not in LABELS:
            raise Invalid("roleType", f"roleType: The role type {type!r} is not valid")
        if any(held.type == type for held in self.assignments(holder_id)):
            raise RoleAlreadyAssigned()
        if kind == "GROUP":
            if org.state.groups[holder_id].type == "BUILT_IN":
                raise BuiltInGroup()
            if org.state.rules.first("target", holder_id) is not None:
                raise GroupHasRules()
        row = RoleAssignment(self._role_id(kind, type), type, kind, holder_id, org.whole_second())
        org.state.roles.put(row)
        self._report("grant", row, cause)
        return row

    def unassign(self, holder_id: str, id: str, cause: Cause) -> None:
        """Take a role assignment back. Raises NotFound."""
        row = self.org.state.roles.remove(f"{holder_id}/{id}")
        if row is None:
            raise NotFound(id, "RoleAssignment")
        self._report("revoke", row, cause)

    def _role_id(self, kind: str, type: str) -> str:
        if type in _BY_TYPE:
            return base64.b32encode(type.encode()).decode().rstrip("=")
        return self.org.new_id("gra" if kind == "GROUP" else "ra1")

    def _held(self, holder_id: str) -> frozenset[str]:
        return frozenset(row.type for row in self.org.state.roles.find("holder", holder_id))

    def _report(self, verb: str, row: RoleAssignment, cause: Cause) -> None:
        state = self.org.state
        debug = {"privilegeGranted": LABELS[row.type]}
        if row.holder_kind == "GROUP":
            target = group_party(state.groups[row.holder_id])
            self.org.log.emit(cause, f"group.privilege.{verb}", target, debug=debug)
            return
        user = state.users.get(row.holder_id)
        target = user_party(user) if user else Party(row.holder_id, "PublicClientAppEntity", "unknown", row.holder_id)
        self.org.log.emit(cause, f"user.account.privilege.{verb}", target, debug=debug)


def _granted(scopes: frozenset[str], wanted: str) -> bool:
    return wanted in scopes or (wanted.endswith(".read") and f"{wanted[:-5]}.manage" in scopes)
