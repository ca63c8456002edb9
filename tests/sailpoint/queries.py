"""Queries of any shape over people, drawn by Hypothesis from what their documents hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from simulators.sailpoint.domain.search import (
    All,
    Holds,
    Near,
    Pattern,
    Query,
    Range,
    Some,
    Start,
    Term,
    Within,
    Without,
    leaves,
)
from simulators.sailpoint.wire.documents_identity import identity_document

FIELDS = (
    "", "id", "name", "email", "email.exact", "attributes.department", "attributes.department.exact", "attributes.*",
    "created", "modified", "stateChanged", "synced", "isManager", "inactive", "accountCount", "accessCount",
    "roleCount", "manager.displayName", "manager", "lifecycleState.stateName", "identityProfile.name", "tags",
    "access.name", "access.source.name", "accounts.source.name", "accounts.disabled", "owns.roles.name", "nothing",
)  # fmt: skip
INSIDE = {
    "accounts": ("", "name", "source.name", "disabled", "created", "accountId.exact", "entitlementAttributes.groups"),
    "access": ("", "name", "type", "revocable", "standalone", "owner.name", "source.name"),
    "owns": ("", "roles.name", "sources"),
}
ODD = ("true", "2.0", "2024-03", "", "-", "sp sales", "*", "TRUE", "nan")


def shown(tenant: Any) -> Iterator[Any]:
    """Everybody's document, in order of creation, as search shows people now."""
    for row in tenant.state.identities.rows():
        known, synced = tenant.journal.indexed("identity", row.id, row)
        if known is not None:
            yield identity_document(tenant.look, known, synced)


def some_values(tenant: Any) -> list[Any]:
    """Values that documents hold, for queries to ask for."""
    documents = list(shown(tenant))[::3]
    found = {str(one) for document in documents for one in leaves(dict(document)) if one not in (None, "")}
    return sorted(found)


def leaf(fields: tuple[str, ...], values: list[str]) -> st.SearchStrategy[Query]:
    """The smallest parts of a query, about some fields."""
    field, value = st.sampled_from(fields), st.integers(0, len(values) - 1).map(lambda place: values[place])
    part = st.tuples(value, st.integers(0, 12), st.integers(1, 9)).map(lambda cut: cut[0][cut[1] :][: cut[2]])
    wild = st.sampled_from(("{}*", "*{}", "*{}*", "?{}*", "{}", "{}?", "*{}?"))
    pattern = st.builds(lambda shape, text: shape.format(text.replace("[", "").replace("*", "")), wild, part)
    bound = st.one_of(value, st.sampled_from(("*", "3", "now-2y/y", "2024", "2024-03||+1M/d", "m", "")))
    edits = st.integers(0, 2)
    return st.one_of(
        st.builds(
            Term, field, st.one_of(value, part, st.sampled_from(("true", "2.0", "2024-03", "", "-", "sp sales")))
        ),
        st.builds(Pattern, field, pattern),
        st.builds(Start, field, part),
        st.builds(Near, field, st.one_of(part, value), edits, st.booleans()),
        st.builds(Holds, field),
        st.builds(Range, field, bound, bound, st.booleans(), st.booleans()),
    )


def joined(one: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
    """Some parts, joined and turned round."""

    def deeper(inner: st.SearchStrategy[Query]) -> st.SearchStrategy[Query]:
        several = st.lists(inner, max_size=3).map(tuple)
        return st.one_of(
            st.builds(All, several), st.builds(Some, several, st.integers(0, 2)), st.builds(Without, inner)
        )

    return st.recursive(one, deeper, max_leaves=4)


def queries(tenant: Any) -> st.SearchStrategy[Query]:
    """Any query about people."""
    values = some_values(tenant)
    within = [st.builds(Within, st.just(name), joined(leaf(fields, values))) for name, fields in INSIDE.items()]
    return joined(st.one_of(leaf(FIELDS, values), *within))
