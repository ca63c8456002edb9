"""What applications sign with, requests for certificates, and the claims they are told: plain records.

Okta API reference, Application SSO Credential Keys, Application SSO Federated Claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

YEARS = range(2, 11)
# numbers of an estate's RSA keys (see `keys.rsa_key`): below are those of the org and of service apps
SHARED_NUMBER = 8


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair of an estate under its id; `certificate` is a published one, '' for Okta's own."""

    kid: str
    number: int
    created: datetime
    expires: datetime
    certificate: str = ""


@dataclass(frozen=True, slots=True)
class AppKey:
    """A signing key that an application has in its store. Several may have the same one."""

    app_id: str
    kid: str


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """A certificate signing request whose key pair waits for its certificate."""

    id: str
    app_id: str
    number: int
    created: datetime
    subject: tuple[tuple[str, str], ...]
    dns_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FederatedClaim:
    """A claim that an application's tokens carry."""

    id: str
    app_id: str
    name: str
    expression: str
    created: datetime
    last_updated: datetime
