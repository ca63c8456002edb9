"""However a collection is walked, it answers what looking at every row would."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from simulators.sailpoint.routes import walks

_NAMES = ("", 'name sw "a"', 'lastname eq "Garcia"', 'firstname sw "M" and lastname sw "g"', 'email eq "none@nowhere"')
_ASKED = {
    "/identities/v1": (
        (*_NAMES, 'alias sw "e1" and firstname sw "E"', 'cloudStatus eq "UNREGISTERED"', 'id in ("x")'),
        ("", "name", "-name", "alias", "-alias", "cloudStatus", "-cloudStatus,name"),
    ),
    "/public-identities/v1": (
        ('firstname sw "m"', 'lastname eq "garcia" or firstname eq "Eva"', 'alias sw "e10"', ""),
        ("", "name", "-name"),
    ),
    "/accounts/v1": (
        (
            "", 'name sw "e"', 'sourceId in ("x")', "sourceId eq", 'sourceId sw "2"', "manuallyCorrelated eq false",
            "created ge 2026-03-01T00:00:00Z", "modified gt 2026-03-02T14:10:00.000Z and uncorrelated eq false",
            "modified le 2026-03-02T14:10:00+01:00", 'nativeIdentity sw "E10"', 'origin eq "AGGREGATION"',
            'created lt "2026-03-02T14:30:00.000Z" or name sw "e"',
            'sourceId eq and manuallyCorrelated eq true', 'created eq "2026-03-02T15:00:00.000+01:00"',
        ),
        ("", "name", "-name", "modified", "-modified", "-created", "sourceId", "-origin", "nativeIdentity,-name"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", _ASKED)
def test_any_walk_answers_what_a_look_at_everything_does(company: Any, path: str, monkeypatch: Any) -> None:
    """The same rows, order and total by an index, by values sorted on demand and by neither; and after changes."""
    account = company.get("/accounts/v1", limit=1)[0]
    filters, sorters = _ASKED[path]

    def asked(condition: str, order: str, **paging: Any) -> tuple[Any, str]:
        condition = condition.replace("sourceId eq", f'sourceId eq "{account["sourceId"]}"')
        query = {"filters": condition, "sorters": order, "count": "true", **paging}
        answer = company.call("GET", path, params={name: value for name, value in query.items() if value != ""})
        assert answer.status_code == 200, answer.text
        return answer.json(), answer.headers["X-Total-Count"]

    every = list(product(filters, sorters))
    for turn in range(2):
        for condition, order in every[turn::2]:
            monkeypatch.setattr(walks, "SMALL", 0)
            walked, total = asked(condition, order)
            few, _ = asked(condition, order, limit=3, offset=2)
            monkeypatch.setattr(walks, "_fewest", lambda *_: None)
            monkeypatch.setattr(walks, "_in_order", lambda *_: None)
            everything, all_of_them = asked(condition, order)
            monkeypatch.undo()
            if order:
                assert walked == everything, (condition, order)
            assert {one["id"] for one in walked} == {one["id"] for one in everything}
            assert (total, few) == (all_of_them, walked[2:5])
        company.hire("E9001", "Aaron", "Garcia")
        company.hire("E9002", "Álvaro", "garcía")
        company.loaded("PT2H")
