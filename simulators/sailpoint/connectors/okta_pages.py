"""Reading an Okta org page by page: users, members of governed groups, membership changes from the System Log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from simulators.kernel.queries import query_string
from simulators.kernel.times import iso, parse_instant
from simulators.sailpoint.connectors.calls import document
from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.outcomes import Found, Page, Right

Call = Callable[..., Awaitable[httpx.Response]]

# Statuses that SailPoint shows as disabled.
DISABLED = frozenset({"STAGED", "SUSPENDED", "DEPROVISIONED"})
# The log may be late; a window ends this long before now and the next begins there.
LOG_LAG = timedelta(seconds=10)
# How much of the org's rate limit an aggregation uses that does not say otherwise (SailPoint help, Okta).
SHARE_PERCENT = 90
MEMBERSHIP = {"group.user_membership.add": "added", "group.user_membership.remove": "removed"}
DELETED = "user.lifecycle.delete.completed"
LOG_FILTER = " or ".join(f'eventType eq "{name}"' for name in (*MEMBERSHIP, DELETED))


class OktaPages:
    """Turns pages of an org into what aggregation takes."""

    def __init__(self, tenant: SailPointTenant, call: Call) -> None:
        self._tenant, self._call = tenant, call

    def governs(self, source: Source, group: Mapping[str, Any]) -> bool:
        """Whether the source's group filter lets a group in."""
        name = str((group.get("profile") or {}).get("name") or "")
        return group.get("type", "OKTA_GROUP") == "OKTA_GROUP" and name.startswith(
            str(source.settings.get("groupNamePrefix") or "")
        )

    async def accounts(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """The next page of users; then of members (full) or of the log (delta)."""
        stage = cursor.get("stage", "users")
        if stage == "users":
            return await self._users(source, cursor)
        return await (self._members if stage == "members" else self._log)(source, cursor)

    async def _users(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        full = cursor["mode"] == "full"
        since = "1970-01-01T00:00:00.000Z" if full else iso(parse_instant(cursor["since"]) - LOG_LAG)
        condition = f'lastUpdated gt "{since}"'
        if wanted := source.settings.get("accountFilter"):
            condition = f"{condition} and ({wanted})"
        # Users are listed by `filter`, or by `search`, which ends at 50,000 (SailPoint help, Okta: account filters).
        query = {"search" if source.settings.get("userListing") == "search" else "filter": condition, "limit": 200}
        path = cursor.get("next") or f"/api/v1/users?{query_string(query)}"
        answer = await self._call(source, "GET", path)
        one_by_one = source.switch("disableGroupCaching")
        found = []
        for user in document(answer):
            groups = await self._groups_of(source, user) if one_by_one else None
            found.append(found_user(self._tenant, source, user, groups))
        after = self._spared(source, answer)
        if (following := next_path(answer)) is not None:
            return Page(tuple(found), cursor={**cursor, "next": following}, not_before=after)
        if not full:
            window = {"from": since, "to": iso(self._tenant.now() - LOG_LAG)}
            return Page(tuple(found), cursor={**cursor, "stage": "log", "next": None, **window}, not_before=after)
        rights = self._tenant.state.entitlements.find("source", source.id)
        groups_known = [right.value for right in rights]
        if not groups_known or one_by_one:
            return Page(tuple(found), complete=True)
        stage = {"stage": "members", "next": None, "groups": tuple(groups_known)}
        return Page(tuple(found), cursor={**cursor, **stage}, not_before=after)

    async def _groups_of(self, source: Source, user: Mapping[str, Any]) -> tuple[str, ...]:
        """The governed groups of one user: what a source does that keeps no list of members."""
        groups = document(await self._call(source, "GET", f"/api/v1/users/{quote(user['id'], safe='')}/groups"))
        return tuple(group["id"] for group in groups if self.governs(source, group))

    def _spared(self, source: Source, answer: httpx.Response) -> datetime | None:
        """When reading goes on, once the source's share of the rate limit is used up.

        `maxPermissibleCalls` is the share in percent that aggregations may use (SailPoint help, Okta).
        """
        limit, left = (answer.headers.get(f"x-rate-limit-{name}", "") for name in ("limit", "remaining"))
        reset = answer.headers.get("x-rate-limit-reset", "")
        if not (limit.isdigit() and left.isdigit() and reset.isdigit()):
            return None
        share = source.number("maxPermissibleCalls", SHARE_PERCENT, most=100)
        if int(left) * 100 > (100 - share) * int(limit):
            return None
        return datetime.fromtimestamp(int(reset), UTC)

    async def _members(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        groups = cursor["groups"]
        path = cursor.get("next") or f"/api/v1/groups/{quote(groups[0])}/users?limit=1000"
        answer = await self._call(source, "GET", path)
        members = {groups[0]: frozenset(user["id"] for user in document(answer))}
        following = next_path(answer)
        left = groups if following is not None else groups[1:]
        if not left:
            return Page(memberships=members, complete=True)
        cursor = {**cursor, "next": following, "groups": left}
        return Page(memberships=members, cursor=cursor, not_before=self._spared(source, answer))

    async def _log(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        query = {"since": cursor["from"], "until": cursor["to"], "filter": LOG_FILTER, "limit": 1000}
        answer = await self._call(source, "GET", cursor.get("next") or f"/api/v1/logs?{query_string(query)}")
        rows = document(answer)
        changes = dict(cursor.get("changes") or {})
        for row in rows:
            if (change := self._from_log(source, row)) is not None:
                changes[change[:2]] = change[2]
        following = next_path(answer)
        if following is not None and rows:
            return Page(cursor={**cursor, "next": following, "changes": changes})
        return Page(tuple(_net(changes)), as_of=parse_instant(cursor["to"]))

    def _from_log(self, source: Source, row: Mapping[str, Any]) -> tuple[str, str, str] | None:
        """User, group and what happened; the last word on a pair counts."""
        targets = {target["type"]: target["id"] for target in row.get("target") or ()}
        user, group = targets.get("User", ""), targets.get("UserGroup", "")
        if row["eventType"] == DELETED:
            return (user, "", "gone") if user else None
        if not user or self._tenant.state.entitlements.first("value", f"{source.id}/{group}") is None:
            return None
        return user, group, MEMBERSHIP[row["eventType"]]

    async def groups(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """The next page of groups that can be held."""
        query: dict[str, Any] = {"limit": 1000}
        if wanted := source.settings.get("groupFilter"):
            query["filter"] = wanted
        answer = await self._call(source, "GET", cursor.get("next") or f"/api/v1/groups?{query_string(query)}")
        rights = tuple(
            Right(group["id"], group["profile"]["name"], group["profile"].get("description") or "")
            for group in document(answer)
            if self.governs(source, group)
        )
        following = next_path(answer)
        if following is None:
            return Page(rights=rights, complete=True)
        return Page(rights=rights, cursor={**cursor, "next": following}, not_before=self._spared(source, answer))


def _net(changes: Mapping[tuple[str, str], str]) -> Iterator[Found]:
    """One entry per user out of (user, group) pairs and their last change."""
    by_user: dict[str, dict[str, list[str]]] = {}
    for (user, group), change in changes.items():
        by_user.setdefault(user, {}).setdefault(change, []).append(group)
    for user, sorted_out in by_user.items():
        added, removed = (tuple(sorted_out.get(change, ())) for change in ("added", "removed"))
        yield Found(user, user, {}, False, added=added, removed=removed, gone="gone" in sorted_out, partial=True)


def found_user(
    tenant: SailPointTenant, source: Source, user: Mapping[str, Any], groups: tuple[str, ...] | None
) -> Found:
    """A user as an account: the profile attributes of the source's schema, and the status."""
    profile = user.get("profile") or {}
    wanted = schema_names(tenant, source)
    attributes = {name: profile[name] for name in wanted if profile.get(name) is not None}
    status = str(user.get("status") or "")
    login = str(profile.get("login") or user["id"])
    locked = status == "LOCKED_OUT"
    return Found(user["id"], login, attributes, status in DISABLED, status, groups, locked=locked)


def schema_names(tenant: SailPointTenant, source: Source) -> list[str]:
    """Names of the account schema's attributes, without the entitlement attribute."""
    for schema in tenant.configuration.all("schema", source.id):
        if schema.name == "account":
            names = [attribute["name"] for attribute in schema.body.get("attributes") or ()]
            return [name for name in names if name != source.entitlement_attribute]
    return []


def next_path(answer: httpx.Response) -> str | None:
    """Path and query of the page that follows, if any; the host stays the source's own."""
    for value in answer.headers.get_list("link"):
        for link in value.split(", <"):
            if 'rel="next"' in link:
                parts = urlsplit(link.lstrip("<").partition(">")[0])
                return f"{parts.path}?{parts.query}"
    return None
