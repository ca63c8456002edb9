"""The vendor's unmodified Python SDK and a generic OpenID client against the authorization servers."""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import httpx
import pytest

pytestmark = [pytest.mark.contract, pytest.mark.filterwarnings("default")]


def _configuration(estate: dict[str, Any], name: str, **more: Any) -> dict[str, Any]:
    app = next(a for a in estate["okta"]["service_apps"] if a["name"] == name)
    return {
        "orgUrl": estate["urls"]["okta"],
        "authorizationMode": "PrivateKey",
        "clientId": app["client_id"],
        "scopes": app["scopes"],
        "privateKey": json.dumps(app["private_jwk"]),
        **more,
    }


def test_private_key_with_proof_of_possession(estate: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """With DPoP switched on the SDK goes through the nonce's round trip and proves its key at every call."""
    pytest.importorskip("okta.client", reason="the vendor's Okta SDK is not installed; make contract installs it")
    from okta.client import Client

    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    client = Client(_configuration(estate, "harness-observer", dpopEnabled=True))

    async def drive() -> tuple[Any, Any]:
        groups, _, wrong = await client.list_groups()
        users, _, wrong_too = await client.list_users(limit=5)
        assert (wrong, wrong_too) == (None, None)
        return groups, users

    groups, users = asyncio.run(drive())
    assert any(group.profile.actual_instance.name == "SP-BR-Employees" for group in groups)
    assert len(users) == 5
    token = client._request_executor._oauth._access_token
    assert "cnf" in json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


def test_authorization_servers(estate: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK makes a server with scope, claim, policy and rule, and reads them back into its models."""
    pytest.importorskip("okta.client", reason="the vendor's Okta SDK is not installed; make contract installs it")
    from okta import models
    from okta.client import Client

    monkeypatch.setenv("OKTA_TESTING_TESTINGDISABLEHTTPSCHECK", "true")
    client = Client({"orgUrl": estate["urls"]["okta"], "token": estate["okta"]["api_token"]})

    async def drive() -> None:
        server, _, wrong = await client.create_authorization_server(
            models.AuthorizationServer(name="SDK", description="By the SDK", audiences=["api://sdk"])
        )
        assert wrong is None, wrong
        scope, _, wrong = await client.create_o_auth2_scope(server.id, models.OAuth2Scope(name="sdk:read"))
        assert (wrong, scope.name) == (None, "sdk:read")
        claim = models.OAuth2Claim(name="who", claimType="RESOURCE", valueType="EXPRESSION", value="user.login")
        made, _, wrong = await client.create_o_auth2_claim(server.id, claim)
        assert (wrong, made.name) == (None, "who")
        servers, _, wrong = await client.list_authorization_servers()
        assert wrong is None, wrong
        assert {"default", "SDK"} <= {found.name for found in servers}
        policies, _, wrong = await client.list_authorization_server_policies("default")
        assert (wrong, policies[0].name) == (None, "Default Policy")
        rules, _, wrong = await client.list_authorization_server_policy_rules("default", policies[0].id)
        assert wrong is None, wrong
        assert rules[0].actions.token.access_token_lifetime_minutes == 60
        keys, _, wrong = await client.list_authorization_server_keys(server.id)
        assert wrong is None, wrong
        assert {key.status for key in keys} == {"ACTIVE", "NEXT"}
        *_, wrong = await client.delete_authorization_server(server.id)
        assert wrong is None, wrong

    asyncio.run(drive())


def test_a_generic_openid_client_discovers_and_verifies(estate: dict[str, Any]) -> None:
    """What the metadata names is there: every endpoint answers, and the keys are a key set."""
    from joserfc.jwk import KeySet

    base = estate["urls"]["okta"]
    for issuer in (base, f"{base}/oauth2/default"):
        document = httpx.get(f"{issuer}/.well-known/openid-configuration").json()
        assert document["issuer"] == issuer
        assert KeySet.import_key_set(httpx.get(document["jwks_uri"]).json()).keys
        for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
            assert httpx.post(document[name], data={"grant_type": "password"}).status_code == 401
        assert httpx.get(document["userinfo_endpoint"]).status_code == 401
        for name in ("authorization_endpoint", "end_session_endpoint"):
            assert httpx.get(document[name]).status_code == 400
