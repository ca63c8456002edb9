"""API tokens, and what a caller may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from simulators.okta.domain.admins import RIGHTS, TARGETS, RoleAssignment, level, rights_of
from simulators.okta.domain.errors import Forbidden, InvalidToken, MissingScope, NotFound
from simulators.okta.domain.groups import Group
from simulators.okta.domain.iam import Member, allows, contains
from simulators.okta.domain.log import Cause, Party
from simulators.okta.domain.tokens import ApiToken, secret_digest
from simulators.okta.domain.users import Status, User

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


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
    """Answers what callers may do, and keeps API tokens. Roles stand in `RoleAssignments`, custom ones in `Iam`."""

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

    def demand(self, caller: Caller, scope: str | None, right: str | None, path: str, method: str = "") -> None:
        """Raise MissingScope or Forbidden unless the caller has the scope (by token) and the right (by role)."""
        if caller.scopes is not None and scope is not None and not _granted(caller.scopes, scope):
            raise MissingScope(scope, path)
        if right is not None and not self.may(caller, right, f"{method} {path}" if method else None):
            raise Forbidden()

    def may(self, caller: Caller, right: str, request: str | None = None) -> bool:
        """Whether the caller's roles include a right; custom roles include some for certain requests only."""
        if right in rights_of(self.roles_of(caller)):
            return True
        if not len(self.org.state.binding_members):
            return False
        roles = self.org.state.custom_roles
        return any(allows(roles[held.role_id], right, request) for held in self._bindings(caller))

    def demand_over(self, caller: Caller, user: User) -> None:
        """Raise Forbidden when `user` is a higher administrator than the caller, or outside what its roles cover."""
        if caller.user_id == user.id:
            return
        if level(self.roles_of_user(user.id)) > level(self.roles_of(caller)):
            raise Forbidden()
        groups = [group_id for group_id, _ in self.org.state.members.of(user.id)]
        names = [f"users:{user.id}", *(f"groups:{id}:contained_resources" for id in groups)]
        self._demand_reach(caller, "users", groups, names)

    def demand_group(self, caller: Caller, group_id: str) -> None:
        """Raise Forbidden when the caller's roles are limited to other groups."""
        self._demand_reach(caller, "groups", [group_id], [f"groups:{group_id}"])

    def sees_group(self, caller: Caller) -> Callable[[Group], bool]:
        """Which groups a list shows: all; to somebody with roles for groups only, those of the roles, never Everyone.

        Okta API reference, Groups, List all groups.
        """
        rows = list(self._assignments(caller))
        if not rows or any(TARGETS.get(row.type) != "groups" for row in rows):
            return lambda group: True
        targets = {id for row in rows for id in row.group_targets}
        limited = all(row.group_targets for row in rows)
        return lambda group: group.type != "BUILT_IN" and (not limited or group.id in targets)

    def demand_app(self, caller: Caller, app_id: str) -> None:
        """Raise Forbidden when the caller's roles are limited to other applications."""
        app = self.org.state.apps.get(app_id)
        if app is not None:
            names = [f"apps:{app.name}", f"apps:{app.name}:{app.id}", f"apps:{app.id}"]
            self._demand_reach(caller, "apps", [app.name, f"{app.name}/{app.id}"], names)

    def _demand_reach(self, caller: Caller, noun: str, targets: list[str], names: list[str]) -> None:
        """One role has to reach the object: a standard one without targets or with such a one, or a resource set."""
        for row in self._assignments(caller):
            held = row.app_targets if noun == "apps" else row.group_targets
            if _concerns(row.type, noun) and (not held or not set(held).isdisjoint(targets)):
                return
        state = self.org.state
        if len(state.binding_members):
            for member in self._bindings(caller):
                orns = frozenset(row.orn for row in state.resource_sets[member.set_id].resources.values())
                if contains(orns, state.org_id, noun, *names):
                    return
        raise Forbidden()

    def _holders(self, caller: Caller) -> Iterator[str]:
        if caller.client_id is not None and caller.user_id is None:
            yield caller.client_id
        elif caller.user_id is not None:
            yield caller.user_id
            for group_id, _ in self.org.state.members.of(caller.user_id):
                yield group_id

    def _assignments(self, caller: Caller) -> Iterator[RoleAssignment]:
        return chain.from_iterable(self.org.roles.of(holder) for holder in self._holders(caller))

    def _bindings(self, caller: Caller) -> Iterator[Member]:
        return chain.from_iterable(self.org.iam.held_by(holder) for holder in self._holders(caller))

    def _held(self, holder_id: str) -> frozenset[str]:
        return frozenset(row.type for row in self.org.state.roles.find("holder", holder_id))


def _concerns(role: str, noun: str) -> bool:
    return any(right.startswith(noun) for right in RIGHTS[role])


def _granted(scopes: frozenset[str], wanted: str) -> bool:
    """Whether a token has what a call wants: one scope, or each of several; manage includes read."""
    if " " in wanted:
        return all(_granted(scopes, one) for one in wanted.split())
    return wanted in scopes or (wanted.endswith(".read") and f"{wanted[:-5]}.manage" in scopes)
