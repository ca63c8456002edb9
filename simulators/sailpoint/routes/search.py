"""`/search`: documents of six indices by query, how many there are, figures over them."""

from __future__ import annotations

from itertools import islice

from starlette.responses import Response

from simulators.sailpoint.domain.errors import BadContent, NotFound
from simulators.sailpoint.domain.search import EXACT, Term
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.operations import operation
from simulators.sailpoint.search import results
from simulators.sailpoint.search.candidates import found_documents
from simulators.sailpoint.wire.aggregations import aggregation_csv
from simulators.sailpoint.wire.searches import INDICES, SearchBody, search_of

area = Area()
MOST = 10_000


def _window(call: Call, most: int) -> tuple[int, int]:
    limit, offset = call.number("limit", 250, 0, most), call.number("offset", 0, 0, None)
    if offset + limit > MOST:
        raise BadContent(f"Paging by offset ends at {MOST} records; use searchAfter.")
    return offset, limit


async def _search(call: Call, fixed: str = "") -> Response:
    offset, limit = _window(call, MOST)
    search = search_of(await call.model(SearchBody), fixed=fixed)
    found = results.page(call.tenant, search, offset, limit)
    counted = {"X-Total-Count": str(results.total(call.tenant, search))} if call.flag("count") else None
    return answer(found, headers=counted)


@area.post("/search/v1")
async def search(call: Call) -> Response:
    """Documents that match."""
    return await _search(call)


@area.post("/search/v1/count")
async def count(call: Call) -> Response:
    """How many documents match, in a header."""
    total = results.total(call.tenant, search_of(await call.model(SearchBody)))
    return empty(204, {"X-Total-Count": str(total)})


@area.post("/search/v1/aggregate")
async def aggregate(call: Call) -> Response:
    """Figures over the documents that match, with a page of them; SailPoint's own aggregations also as CSV."""
    offset, limit = _window(call, 250)
    body = await call.model(SearchBody)
    asked = search_of(body, aggregating=True)
    figures = results.figures(call.tenant, asked)
    counted = {"X-Total-Count": str(results.total(call.tenant, asked))} if call.flag("count") else None
    if "text/csv" in call.request.headers.get("accept", "") and body.aggregation_type == "SAILPOINT":
        return Response(aggregation_csv(figures), 200, counted, "text/csv")
    found = list(islice(results.documents(call.tenant, asked), offset, offset + limit))
    hits = results.shown_all(found, asked)
    return answer({"aggregations": figures, "hits": hits}, headers=counted)


# An index in the path is not documented; collectors use it (Elastic's, for events).
@area.on("POST", "/search/v1/{index}", like=operation("POST", "/search/v1"))
async def search_one(call: Call) -> Response:
    """Documents of the index in the path; undocumented, but collectors use it."""
    if call.path("index") not in INDICES:
        raise NotFound
    return await _search(call, call.path("index"))


@area.get("/search/v1/{index}/{id}")
async def get_document(call: Call) -> Response:
    """One document."""
    index, id = call.path("index"), call.path("id")
    if index not in INDICES:
        raise NotFound
    found = next(iter(found_documents(call.tenant, index, Term(f"id{EXACT}", id))), None)
    if found is None:
        raise NotFound
    return answer(dict(found))
