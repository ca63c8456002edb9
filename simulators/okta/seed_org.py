"""The configuration of a seed: groups, rules, applications, service apps, API tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from simulators.okta.domain.apps import App, AppGroup, Provisioning, PushMapping
from simulators.okta.domain.groups import Group, GroupRule
from simulators.okta.domain.policy_defaults import sign_on
from simulators.okta.jose import public_jwk, service_key
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.policies import Draft
from simulators.okta.wire.app_reading import read_app
from simulators.okta.wire.expressions import parse_expression

_GROUP = {"name", "description", "roles"}
_RULE = {"name", "expression", "groups"}
_APP = {
    "label",
    "name",
    "sign_on",
    "groups",
    "status",
    "hidden",
    "factor",
    "provisioning",
    "push",
    "oidc",
    "app_profile",
    "universal_logout",
}
_MODES = {"OIDC": "OPENID_CONNECT", "SAML": "SAML_2_0", "SWA": "SECURE_PASSWORD_STORE", "none": "BOOKMARK"}


@dataclass
class PlantedOkta:
    """What other systems and the ready object need to know of a planted org.

    `users`, `totp` and `passwords` are by login, `accounts` the user ids of each worker id, one's own first.
    """

    groups: dict[str, str] = field(default_factory=dict)
    apps: dict[str, str] = field(default_factory=dict)
    users: dict[str, str] = field(default_factory=dict)
    service_apps: dict[str, dict[str, Any]] = field(default_factory=dict)
    oidc_clients: list[dict[str, Any]] = field(default_factory=list)
    api_tokens: dict[str, str] = field(default_factory=dict)
    app_users: list[tuple[str, str, str]] = field(default_factory=list)
    accounts: dict[str, list[str]] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)
    totp: dict[str, str] = field(default_factory=dict)

    def group_id(self, name: str) -> str:
        """The id of a planted group. Raises ValueError."""
        if name not in self.groups:
            raise ValueError(f"okta: there is no group {name!r}")
        return self.groups[name]


class Configuration:
    """Plants what is not people. Nothing here reaches the log."""

    def __init__(self, org: OktaOrg, made: PlantedOkta, scim: Mapping[str, Any]) -> None:
        self.org, self.made, self.scim = org, made, scim
        self.at = org.whole_second()

    def group(self, row: Mapping[str, Any]) -> None:
        """A group, with the administrator roles it carries."""
        check_keys("okta.groups", row, _GROUP)
        org = self.org
        id = org.new_id("00g")
        group = Group(id, "OKTA_GROUP", row["name"], row.get("description"), self.at, self.at, self.at)
        org.state.groups.put(group)
        self.made.groups[group.name] = id
        for role in row.get("roles", ()):
            self.org.roles.planted("GROUP", id, role)

    def rule(self, row: Mapping[str, Any]) -> None:
        """A group rule, active."""
        check_keys("okta.rules", row, _RULE)
        ids = tuple(self.made.group_id(name) for name in row["groups"])
        text, at = row["expression"], self.at
        tree = parse_expression(text)
        rule = GroupRule(self.org.new_id("0pr"), "ACTIVE", row["name"], text, tree, ids, frozenset(), at, at)
        self.org.state.rules.put(rule)

    def app(self, row: Mapping[str, Any]) -> None:
        """An application with its groups, provisioning and pushed groups."""
        check_keys("okta.apps", row, _APP)
        org, label, mode = self.org, row["label"], _MODES[row["sign_on"]]
        wanted: dict[str, Any] = {
            "name": "oidc_client" if "oidc" in row else row["name"],
            "label": label,
            "signOnMode": mode,
            "visibility": {"hide": dict.fromkeys(("iOS", "web"), row.get("hidden", False))},
        }
        if "oidc" in row:
            wanted |= self._client(label, row["oidc"])
        app = replace(
            self._made(wanted),
            status=row.get("status", "ACTIVE"),
            provisioning=self._provisioning(label, row),
            wants_factor=row.get("factor", False),
        )
        client = app.client
        org.state.apps.put(app)
        self.made.apps[label] = app.id
        if (logout := row.get("universal_logout")) is not None:
            check_keys("okta.apps.universal_logout", logout, {"url", "format"})
            org.universal_logout.connect(app.id, logout["url"], logout.get("format", "iss_sub"))
        if client is not None:
            self.made.oidc_clients.append(
                {
                    "name": label,
                    "client_id": app.id,
                    "client_secret": client.secret,
                    "redirect_uri": client.redirect_uris[0],
                    "scopes": list(row["oidc"]["scopes"]),
                }
            )
        for priority, name in enumerate(row.get("groups", ())):
            profile = tuple(row.get("app_profile", {}).get(name, {}).items())
            org.state.app_groups.put(AppGroup(app.id, self.made.group_id(name), priority, profile, self.at))
        for name in row.get("push", ()):
            id = org.new_id("gPm")
            org.state.mappings.put(PushMapping(id, app.id, self.made.group_id(name), "ACTIVE", self.at, self.at, name))

    def _made(self, wanted: dict[str, Any]) -> App:
        return self.org.apps.made(read_app(wanted, self.org.settings.name, None))

    def _client(self, label: str, row: Mapping[str, Any]) -> dict[str, Any]:
        check_keys("okta.apps.oidc", row, {"redirect_uri", "scopes"})
        secret = self.org.state.ids.secret(f"client {label}", 48)
        settings = {
            "application_type": "web",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "redirect_uris": [row["redirect_uri"]],
            "refresh_token": {"rotation_type": "ROTATE", "leeway": 0},
        }
        credentials = {"token_endpoint_auth_method": "client_secret_basic", "client_secret": secret}
        return {"credentials": {"oauthClient": credentials}, "settings": {"oauthClient": settings}}

    def _provisioning(self, label: str, row: Mapping[str, Any]) -> Provisioning:
        style = row.get("provisioning")
        if style is None:
            return Provisioning()
        if label not in self.scim:
            raise ValueError(f"okta.apps {label!r} is provisioned, but the estate has no SCIM application of that name")
        end = self.scim[label]
        url, token = (end.url, end.token) if hasattr(end, "url") else end
        return Provisioning(
            "ENABLED",
            url,
            token,
            style,
            creates=True,
            updates=True,
            deactivates=True,
            pushes_groups=bool(row.get("push")),
        )

    def session_policy(self) -> None:
        """A session policy that wants a factor of the members of the groups which the settings name."""
        org, settings = self.org, self.org.settings
        ids = [self.made.groups[name] for name in settings.factor_groups if name in self.made.groups]
        if not ids:
            return
        people = {"people": {"groups": {"include": ids}}}
        policy = org.policies.planted(Draft("OKTA_SIGN_ON", "Privileged access", "Wants a factor.", conditions=people))
        idle, most = (int(life.total_seconds() // 60) for life in (settings.session_idle, settings.session_most))
        org.policy_rules.plant(policy, "Factor at every sign-in", None, {"signon": sign_on(True, idle, most)}, 1)

    def service_app(self, row: Mapping[str, Any], number: int) -> None:
        """A machine's client with a key of its own."""
        check_keys("okta.service_apps", row, {"name", "scopes", "roles"})
        org, name, scopes = self.org, row["name"], tuple(row["scopes"])
        key = service_key(org.state.ids.random_seed, number, name)
        wanted = {
            "name": "oidc_client",
            "label": name,
            "signOnMode": "OPENID_CONNECT",
            "credentials": {"oauthClient": {"token_endpoint_auth_method": "private_key_jwt"}},
            "settings": {"oauthClient": {"application_type": "service", "jwks": {"keys": [public_jwk(key)]}}},
        }
        app = org.state.apps.put(self._made(wanted))
        org.grants.plant(app.id, scopes)
        for role in row.get("roles", ()):
            self.org.roles.planted("CLIENT", app.id, role)
        private = dict(key.as_dict(private=True))
        self.made.service_apps[name] = {"client_id": app.id, "private_jwk": private, "scopes": list(scopes)}

    def api_token(self, row: Mapping[str, Any]) -> None:
        """An API token of an account."""
        check_keys("okta.api_tokens", row, {"name", "owner"})
        owner = self.org.users.by_login(row["owner"])
        if owner is None:
            raise ValueError(f"okta.api_tokens {row['name']!r}: there is no account {row['owner']!r}")
        self.made.api_tokens[row["name"]] = self.org.access.planted_api_token(owner, row["name"])


def check_keys(where: str, row: Mapping[str, Any], keys: set[str]) -> None:
    """Raise ValueError for a key that nothing reads."""
    if unknown := sorted(set(row) - keys):
        raise ValueError(f"{where}: unknown key {unknown[0]!r}; use {', '.join(sorted(keys))}")
