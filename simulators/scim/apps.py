"""ScimApps: every SCIM application of an estate; each change of an account or a group passes through here."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from simulators.kernel.clock import VirtualClock
from simulators.kernel.ids import Ids
from simulators.scim.attributes import Document, user_document
from simulators.scim.errors import ScimRefusal, missing
from simulators.scim.groups import GroupChange
from simulators.scim.records import (
    ENGINES,
    Account,
    Application,
    Group,
    Membership,
    ScimState,
    Write,
    key,
)


@dataclass(frozen=True)
class Endpoints:
    """Where an application is reached, and the bearer token of each engine."""

    label: str
    slug: str
    scim_url: str
    write_log_url: str
    tokens: Mapping[str, str]


class ScimApps:
    """State, clock and the commands of all applications."""

    def __init__(self, clock: VirtualClock, ids: Ids) -> None:
        self.clock = clock
        self.base_url = ""
        self.state = ScimState(ids)

    def plant(self, label: str, slug: str | None = None) -> Endpoints:
        """Add an application with one token per engine."""
        slug = slug or label.lower().replace(" ", "-")
        tokens = tuple((engine, self.state.ids.secret(f"{slug}/{engine}")) for engine in ENGINES)
        self.state.applications[slug] = Application(slug, label, tokens)
        return Endpoints(
            label, slug, f"{self.base_url}/{slug}/scim/v2", f"{self.base_url}/{slug}/write-log", dict(tokens)
        )

    def application(self, slug: str) -> Application:
        """The application behind a path. Raises the 404 for an unknown one."""
        found = self.state.applications.get(slug)
        if found is None:
            raise ScimRefusal(404, f"There is no application {slug}")
        return found

    def credential(self, slug: str, token: str) -> str:
        """The name of the credential that a bearer token is. Raises the 401 for any other token."""
        for name, value in self.application(slug).tokens:
            if value == token:
                return name
        raise ScimRefusal(401, "The bearer token is not valid for this application")

    def seats(self, slug: str) -> int:
        """How many accounts are active."""
        return self.state.accounts.count("seat", slug)

    def account(self, slug: str, id: str) -> Account:
        """One account of an application. Raises the 404."""
        found = self.state.accounts.get(id)
        if found is None or found.app != slug:
            raise missing(id)
        return found

    def group(self, slug: str, id: str) -> Group:
        """One group of an application. Raises the 404."""
        found = self.state.groups.get(id)
        if found is None or found.app != slug:
            raise missing(id)
        return found

    def create_account(self, slug: str, body: Document) -> Account:
        """Add an account. Raises the 409 when its userName is taken, the 400 for a bad document."""
        now = self.clock.now()
        document = {"active": True, **user_document(body)}
        return self._store(slug, self.state.ids.uuid(f"{slug}/user"), document, now, now)

    def replace_account(self, slug: str, id: str, body: Document) -> Account:
        """Give an account a new document."""
        account = self.account(slug, id)
        return self._store(slug, id, {"active": True, **user_document(body)}, account.created, self.clock.now())

    def change_account(self, slug: str, id: str, change: Callable[[Document], Document]) -> Account:
        """Give an account the document that `change` makes of its own."""
        account = self.account(slug, id)
        return self._store(
            slug, id, user_document(change(json.loads(account.document))), account.created, self.clock.now()
        )

    def delete_account(self, slug: str, id: str) -> None:
        """Remove an account and its memberships."""
        self.account(slug, id)
        for membership in list(self.state.memberships.find("account", id)):
            self.state.memberships.remove(membership.id)
        self.state.accounts.remove(id)

    def create_group(self, slug: str, change: GroupChange) -> Group:
        """Add a group with its members."""
        now, id = self.clock.now(), self.state.ids.uuid(f"{slug}/group")
        self._known_members(slug, change)
        return self._change_group(
            Group(id, slug, change.display_name or "", change.external_id or "", now, now), change
        )

    def change_group(self, slug: str, id: str, change: GroupChange) -> Group:
        """Rename a group, or put members in and out."""
        group = self.group(slug, id)
        self._known_members(slug, change)
        return self._change_group(replace(group, modified=self.clock.now()), change)

    def delete_group(self, slug: str, id: str) -> None:
        """Remove a group; its members stay."""
        self.group(slug, id)
        for membership in list(self.state.memberships.find("group", id)):
            self.state.memberships.remove(membership.id)
        self.state.groups.remove(id)

    def members(self, group: Group) -> Iterator[Account]:
        """The accounts in a group, in order of joining."""
        for membership in self.state.memberships.find("group", group.id):
            yield self.state.accounts[membership.account]

    def groups_of(self, account: Account) -> Iterator[Group]:
        """The groups an account is in."""
        for membership in self.state.memberships.find("account", account.id):
            yield self.state.groups[membership.group]

    def note(
        self, slug: str, credential: str, verb: str, path: str, resource_id: str | None, status: int, body: Any
    ) -> None:
        """Enter an attempted change into the application's write log, without passwords."""
        number = self.state.writes.count("app", slug) + 1
        text = None if body is None else json.dumps(_without_passwords(body), ensure_ascii=False)
        now = self.clock.now()
        self.state.writes.put(
            Write(f"{slug}/{number}", slug, number, now, credential, verb, path, resource_id, status, text)
        )

    def writes(self, slug: str, since: str | None = None, after: int = 0) -> Iterator[Write]:
        """The write log from the instant `since` on (as text), behind the row `after`."""
        if since is not None:
            rows = self.state.writes.range("time", key(slug, since), key(slug, "~"))
            return (row for row in rows if row.number > after)
        return self.state.writes.find("app", slug, f"{slug}/{after}" if after else None)

    def _store(self, slug: str, id: str, document: Document, created: datetime, modified: datetime) -> Account:
        user_name = document["userName"]
        name = key(slug, user_name.lower())
        if self.state.accounts.count("user_name", name):
            holder = self.state.accounts.first("user_name", name)
            if holder is not None and holder.id != id:
                raise ScimRefusal(409, f"The userName {user_name} is already in use", "uniqueness")
        return self.state.accounts.put(
            Account(
                id=id,
                app=slug,
                user_name=user_name,
                external_id=document.get("externalId", ""),
                active=document.get("active", True),
                document=json.dumps(document, ensure_ascii=False, separators=(",", ":")),
                created=created,
                modified=modified,
            )
        )

    def _change_group(self, group: Group, change: GroupChange) -> Group:
        group = self.state.groups.put(
            replace(
                group,
                display_name=group.display_name if change.display_name is None else change.display_name,
                external_id=group.external_id if change.external_id is None else change.external_id,
            )
        )
        memberships = self.state.memberships
        if change.replace_members:
            for membership in list(memberships.find("group", group.id)):
                if membership.account not in change.add:
                    memberships.remove(membership.id)
        for account in change.remove:
            memberships.remove(f"{group.id}/{account}")
        for account in change.add:
            memberships.put(Membership(f"{group.id}/{account}", group.id, account))
        return group

    def _known_members(self, slug: str, change: GroupChange) -> None:
        for id in change.add:
            found = self.state.accounts.get(id)
            if found is None or found.app != slug:
                raise ScimRefusal(400, f"The member {id} does not exist", "invalidValue")


def _without_passwords(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_passwords(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    secret = str(value.get("path", "")).lower().endswith("password")
    return {
        name: _without_passwords(inner)
        for name, inner in value.items()
        if name.lower() != "password" and not (secret and name == "value")
    }
