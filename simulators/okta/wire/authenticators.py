"""Authenticators and their methods as JSON."""

from __future__ import annotations

from simulators.kernel.times import iso
from simulators.okta.domain.authenticators import ALLOWED_FOR, CATALOG, Authenticator, Method
from simulators.okta.domain.errors import Invalid
from simulators.okta.domain.factors import Factor
from simulators.okta.domain.users import User
from simulators.okta.wire.bodies import Json, part


def authenticator_body(held: Authenticator, base_url: str) -> Json:
    """An authenticator; its links tell what may be done with it."""
    where, make = f"{base_url}/api/v1/authenticators/{held.id}", CATALOG[held.key]
    body: Json = {
        "type": held.type,
        "id": held.id,
        "key": held.key,
        "status": held.status,
        "name": held.name,
        "created": iso(held.created),
        "lastUpdated": iso(held.last_updated),
    }
    if held.settings is not None:
        body["settings"] = held.settings
    if held.provider is not None:
        body["provider"] = _without_secrets(dict(held.provider))
    links: Json = {"self": _link(where, "GET", "PUT"), "methods": _link(f"{where}/methods", "GET")}
    if not make.fixed:
        verb = "deactivate" if held.status == "ACTIVE" else "activate"
        links[verb] = _link(f"{where}/lifecycle/{verb}", "POST")
    if make.enrolled_at:
        links["enroll"] = _link(base_url + make.enrolled_at, "POST")
    return {**body, "_links": links}


def method_body(held: Authenticator, method: Method, base_url: str) -> Json:
    """A method; the only one switched on cannot be switched off."""
    where = f"{base_url}/api/v1/authenticators/{held.id}/methods/{method.type}"
    body: Json = {"type": method.type, "status": method.status}
    if method.settings is not None:
        body["settings"] = method.settings
    links: Json = {"self": _link(where, "GET", "PUT")}
    if method.status != "ACTIVE":
        links["activate"] = _link(f"{where}/lifecycle/activate", "POST")
    elif sum(row.status == "ACTIVE" for row in held.methods) > 1:
        links["deactivate"] = _link(f"{where}/lifecycle/deactivate", "POST")
    return {**body, "_links": links}


def enrollment_body(held: Authenticator, factor: Factor | None, user: User, base_url: str) -> Json:
    """An authenticator that a person has set up; without a factor, the password."""
    own = f"{base_url}/api/v1/users/{user.id}"
    id = factor.id if factor is not None else "pfd" + user.id[3:]
    created = factor.created if factor is not None else user.password_changed or user.created
    body: Json = {
        "id": id,
        "key": held.key,
        "type": held.type,
        "name": held.name,
        "status": "ACTIVE",
        "created": iso(created),
        "lastUpdated": iso(factor.last_updated if factor is not None else created),
    }
    if factor is not None and factor.profile:
        body["profile"] = dict(factor.profile)
    links = {
        "self": _link(f"{own}/authenticator-enrollments/{id}", "GET", "DELETE"),
        "user": _link(own, "GET"),
        "authenticator": _link(f"{base_url}/api/v1/authenticators/{held.id}", "GET"),
    }
    return {**body, "_links": links}


def read_settings(key: str, body: Json) -> Json | None:
    """Settings to change, or None. Raises Invalid for values that are none of theirs."""
    if body.get("settings") is None:
        return None
    settings = part(body, "settings")
    if (allowed := settings.get("allowedFor")) is not None and allowed not in ALLOWED_FOR:
        raise Invalid("settings", f"settings.allowedFor: The field must be one of {', '.join(ALLOWED_FOR)}")
    life = settings.get("tokenLifetimeInMinutes")
    if life is not None and (not isinstance(life, int) or isinstance(life, bool) or not 1 <= life <= 120):
        raise Invalid("settings", "settings.tokenLifetimeInMinutes: The field must be between 1 and 120")
    if key == "okta_password":
        return None
    return settings


def read_provider(body: Json) -> Json | None:
    """Who provides the service, or None. Raises NotWellFormed."""
    provider = part(body, "provider")
    part(provider, "configuration")
    return provider or None


def _without_secrets(provider: Json) -> Json:
    configuration = provider.get("configuration")
    if not isinstance(configuration, dict):
        return provider
    shown = {name: value for name, value in configuration.items() if "secret" not in name.lower()}
    return {**provider, "configuration": shown}


def _link(href: str, *allow: str) -> Json:
    return {"href": href, "hints": {"allow": list(allow)}}
