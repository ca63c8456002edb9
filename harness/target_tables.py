"""The shape of targets.toml; unknown keys are errors."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ServiceAppTable(_Strict):
    """An Okta service app: its key comes from the environment."""

    client_id: str
    private_jwk_env: str
    scopes: list[str]


class OidcTable(_Strict):
    """A web app at the org."""

    name: str
    client_id: str
    client_secret_env: str
    redirect_uri: str
    scopes: list[str]


class CredentialTable(_Strict):
    """A SailPoint credential from the environment."""

    client_id_env: str
    client_secret_env: str
    identity_id: str | None = None


class AppTable(_Strict):
    """An application with or without a SCIM API."""

    label: str
    tier: int
    provisioned_by: Literal["sailpoint", "okta", "none"]
    scim_url: str | None = None
    token_env: str | None = None
    write_log_url: str | None = None


class PersonTable(_Strict):
    """Somebody who is there before the run."""

    worker_id: str
    name: str
    login: str
    parts: list[str]
    password_env: str | None = None
    totp_env: str | None = None


class OktaTable(_Strict):
    """The Okta half of a target."""

    url: str
    observer: ServiceAppTable
    driver: ServiceAppTable | None = None
    portal: OidcTable | None = None
    actors: dict[str, str] = {}


class SailPointTable(_Strict):
    """The SailPoint half of a target."""

    url: str
    hr_source_id: str
    okta_source_id: str
    contractor_source_id: str | None = None
    loader: CredentialTable
    credentials: dict[str, CredentialTable]


class TenantsTable(_Strict):
    """A target of real tenants, as targets.toml writes it."""

    kind: Literal["tenants"]
    time_zone: str
    evidence: Literal["sandbox-nudged", "sandbox-natural"] = "sandbox-natural"
    capabilities: list[str] = []
    required: list[str] = []
    okta: OktaTable
    sailpoint: SailPointTable
    apps: list[AppTable] = []
    people: list[PersonTable] = []
