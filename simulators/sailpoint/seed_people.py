"""The people of a seed as a tenant knows them on day zero: accounts, attributes, roles, grants."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from simulators.kernel.people import SeedPerson
from simulators.kernel.times import iso
from simulators.sailpoint.domain.memo import Memo
from simulators.sailpoint.domain.records import Account, Grant, Identity
from simulators.sailpoint.domain.times import instant, local_instant
from simulators.sailpoint.domain.transforms import Context
from simulators.sailpoint.domain.values import Values
from simulators.sailpoint.seed_documents import DocumentPlanter
from simulators.sailpoint.seed_sources import of
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.news import STATE

_DISABLED = frozenset({"STAGED", "SUSPENDED", "DEPROVISIONED"})
CONTRACTORS, EMPLOYEES = "Contractors", "HR Feed"


class PeoplePlanter:
    """Plants people by function call, so that a hundred thousand of them take seconds."""

    def __init__(
        self, tenant: SailPointTenant, table: Mapping[str, Any], documents: DocumentPlanter, links: Any
    ) -> None:
        self.tenant, self.table, self.documents = tenant, table, documents
        self.at: datetime = links.at or tenant.now()
        self.links = links
        self._logins = {id: login for login, id in of(links.okta, "users").items()}
        self._mapped = {row["source"]: row["attributes"] for row in table.get("provisioning", ())}
        rows = (row for row in table.get("sources", ()) if row["name"] == "Okta")
        self._secondary = next(((row.get("settings") or {}).get("secondaryAccounts") or {} for row in rows), {})
        self._ids: Mapping[str, str] = {}
        self._names: dict[str, str] = {}
        self._memos: dict[str, Memo] = {}
        self._read: tuple[str, ...] | None = None
        self._met: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._wanted: dict[tuple[Any, ...], tuple[str, ...]] = {}
        self._holdings: dict[tuple[str, ...], tuple[str, ...]] = {}

    def administrators(self, ids: Mapping[str, str]) -> None:
        """People without any source: what a new tenant starts with."""
        for row in self.table.get("administrators", ()):
            name = f"{row['first_name']} {row['last_name']}"
            attributes = {
                "uid": row["name"],
                "displayName": name,
                "firstname": row["first_name"],
                "lastname": row["last_name"],
                "email": row["email"],
            }
            self.tenant.state.identities.put(
                Identity(
                    ids[row["name"]],
                    "",
                    Values(attributes),
                    "",
                    "",
                    self.at,
                    self.at,
                    self.at,
                    protected=True,
                    last_refresh=self.at,
                )
            )

    def everybody(
        self,
        people: Iterable[SeedPerson],
        ids: Mapping[str, str],
        held: Mapping[str, list[tuple[str, str]]],
        grants: tuple[Mapping[str, Any], ...],
    ) -> None:
        """All people with accounts, attributes and access; each record is written once."""
        people = list(people)
        self._ids = ids
        self._names = {person.worker_id: f"{person.first_name} {person.last_name}" for person in people}
        self._grants(grants)
        for person in people:
            self._person(person, held)
        self._strangers()
        for id in self.documents.source_ids.values():
            # Everything has been read by now: the next aggregation asks for changes only.
            self.tenant.state.watermarks[id] = iso(self.at)

    def _person(self, person: SeedPerson, held: Mapping[str, list[tuple[str, str]]]) -> None:
        source = CONTRACTORS if person.worker_type == "contractor" else EMPLOYEES
        identity_id, row = self._ids[person.worker_id], _row(person)
        began = min(instant(row["hire_date"]) or self.at, self.at)
        context = self._context(person, source, row)
        computed = self._memo(source).attributes(context)
        if computed.get("displayName") == (name := self._names[person.worker_id]):
            computed["displayName"] = name  # the very text that those who report to this person carry
        attributes = Values(computed)
        label = str(attributes.get(STATE) or "")
        if label != person.lifecycle_state:
            raise ValueError(
                f"{person.worker_id} is {label} by the lifecycle conditions but {person.lifecycle_state} by the seed"
            )
        edge = instant(attributes.get("nextProcessingDate"))
        timer = self.tenant.clock.call_at(edge, "sailpoint.due", identity_id) if edge is not None else 0
        roles, profile_id = self._roles(attributes), self.documents.profile_ids[source]
        identity = Identity(
            identity_id,
            profile_id,
            attributes,
            self._ids.get(person.manager_id, ""),
            label,
            _since(attributes, began, self.at),
            began,
            began,
            roles=roles,
            given=self._wanted.get((profile_id, label, roles), ()),
            due=min((int(edge.timestamp()) for edge in context.edges), default=None),
            timer=timer,
            last_refresh=self.at,
        )
        if (given := self._given(identity)) != identity.given:
            identity = replace(identity, given=given)
        self.tenant.state.identities.put(identity)
        self._account(source, identity_id, person.worker_id, person.worker_id, row, began=began)
        self._accounts(person, identity, held)

    def _context(self, person: SeedPerson, source: str, row: Mapping[str, str]) -> Context:
        """What transforms see; before day zero people had their login, and some had left."""
        ended = local_instant(row["end_date"], "24:00", person.time_zone) if person.end_date is not None else None
        accounts: dict[str, Mapping[str, Any]] = {source: row}
        return Context(
            self.at,
            accounts.get,
            {},
            {"email": person.login, "endsAt": ended},
            self._named,
            lambda login: False,
            lambda name: self._names.get(person.manager_id) if name == "displayName" else None,
        )

    def _named(self, name: str) -> Mapping[str, Any] | None:
        document = self.tenant.configuration.named("transform", name)
        return document.body if document is not None else None

    def _memo(self, source: str) -> Memo:
        if source not in self._memos:
            profile = self.tenant.configuration.get("identity-profile", self.documents.profile_ids[source])
            self._memos[source] = Memo(profile.body["identityAttributeConfig"]["attributeTransforms"])
        return self._memos[source]

    def _roles(self, attributes: Mapping[str, Any]) -> tuple[str, ...]:
        """Roles by criteria; day zero's criteria read nothing but identity attributes."""
        if self._read is None:
            wanted = (row["criteria"] for row in self.table.get("roles", ()) if row.get("criteria"))
            self._read = (STATE, *sorted({name for criteria in wanted for name in criteria}))
        key = tuple(attributes.get(name) for name in self._read)
        if key not in self._met:
            self._met[key] = self.tenant.processing.roles_of("", attributes, [])
        return self._met[key]

    def _given(self, identity: Identity) -> tuple[str, ...]:
        if self.tenant.state.grants.count("identity", identity.id):
            return self.tenant.provisioning.wanted(identity)
        key = (identity.profile_id, identity.state, identity.roles)
        if key not in self._wanted:
            self._wanted[key] = self.tenant.provisioning.wanted(identity)
        return self._wanted[key]

    def _account(
        self,
        source: str,
        identity_id: str,
        native: str,
        name: str,
        attributes: Mapping[str, Any],
        *,
        held: Iterable[str] = (),
        disabled: bool = False,
        status: str = "",
        began: datetime | None = None,
    ) -> None:
        rights, at = tuple(sorted(held)), began or self.at
        rights = self._holdings.setdefault(rights, rights)  # thousands hold the same
        id, source_id = self.tenant.ids.hex32("account"), self.documents.source_ids[source]
        account = Account(
            id, source_id, identity_id, native, name, Values(attributes), rights, disabled, at, at, status
        )
        self.tenant.state.accounts.put(account)

    def _accounts(self, person: SeedPerson, identity: Identity, held: Mapping[str, list[tuple[str, str]]]) -> None:
        worker, began = person.worker_id, identity.created
        rights: dict[str, list[str]] = {}
        for source, name in held.get(worker, ()):
            rights.setdefault(source, []).append(name)
        groups = of(self.links.okta, "groups")
        for place, native in enumerate(of(self.links.okta, "accounts").get(worker, ())):
            login = self._logins.get(native, person.login)
            names = (
                rights.get("Okta", []) if place == 0 else [n for source, n in held.get(login, ()) if source == "Okta"]
            )
            status = person.okta_status if place == 0 else "ACTIVE"
            second = {"login": login, "email": login, "employeeNumber": worker, **self._secondary} if place else {}
            self._account(
                "Okta",
                identity.id,
                native,
                login,
                second if place else self._written("Okta", identity.attributes),
                held=[groups[name] for name in names],
                disabled=status in _DISABLED,
                status=status,
                began=began,
            )
        for source, values in rights.items():
            if source == "Okta":
                continue
            native = self.links.scim_ids.get((source, worker), worker)
            # On a source without a connection the account is known by the person's own key.
            name = person.login if (source, worker) in self.links.scim_ids else worker
            written = self._written(source, identity.attributes)
            self._account(source, identity.id, native, name, written, held=values, began=began)

    def _written(self, source: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
        """What earlier provisioning has written to an account, by the seed's mapping."""
        mapping = self._mapped.get(source, {})
        return {name: value for name, origin in mapping.items() if (value := attributes.get(origin)) not in (None, "")}

    def _grants(self, grants: tuple[Mapping[str, Any], ...]) -> None:
        users = of(self.links.okta, "users")
        for grant in grants:
            native = users.get(grant["account"], "") if grant.get("account") else ""
            end = self.at + timedelta(days=grant["until"]) if "until" in grant else None
            id = self.tenant.ids.hex32("grant")
            item = self.documents.item_ids[grant["item"]]
            self.tenant.state.grants.put(Grant(id, self._ids[grant["worker_id"]], item, self.at, native, end))

    def _strangers(self) -> None:
        """Accounts of the directory that belong to nobody."""
        known = {id for ids in of(self.links.okta, "accounts").values() for id in ids}
        for login, native in of(self.links.okta, "users").items():
            if native not in known and "Okta" in self.documents.source_ids:
                self._account("Okta", "", native, login, {"login": login, "email": login}, status="ACTIVE")


def _row(person: SeedPerson) -> dict[str, str]:
    """The person's row of the HR feed."""

    row = {
        "worker_id": person.worker_id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "department": person.department,
        "job_title": person.job_title,
        "manager_id": person.manager_id,
        "location": person.location,
        "time_zone": person.time_zone,
        "worker_type": person.worker_type,
        "hire_date": _day(person.hire_date),
        "end_date": _day(person.end_date),
        "end_reason": person.end_reason,
        "effective_date": "",
    }
    if person.leave_start is not None:
        row |= {"leave_start": _day(person.leave_start), "leave_end": _day(person.leave_end)}
    return row


@lru_cache(maxsize=8192)
def _day(value: date | None) -> str:
    """ISO text of a day, one text for all people who share it; empty for none."""
    return value.isoformat() if value is not None else ""


def _since(attributes: Mapping[str, Any], began: datetime, at: datetime) -> datetime:
    """When the present state began, as far as the dates tell."""
    dates = (instant(attributes.get(name)) for name in ("startsAt", "endsAt", "leaveStartsAt"))
    past = [one for one in dates if one is not None and one <= at]
    return max(past, default=began)
