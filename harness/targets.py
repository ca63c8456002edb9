"""Where scenarios run: URLs, credentials and capabilities of one target, simulated or real."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from harness.clients.browser import OidcClient
from harness.clients.okta import ServiceApp
from harness.clients.sailpoint import Credential
from harness.target_tables import CredentialTable, ServiceAppTable, TenantsTable

SIMULATED_CAPABILITIES = frozenset({"time", "login", "oidc", "appr", "scim", "fault"})


class TargetError(ValueError):
    """A target cannot be used; the text is one sentence that names what is wrong and the remedy."""


@dataclass(frozen=True)
class AppEndpoint:
    """An application as the harness reaches it: its own SCIM API and write log, where it has them."""

    label: str
    tier: int
    provisioned_by: str
    okta_app_id: str | None
    scim_url: str | None
    token: str | None
    write_log_url: str | None


@dataclass(frozen=True)
class KnownPerson:
    """A person who is there before the run: manager, approver, bystander. `parts` are the cast's."""

    worker_id: str
    name: str
    login: str
    password: str | None
    totp: str | None
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """Everything the harness may know of where it runs. No scenario sees it."""

    name: str
    kind: Literal["simulated", "attached", "tenants"]
    evidence: str
    okta_url: str
    sailpoint_url: str
    hr_url: str | None
    control_url: str | None
    time_zone: str
    observer: ServiceApp
    driver: ServiceApp | None
    portal: OidcClient | None
    credentials: Mapping[str, Credential]
    loader: Credential
    hr_source_id: str
    contractor_source_id: str | None
    okta_source_id: str
    apps: tuple[AppEndpoint, ...]
    people: tuple[KnownPerson, ...]
    capabilities: frozenset[str]
    actors: Mapping[str, str]
    required: frozenset[str] = frozenset()
    okta_api_token: str | None = field(default=None, repr=False)
    seed: str | None = None
    random_seed: int = 1
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def hosts(self) -> dict[str, str]:
        """Base URLs and the system each belongs to."""
        named = {"okta": self.okta_url, "sailpoint": self.sailpoint_url, "hr": self.hr_url, "control": self.control_url}
        return {url: system for system, url in named.items() if url}


def from_estate(name: str, kind: Literal["simulated", "attached"], ready: Mapping[str, Any]) -> Target:
    """The target that a control plane's ready object describes. Raises TargetError when something is missing."""
    try:
        okta, sailpoint, urls = ready["okta"], ready["sailpoint"], ready["urls"]
        service_apps = {row["name"]: _service_app(row) for row in okta["service_apps"]}
        portal = next(iter(okta["oidc_clients"]), None)
        credentials = {row["name"]: _credential(row) for row in sailpoint["personal_access_tokens"]}
        clients = {row["name"]: _credential(row) for row in sailpoint["api_clients"]}
        return Target(
            name=name,
            kind=kind,
            evidence="simulated",
            okta_url=urls["okta"],
            sailpoint_url=urls["sailpoint"],
            hr_url=urls["hr"],
            control_url=urls["control"],
            time_zone=ready["time_zone"],
            observer=service_apps["harness-observer"],
            driver=service_apps.get("harness-driver"),
            portal=None if portal is None else _oidc(portal),
            credentials=credentials,
            loader=clients["loader"],
            hr_source_id=sailpoint["hr_source_id"],
            contractor_source_id=sailpoint.get("contractor_source_id"),
            okta_source_id=sailpoint["okta_source_id"],
            apps=tuple(
                AppEndpoint(**{key: row.get(key) for key in AppEndpoint.__dataclass_fields__}) for row in ready["apps"]
            ),
            people=tuple(_known(row) for row in ready["people"]),
            capabilities=SIMULATED_CAPABILITIES,
            actors={row["client_id"]: row["name"] for row in okta["service_apps"]},
            okta_api_token=okta["api_token"],
            seed=ready["seed"],
            random_seed=ready["random_seed"],
            secrets=tuple(_secrets_of(ready)),
        )
    except KeyError as missing:
        raise TargetError(
            f"the estate {ready.get('seed', '')!r} offers no {missing.args[0]!r}, which the scenarios need; "
            "use the seed acme or one that extends it"
        ) from None


def _service_app(row: Mapping[str, Any]) -> ServiceApp:
    return ServiceApp(row["name"], row["client_id"], row["private_jwk"], tuple(row["scopes"]))


def _credential(row: Mapping[str, Any]) -> Credential:
    return Credential(row["name"], row["client_id"], row["client_secret"], row.get("identity_id"))


def _oidc(row: Mapping[str, Any]) -> OidcClient:
    return OidcClient(row["name"], row["client_id"], row["client_secret"], row["redirect_uri"], tuple(row["scopes"]))


def _known(row: Mapping[str, Any]) -> KnownPerson:
    part = row.get("part") or ""
    parts = tuple(p.strip() for p in (part if isinstance(part, str) else ",".join(part)).split(",") if p.strip())
    return KnownPerson(row["worker_id"], row["name"], row["login"], row.get("password"), row.get("totp"), parts)


def _secrets_of(ready: Mapping[str, Any]) -> list[str]:
    okta, sailpoint = ready["okta"], ready["sailpoint"]
    found = [okta["api_token"]]
    for row in okta["service_apps"]:
        found += [row["private_jwk"][part] for part in ("d", "p", "q") if part in row["private_jwk"]]
    found += [row["client_secret"] for row in okta["oidc_clients"]]
    found += [row["client_secret"] for row in (*sailpoint["personal_access_tokens"], *sailpoint["api_clients"])]
    found += [row["token"] for row in ready["apps"] if row.get("token")]
    found += [row[key] for row in ready["people"] for key in ("password", "totp") if row.get(key)]
    return found


def load_targets(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a targets file by name; `simulated` and `attached` need none. Raises TargetError."""
    if not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise TargetError(f"the targets file {path} is not valid TOML: {problem}") from None
    for name, row in table.items():
        if not isinstance(row, dict):
            raise TargetError(f"the targets file {path} has the key {name!r} outside a table; write [{name}]")
    return table


def from_table(name: str, row: Mapping[str, Any], environment: Mapping[str, str]) -> Target:
    """A real-tenant target from its table and the environment. Raises TargetError naming what is missing."""
    try:
        table = TenantsTable.model_validate(row)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise TargetError(f"target {name!r}: {place}: {first['msg']}; correct it in targets.toml") from None
    secrets: list[str] = []

    def secret(variable: str) -> str:
        value = environment.get(variable, "")
        if not value:
            raise TargetError(f"target {name!r} needs the environment variable {variable}; set it to the credential")
        secrets.append(value)
        return value

    def service_app(title: str, part: ServiceAppTable) -> ServiceApp:
        try:
            jwk = json.loads(secret(part.private_jwk_env))
        except ValueError:
            raise TargetError(f"the environment variable {part.private_jwk_env} holds no JSON Web Key") from None
        secrets.extend(str(jwk[key]) for key in ("d", "p", "q") if key in jwk)
        return ServiceApp(title, part.client_id, jwk, tuple(part.scopes))

    def credential(title: str, part: CredentialTable) -> Credential:
        return Credential(title, secret(part.client_id_env), secret(part.client_secret_env), part.identity_id)

    okta, sailpoint = table.okta, table.sailpoint
    portal = None
    if (part := okta.portal) is not None:
        key = secret(part.client_secret_env)
        portal = OidcClient(part.name, part.client_id, key, part.redirect_uri, tuple(part.scopes))
    apps = tuple(
        AppEndpoint(
            a.label, a.tier, a.provisioned_by, None, a.scim_url, a.token_env and secret(a.token_env), a.write_log_url
        )
        for a in table.apps
    )
    people = tuple(
        KnownPerson(
            p.worker_id,
            p.name,
            p.login,
            p.password_env and secret(p.password_env),
            p.totp_env and secret(p.totp_env),
            tuple(p.parts),
        )
        for p in table.people
    )
    return Target(
        name=name,
        kind="tenants",
        evidence=table.evidence,
        okta_url=okta.url.rstrip("/"),
        sailpoint_url=sailpoint.url.rstrip("/"),
        hr_url=None,
        control_url=None,
        time_zone=table.time_zone,
        observer=service_app("harness-observer", okta.observer),
        driver=None if okta.driver is None else service_app("harness-driver", okta.driver),
        portal=portal,
        credentials={title: credential(title, part) for title, part in sailpoint.credentials.items()},
        loader=credential("loader", sailpoint.loader),
        hr_source_id=sailpoint.hr_source_id,
        contractor_source_id=sailpoint.contractor_source_id,
        okta_source_id=sailpoint.okta_source_id,
        apps=apps,
        people=people,
        capabilities=frozenset(c.lower() for c in table.capabilities),
        actors=dict(okta.actors),
        required=frozenset(table.required),
        secrets=tuple(secrets),
    )
