"""Certificates of signing keys, requests for them, and SAML metadata.

Okta API reference, Application SSO Credential Keys and Application SSO.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from xml.sax.saxutils import quoteattr

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from simulators.kernel.keys import rsa_key
from simulators.kernel.times import iso
from simulators.okta.domain.app_keys import SigningKey, SigningRequest
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.jose import private_key, public_jwk
from simulators.okta.wire.bodies import Json, part, texts

_SUBJECT = {
    "countryName": NameOID.COUNTRY_NAME,
    "stateOrProvinceName": NameOID.STATE_OR_PROVINCE_NAME,
    "localityName": NameOID.LOCALITY_NAME,
    "organizationName": NameOID.ORGANIZATION_NAME,
    "organizationalUnitName": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "commonName": NameOID.COMMON_NAME,
}


def _pair(random_seed: int, number: int) -> rsa.RSAPrivateKey:
    key = private_key(rsa_key(random_seed, number), f"pair-{number}").private_key
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


@lru_cache(maxsize=256)
def _issued(random_seed: int, number: int, kid: str, begins: datetime, ends: datetime, org_name: str) -> bytes:
    """Okta's own certificate of a key."""
    key = _pair(random_seed, number)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
            x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "California"),
            x509.NameAttribute(NameOID.LOCALITY_NAME, "San Francisco"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Okta"),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "SSOProvider"),
            x509.NameAttribute(NameOID.COMMON_NAME, org_name),
        ]
    )
    serial = int.from_bytes(sha256(kid.encode()).digest()[:6], "big") + 1
    builder = x509.CertificateBuilder(name, name, key.public_key(), serial, begins, max(ends, begins + _SECOND))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


_SECOND = timedelta(seconds=1)


def certificate_of(key: SigningKey, random_seed: int, org_name: str) -> str:
    """A key's certificate: DER in base64."""
    if key.certificate:
        return key.certificate
    return base64.b64encode(_issued(random_seed, key.number, key.kid, key.created, key.expires, org_name)).decode()


def signing_key_body(key: SigningKey, random_seed: int, org_name: str) -> Json:
    """A key of an application's store as a JSON Web Key with its certificate."""
    certificate = certificate_of(key, random_seed, org_name)
    public = public_jwk(private_key(rsa_key(random_seed, key.number), f"pair-{key.number}"))
    digest = sha256(base64.b64decode(certificate)).digest()
    return {
        "created": iso(key.created),
        "lastUpdated": iso(key.created),
        "expiresAt": iso(key.expires),
        "x5c": [certificate],
        "kid": key.kid,
        "kty": "RSA",
        "use": "sig",
        "e": public["e"],
        "n": public["n"],
        "x5t#S256": base64.urlsafe_b64encode(digest).decode().rstrip("="),
    }


def read_request(body: Json) -> tuple[dict[str, str], list[str]]:
    """Subject and DNS names of a request for a certificate. Raises NotWellFormed or Invalid."""
    subject, names = part(body, "subject"), texts(part(body, "subjectAltNames").get("dnsNames"))
    if any(not isinstance(value, str) for value in subject.values()):
        raise NotWellFormed()
    known = {name: subject[name] for name in _SUBJECT if subject.get(name)}
    if not known.get("commonName"):
        raise Invalid("subject", "commonName: The field cannot be left blank")
    if len(known.get("countryName", "US")) != 2:
        raise Invalid("subject", "countryName: The field must be a two-letter code")
    try:
        _naming(tuple(known.items()), tuple(names))
    except ValueError:
        raise Invalid("subject", "The subject or an alternative name cannot stand in a certificate.") from None
    return known, names


def _naming(
    subject: tuple[tuple[str, str], ...], dns_names: tuple[str, ...]
) -> tuple[x509.Name, x509.SubjectAlternativeName]:
    """Subject and alternative names of a request. Raises ValueError for what a certificate cannot hold."""
    name = x509.Name([x509.NameAttribute(_SUBJECT[field], value) for field, value in subject])
    name.public_bytes()
    return name, x509.SubjectAlternativeName([x509.DNSName(dns) for dns in dns_names])


def _request(request: SigningRequest, random_seed: int) -> x509.CertificateSigningRequest:
    name, names = _naming(request.subject, request.dns_names)
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    if request.dns_names:
        builder = builder.add_extension(names, critical=False)
    return builder.sign(_pair(random_seed, request.number), hashes.SHA256())


def request_text(request: SigningRequest, random_seed: int) -> str:
    """A request for a certificate: DER in base64."""
    return base64.b64encode(_request(request, random_seed).public_bytes(Encoding.DER)).decode()


def request_body(request: SigningRequest, random_seed: int, base_url: str) -> Json:
    """A request for a certificate as JSON."""
    own = f"{base_url}/api/v1/apps/{request.app_id}/credentials/csrs/{request.id}"
    return {
        "id": request.id,
        "created": iso(request.created),
        "csr": request_text(request, random_seed),
        "kty": "RSA",
        "_links": {
            "self": {"href": own, "hints": {"allow": ["GET", "DELETE"]}},
            "publish": {"href": f"{own}/lifecycle/publish", "hints": {"allow": ["POST"]}},
        },
    }


def read_certificate(raw: bytes, request: SigningRequest, random_seed: int) -> tuple[str, datetime]:
    """A certificate in PEM, DER or base64, and when it ends. Raises Invalid unless it is for the request's key."""
    try:
        if raw.lstrip().startswith(b"-----BEGIN"):
            found = x509.load_pem_x509_certificate(raw.strip())
        else:
            der = raw if raw[:1] == b"\x30" else base64.b64decode(raw, validate=False)
            found = x509.load_der_x509_certificate(der)
        spki = found.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, binascii.Error):
        raise Invalid("certificate", "The certificate could not be read.") from None
    own = _pair(random_seed, request.number).public_key()
    if spki != own.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise Invalid("certificate", "The certificate doesn't match the CSR.")
    return base64.b64encode(found.public_bytes(Encoding.DER)).decode(), found.not_valid_after_utc


def saml_metadata(app: App, certificate: str, base_url: str) -> bytes:
    """What a SAML application is told of the org: entity, key, where to sign on, and where to sign out if it does."""
    own = f"{base_url}/app/{app.name}/{app.id}"
    slo = app.body["settings"].get("signOn", {}).get("slo", {}).get("enabled", False)
    binding = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-"
    format = "urn:oasis:names:tc:SAML:1.1:nameid-format:"
    kinds = {"SingleLogoutService": "slo", "SingleSignOnService": "sso"}
    logout, services = (
        "".join(
            f'<md:{service} Binding="{binding}{kind}" Location={quoteattr(f"{own}/{path}/saml")}/>'
            for kind in ("POST", "Redirect")
        )
        for service, path in kinds.items()
    )
    names = "".join(f"<md:NameIDFormat>{format}{kind}</md:NameIDFormat>" for kind in ("unspecified", "emailAddress"))
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<md:EntityDescriptor entityID="http://www.okta.com/{app.id}" '
        'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">'
        '<md:IDPSSODescriptor WantAuthnRequestsSigned="false" '
        'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        '<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">'
        f"<ds:X509Data><ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
        f"</md:KeyDescriptor>{logout if slo else ''}{names}{services}</md:IDPSSODescriptor></md:EntityDescriptor>"
    )
    return text.encode()
