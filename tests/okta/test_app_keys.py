"""What applications prove themselves with: client secrets and keys, signing keys, certificates, metadata, claims."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding


def new_app(okta: Any, **body: Any) -> str:
    answer = okta.post("/api/v1/apps", {"label": "Wiki", "signOnMode": "SAML_2_0", **body})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


def cause(answer: Any) -> str:
    assert answer.status_code == 400, answer.text
    return str(answer.json()["errorCauses"][0]["errorSummary"])


def test_secrets_rotate(okta: Any) -> None:
    """Two secrets at most; both count while active, none after deactivation, and one always stays."""
    app, first = okta.new_client()
    where = f"/api/v1/apps/{app}/credentials/secrets"
    [row] = okta.get(where).json()
    assert (row["client_secret"], row["status"], list(row["_links"])) == (first, "ACTIVE", ["deactivate"])

    def known(secret: str) -> bool:
        return bool(okta.form("/oauth2/v1/introspect", (app, secret), token="x").status_code == 200)

    assert "only active" in cause(okta.post(f"{where}/{row['id']}/lifecycle/deactivate"))
    second = okta.post(where)
    assert second.status_code == 201
    assert known(first)
    assert known(second.json()["client_secret"])
    assert [row["client_secret"] for row in okta.get(where).json()] == [first, second.json()["client_secret"]]
    assert "maximum number" in cause(okta.post(where))
    assert "Deactivate the secret" in cause(okta.delete(f"{where}/{row['id']}"))
    off = okta.post(f"{where}/{row['id']}/lifecycle/deactivate").json()
    assert (off["status"], sorted(off["_links"])) == ("INACTIVE", ["activate", "delete"])
    assert not known(first)
    assert okta.delete(f"{where}/{row['id']}").status_code == 204
    assert okta.get(f"{where}/{row['id']}").status_code == 404
    assert "at least '14'" in cause(okta.post(where, {"client_secret": "short"}))
    assert "more than '100'" in cause(okta.post(where, {"client_secret": "x" * 101}))
    assert okta.post(where, {"client_secret": 1}).json()["errorCode"] == "E0000003"
    assert (
        okta.post(where, {"client_secret": "my-own-long-secret", "status": "INACTIVE"}).json()["status"] == "INACTIVE"
    )
    assert okta.get(f"/api/v1/apps/{new_app(okta)}/credentials/secrets").status_code == 404


def _jwk(kid: str | None, **more: Any) -> dict[str, Any]:
    return {"kty": "RSA", "e": "AQAB", "n": "x" * 342, "use": "sig", **({"kid": kid} if kid else {}), **more}


def test_client_keys(okta: Any) -> None:
    """Keys have different ids, one encryption key is active at a time, and a client keeps a key to sign with."""
    app = new_app(
        okta,
        signOnMode="OPENID_CONNECT",
        credentials={"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
        settings={"oauthClient": {"application_type": "service", "jwks": {"keys": [_jwk("one")]}}},
    )
    where = f"/api/v1/apps/{app}/credentials/jwks"
    [first] = okta.get(where).json()
    assert (first["kid"], first["status"]) == ("one", "ACTIVE")
    assert "only active" in cause(okta.post(f"{where}/{first['id']}/lifecycle/deactivate"))
    assert "private_key_jwt" in cause(okta.post(f"/api/v1/apps/{app}/credentials/secrets"))
    second = okta.post(where, _jwk("two"))
    assert second.status_code == 201
    for body, text in (
        (_jwk("two"), "must have a unique `kid`"),
        (_jwk(None), "unique kid when adding"),
        (_jwk("three", n="x" * 100), "2,048"),
        (_jwk("three", kty="oct"), "kty"),
        ({"kty": "EC", "kid": "three", "x": "1"}, "blank"),
    ):
        assert text in cause(okta.post(where, body))
    enc = okta.post(where, _jwk("enc1", use="enc")).json()
    assert "only one active encryption" in cause(okta.post(where, _jwk("enc2", use="enc")))
    other = okta.post(where, _jwk("enc2", use="enc", status="INACTIVE")).json()
    assert "active encryption key" in cause(okta.post(f"{where}/{enc['id']}/lifecycle/deactivate"))
    assert okta.post(f"{where}/{other['id']}/lifecycle/activate").json()["status"] == "ACTIVE"
    assert okta.get(f"{where}/{enc['id']}").json()["status"] == "INACTIVE"
    assert okta.post(f"{where}/{first['id']}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    before = okta.get(f"/api/v1/apps/{app}").json()
    before["settings"]["oauthClient"].pop("jwks")
    okta.put(f"/api/v1/apps/{app}", before)
    assert len(okta.get(where).json()) == 4
    assert okta.delete(f"{where}/{first['id']}").status_code == 204
    kids = {key["kid"] for key in okta.get(f"/api/v1/apps/{app}").json()["settings"]["oauthClient"]["jwks"]["keys"]}
    assert kids == {"two", "enc2"}
    assert okta.get(f"{where}/pks0").status_code == 404


def test_signing_keys(okta: Any) -> None:
    """An application gets further keys with certificates, signs with the one it names, and passes one on."""
    app, other = new_app(okta), new_app(okta)
    where = f"/api/v1/apps/{app}/credentials/keys"
    [first] = okta.get(where).json()
    [others] = okta.get(f"/api/v1/apps/{other}/credentials/keys").json()
    assert first["kid"] != others["kid"]
    made = okta.post(f"{where}/generate?validityYears=3")
    key = made.json()
    assert made.headers["location"].endswith(f"{where}/{key['kid']}")
    assert (made.status_code, key["kty"], key["use"]) == (201, "RSA", "sig")
    assert int(key["expiresAt"][:4]) - int(key["created"][:4]) == 3
    certificate = x509.load_der_x509_certificate(base64.b64decode(key["x5c"][0]))
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    number = int.from_bytes(base64.urlsafe_b64decode(key["n"] + "=="), "big")
    assert public.public_numbers().n == number
    body = {"label": "Wiki", "credentials": {"signing": {"kid": key["kid"]}}}
    assert okta.put(f"/api/v1/apps/{app}", body).json()["credentials"]["signing"] == {"kid": key["kid"]}
    metadata = okta.get(f"/api/v1/apps/{app}/sso/saml/metadata", headers={"Accept": "application/xml"})
    assert (metadata.headers["content-type"], key["x5c"][0] in metadata.text) == ("application/xml", True)
    assert first["x5c"][0] in okta.get(f"/api/v1/apps/{app}/sso/saml/metadata?kid={first['kid']}").text
    assert "SingleLogoutService" not in metadata.text
    slo = {"enabled": True, "issuer": "https://sp.example.com", "logoutUrl": "https://sp.example.com/slo"}
    leaves = new_app(okta, settings={"signOn": {"slo": slo}})
    assert okta.get(f"/api/v1/apps/{leaves}/sso/saml/metadata").text.count("/slo/saml") == 2
    refused = okta.get(f"/api/v1/apps/{app}/sso/saml/metadata", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["errorCode"]) == (400, "E0000019")
    body["credentials"] = {"signing": {"kid": "unheard-of"}}
    assert okta.put(f"/api/v1/apps/{app}", body).status_code == 404
    assert okta.post(f"{where}/{key['kid']}/clone?targetAid={other}").status_code == 201
    assert [row["kid"] for row in okta.get(f"/api/v1/apps/{other}/credentials/keys").json()] == [
        others["kid"], key["kid"],
    ]  # fmt: skip
    assert "already exists" in cause(okta.post(f"{where}/{key['kid']}/clone?targetAid={other}"))
    assert okta.post(f"{where}/{key['kid']}/clone").status_code == 400
    for years in ("1", "11", "x", "-2"):
        assert "2 - 10 years" in cause(okta.post(f"{where}/generate?validityYears={years}"))
    assert okta.get(f"{where}/nothing").status_code == 404


def test_certificate_from_outside(okta: Any) -> None:
    """A request is published with a certificate for its own key pair, and nothing else."""
    app = new_app(okta)
    where = f"/api/v1/apps/{app}/credentials/csrs"
    wish = {"subject": {"commonName": "SP Issuer", "countryName": "US"}, "subjectAltNames": {"dnsNames": ["a.example"]}}
    row = okta.post(where, wish).json()
    request = x509.load_der_x509_csr(base64.b64decode(row["csr"]))
    assert request.is_signature_valid
    assert [found["id"] for found in okta.get(where).json()] == [row["id"]]
    text = okta.get(f"{where}/{row['id']}", headers={"Accept": "application/pkcs10"}).text
    assert text == row["csr"]

    def issued(public: Any) -> bytes:
        begins = datetime(2026, 1, 1, tzinfo=UTC)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "CA")])
        builder = x509.CertificateBuilder(name, name, public, 1, begins, begins + timedelta(days=400))
        return builder.sign(_AUTHORITY, hashes.SHA256()).public_bytes(Encoding.PEM)

    publish = f"{where}/{row['id']}/lifecycle/publish"
    pem = {"Content-Type": "application/x-pem-file"}
    assert "doesn't match" in cause(okta.ask("POST", publish, content=issued(_AUTHORITY.public_key()), headers=pem))
    assert "could not be read" in cause(okta.ask("POST", publish, content=b"rubbish", headers=pem))
    assert okta.post(publish, {}).json()["errorCode"] == "E0000019"
    done = okta.ask("POST", publish, content=issued(request.public_key()), headers=pem)
    assert (done.status_code, done.json()["expiresAt"][:10]) == (201, "2027-02-05")
    assert okta.get(where).json() == []
    assert len(okta.get(f"/api/v1/apps/{app}/credentials/keys").json()) == 2
    other = okta.post(where, wish).json()["id"]
    assert okta.delete(f"{where}/{other}").status_code == 204
    assert okta.delete(f"{where}/{other}").status_code == 404
    for body in (
        {},
        {"subject": {"commonName": 1}},
        {"subject": {"commonName": "x", "countryName": "USA"}},
        {"subject": {"commonName": "x" * 200}},
        {"subject": {"commonName": "x"}, "subjectAltNames": {"dnsNames": ["é"]}},
    ):
        assert okta.post(where, body).status_code == 400


_AUTHORITY = rsa.generate_private_key(65537, 2048)


def test_claims_and_logo(okta: Any) -> None:
    """Federated claims are kept under different names; a logo changes the application's picture."""
    app = new_app(okta)
    where = f"/api/v1/apps/{app}/federated-claims"
    made = okta.post(where, {"name": "role", "expression": "appuser.role"})
    assert made.status_code == 201
    one = f"{where}/{made.json()['id']}"
    assert okta.get(where).json() == [okta.get(one).json()]
    assert "already exists" in cause(okta.post(where, {"name": "role", "expression": "x"}))
    assert okta.post(where, {"name": "x"}).status_code == 400
    assert okta.put(one, {"name": "role", "expression": "user.title"}).json()["expression"] == "user.title"
    assert okta.delete(one).status_code == 204
    assert okta.get(one).json()["errorSummary"].endswith("(FederatedClaim)")
    before = okta.get(f"/api/v1/apps/{app}").json()["_links"]["logo"][0]["href"]
    picture = {"file": ("logo.png", b"\x89PNG\r\n\x1a\n" + bytes(20), "image/png")}
    assert okta.ask("POST", f"/api/v1/apps/{app}/logo", files=picture).status_code == 201
    assert okta.get(f"/api/v1/apps/{app}").json()["_links"]["logo"][0]["href"] != before
    assert okta.ask("POST", f"/api/v1/apps/{app}/logo", files={"file": ("x.txt", b"text")}).status_code == 400
    assert okta.post(f"/api/v1/apps/{app}/logo", {}).json()["errorCode"] == "E0000019"


@pytest.mark.parametrize("path", ["credentials/secrets", "credentials/jwks", "credentials/keys", "credentials/csrs"])
def test_keys_need_the_right(okta: Any, path: str) -> None:
    """Without an administrator's right to applications their credentials are not shown."""
    ann = okta.new_user()
    app = new_app(okta)
    assert okta.get(f"/api/v1/apps/{app}/{path}", auth=None).json()["errorCode"] == "E0000005"
    okta.post(f"/api/v1/users/{ann}/roles", {"type": "HELP_DESK_ADMIN"})
    token = okta.org.access.planted_api_token(okta.org.state.users[ann], "help desk")
    answer = okta.get(f"/api/v1/apps/{app}/credentials/secrets", auth=f"SSWS {token}")
    assert answer.json()["errorCode"] == "E0000006"


def test_the_keys_an_application_begins_with(okta: Any) -> None:
    """SAML 2.0 has a key of its own, in the catalogue the org's besides; what else signs has the org's."""
    shared = okta.get("/api/v1/apps").json()[0]["credentials"]["signing"]["kid"]
    for more, own, orgs in (
        ({}, 1, 0),
        ({"name": "zoomus"}, 1, 1),
        ({"name": "office", "signOnMode": "SAML_1_1"}, 0, 1),
        ({"signOnMode": "WS_FEDERATION"}, 0, 1),
    ):
        app = new_app(okta, **more)
        kids = [key["kid"] for key in okta.get(f"/api/v1/apps/{app}/credentials/keys").json()]
        assert (kids.count(shared), len(kids)) == (orgs, own + orgs)
        assert okta.get(f"/api/v1/apps/{app}").json()["credentials"]["signing"]["kid"] == kids[0]
    client, _ = okta.new_client()
    assert okta.get(f"/api/v1/apps/{client}").json()["credentials"]["signing"]["kid"] == shared
