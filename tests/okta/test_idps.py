"""Identity providers: what is completed, their mappings, and how routing rules name them."""

from __future__ import annotations

from typing import Any

import pytest

IDPS = "/api/v1/idps"
OIDC = {
    "type": "OIDC",
    "name": "Partner",
    "protocol": {
        "type": "OIDC",
        "scopes": ["openid"],
        "issuer": {"url": "https://partner.example.com"},
        "credentials": {"client": {"client_id": "c", "client_secret": "s"}},
    },
    "policy": {"accountLink": {"action": "AUTO"}, "subject": {"matchType": "EMAIL"}},
}
SAML = {"type": "SAML2", "name": "Holding", "issuerMode": "ORG_URL", "protocol": {"type": "SAML2"}}
GOOGLE = {"type": "GOOGLE", "name": "Mail", "protocol": {"type": "OIDC", "scopes": ["email"]}}


def made(okta: Any, body: dict[str, Any]) -> dict[str, Any]:
    answer = okta.post(IDPS, body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def mapping(okta: Any, idp: dict[str, Any]) -> dict[str, Any]:
    (listed,) = okta.get("/api/v1/mappings", params={"sourceId": idp["id"]}).json()
    return dict(okta.get(f"/api/v1/mappings/{listed['id']}").json())


def test_what_is_completed(okta: Any) -> None:
    """A policy gets the vendor's defaults at every depth; what was sent stays, secrets included."""
    assert okta.get(IDPS).json() == []
    idp = made(okta, OIDC)
    assert (idp["status"], idp["issuerMode"], idp["protocol"]) == ("ACTIVE", "DYNAMIC", OIDC["protocol"])
    assert idp["policy"]["subject"]["matchType"] == "EMAIL"
    assert idp["policy"]["accountLink"] == {"filter": None, "action": "AUTO"}
    assert idp["policy"]["provisioning"]["conditions"] == {
        "deprovisioned": {"action": "NONE"},
        "suspended": {"action": "NONE"},
    }
    assert (idp["policy"]["maxClockSkew"], idp["policy"]["mapAMRClaims"]) == (0, False)
    assert set(idp["_links"]) == {"authorize", "clientRedirectUri"}
    assert set(made(okta, SAML)["_links"]) == {"metadata", "acs", "users", "deactivate"}


def test_a_social_provider_answers_where_it_is_known_to(okta: Any) -> None:
    """Its endpoints are the vendor's knowledge, and it maps no claims of how somebody signed in."""
    idp = made(okta, GOOGLE)
    assert {end["binding"] for end in idp["protocol"]["endpoints"].values()} == {"HTTP-REDIRECT", "HTTP-POST"}
    assert "mapAMRClaims" not in idp["policy"]


@pytest.mark.parametrize(
    ("body", "name", "login"),
    [(OIDC, "oidc_idp", "appuser.email"), (SAML, "saml_idp", "source.userName"), (GOOGLE, "google", "appuser.email")],
)
def test_its_mapping(okta: Any, body: dict[str, Any], name: str, login: str) -> None:
    """A provider comes with one mapping, to the org's users; it changes like any other and goes with the provider."""
    idp = made(okta, body)
    held = mapping(okta, idp)
    assert (held["source"]["name"], held["source"]["type"], held["target"]["name"]) == (name, "appuser", "user")
    assert held["properties"]["login"] == {"expression": login, "pushStatus": "DONT_PUSH"}
    own, nick = f"/api/v1/mappings/{held['id']}", {"expression": "appuser.email", "pushStatus": "PUSH"}
    assert okta.post(own, {"properties": {"nickName": nick}}).json()["properties"]["nickName"] == nick
    assert okta.post(own, {"properties": {"nope": nick}}).json()["errorCode"] == "E0000001"
    assert okta.delete(f"{IDPS}/{idp['id']}").status_code == 204
    assert okta.get(own).status_code == 404


def test_a_mapping_reaches_custom_attributes(okta: Any) -> None:
    """An attribute that the org has added to its users is a target as well."""
    badge = {"custom": {"id": "#custom", "type": "object", "properties": {"badge": {"title": "B", "type": "string"}}}}
    assert okta.post("/api/v1/meta/schemas/user/default", {"definitions": badge}).status_code == 200
    own = f"/api/v1/mappings/{mapping(okta, made(okta, OIDC))['id']}"
    told = {"badge": {"expression": "appuser.email", "pushStatus": "DONT_PUSH"}}
    assert okta.post(own, {"properties": told}).json()["properties"]["badge"] == told["badge"]


def test_changes(okta: Any) -> None:
    """Replaced, switched, listed by type and name; a missing one is called after the vendor's record."""
    idp, _ = made(okta, OIDC), made(okta, SAML)
    own = f"{IDPS}/{idp['id']}"
    assert okta.put(own, {**OIDC, "name": "Ally"}).json()["name"] == "Ally"
    assert okta.put(own, {**OIDC, "type": "SAML2"}).json()["errorCode"] == "E0000001"
    assert okta.post(f"{own}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert okta.post(f"{own}/lifecycle/activate").json()["status"] == "ACTIVE"
    assert okta.post(f"{own}/lifecycle/melt").status_code == 404
    assert [row["name"] for row in okta.get(f"{IDPS}?type=SAML2").json()] == ["Holding"]
    assert [row["name"] for row in okta.get(f"{IDPS}?q=al").json()] == ["Ally"]
    assert okta.post(IDPS, {**OIDC, "name": "Ally"}).json()["errorCauses"][0]["errorSummary"].startswith("name: ")
    assert okta.delete(own).status_code == 204
    assert okta.get(own).json()["errorSummary"] == f"Not found: Resource not found: {idp['id']} (IdpTrust)"
    assert "system.idp.lifecycle.delete" in okta.types()


@pytest.mark.parametrize(
    "gap", [{"name": ""}, {"type": "CARRIER_PIGEON"}, {"protocol": {}}, {"issuerMode": "MOON"}, {"name": 7}]
)
def test_refusals(okta: Any, gap: dict[str, Any]) -> None:
    """A name, a known type, a protocol and a known issuer mode are needed."""
    answer = okta.post(IDPS, {**OIDC, **gap})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000001")


def test_a_routing_rule_names_its_provider(okta: Any) -> None:
    """The answer tells the provider's name beside the id that was sent; the org itself has none."""
    idp = made(okta, SAML)
    policy = okta.get("/api/v1/policies?type=IDP_DISCOVERY").json()[0]["id"]
    rules = f"/api/v1/policies/{policy}/rules"
    route = {"idp": {"providers": [{"type": "SAML2", "id": idp["id"]}]}}
    body = {"type": "IDP_DISCOVERY", "name": "To the holding", "conditions": {}, "actions": route}
    rule = okta.post(rules, body).json()
    named = [{"type": "SAML2", "id": idp["id"], "name": "Holding"}]
    assert rule["actions"]["idp"] == {"providers": named, "idpSelectionType": "SPECIFIC"}
    home = {"idp": {"providers": [{"type": "OKTA"}]}}
    after = okta.put(f"{rules}/{rule['id']}", {**body, "actions": home}).json()
    assert after["actions"]["idp"]["providers"] == [{"type": "OKTA"}]
