"""Bodies of the view's calls, as the control plane's OpenAPI document shows them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel


class Employment(BaseModel):
    """What HR's row says."""

    worker_id: str
    type: str
    department: str
    job_title: str
    hire_date: str
    end_date: str
    end_reason: str


class Governed(BaseModel):
    """An identity's lifecycle state at SailPoint."""

    state: str
    since: str


class DirectoryUser(BaseModel):
    """The primary Okta user, and how many the person has."""

    id: str
    status: str
    users: int


class AppAccount(BaseModel):
    """An account at an application."""

    label: str
    user_name: str
    active: bool


class PersonRow(BaseModel):
    """One person across the systems; null where a system does not know them."""

    key: str
    name: str
    login: str
    hr: Employment | None
    sailpoint: Governed | None
    okta: DirectoryUser | None
    applications: list[AppAccount]
    sessions: int
    tokens: int


class PeopleBody(BaseModel):
    """A page of people; `next` goes on as `after`, `more` says that there are more."""

    rows: list[PersonRow]
    next: str | None
    more: bool


class PersonBody(PersonRow):
    """One person in full."""

    hr_rows: list[dict[str, str]]
    identity: dict[str, Any] | None
    users: list[dict[str, Any]]
    accounts: list[dict[str, Any]]


class TimelineRow(BaseModel):
    """One event of one system."""

    at: str
    system: str
    kind: str
    who: str
    what: str
    whom: str
    result: str
    bad: bool
    details: dict[str, str]


class TimelineBody(BaseModel):
    """A page of events, the youngest first; `next` goes on as `before`. `behind`: the logs are still being read."""

    rows: list[TimelineRow]
    next: str | None
    behind: bool


class LiveSession(BaseModel):
    """A living session; of its id only the end."""

    end_of_id: str
    login: str
    began: str
    used: str
    ends: str
    amr: list[str]


class LiveToken(BaseModel):
    """A living token, without its value."""

    kind: str
    login: str
    ends: str
    scopes: list[str]
    client: str


class LiveBody(BaseModel):
    """Who is signed in, and which tokens live."""

    sessions: list[LiveSession]
    tokens: list[LiveToken]
    more: bool


class SampleLogin(BaseModel):
    """Somebody of the seed who can sign in."""

    worker_id: str
    name: str
    login: str
    part: str


class OverviewBody(BaseModel):
    """The estate at a glance."""

    counts: dict[str, Any]
    logins: list[SampleLogin]
