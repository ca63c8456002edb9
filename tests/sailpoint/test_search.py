"""Search: the language, the four kinds of query, filters, order, paging, nested hits, figures and suggestions."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from simulators.sailpoint.domain.search_order import rank
from simulators.sailpoint.search import people


def _names(company: Any, query: str, index: str = "identities", **more: Any) -> list[str]:
    return [one["name"] for one in company.search(index, query, **more)]


def _post(company: Any, body: Any, path: str = "/search/v1", **more: Any) -> Any:
    return company.call("POST", path, json=body, **more)


@pytest.mark.parametrize(
    "index", ["accessprofiles", "accountactivities", "entitlements", "events", "identities", "roles"]
)
def test_documents_of_every_index(company: Any, index: str) -> None:
    """Each index answers documents that its own schema allows, one by one as well."""
    company.hire("E5001", "Ida", "Nilsen")
    company.loaded("PT2H")
    found = company.search(index, "*")
    assert found
    for one in found[:3]:
        assert company.get(f"/search/v1/{index}/{one['id']}")["id"] == one["id"]
        assert {"_type", "_version", "synced", "pod", "org"} <= set(one)
    assert company.call("GET", f"/search/v1/{index}/nobody").status_code == 404


def test_an_identity_with_all_it_has(company: Any) -> None:
    """Accounts, access with its origin, counts, and what a person owns."""
    one = company.search("identities", "attributes.uid:E1015")[0]
    assert one["accountCount"] == len(one["accounts"]) > 0
    kinds = [item["type"] for item in one["access"]]
    assert one["roleCount"] == kinds.count("ROLE") > 0
    assert one["entitlementCount"] == kinds.count("ENTITLEMENT") > 0
    assert all(item["revocable"] is False for item in one["access"] if item["type"] == "ROLE")
    owners = company.search("identities", "ownsCount:[1 TO *]")
    assert owners
    assert all(sum(map(len, one["owns"][0].values())) == one["ownsCount"] for one in owners)


@pytest.mark.parametrize(
    ("query", "same"),
    [
        ("attributes.department:support", "attributes.department:SUPPORT"),
        ("attributes.department:Supp*", "attributes.department:Support"),
        ("attributes.department:S?pport", "attributes.department:Support"),
        ("attributes.department:Suport~1", "attributes.department:Support"),
        ("attributes.department:(Support OR Sales)", "attributes.department:Support attributes.department:Sales"),
        ("attributes.department:(Support Sales)", "attributes.department:Support || attributes.department:Sales"),
        ("NOT attributes.department:Support", "-attributes.department:Support"),
        ("!attributes.department:Support", "* AND NOT attributes.department:Support"),
        ("attributes.department:Support^4", "+attributes.department:Support"),
        ("@accounts(source.name:Okta AND disabled:false)", '@accounts(disabled:false AND source.name:"Okta")'),
        ("attributes.\\*:Support", "attributes.department:Support OR attributes.jobTitle:Support"),
        ("_exists_:manager.id", "NOT NOT _exists_:manager"),
        ("isManager:true AND accountCount:>0", "isManager:true AND accountCount:[1 TO *]"),
        ("created:[now-10y TO now]", "created:{now-10y/d TO now+1d]"),
    ],
)
def test_the_language(company: Any, query: str, same: str) -> None:
    """Two ways to ask the same, and both find somebody."""
    assert _names(company, query) == _names(company, same) != []


def test_and_binds_before_or(company: Any) -> None:
    """`a OR b AND c` is `a OR (b AND c)`; a space between terms is an OR."""
    whole = _names(company, "attributes.uid:E1015 OR attributes.department:Support AND attributes.uid:E1017")
    assert whole == _names(company, "attributes.uid:E1015 OR (attributes.department:Support AND attributes.uid:E1017)")
    assert len(whole) == 2
    assert _names(company, "attributes.uid:E1015 attributes.uid:E1017") == whole


def test_exact_keeps_case_and_the_whole_value(company: Any) -> None:
    """Without `.exact` a word of the value suffices, whatever its case."""
    name = _names(company, "attributes.uid:E1015")[0]
    first = name.split()[0]
    assert name in _names(company, f"name:{first.lower()}")
    assert _names(company, f"name.exact:{first}") == []
    assert _names(company, f'name.exact:"{name}"') == [name]
    assert _names(company, f'name.exact:"{name.upper()}"') == []
    assert _names(company, f'name:"{name.upper()}"') == [name]


def test_words_near_each_other(company: Any) -> None:
    """Words of a phrase stand in a row unless `~` allows moves."""
    name = _names(company, "attributes.uid:E1015")[0]
    first, last = name.split()[0], name.split()[-1]
    assert _names(company, f'name:"{last} {first}"') == []
    assert _names(company, f'name:"{last} {first}"~2') == [name]


def test_dates_mean_their_whole_span_in_their_zone(company: Any) -> None:
    """A day includes its end; its hours are those of the query's time zone."""
    company.hire("E5001", "Ida", "Nilsen")
    company.loaded("PT2H")
    event = company.search("events", "action:CreateAccount")[0]
    day = event["created"][:10]
    for query in (f"created:{day}", f"created:[{day} TO {day}]", f"created:>={day}", f"created:[{day}||/M TO now]"):
        assert event["id"] in [one["id"] for one in company.search("events", f"action:CreateAccount AND {query}")], (
            query
        )
    assert company.search("events", f"action:CreateAccount AND created:>{day}") == []
    hour = f"created:[{event['created'][:13]} TO {event['created'][:13]}]"
    asked = {"query": f"action:CreateAccount AND {hour}"}
    assert _post(company, {"indices": ["events"], "query": asked}).json()
    assert _post(company, {"indices": ["events"], "query": {**asked, "timeZone": "Asia/Tokyo"}}).json() == []
    assert _post(company, {"indices": ["events"], "query": {**asked, "timeZone": "Mars/One"}}).status_code == 400


def test_fields_are_searched_where_a_query_names_none(company: Any) -> None:
    """`query.fields` narrows a bare word, which else is looked for everywhere."""
    body = {"indices": ["identities"], "query": {"query": "Support", "fields": ["attributes.department"]}}
    narrow = _post(company, body).json()
    assert [one["name"] for one in narrow] == _names(company, "attributes.department:Support")
    assert len(_names(company, "Support")) > len(narrow)


def test_inner_hits_in_place_of_the_documents(company: Any) -> None:
    """A flat list of the nested entries that match, each once."""
    body = {"query": "*", "innerHit": {"query": "source.name:Okta", "type": "access"}}
    hits = _post(company, {"indices": ["identities"], "query": body}).json()
    assert {hit["_originalType"] for hit in hits} == {"identity"}
    assert {hit["source"]["name"] for hit in hits} == {"Okta"}
    assert len({hit["id"] for hit in hits}) == len(hits)
    body["innerHit"]["type"] = "nothing"  # type: ignore[index]
    assert _post(company, {"indices": ["identities"], "query": body}).status_code == 400


SUPPORT = {"term": {"attributes.department": "support"}}


@pytest.mark.parametrize(
    ("dsl", "query"),
    [
        ({"match_all": {}}, "*"),
        ({"match_none": {}}, "id:nobody"),
        (SUPPORT, "attributes.department:Support"),
        ({"term": {"attributes.department.exact": {"value": "Support"}}}, "attributes.department:Support"),
        ({"terms": {"attributes.department": ["support", "sales"]}}, "attributes.department:(Support Sales)"),
        ({"match": {"attributes.department": {"query": "support sales"}}}, "attributes.department:(Support Sales)"),
        ({"match_phrase": {"attributes.department": "support"}}, "attributes.department:Support"),
        ({"match_phrase_prefix": {"attributes.department": "sup"}}, "attributes.department:Sup*"),
        ({"multi_match": {"query": "support", "fields": ["attributes.department^3"]}}, "attributes.department:Support"),
        ({"prefix": {"attributes.department": "sup"}}, "attributes.department:Sup*"),
        ({"wildcard": {"attributes.department": {"value": "s?pp*"}}}, "attributes.department:s?pp*"),
        ({"fuzzy": {"attributes.department": {"value": "suport", "fuzziness": 1}}}, "attributes.department:Suport~1"),
        ({"exists": {"field": "manager.id"}}, "_exists_:manager.id"),
        ({"range": {"accountCount": {"gte": 1, "lt": 3}}}, "accountCount:[1 TO 3}"),
        ({"query_string": {"query": "attributes.department:Support"}}, "attributes.department:Support"),
        ({"constant_score": {"filter": SUPPORT}}, "attributes.department:Support"),
        ({"bool": {"must_not": [SUPPORT]}}, "NOT attributes.department:Support"),
        (
            {"bool": {"should": [SUPPORT, {"term": {"isManager": True}}]}},
            "attributes.department:Support isManager:true",
        ),
        (
            {"bool": {"should": [SUPPORT, {"term": {"isManager": True}}], "minimum_should_match": 2}},
            "attributes.department:Support AND isManager:true",
        ),
        (
            {"nested": {"path": "accounts", "query": {"bool": {"filter": {"term": {"accounts.source.name": "okta"}}}}}},
            "@accounts(source.name:Okta)",
        ),
    ],
)
def test_elasticsearchs_own_language(company: Any, dsl: Any, query: str) -> None:
    """The clauses that tools use mean what SailPoint's language says shorter."""
    found = _post(company, {"indices": ["identities"], "queryType": "DSL", "queryDsl": dsl}).json()
    assert [one["name"] for one in found] == _names(company, query)


def test_text_and_suggestions(company: Any) -> None:
    """Terms in fields, begun or contained; the values that begin with some letters."""

    def text(**asked: Any) -> list[str]:
        asked = {"fields": ["attributes.department", "attributes.jobTitle"], **asked}
        answer = _post(company, {"indices": ["identities"], "queryType": "TEXT", "textQuery": asked})
        return [one["name"] for one in answer.json()]

    support = _names(company, "attributes.department:Support")
    assert set(support) <= set(text(terms=["supp"]))
    assert text(terms=["ppor"]) == []
    assert set(support) <= set(text(terms=["ppor"], contains=True))
    assert text(terms=["supp", "nothing"]) == []
    assert set(support) <= set(text(terms=["supp", "nothing"], matchAny=True))

    def ahead(**asked: Any) -> Any:
        return _post(company, {"indices": ["identities"], "queryType": "TYPEAHEAD", "typeAheadQuery": asked}).json()

    assert ahead(field="attributes.department", query="su") == ["Support"]
    assert "Okta" in ahead(field="source.name", nestedType="access", query="Ok")
    by_value = ahead(field="attributes.department", query="", sortByValue=True, sort="asc")
    assert by_value == sorted(by_value, key=str.lower)


def test_filters_narrow_a_query(company: Any) -> None:
    """EXISTS, RANGE and TERMS, each also excluding; the end of a range is outside unless it is inclusive."""

    def filtered(**filters: Any) -> set[str]:
        answer = _post(company, {"indices": ["identities"], "query": {"query": "*"}, "filters": filters})
        assert answer.status_code == 200, answer.text
        return {one["name"] for one in answer.json()}

    everybody = set(_names(company, "*"))
    managed = filtered(**{"manager.id": {"type": "EXISTS"}})
    assert managed == set(_names(company, "_exists_:manager.id"))
    assert filtered(**{"manager.id": {"type": "EXISTS", "exclude": True}}) == everybody - managed
    terms = {"type": "TERMS", "terms": ["Support", "Sales"]}
    assert filtered(**{"attributes.department": terms}) == set(_names(company, "attributes.department:(Support Sales)"))
    many = {"type": "RANGE", "range": {"lower": {"value": "2"}}}
    assert filtered(accountCount=many) == set(_names(company, "accountCount:>2"))
    many["range"]["lower"]["inclusive"] = True  # type: ignore[index]
    assert filtered(accountCount=many) == set(_names(company, "accountCount:>=2"))


def test_order_and_paging_behind_a_record(company: Any) -> None:
    """Any fields, either way, what is missing last; `searchAfter` goes on where a page has ended."""
    body: dict[str, Any] = {
        "indices": ["identities"],
        "query": {"query": "*"},
        "sort": ["-attributes.department", "id"],
    }
    whole = _post(company, body).json()
    shown = [one["attributes"].get("department") for one in whole]
    kept = [one for one in shown if one]
    assert kept == sorted(kept, key=str.lower, reverse=True)
    assert shown[: len(kept)] == kept
    pages: list[Any] = []
    while part := _post(company, body, params={"limit": 7}).json():
        pages += part
        body["searchAfter"] = [part[-1]["attributes"].get("department"), part[-1]["id"]]
    assert [one["id"] for one in pages] == [one["id"] for one in whole]
    for name in ("accountCount", "created", "isManager"):
        rows = company.search("identities", "*", sort=[name])
        assert all(str(a[name]) <= str(b[name]) for a, b in pairwise(rows)), name


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("field", ["id", "name", "displayName.exact", "email", "lastName"])
def test_sorted_people_are_walked_along_an_index(
    company: Any, monkeypatch: pytest.MonkeyPatch, field: str, sign: str
) -> None:
    """In the order of any other walk, as search shows people now: with one it does not know changed yet, and gaps."""
    state, journal = company.tenant.state, company.tenant.journal
    later, nobody, *_ = list(state.identities.rows())[5:]
    with monkeypatch.context() as slow:
        slow.setattr(company.tenant, "delay", lambda step: timedelta(hours=1))
        journal.changed("identity", later.id, later)
    state.identities.put(replace(later, attributes=later.attributes.merged({"displayName": "Zz", "lastname": "Zz"})))
    state.identities.put(replace(nobody, attributes=nobody.attributes.merged({"email": None, "lastname": ""})))
    sorts = [(field, bool(sign)), ("firstName", False)]
    everybody = company.search("identities", "*", limit=250)
    expected = [one["id"] for one in sorted(everybody, key=lambda one: rank(one, sorts))]
    made: list[str] = []
    monkeypatch.setattr(people, "FEW", 0)
    whole = people.identity_document
    monkeypatch.setattr(people, "identity_document", lambda *args: made.append(args[1].id) or whole(*args))
    body = {"indices": ["identities"], "query": {"query": "*"}, "sort": [f"{sign}{field}", "firstName"]}
    assert [one["id"] for one in _post(company, body).json()] == expected
    made.clear()
    (first,) = _post(company, body, params={"limit": 1}).json()
    assert (first["id"], len(made) < 10) == (expected[0], True)
    pages: list[Any] = []
    while part := _post(company, body, params={"limit": 20}).json():
        pages += part
        body["searchAfter"] = [part[-1].get(name.removesuffix(".exact")) for name, _ in sorts]
    assert [one["id"] for one in pages] == expected
    chosen = {**body, "query": {"query": "NOT attributes.department:Sales"}, "searchAfter": None}
    kept = {one["id"] for one in everybody if one["attributes"].get("department") != "Sales"}
    assert [one["id"] for one in _post(company, chosen).json()] == [id for id in expected if id in kept]


def test_events_are_paged_by_time(company: Any) -> None:
    """A collector that sorts by creation and goes on behind the last event sees each event once."""
    company.hire("E5001", "Ida", "Nilsen")
    company.loaded("PT2H")
    for sort in (["created", "id"], ["-created", "-id"]):
        body: dict[str, Any] = {"indices": ["events"], "query": {"query": "*"}, "sort": sort}
        seen: list[str] = []
        while part := _post(company, body, params={"limit": 9}).json():
            seen += [one["id"] for one in part]
            body["searchAfter"] = [part[-1]["created"], part[-1]["id"]]
        total = _post(company, {"indices": ["events"]}, "/search/v1/count").headers["x-total-count"]
        assert len(seen) == len(set(seen)) == pytest.approx(int(total), abs=25)


def test_results_show_what_is_asked_for(company: Any) -> None:
    """Included and excluded fields, dotted ones too, and documents without their lists."""

    def shown(**more: Any) -> dict[str, Any]:
        return company.search("identities", "attributes.uid:E1015", **more)[0]

    some = shown(queryResultFilter={"includes": ["name", "attributes.department", "accounts.source.name"]})
    assert set(some) == {"id", "_type", "_version", "name", "attributes", "accounts"}
    assert set(some["attributes"]) == {"department"}
    assert {tuple(one) for one in some["accounts"]} == {("source",)}
    less = shown(queryResultFilter={"excludes": ["attributes.department", "access", "accounts.id"]})
    assert "access" not in less
    assert "department" not in less["attributes"]
    assert all("id" not in one for one in less["accounts"])
    assert not {"access", "accounts", "apps", "owns"} & set(shown(includeNested=False))


def test_figures_in_both_languages(company: Any) -> None:
    """Buckets, buckets in buckets, lists, filters and metrics; SailPoint's words give what Elasticsearch's give."""

    def figures(**asked: Any) -> Any:
        answer = _post(company, {"indices": ["identities"], **asked}, "/search/v1/aggregate", params={"limit": 1})
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["hits"]) == 1
        return answer.json()["aggregations"]

    def both(dsl: Any, own: Any) -> Any:
        one = figures(aggregationsDsl=dsl)
        assert figures(aggregationType="SAILPOINT", aggregations=own) == one
        return one

    field = "attributes.department"
    found = both(
        {"D": {"terms": {"field": f"{field}.exact"}}}, {"bucket": {"name": "D", "type": "TERMS", "field": field}}
    )
    counts = {one["key"]: one["doc_count"] for one in found["D"]["buckets"]}
    assert counts["Support"] == len(_names(company, "attributes.department:Support"))
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    distinct = both(
        {"N": {"cardinality": {"field": field}}}, {"metric": {"name": "N", "type": "UNIQUE_COUNT", "field": field}}
    )
    assert distinct["N"]["value"] == len(counts) + found["D"]["sum_other_doc_count"]
    within = {"terms": {"field": "attributes.location.exact"}}
    both(
        {"D": {"terms": {"field": field}, "aggs": {"L": within}}},
        {
            "bucket": {"name": "D", "field": field},
            "subAggregation": {"bucket": {"name": "L", "field": "attributes.location"}},
        },
    )
    nested = both(
        {
            "Access": {
                "nested": {"path": "access"},
                "aggs": {
                    "Roles": {
                        "filter": {"term": {"access.type": "ROLE"}},
                        "aggs": {"Name": {"terms": {"field": "access.name.exact", "size": 3}}},
                    }
                },
            }
        },
        {
            "nested": {"name": "Access", "field": "access", "type": "TERMS"},
            "filter": {"name": "Roles", "field": "access.type", "value": "ROLE"},
            "bucket": {"name": "Name", "field": "access.name", "size": 3},
        },
    )
    assert len(nested["Access"]["Roles"]["Name"]["buckets"]) == 3
    more = figures(
        aggregationsDsl={
            "sum": {"sum": {"field": "accountCount"}},
            "stats": {"stats": {"field": "accountCount"}},
            "months": {"date_histogram": {"field": "created", "interval": "month"}},
            "few": {"range": {"field": "accountCount", "ranges": [{"to": 2}, {"from": 2, "key": "many"}]}},
            "unmanaged": {"missing": {"field": "manager.id"}},
            "two": {"filters": {"filters": {"support": SUPPORT, "all": {"match_all": {}}}}},
        }
    )
    assert more["sum"]["value"] == more["stats"]["sum"]
    assert sum(one["doc_count"] for one in more["few"]["buckets"]) == more["two"]["buckets"]["all"]["doc_count"]
    assert more["months"]["buckets"][0]["key_as_string"].endswith("-01T00:00:00.000Z")


def test_figures_as_a_table(company: Any) -> None:
    """SailPoint's aggregations come as CSV to a client that accepts nothing else."""
    own = {"bucket": {"name": "Department", "field": "attributes.department"}}
    body = {"indices": ["identities"], "aggregationType": "SAILPOINT", "aggregations": own}
    answer = _post(company, body, "/search/v1/aggregate", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.text.splitlines()[0] == "Department,Count"


def test_all_indices_when_none_is_named(company: Any) -> None:
    """No index and `*` are every index; the total is counted over all of them."""
    total = int(_post(company, {}, "/search/v1/count").headers["x-total-count"])
    assert total == int(_post(company, {"indices": ["*"]}, "/search/v1/count").headers["x-total-count"])
    assert {one["_type"] for one in _post(company, {}).json()} >= {"role", "identity"}


DEEP: Any = {"match_all": {}}
for _ in range(200):
    DEEP = {"bool": {"must": [DEEP]}}


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        None,
        7,
        {"indices": "identities"},
        {"indices": ["people"]},
        {"query": "name:a"},
        {"query": {"query": 7}},
        {"query": {"query": "a:(b"}},
        {"query": {"query": '"'}},
        {"query": {"query": "AND"}},
        {"query": {"query": "@nothing(a:b)"}},
        {"query": {"query": "/a+/"}},
        {"query": {"query": "(" * 5000 + "a" + ")" * 5000}},
        {"query": {"query": "NOT " * 3000 + "a"}},
        {"query": {"query": "*a" * 400}},
        {"query": {"query": "a " * 20000}},
        {"queryType": "SQL"},
        {"queryType": "DSL"},
        {"queryType": "DSL", "queryDsl": {}},
        {"queryType": "DSL", "queryDsl": {"script": {}}},
        {"queryType": "DSL", "queryDsl": {"term": {"a": {"b": 1}}}},
        {"queryType": "DSL", "queryDsl": {"terms": {"a": list(range(5000))}}},
        {"queryType": "DSL", "queryDsl": {"range": {"a": {"above": 1}}}},
        {"queryType": "DSL", "queryDsl": DEEP},
        {"queryType": "TEXT"},
        {"queryType": "TEXT", "textQuery": {"terms": ["a"]}},
        {"queryType": "TYPEAHEAD"},
        {"queryType": "TYPEAHEAD", "typeAheadQuery": {"field": "name", "query": "a", "size": 0}},
        {"sort": "name"},
        {"sort": [""]},
        {"sort": ["name"], "searchAfter": ["a", "b"]},
        {"searchAfter": ["a"]},
        {"filters": {"name": {"type": "LIKE"}}},
        {"filters": []},
        {"queryResultFilter": {"includes": "name"}},
    ],
)
def test_what_cannot_be_searched(company: Any, body: Any) -> None:
    """Refused in the vendor's shape, soon, whatever it is."""
    assert _post(company, body).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"aggregationsDsl": {"a": 1}},
        {"aggregationsDsl": {"a": {"terms": {}}}},
        {"aggregationsDsl": {"a": {"top_hits": {}}}},
        {"aggregationsDsl": {"a": {"terms": {"field": "a", "size": -1}}}},
        {"aggregationsDsl": {"a": {"date_histogram": {"field": "created", "interval": "eon"}}}},
        {"aggregationType": "SAILPOINT"},
        {"aggregationType": "SAILPOINT", "aggregations": {"bucket": {"name": "a"}}},
        {"aggregationType": "SAILPOINT", "aggregations": {"metric": {"name": "a", "field": "b", "type": "MODE"}}},
    ],
)
def test_figures_that_cannot_be_made(company: Any, asked: dict[str, Any]) -> None:
    """An aggregation that cannot be read is refused."""
    assert _post(company, {"indices": ["identities"], **asked}, "/search/v1/aggregate").status_code == 400


def test_paging_has_its_bounds(company: Any) -> None:
    """Ten thousand records by offset, 250 with figures."""
    assert _post(company, {}, params={"limit": 10000}).status_code == 200
    for params in ({"limit": 10001}, {"offset": 9999, "limit": 2}, {"limit": -1}, {"offset": "x"}):
        assert _post(company, {}, params=params).status_code == 400
    assert _post(company, {"aggregationsDsl": {}}, "/search/v1/aggregate", params={"limit": 251}).status_code == 400


def test_search_lags_behind_a_changed_role(company: Any) -> None:
    """REST shows a change at once, search when it has been indexed."""
    role = company.get("/roles/v1")[0]
    patch = [{"op": "replace", "path": "/description", "value": "freshly described"}]
    company.call("PATCH", f"/roles/v1/{role['id']}", json=patch)
    assert _names(company, 'description:"freshly described"', "roles") == []
    company.wait("PT10S")
    found = company.search("roles", 'description:"freshly described"')
    assert [one["id"] for one in found] == [role["id"]]
    assert found[0]["synced"] > found[0]["modified"]
