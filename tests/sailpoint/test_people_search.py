"""Searching people by columns answers what a look at everybody does: any query, any order, whatever has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.kernel.indexes import Indexes
from simulators.kernel.table import Table
from simulators.sailpoint.domain.search import All, Holds, Near, Pattern, Query, Some, Term, Without, matches
from simulators.sailpoint.domain.search_order import rank
from simulators.sailpoint.search import columns, planning
from simulators.sailpoint.search.people import People
from simulators.sailpoint.wire.query import parse_query
from tests.sailpoint.queries import queries, shown

_SORTS = ("name", "-name", "created,-email", "-attributes.department,id", "accessCount", "manager.name,-created", "-id")


def differs(tenant: Any, query: Query, sorts: str = "") -> str:
    """How the answer of columns differs from a look at everybody; nothing where they agree."""
    expected = [one for one in shown(tenant) if matches(query, one, tenant.now())]
    people = People(tenant, query)
    if people.count() != len(expected):
        return f"{query}: {people.count()} and not {len(expected)}"
    if [one["id"] for one in people.by_creation()] != [one["id"] for one in expected]:
        return f"{query}: others in order of creation"
    if sorts:
        order = tuple((name.lstrip("-"), name[0] == "-") for name in sorts.split(","))
        expected.sort(key=lambda one: rank(one, order))
        for last in ((), *(rank(one, order)[:most] for one in expected[:9:4] for most in (1, 2))):
            behind = [one["id"] for one in expected if not last or last < rank(one, order)[: len(last)]]
            if [one["id"] for one in people.in_order(order, last)] != behind:
                return f"{query} by {sorts} behind {last}: others, or another order"
    return ""


@pytest.fixture(params=["patient", "hasty"])
def haste(request: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Columns are asked to the end, or a handful of people is looked at instead."""
    few = {"patient": -1, "hasty": 20}[request.param]
    monkeypatch.setattr(planning, "FEW", few)
    monkeypatch.setattr(planning, "FEW_TEXTS", few)
    return str(request.param)


def test_any_query_finds_whom_a_look_at_everybody_finds(company: Any, haste: str) -> None:
    """In order of creation, in any other order, behind any record, and as many; with somebody of many accounts."""
    tenant = company.tenant
    account = next(one for one in tenant.state.accounts.rows() if one.identity_id)
    for number in range(20):
        tenant.state.accounts.put(replace(account, id=f"more{number}", name=f"More {number}", disabled=number > 17))

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(queries(tenant), st.sampled_from(_SORTS), st.booleans())
    def holds(query: Query, sorts: str, new: bool) -> None:
        if new:  # nobody has asked anything before
            tenant.state.people = Indexes()
        assert not differs(tenant, query, sorts)

    holds()
    assert not differs(tenant, parse_query('@accounts(name:"More 19" AND disabled:true)'))


# One for each way a column is asked, and each way it could answer wrongly.
_SPELLED = (
    'attributes.blank:["" TO z]', "employeeNumber:e1?",
    "accountCount:3.0", "accountCount:3", "accessCount:>=8", "accessCount:[8 TO 8]", "accessCount:{7 TO 9}", "3.0",
    '"r br employee"', '"r employee"', '"br employee"', '"r br emp"', "created:{2026-03-02 TO *]",
    "created:[2026-03-02 TO *]", "created:[* TO 2026-03-02}", "created:[* TO 2026-03-02]", "created:>2024",
    "2026-03-02", "[a TO b]", "name:[a TO m}", "attributes.legalHold:[* TO z]", "attributes.blank:[* TO z]",
    "attributes.blank:*", "_exists_:attributes.blank", "name:e??*", "name:?v*", "name:*a", "name:e*a",
    "email:e*@acme*", "name.exact:E*", "name.exact:e*", "isManager.exact:t*", "isManager:t*", "isManager.exact:true",
    "lastName:garsia~1", "garsia~2", "lastName:x~0", '"employee br r"~4', '"br"~2', 'name:"--"~1',
    "NOT (attributes.department:Sales AND isManager:false)", "NOT (NOT attributes.department:Sales AND garcia)",
    "@accounts(NOT source.name:Okta)", "NOT @accounts(NOT source.name:Okta)", "@accounts([a TO b])",
    "NOT @accounts([a TO b])", "@accounts(source.name:Okta AND NOT disabled:true)", "@accounts(*)",
    "@access(NOT type:ROLE)", "@access(type:ROLE AND NOT name:R-BR-Employee)", "@apps(*)", "id:x OR name:e*",
)  # fmt: skip


@pytest.mark.parametrize("text", _SPELLED)
def test_a_query_as_people_write_it(company: Any, haste: str, text: str) -> None:
    """With a field that is empty for somebody, and columns that are asked again after somebody has changed."""
    tenant = company.tenant
    rows = list(tenant.state.identities.rows())
    tenant.state.identities.put(replace(rows[3], attributes=rows[3].attributes.merged({"blank": ""})))
    tenant.state.identities.put(replace(rows[4], attributes=rows[4].attributes.merged({"blank": "full"})))
    query = parse_query(text)
    assert not differs(tenant, query, "name")
    for row in rows[5:9]:
        more = {"displayName": "Eva Garcia", "lastname": "Garcia", "blank": "", "department": "Sales"}
        tenant.state.identities.put(replace(row, attributes=row.attributes.merged(more), created=tenant.now()))
    assert not differs(tenant, query, "-created")


# What people write, one for each part of a document.
_ASKED = tuple(
    parse_query(text)
    for text in (
        "*", "other", '"other name"', "name:other", "manager.displayName:other", "manager.name:other", "isManager:true",
        "@access(name:other)", "@access(owner.name:other)", "@access(standalone:true)", "@access(revocable:true)",
        "@accounts(source.name:other)", "@accounts(disabled:true AND name:*)", "accessCount:[5 TO *]",
        "@owns(roles.name:other OR governanceGroups.name:other)", "tags:other", "identityProfile.name:other",
        "apps.name:other",
        "inactive:true", "attributes.department:Sales", "synced:[now-3h TO now]", "accountCount:3", "other*", "NOT r",
    )
)  # fmt: skip


def _of_kind(company: Any, kind: str, named: str) -> Any:
    return next(one for one in company.tenant.configuration.all(kind) if one.name == named)


def _renamed(kind: str, named: str, **more: Any) -> Callable[[Any], None]:
    def change(company: Any) -> None:
        document = _of_kind(company, kind, named)
        company.tenant.configuration.update(document, {**document.body, "name": "Other", **more})

    return change


def _put(table: str, chosen: Callable[[Any], bool], **values: Any) -> Callable[[Any], None]:
    def change(company: Any) -> None:
        rows: Table[Any] = getattr(company.tenant.state, table)
        row = next(one for one in rows.rows() if chosen(one))
        rows.put(replace(row, **values))

    return change


def _person(**attributes: Any) -> Callable[[Any], None]:
    def change(company: Any) -> None:
        table = company.tenant.state.identities
        row = next(one for one in table.rows() if table.count("facet", f"manager={one.id}"))
        table.put(replace(row, attributes=row.attributes.merged(attributes)))

    return change


def _owner_renamed(company: Any) -> None:
    """The owner of a role that people hold."""
    tenant = company.tenant
    held = next(one for one in tenant.configuration.all("role") if tenant.state.identities.count("roles", one.id))
    row = tenant.state.identities[held.body["owner"]["id"]]
    tenant.state.identities.put(replace(row, attributes=row.attributes.merged({"displayName": "Other"})))


def _indexed_again(company: Any) -> None:
    """Search takes a person in once more, though nothing differs."""
    tenant = company.tenant
    row = tenant.state.identities.first("alias", "e1015")
    tenant.delay = lambda step: timedelta(minutes=1)
    tenant.journal.changed("identity", row.id, row)
    del tenant.delay
    company.wait("PT2M")


def _owner_gone(company: Any) -> None:
    table = company.tenant.state.identities
    row = next(one for one in table.rows() if company.tenant.state.documents.count("owner", one.id))
    table.remove(row.id)


def _added(kind: str) -> Callable[[Any], None]:
    def change(company: Any) -> None:
        tenant = company.tenant
        person = tenant.state.identities.first("alias", "e1015")
        leads_to = [one.id for one in tenant.configuration.all("access-profile")]
        owner = {"type": "IDENTITY", "id": person.id}
        tenant.configuration.add(kind, {"name": "Other", "owner": owner, "accessProfiles": leads_to})

    return change


def _tagged(company: Any) -> None:
    person = company.tenant.state.identities.first("alias", "e1015")
    reference = {"type": "IDENTITY", "id": person.id}
    company.tenant.configuration.add("tagged-object", {"objectRef": reference, "tags": ["Other"]})


def _later(company: Any) -> None:
    """Somebody changes, and search does not know it yet."""
    tenant = company.tenant
    row = tenant.state.identities.first("alias", "e1015")
    tenant.delay = lambda step: timedelta(hours=1)
    tenant.journal.changed("identity", row.id, row)
    tenant.state.identities.put(replace(row, attributes=row.attributes.merged({"displayName": "Other"})))


def _known(company: Any) -> None:
    """The same, an hour later."""
    _later(company)
    del company.tenant.delay
    company.wait("PT1H1M")


_CHANGES: dict[str, Callable[[Any], None]] = {
    "a person's name": _person(displayName="Other Name"),
    "a person's login": _person(uid="other"),
    "an owner's name": _owner_renamed,
    "an owner gone": _owner_gone,
    "taken in again": _indexed_again,
    "a role's name": _renamed("role", "R-BR-Employee"),
    "a role's owner": _renamed("role", "R-BR-Sales", owner={"type": "IDENTITY", "id": "x"}),
    "a role without content": _renamed("role", "R-BR-Sales", accessProfiles=[], entitlements=[]),
    "a source's name": _renamed("source", "Payroll"),
    "a profile's name": _renamed("identity-profile", "Employees"),
    "a state's meaning": _renamed("lifecycle-state", "Active", identityState="INACTIVE_LONG_TERM"),
    "an entitlement's name": _put("entitlements", lambda one: one.name == "payroll.user", name="Other"),
    "an account disabled": _put("accounts", lambda one: not one.disabled and one.identity_id, disabled=True),
    "an account taken away": _put("accounts", lambda one: bool(one.entitlements and one.identity_id), identity_id=""),
    "an account's rights": _put("accounts", lambda one: bool(one.entitlements and one.identity_id), entitlements=()),
    "a new workgroup of somebody": _added("workgroup"),
    "a new role of somebody": _added("role"),
    "a tag": _tagged,
    "a new application": _added("source-app"),
    "not known yet": _later,
    "known since": _known,
}  # fmt: skip


@pytest.mark.parametrize("first", ['@access(type:NOPE) OR "agent"', '"agent" OR @access(type:NOPE)'])
@pytest.mark.parametrize("then", ["agent", "@access(type:ROLE)", "@access(name:R-BR-Employee)"])
def test_what_one_query_asks_of_an_entry_is_kept_apart(company: Any, first: str, then: str) -> None:
    """Its texts, and the whole of it, in whatever order they are asked for first."""
    company.tenant.state.people = Indexes()
    assert not differs(company.tenant, parse_query(first))
    assert not differs(company.tenant, parse_query(then))


def test_odd_values_and_large_queries(company: Any) -> None:
    """Numbers beyond a float's reach, an id among signs, a doubled word, many fields and many parts."""
    tenant = company.tenant
    row = tenant.state.identities.first("alias", "e1015")
    asked = ("attributes.odd:[* TO *]", "attributes.odd:9007199254740992", '"1e 16"', "attributes.odd:0", "NOT x")
    for odd in (10**400, 2**53 + 1, 1e16, -0.0):
        tenant.state.identities.put(replace(row, attributes=row.attributes.merged({"odd": odd})))
        for text in asked:
            assert not differs(tenant, parse_query(text), "attributes.odd"), (odd, text)
    for query in (
        Term("id", f" {row.id}!"), Term("id.exact", f"{row.id}!"), Term("id", row.id.upper()),
        Near("", "true true", 1, True), Near("", "employee employee", 1, True), Near("isManager", "true true", 0, True),
        Some((Term("name", "e"),) * 3, 9999), Some((Holds("name"),) * 3, 3),
        Some((*(Term(f"attributes.n{number}", "x") for number in range(200)), Holds("attributes.odd"))),
        All((Holds("name"), Without(Some(tuple(Holds(f"n{number}") for number in range(50)))))),
    ):  # fmt: skip
        assert not differs(tenant, query), query


@pytest.mark.parametrize("name", _CHANGES)
def test_what_a_document_shows_of_others_is_found_once_it_changes(company: Any, name: str) -> None:
    """Every part of a document, before and after, and in a copy of the tenant that has not changed."""
    tenant = company.tenant
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query, "name"))]
    before = company.tenant.state.fork()
    found = [People(tenant, query).count() for query in _ASKED]
    _CHANGES[name](company)
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query, "name"))]
    seen = [People(tenant, query).count() for query in _ASKED]
    assert (seen == found) == (name == "not known yet"), "the change is, or is not, seen by a query"
    tenant.state, after = before, tenant.state
    assert [People(tenant, query).count() for query in _ASKED] == found
    tenant.state = after
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query, "-name"))]


def test_a_day_of_the_engine_leaves_no_column_behind(company: Any) -> None:
    """Hires, moves, requests and exits as the engine carries them out."""
    tenant = company.tenant
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query))]
    for number in range(4):
        company.hire(f"E91{number:02}", "Other", f"Name{number}")
    company.loaded("PT1H")
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query))]
    company.wait("P1D")
    assert not [wrong for query in _ASKED if (wrong := differs(tenant, query))]
    assert People(tenant, parse_query("name:other")).count() == 4


def test_a_field_of_a_document_is_read_once(company: Any) -> None:
    """Whoever asks again is answered from the column; a change of one person reads that person."""
    read: list[str] = []
    whole = columns.values_at
    query = Pattern("attributes.jobTitle", "*a*")
    with pytest.MonkeyPatch.context() as seen:
        seen.setattr(columns, "values_at", lambda one, path: read.append(one["id"]) or whole(one, path))
        first = [one["id"] for one in People(company.tenant, query).by_creation()]
        assert len(read) == len(company.tenant.state.identities)
        read.clear()
        assert [one["id"] for one in People(company.tenant, query).by_creation()] == first
        assert not read
        table = company.tenant.state.identities
        table.put(replace(table[first[0]], attributes=table[first[0]].attributes.merged({"jobTitle": "x"})))
        assert [one["id"] for one in People(company.tenant, query).by_creation()] == first[1:]
        assert first[0] in read
        assert len(read) < len(table) / 2
