"""Figures about people by columns are those of a look at everybody."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.sailpoint.domain.aggregations import (
    METRICS,
    UNITS,
    Dates,
    Filter,
    Filters,
    Listed,
    Metric,
    Nested,
    Spans,
    Terms,
    aggregated,
)
from simulators.sailpoint.domain.search import All, Query, matches
from simulators.sailpoint.search.figures import Unsure
from simulators.sailpoint.search.people import People
from tests.sailpoint.queries import INSIDE, joined, leaf, queries, shown, some_values

_VALUES = ("attributes.department", "isManager", "accountCount", "created", "email", "tags", "accounts.source.name")
_ENTRIES = ("name", "source.name", "accounts.disabled", "access.type", "created", "entitlementAttributes.groups")


def _figures(asked: st.SearchStrategy[Any], names: tuple[str, ...], tenant: Any) -> st.SearchStrategy[Any]:
    """Aggregations over one kind of documents, with what is asked below them."""
    field, below = st.sampled_from(names), st.dictionaries(st.sampled_from("xyz"), asked, max_size=2)
    chosen = joined(leaf(names, some_values(tenant)))
    order = st.sampled_from(("_count", "_term"))
    spans = st.just((("low", None, 3.0), ("high", 3.0, 9.5), ("all", None, None)))
    return st.one_of(
        st.builds(
            Terms,
            field,
            st.integers(1, 5),
            st.integers(0, 2),
            order,
            st.booleans(),
            below,
        ),
        st.builds(Metric, st.sampled_from(sorted(METRICS)), field),
        st.builds(Filter, chosen, below),
        st.builds(Filters, st.dictionaries(st.sampled_from("pq"), chosen, min_size=1), below),
        st.builds(Dates, field, st.sampled_from(sorted(UNITS)), below),
        st.builds(Spans, field, spans, below),
    )


def _aggregations(tenant: Any) -> st.SearchStrategy[Any]:
    inside = _figures(st.builds(Metric, st.just("value_count"), st.just("name")), _ENTRIES, tenant)
    nested = st.builds(
        Nested, st.sampled_from(sorted(INSIDE)), st.dictionaries(st.sampled_from("mn"), inside, max_size=2)
    )
    first = _figures(nested, _VALUES, tenant)
    return st.one_of(nested, first, _figures(first, _VALUES, tenant))


def test_figures_are_those_of_a_look_at_everybody(company: Any) -> None:
    """Buckets in buckets, entries of lists and metrics, over any query; while search lags too."""
    tenant = company.tenant

    @settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(queries(tenant), _aggregations(tenant))
    def same(query: Query, asked: Any) -> None:
        everybody = [one for one in shown(tenant) if matches(query, one, tenant.now())]
        expected = aggregated({"a": asked}, Listed(everybody, tenant.now()))
        with suppress(Unsure):
            assert aggregated({"a": asked}, People(tenant, query).group()) == expected
            told.append(query)

    told: list[Query] = []
    same()
    assert len(told) > 60, "columns hardly ever tell"
    row = tenant.state.identities.first("alias", "e1015")
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(tenant, "delay", lambda step: timedelta(hours=1))
        tenant.journal.changed("identity", row.id, row)
    with pytest.raises(Unsure):
        People(tenant, All()).group()
