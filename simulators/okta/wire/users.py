"""Users as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
"""

from __future__ import annotations

from datetime import datetime

from simulators.kernel.times import iso
from simulators.okta.domain.app_kinds import link_id
from simulators.okta.domain.apps import App, AppUser
from simulators.okta.domain.errors import NotWellFormed
from simulators.okta.domain.passwords import HashedPassword, Imported, ImportHook
from simulators.okta.domain.profile import SHOWN_WHEN_UNSET
from simulators.okta.domain.risk import Risk
from simulators.okta.domain.schemas import schema_id
from simulators.okta.domain.users import Question, Status, User
from simulators.okta.wire.bodies import Json, part

_ACTIVE_LINKS = (
    ("suspend", "lifecycle/suspend"),
    ("resetPassword", "lifecycle/reset_password"),
    ("expirePassword", "lifecycle/expire_password"),
    ("forgotPassword", "credentials/forgot_password"),
    ("changePassword", "credentials/change_password"),
    ("changeRecoveryQuestion", "credentials/change_recovery_question"),
    ("deactivate", "lifecycle/deactivate"),
)
# what `omitCredentialsLinks` leaves out
_CREDENTIAL_LINKS = frozenset(
    {"changePassword", "changeRecoveryQuestion", "forgotPassword", "resetPassword", "resetFactors", "unlock"}
)
_DEACTIVATE = ("deactivate", "lifecycle/deactivate")
_RESET = ("resetPassword", "lifecycle/reset_password")
LINKS: dict[Status, tuple[tuple[str, str], ...]] = {
    Status.STAGED: (("activate", "lifecycle/activate"),),
    Status.PROVISIONED: (
        ("reactivate", "lifecycle/reactivate"), _RESET, ("suspend", "lifecycle/suspend"), _DEACTIVATE,
    ),
    Status.ACTIVE: _ACTIVE_LINKS,
    Status.PASSWORD_EXPIRED: _ACTIVE_LINKS,
    Status.RECOVERY: (("reactivate", "lifecycle/reactivate"), _RESET, _DEACTIVATE),
    Status.LOCKED_OUT: (("unlock", "lifecycle/unlock"), _RESET, _DEACTIVATE),
    Status.SUSPENDED: (("unsuspend", "lifecycle/unsuspend"), _DEACTIVATE),
    Status.DEPROVISIONED: (("activate", "lifecycle/activate"), ("delete", "")),
}  # fmt: skip


def stamp(at: datetime | None) -> str | None:
    """An instant as text, or null."""
    return None if at is None else iso(at)


def profile_body(user: User) -> Json:
    """The profile, with the two attributes that show when unset."""
    return {**dict.fromkeys(SHOWN_WHEN_UNSET), **user.profile}


def credentials_body(user: User) -> Json:
    """What the credential calls tell: never a password."""
    body: Json = {}
    if user.password is not None:
        body["password"] = {}
    if user.recovery is not None:
        body["recovery_question"] = {"question": user.recovery.question}
    return {**body, "provider": {"type": user.provider, "name": user.provider_name or user.provider}}


def _credentials_with_mail(user: User) -> Json:
    """Credentials as they stand in a user, with the mail addresses."""
    emails = [{"value": user.profile.text("email"), "status": "VERIFIED", "type": "PRIMARY"}]
    if second := user.profile.text("secondEmail"):
        emails.append({"value": second, "status": "VERIFIED", "type": "SECONDARY"})
    return {**credentials_body(user), "emails": emails}


def user_body(user: User, base_url: str, with_factors: bool = True, omit: frozenset[str] = frozenset()) -> Json:
    """A user with its action links."""
    body = listed_user(user, base_url, omit)
    own = f"{base_url}/api/v1/users/{user.id}"
    links: Json = {}
    for name, path in LINKS[user.status]:
        links[name] = {"href": f"{own}/{path}".rstrip("/"), "method": "POST"}
    if "delete" in links:
        links["delete"]["method"] = "DELETE"
    if with_factors:
        links["resetFactors"] = {"href": f"{own}/lifecycle/reset_factors", "method": "POST"}
    links["schema"] = {"href": f"{base_url}/api/v1/meta/schemas/user/{schema_id(user.type_id)}"}
    if "omitCredentialsLinks" in omit:
        links = {name: link for name, link in links.items() if name not in _CREDENTIAL_LINKS}
    links["self"] = {"href": own}
    links["type"] = {"href": f"{base_url}/api/v1/meta/types/user/{user.type_id}"}
    body["_links"] = links
    return body


def listed_user(user: User, base_url: str, omit: frozenset[str] = frozenset()) -> Json:
    """A user as it stands in lists: its only link is its own."""
    body: Json = {
        "id": user.id,
        "status": user.status.value,
        "created": stamp(user.created),
        "activated": stamp(user.activated),
        "statusChanged": stamp(user.status_changed),
        "lastLogin": stamp(user.last_login),
        "lastUpdated": stamp(user.last_updated),
        "passwordChanged": stamp(user.password_changed),
        "type": {"id": user.type_id},
        "profile": profile_body(user),
    }
    if user.heading_for is not None and "omitTransitioningToStatus" not in omit:
        body["transitioningToStatus"] = user.heading_for.value
    if "omitCredentials" not in omit:
        body["credentials"] = _credentials_with_mail(user)
    body["_links"] = {"self": {"href": f"{base_url}/api/v1/users/{user.id}"}}
    return body


def projected(body: Json, fields: str) -> Json:
    """Only the members that `fields` names, for example `profile:(login,email),status`; `id` is always there."""
    kept: Json = {"id": body["id"]}
    for name, inner in _fields(fields):
        value = body.get(name)
        if name in body:
            kept[name] = (
                {key: value[key] for key in inner if key in value} if inner and isinstance(value, dict) else value
            )
    return kept


def read_credentials(body: Json) -> Json:
    """The parts of `credentials`: password, imported, recovery, provider and its name. Raises NotWellFormed."""
    given = part(body, "credentials")
    secret = given.get("password")
    password, imported = (secret, None) if isinstance(secret, str) else _password(part(given, "password"))
    question, provider = part(given, "recovery_question"), part(given, "provider")
    recovery = None
    if question.get("question") and question.get("answer"):
        recovery = Question(str(question["question"]), str(question["answer"]))
    named = [provider.get("type"), provider.get("name")]
    if not all(isinstance(text, str | None) for text in (*named, password)):
        raise NotWellFormed()
    return {
        "password": password or None,
        "imported": imported,
        "recovery": recovery,
        "provider": named[0],
        "provider_name": named[1],
    }


def _password(secret: Json) -> tuple[str | None, Imported | None]:
    """A password in plain, as a hash or behind a hook; an empty object is none. Raises NotWellFormed."""
    hashed, hook = secret.get("hash"), part(secret, "hook")
    if hook:
        return None, ImportHook(str(hook.get("type")))
    if hashed is None:
        return secret.get("value"), None
    if not isinstance(hashed, dict):
        raise NotWellFormed()
    texts = {name: hashed.get(key) for name, key in _HASH_TEXTS.items()}
    rounds = hashed.get("workFactor", hashed.get("iterationCount"))
    numbers = {"rounds": rounds, "key_size": hashed.get("keySize")}
    if not all(isinstance(text, str | None) for text in texts.values()):
        raise NotWellFormed()
    if not all(value is None or type(value) is int for value in numbers.values()):
        raise NotWellFormed()
    algorithm, value = texts.pop("algorithm") or "", texts.pop("value") or ""
    return None, HashedPassword(algorithm, value, **texts, **numbers)


_HASH_TEXTS = {
    "algorithm": "algorithm",
    "value": "value",
    "salt": "salt",
    "salt_order": "saltOrder",
    "digest": "digestAlgorithm",
}


def read_type(body: Json) -> str | None:
    """The id of the user type that a body names. Raises NotWellFormed."""
    id = part(body, "type").get("id")
    if not isinstance(id, str | None):
        raise NotWellFormed()
    return id


def blocks_body(user: User) -> list[Json]:
    """How a person is kept out: a lockout counts for every device."""
    return [{"type": "DEVICE_BASED", "appliesTo": "ANY_DEVICES"}] if user.status is Status.LOCKED_OUT else []


def risk_body(user: User, risk: Risk | None, base_url: str) -> Json:
    """How risky a person is held to be."""
    own = f"{base_url}/api/v1/users/{user.id}"
    level: Json = {"riskLevel": "NONE"} if risk is None else {"riskLevel": risk.level, "reason": risk.reason}
    links = {
        "self": {"href": f"{own}/risk", "hints": {"allow": ["GET", "PUT"]}},
        "user": {"href": own, "hints": {"allow": ["GET"]}},
    }
    return {**level, "_links": links}


def omissions(content_type: str) -> frozenset[str]:
    """The wishes of `okta-response=…` in a content type."""
    _, mark, wishes = content_type.partition("okta-response=")
    return frozenset(wish.strip() for wish in wishes.strip('" ').split(",")) if mark else frozenset()


def app_link_body(app: App, app_user: AppUser, base_url: str, order: int) -> Json:
    """One tile of a person's dashboard."""
    return {
        "id": app_user.user_id,
        "label": app.label,
        "linkUrl": f"{base_url}/home/{app.name}/{app.id}/{link_id(app.name, app.sign_on_mode)}",
        "logoUrl": f"{base_url}/assets/img/logos/default.png",
        "appName": app.name,
        "appInstanceId": app.id,
        "appAssignmentId": app_user.id,
        "credentialsSetup": False,
        "hidden": app.hidden,
        "sortOrder": order,
    }


def _fields(text: str) -> list[tuple[str, list[str]]]:
    found, rest = [], text
    while rest:
        name, mark, after = rest.partition(":(")
        if mark and "," not in name:
            inner, _, rest = after.partition(")")
            found.append((name.strip(), [item.strip() for item in inner.split(",")]))
            rest = rest.lstrip(",")
        else:
            name, _, rest = rest.partition(",")
            found.append((name.strip(), []))
    return found
