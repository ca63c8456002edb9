"""Network zones as they come back."""

from __future__ import annotations

from typing import Any

import pytest

WHERE = "/api/v1/zones"


def made(okta: Any, **content: Any) -> dict[str, Any]:
    """A new zone."""
    answer = okta.post(WHERE, {"name": "A zone", **content})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_dynamic_zone(okta: Any) -> None:
    """A country without a region has none; no places are null; numbers of networks are there only if some are."""
    places = [{"country": "US"}, {"country": "AF", "region": "AF-BGL"}]
    found = made(okta, type="DYNAMIC", locations=places)
    assert found["locations"] == [{"country": "US", "region": None}, {"country": "AF", "region": "AF-BGL"}]
    assert found["proxyType"] is None
    assert "asns" not in found
    after = okta.put(f"{WHERE}/{found['id']}", {"type": "DYNAMIC", "name": "Other", "asns": ["23457"]}).json()
    assert (after["locations"], after["asns"]) == (None, ["23457"])


@pytest.mark.parametrize("kind", ["Any", "Tor", "TorAnonymizer", "NotTorAnonymizer"])
def test_kinds_of_proxy(okta: Any, kind: str) -> None:
    """A zone of proxies takes each of the vendor's kinds and no other."""
    assert made(okta, type="DYNAMIC", proxyType=kind)["proxyType"] == kind
    refused = okta.post(WHERE, {"type": "DYNAMIC", "name": "Odd", "proxyType": kind.lower()})
    assert refused.json()["errorCode"] == "E0000001"


def test_an_enhanced_zone(okta: Any) -> None:
    """Both ends of every condition come back, and places as in the older kind."""
    found = made(okta, type="DYNAMIC_V2", locations={"exclude": [{"country": "FR"}]})
    assert found["locations"] == {"include": [], "exclude": [{"country": "FR", "region": None}]}
    assert found["asns"] == found["ipServiceCategories"] == {"include": [], "exclude": []}


def test_a_replacement_switches(okta: Any) -> None:
    """A replacement that says a status switches the zone, one that says none leaves it; off, it may be deleted."""
    inside = [{"type": "CIDR", "value": "127.0.0.0/8"}]
    own = f"{WHERE}/{made(okta, type='IP', gateways=inside)['id']}"
    body = {"type": "IP", "name": "A zone", "gateways": inside, "usage": "BLOCKLIST"}
    assert okta.put(own, {**body, "status": "INACTIVE"}).json()["status"] == "INACTIVE"
    assert okta.put(own, body).json()["status"] == "INACTIVE"
    assert okta.get(own).json()["_links"].keys() == {"self", "activate"}
    assert okta.delete(own).status_code == 204
    assert okta.get(own).json()["errorSummary"].endswith("(NetworkZone)")
