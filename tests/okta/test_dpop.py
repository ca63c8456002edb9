"""Tokens bound to a key: the nonce's round trip, proofs at the token endpoint and at resources."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

TOKEN = "http://127.0.0.1:8600/oauth2/v1/token"
USERS = "http://127.0.0.1:8600/api/v1/users"


class Prover:
    """A client that holds a key and signs proofs and assertions with fresh ids."""

    def __init__(self, okta: Any, app: dict[str, Any]) -> None:
        self.okta, self.app, self.count = okta, app, 0
        self.key = ECKey.generate_key("P-256", auto_kid=False)

    def proof(self, method: str, url: str, header: dict[str, Any] | None = None, **changes: Any) -> str:
        self.count += 1
        now = int(self.okta.clock.now().timestamp())
        claims = {"htm": method, "htu": url, "iat": now, "jti": f"p{self.count}", **changes}
        public = self.key.as_dict(private=False)
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": public, **(header or {})}
        registry = jws.JWSRegistry(strict_check_header=False, algorithms=["ES256"])
        return jws.serialize_compact(head, json.dumps(claims).encode(), self.key, registry=registry)

    def ask(self, proof: str | None, scope: str = "okta.users.manage") -> httpx.Response:
        self.count += 1
        now, id = int(self.okta.clock.now().timestamp()), self.app["client_id"]
        claims = {"iss": id, "sub": id, "aud": TOKEN, "iat": now, "exp": now + 300, "jti": f"a{self.count}"}
        jwk = self.app["private_jwk"]
        key, alg = (ECKey.import_key(jwk), "ES256") if jwk["kty"] == "EC" else (RSAKey.import_key(jwk), "RS256")
        header = {"alg": alg, **({"kid": key.kid} if key.kid else {})}
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": jws.serialize_compact(header, json.dumps(claims).encode(), key),
        }
        headers = {} if proof is None else {"DPoP": proof}
        answer: httpx.Response = self.okta.ask("POST", "/oauth2/v1/token", auth=None, data=form, headers=headers)
        return answer

    def nonce(self) -> str:
        answer = self.ask(self.proof("POST", TOKEN))
        assert (answer.status_code, answer.json()["error"]) == (400, "use_dpop_nonce")
        return str(answer.headers["dpop-nonce"])

    def token(self) -> str:
        answer = self.ask(self.proof("POST", TOKEN, nonce=self.nonce()))
        assert answer.json()["token_type"] == "DPoP", answer.text
        return str(answer.json()["access_token"])


def ath(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def prover(make_okta: Any) -> Prover:
    okta = make_okta("acme")
    return Prover(okta, okta.planted.service_apps["sailpoint-connector"])


def test_nonce_round_trip_and_bound_token(prover: Prover) -> None:
    """A proof without nonce is challenged; with it the token carries the key's thumbprint and opens the API."""
    token = prover.token()
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["cnf"]["jkt"] == prover.key.thumbprint()
    proof = prover.proof("GET", USERS, ath=ath(token))
    get = prover.okta.get
    assert get("/api/v1/users?limit=1", auth=f"DPoP {token}", headers={"DPoP": proof}).status_code == 200
    again = get("/api/v1/users?limit=1", auth=f"DPoP {token}", headers={"DPoP": proof})
    assert again.json()["error_description"] == "The DPoP proof JWT has already been used."


def test_resource_refusals(prover: Prover) -> None:
    """A bound token needs the scheme, a proof, the token's hash in it and the right key."""
    token, okta = prover.token(), prover.okta

    def refused(scheme: str, proof: str | None) -> tuple[int, str, str]:
        headers = {} if proof is None else {"DPoP": proof}
        answer = okta.get("/api/v1/users", auth=f"{scheme} {token}", headers=headers)
        return answer.status_code, answer.json()["error"], answer.json()["error_description"]

    assert refused("Bearer", None) == (
        400,
        "invalid_request",
        "The resource request must use the DPoP authentication scheme when using a DPoP bound token.",
    )
    assert refused("DPoP", None)[1:] == ("invalid_request", "The resource request requires a DPoP proof.")
    wrong = prover.proof("GET", USERS, ath=ath("other"))
    assert refused("DPoP", wrong)[2] == "'ath' claim in the DPoP proof does not match the presented access_token."
    other = Prover(okta, prover.app).proof("GET", USERS, ath=ath(token))
    assert refused("DPoP", other)[2] == "The access_token is not bound to the provided DPoP proof."
    elsewhere = prover.proof("GET", "http://127.0.0.1:8600/api/v1/groups", ath=ath(token))
    assert refused("DPoP", elsewhere)[2] == "'htu' claim in the DPoP proof JWT is invalid."
    assert okta.get("/api/v1/users", auth="DPoP junk", headers={"DPoP": wrong}).json()["errorCode"] == "E0000011"


BAD_PROOFS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({"typ": "JWT"}, {}, "'typ' must be 'dpop+jwt' in the DPoP proof JWT."),
    ({}, {"htm": "GET"}, "'htm' claim in the DPoP proof JWT is invalid."),
    ({}, {"htu": "http://elsewhere/token"}, "'htu' claim in the DPoP proof JWT is invalid."),
    ({}, {"iat": None}, "'iat' claim in the DPoP proof JWT is invalid."),
    ({}, {"iat": 1}, "The DPoP proof JWT is issued more than five minutes in the past."),
    ({}, {"jti": ""}, "'jti' claim in the DPoP proof JWT is invalid."),
    ({"jwk": {"kty": "oct", "k": "AAAA"}}, {}, "'jwk' in the DPoP proof JWT is invalid."),
]


def test_bad_proofs(prover: Prover) -> None:
    """Each rule of proofs has its own sentence."""
    for header, changes, description in BAD_PROOFS:
        answer = prover.ask(prover.proof("POST", TOKEN, header, **changes))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
        assert answer.json()["error_description"] == description
    assert prover.ask("junk").json()["error"] == "invalid_dpop_proof"


def test_nonces_turn_daily_and_last_three_days(prover: Prover) -> None:
    """The nonce changes every 24 hours; an older one is good for three days more."""
    first = prover.nonce()
    large = prover.proof("POST", TOKEN, {"x5t": "x" * 900}, nonce=first)
    assert prover.ask(large).status_code == 200  # vendors' clients send large keys in the header
    prover.okta.advance(86_400)
    assert prover.nonce() != first
    assert prover.ask(prover.proof("POST", TOKEN, nonce=first)).status_code == 200
    prover.okta.advance(3 * 86_400)
    assert prover.ask(prover.proof("POST", TOKEN, nonce=first)).json()["error"] == "use_dpop_nonce"


def test_a_client_may_have_to_prove(okta: Any) -> None:
    """A client set to bound tokens gets none without a proof, after it has authenticated."""
    key = ECKey.generate_key("P-256", auto_kid=False)
    body = {
        "name": "oidc_client",
        "label": "Machine",
        "signOnMode": "OPENID_CONNECT",
        "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        "settings": {
            "oauthClient": {
                "application_type": "service",
                "grant_types": ["client_credentials"],
                "response_types": ["token"],
                "dpop_bound_access_tokens": True,
                "jwks": {"keys": [key.as_dict(private=False)]},
            }
        },
    }
    made = okta.post("/api/v1/apps", body).json()
    grant = {"scopeId": "okta.users.read", "issuer": "http://127.0.0.1:8600"}
    assert okta.post(f"/api/v1/apps/{made['id']}/grants", grant).status_code == 200
    app = {"client_id": made["id"], "private_jwk": key.as_dict(private=True)}
    machine = Prover(okta, app)
    refused = machine.ask(None, "okta.users.read")
    assert refused.json() == {
        "error": "invalid_dpop_proof",
        "error_description": "The DPoP proof JWT header is missing.",
    }
    proof = machine.proof("POST", TOKEN, nonce=machine.nonce())
    assert machine.ask(proof, "okta.users.read").json()["token_type"] == "DPoP"
