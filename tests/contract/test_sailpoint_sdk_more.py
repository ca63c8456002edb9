"""What the vendor's current Python SDK does around its calls: pages, rate limits, experimental calls, typed errors."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.answers import MISSING, vendor
from tests.checked import CheckedServer
from tests.contract.known import pat_of

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def server() -> Iterator[CheckedServer]:
    """The reference company, standing still."""
    pytest.importorskip("sailpoint", reason="the vendor's SailPoint SDK is not installed; make contract installs it")
    held = vendor()
    if held is None:
        pytest.skip(MISSING)
    found = CheckedServer(held, limits="counted")
    try:
        found.start()
        yield found
        assert found.checked.told() == []
    finally:
        found.stop()


def client(ready: dict[str, Any], name: str = "iam-admin") -> Any:
    """The SDK's client with the credential of that name."""
    from sailpoint import ApiClient, Configuration, ConfigurationParams

    pat, params = pat_of(ready, name), ConfigurationParams()
    params.base_url = ready["urls"]["sailpoint"]
    params.client_id, params.client_secret = pat["client_id"], pat["client_secret"]
    configuration = Configuration(params)
    configuration.experimental = True
    return ApiClient(configuration)


@pytest.fixture
def api(server: CheckedServer) -> Any:
    """The client of the administrator."""
    return client(server.estate_json())


def test_pages(api: Any) -> None:
    """The SDK's paginator finds everything once, by small pages and by the default one, and stops at its limit."""
    from sailpoint import EntitlementsApi, IdentitiesApi, Paginator

    for function in (IdentitiesApi(api).list_identities_v1, EntitlementsApi(api).list_entitlements_v1):
        whole = [one.id for one in Paginator.paginate(function, 1000, sorters="name")]
        paged = [one.id for one in Paginator.paginate(function, 1000, limit=7, sorters="name")]
        assert len(whole) > 20
        assert paged == whole
        assert len(set(whole)) == len(whole)
        assert len(Paginator.paginate(function, 14, limit=7)) == 14
        assert [one.id for one in Paginator.paginate_stream(function, 1000, limit=7, sorters="name")] == whole


def test_pages_of_a_search(api: Any) -> None:
    """`searchAfter` walks all documents of a sorted search."""
    from sailpoint import Paginator, SearchApi
    from sailpoint.search.models.search import Search

    def asked() -> Search:
        return Search(indices=["identities"], query={"query": "*"}, sort=["id"], includeNested=False)

    found = [one["id"] for one in Paginator.paginate_search(SearchApi(api), asked(), 7, 0)]
    assert len(found) > 20
    assert found == sorted(set(found))
    assert [one["id"] for one in Paginator.paginate_stream_search(SearchApi(api), asked(), 7, 0)] == found
    assert [one["id"] for one in Paginator.paginate_search(SearchApi(api), asked(), 250, 0)] == found


def test_a_total_is_counted_on_demand(api: Any) -> None:
    """`count` puts the number of all into a header; without it there is none."""
    from sailpoint import IdentitiesApi

    listed = IdentitiesApi(api)
    answer = listed.list_identities_v1_with_http_info(limit=3, count=True)
    assert len(answer.data) == 3
    assert int(_header(answer)) > 20
    assert _header(listed.list_identities_v1_with_http_info(limit=3)) == ""


def _header(answer: Any) -> str:
    """The total, however the header is spelt."""
    return next((value for name, value in answer.headers.items() if name.lower() == "x-total-count"), "")


def test_experimental_calls_want_their_header(api: Any) -> None:
    """What the vendor calls experimental is refused to who does not say that he takes it so."""
    from sailpoint import IdentitiesApi

    body = {"identityIds": [IdentitiesApi(api).list_identities_v1(limit=1)[0].id]}
    with pytest.raises(Exception) as refused:  # whose class differs by service
        IdentitiesApi(api).start_identity_processing_v1(body, "false")
    assert refused.value.status == 400
    assert IdentitiesApi(api).start_identity_processing_v1(body, "true").id


@pytest.mark.parametrize(
    ("call", "status"),
    [
        (lambda sdk, api: sdk.RolesApi(api).get_role_v1("2c9180835d191a86015d28455b4a2329"), 404),
        (lambda sdk, api: sdk.AccountsApi(api).list_accounts_v1(filters='name co "x"'), 400),
        (lambda sdk, api: sdk.AccountsApi(api).list_accounts_v1(sorters="shoeSize"), 400),
        (lambda sdk, api: sdk.SourcesApi(api).get_source_v1("nosuch"), 404),
    ],
    ids=["no such role", "operator not offered", "sorter not offered", "no such source"],
)
def test_errors_are_typed(api: Any, call: Any, status: int) -> None:
    """A refusal is the SDK's exception, with the vendor's body."""
    import sailpoint

    with pytest.raises(Exception) as refused:  # each of the SDK's services has exceptions of its own
        call(sailpoint, api)
    assert refused.value.status == status
    assert '"trackingId"' in refused.value.body


def test_waits_at_a_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a 429 a reading call waits as long as `Retry-After` says and succeeds; a writing call raises."""
    pytest.importorskip("sailpoint", reason="the vendor's SailPoint SDK is not installed; make contract installs it")
    from sailpoint import IdentitiesApi, SearchApi
    from sailpoint.search.models.search import Search

    from simulators.server import Server, wall

    server = Server("acme", port=0, opens=wall, follows=wall, limits="enforced")
    slept: list[float] = []
    real = time.sleep  # noqa: TID251 - wrapped here, to see how long urllib3 means to wait

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        real(min(seconds, 11.0))

    try:
        ready = server.start()
        api = client(ready)
        monkeypatch.setattr("time.sleep", sleep)
        _exhaust(api)
        assert IdentitiesApi(api).list_identities_v1(limit=1)
        assert any(0 < seconds <= 10 for seconds in slept)
        _exhaust(api)
        with pytest.raises(Exception) as refused:  # of the search's own exceptions
            SearchApi(api).search_post_v1(Search(indices=["identities"], query={"query": "*"}))
        assert refused.value.status == 429
    finally:
        server.stop()


def _exhaust(api: Any) -> None:
    """Ask without the SDK until the tenant says that it is too much."""
    configuration = api.configuration
    headers = {"Authorization": f"Bearer {configuration.access_token}"}
    with httpx.Client(base_url=configuration.base_url, headers=headers, trust_env=False) as http:
        for _ in range(1_000):
            answer = http.get("/public-identities/v1?limit=1")
            if answer.status_code != 200:
                break
    assert (answer.status_code, answer.json()) == (429, {"message": " Rate Limit Exceeded "})
    assert 0 < int(answer.headers["Retry-After"]) <= 10
