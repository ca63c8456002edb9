"""Bodies of the control plane's calls, as its OpenAPI document shows them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ErrorBody(BaseModel):
    """What went wrong, in one sentence."""

    error: str


class Urls(BaseModel):
    """Base URL of each system."""

    okta: str
    sailpoint: str
    apps: str
    hr: str
    control: str


class ServiceApp(BaseModel):
    """An Okta service app that signs its own assertions."""

    name: str
    client_id: str
    private_jwk: dict[str, Any]
    scopes: list[str]


class OidcClient(BaseModel):
    """An Okta sign-in client."""

    name: str
    client_id: str
    client_secret: str | None
    redirect_uri: str
    scopes: list[str]


class OktaAccount(BaseModel):
    """An account that is nobody's first: administrators, services, break-glass."""

    login: str
    password: str
    totp: str | None


class OktaAccess(BaseModel):
    """Credentials at Okta."""

    api_token: str | None
    service_apps: list[ServiceApp]
    oidc_clients: list[OidcClient]
    accounts: list[OktaAccount]


class PersonalAccessToken(BaseModel):
    """A person's credential at SailPoint."""

    name: str
    client_id: str
    client_secret: str
    identity_id: str | None
    levels: list[str]


class ApiClient(BaseModel):
    """A credential at SailPoint that is no person's."""

    name: str
    client_id: str
    client_secret: str


class SailPointAccess(BaseModel):
    """Credentials and sources at SailPoint."""

    personal_access_tokens: list[PersonalAccessToken]
    api_clients: list[ApiClient]
    hr_source_id: str | None
    okta_source_id: str | None
    contractor_source_id: str | None


class AppAccess(BaseModel):
    """An application; those with SCIM name its address, a read-only token and the write log."""

    label: str
    tier: int
    provisioned_by: Literal["sailpoint", "okta", "none"]
    okta_app_id: str | None
    scim_url: str | None
    token: str | None
    write_log_url: str | None


class KnownPerson(BaseModel):
    """A person of the seed; `part` lists the parts of the cast, separated by commas."""

    worker_id: str
    name: str
    login: str
    password: str | None
    totp: str | None
    part: str


class EstateBody(BaseModel):
    """The ready object."""

    ready: Literal[True]
    seed: str
    random_seed: int
    now: str
    time_zone: str
    urls: Urls
    okta: OktaAccess
    sailpoint: SailPointAccess
    apps: list[AppAccess]
    people: list[KnownPerson]


class ResetBody(_Strict):
    """Which seed to open, and the random seed (1 when absent)."""

    seed: str
    random_seed: int = 1


class ClockBody(BaseModel):
    """Where the clock stands, who moves it, how fast, and when the next job is due."""

    now: str
    mode: Literal["paused", "following"]
    speed: float
    next: str | None


class AdvanceBody(_Strict):
    """Exactly one of both: how far, or to which instant."""

    by: str | None = Field(None, examples=["PT4H"], description="an ISO 8601 duration")
    to: str | None = Field(None, examples=["2026-03-02T18:00:00Z"], description="an instant with its zone")


class AdvancedBody(BaseModel):
    """Where the clock stands now, and how many jobs ran on the way."""

    now: str
    ran: int


class FaultMatch(_Strict):
    """Which requests misbehave; in `path` a `*` stands for anything."""

    system: str | None = Field(None, examples=["okta"])
    method: str | None = Field(None, examples=["DELETE"])
    path: str | None = Field(None, examples=["/api/v1/users/*/sessions"])


class FaultEffect(_Strict):
    """How they misbehave: exactly one of these."""

    status: int | None = Field(None, examples=[503])
    delay: str | None = Field(None, description="an ISO 8601 duration")
    lose: bool | None = Field(None, description="answered as if done, and not done")
    drop_fields: list[str] | None = Field(None, description="left out of the answer, at any depth")


class NewFault(_Strict):
    """A fault rule; without `times` it lasts until it is removed."""

    match: FaultMatch
    effect: FaultEffect
    times: int | None = None


class FaultId(BaseModel):
    """The rule's id."""

    id: str


class FaultBody(NewFault):
    """A fault rule in place; `times` counts what is left."""

    id: str


class MessageBody(BaseModel):
    """Something Okta sent to a person: `purpose` is enroll, verify, forgot or unlock, `code` a code or token."""

    login: str
    channel: str
    address: str
    purpose: str
    code: str
    sent: str


class PushAnswerBody(_Strict):
    """Whether a person approves a push."""

    approve: bool


class SessionRevokedCondition(_Strict):
    """Lifecycle states of one SailPoint identity profile: who enters one is told to receivers of shared signals."""

    profile: str
    states: list[str]
