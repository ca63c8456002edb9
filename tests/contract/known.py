"""What a served tenant knows, for calls drawn at random: ids for paths and bodies, and the document's own examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Where a path's first variable is listed, when not at the path before it.
LISTED_AT = {
    "/access-request-approvals/v1/{accessRequestId}": "/account-activities/v1",
    "/access-request-approvals/v1/{approvalId}": "/access-request-approvals/v1/pending",
    "/account-aggregations/v1/{id}": "/task-status/v1",
    "/account-requests/v1/account/{accountId}": "/accounts/v1",
    "/auth-users/v1/{id}": "/identities/v1",
    "/entitlements/v1/account/{accountId}": "/accounts/v1",
    "/entitlements/v1/aggregate/sources/{id}": "/sources/v1",
    "/entitlements/v1/identities/{id}": "/identities/v1",
    "/entitlements/v1/reset/sources/{id}": "/sources/v1",
    "/identities-accounts/v1/{id}": "/identities/v1",
    "/historical-identities/v1/{id}": "/identities/v1",
    "/non-employee-approvals/v1/summary/{requested-for}": "/identities/v1",
    "/non-employee-requests/v1/summary/{requested-for}": "/identities/v1",
    "/reassignment-configurations/v1/{identityId}": "/identities/v1",
    "/source-apps/v1/{id}": "/source-apps/v1/all",
    "/work-items/v1/bulk-approve/{id}": "/work-items/v1",
    "/work-items/v1/bulk-reject/{id}": "/work-items/v1",
    "/workflows/v1/execute/external/{id}": "/workflows/v1",
}
# Which list names the things of a reference's type.
TYPES = {
    "IDENTITY": "/identities/v1",
    "SOURCE": "/sources/v1",
    "ROLE": "/roles/v1",
    "ACCESS_PROFILE": "/access-profiles/v1",
    "ENTITLEMENT": "/entitlements/v1",
    "GOVERNANCE_GROUP": "/workgroups/v1",
    "ACCOUNT": "/accounts/v1",
    "SEGMENT": "/segments/v1",
    "CLUSTER": "/managed-clusters/v1",
    "TAG": "/tags/v1",
    "CAMPAIGN": "/campaigns/v1",
    "IDENTITY_PROFILE": "/identity-profiles/v1",
}
# Properties and parameters that hold an id without saying of what.
KEYS = {
    "accountActivityId": "/account-activities/v1",
    "accessProfileIds": "/access-profiles/v1",
    "accountId": "/accounts/v1",
    "approvalIds": "/access-request-approvals/v1/pending",
    "approverId": "/workgroups/v1",
    "certificationIds": "/certifications/v1",
    "entitlementIds": "/entitlements/v1",
    "identity-id": "/identities/v1",
    "identityId": "/identities/v1",
    "identityIds": "/identities/v1",
    "newOwnerId": "/identities/v1",
    "ownerId": "/identities/v1",
    "owner-id": "/identities/v1",
    "regarding-identity": "/identities/v1",
    "requested-by": "/identities/v1",
    "requested-for": "/identities/v1",
    "requestedFor": "/identities/v1",
    "reassignedFromId": "/identities/v1",
    "reassignedToId": "/identities/v1",
    "roleIds": "/roles/v1",
    "savedSearchId": "/saved-searches/v1",
    "segments": "/segments/v1",
    "sourceId": "/sources/v1",
    "sourceIds": "/sources/v1",
    "stream_id": "/ssf/v1/streams",
    "targetOwnerId": "/identities/v1",
    "triggerId": "/triggers/v1",
}
# References that hold an id and no type.
PEOPLE = ("owner", "approvers", "accountManagers", "reviewer")
# Services whose `sourceId` is one of their own sources, and operations whose `ids` are not those of their own path.
OWN_SOURCES = {"sourceId": "/non-employee-sources/v1"}
# What the document shows but no tenant has, or what excludes the rest of an example.
DROPPED = ("accessModelMetadata", "requestedForWithRequestedItems")
# Dates that have to lie ahead, and one that does; every seed's day zero is long before.
_DATES = ("deadline", "expirationDate", "removeDate", "startDate", "endDate")
LATER_DATE = "2026-03-20T00:00:00.000Z"
_NOBODY = "2c9180835d191a86015d28455b4a2329"
_METHODS = ("get", "post", "put", "patch", "delete")


class Known:
    """Ids that a tenant's own lists answer. `ask` sends a request and answers status and parsed body."""

    def __init__(self, document: Mapping[str, Any], ask: Any) -> None:
        self._document, self.look = document, ask
        self._lists: dict[str, list[dict[str, Any]]] = {}
        self._paths: dict[str, list[dict[str, str]]] = {}
        self._kept: dict[str, list[dict[str, Any]]] = {}
        self._choices: dict[str, list[str]] = {
            one["name"]: one["schema"]["enum"]
            for _, _, call in operations(document)
            for one in call.get("parameters", ())
            if one.get("in") == "path" and one["schema"].get("enum")
        }

    def forget(self) -> None:
        """Ask again from now on."""
        self._lists.clear()
        self._paths.clear()

    def remember(self, path: str, id: Any) -> None:
        """Keep the id of something that no list shows, by the path that leads to it."""
        if id is not None:
            self._kept.setdefault(path, []).append({"id": id})

    def rows(self, path: str) -> list[dict[str, Any]]:
        """What a list answers; nothing where it is refused."""
        if path not in self._lists:
            status, body = self.look("GET", path)
            found = body.get("items", body.get("data", [])) if isinstance(body, dict) else body
            self._lists[path] = (
                [row for row in found if isinstance(row, dict)] if status == 200 and isinstance(found, list) else []
            )
        return self._lists[path]

    def variables(self, path: str) -> list[dict[str, str]]:
        """Values of a path's variables that exist together, up to a few."""
        if path not in self._paths:
            self._paths[path] = self._found(path)
        return self._paths[path]

    def _found(self, path: str) -> list[dict[str, str]]:
        names = re.findall(r"\{([^}]*)\}", path)
        if not names:
            return [{}]
        before, _, _ = path.rpartition("{" + names[-1] + "}")
        outer = before.rstrip("/")
        found: list[dict[str, str]] = []
        for values in self.variables(outer)[:4]:
            if names[-1] in self._choices:
                found.extend({**values, names[-1]: choice} for choice in self._choices[names[-1]][:4])
                continue
            place = LISTED_AT.get(outer + "/{" + names[-1] + "}", filled(outer, values))
            kept = self._kept.get(outer + "/{" + names[-1] + "}", [])
            for row in [*kept, *self.rows(place)[: 6 - len(kept)]]:
                value = (
                    row.get(names[-1])
                    or row.get("objectRef", {}).get(names[-1])
                    or _id(row)
                    or row.get("name")
                    or row.get("type")
                )
                if value is not None:
                    found.append({**values, names[-1]: str(value)})
        return found

    def mended(self, value: Any, turn: int = 0, key: str = "", path: str = "") -> Any:
        """A body with references that exist in place of made-up ones; `path` is where it is sent."""
        if isinstance(value, dict):
            mended = {name: self.mended(one, turn, name, path) for name, one in value.items() if name not in DROPPED}
            place = TYPES.get(str(value.get("type", ""))) or (
                key in PEOPLE and "type" not in value and "/identities/v1"
            )
            if "id" in value and place and self.rows(place):
                row = self.rows(place)[turn % len(self.rows(place))]
                mended["id"] = _id(row)
                if "name" in value:
                    mended["name"] = row.get("displayName") or row.get("name")
            return mended
        if isinstance(value, list):
            return [self.mended(inner, turn + place, key, path) for place, inner in enumerate(value)]
        place = KEYS.get(key, "")
        if path.startswith("/non-employee"):
            place = OWN_SOURCES.get(key, place)
        if key in ("ids", ""):
            place = _listing(path)
        if isinstance(value, str) and place and self.rows(place):
            return _id(self.rows(place)[turn % len(self.rows(place))])
        return LATER_DATE if key in _DATES and isinstance(value, str) else value


def _listing(path: str) -> str:
    """Where the things are listed that the last word of a path does something to."""
    service, version = path.split("/")[1:3] if path.count("/") > 2 else ("", "")
    return "/identities/v1" if service == "identities" else f"/{service}/{version}" if service else ""


def _id(row: Mapping[str, Any]) -> Any:
    """What a row is called by."""
    return row.get("id") or row.get("stream_id") or row.get("objectRef", {}).get("id")


def filled(path: str, values: Mapping[str, str]) -> str:
    """A path with its variables."""
    for name, value in values.items():
        path = path.replace("{" + name + "}", value)
    return path


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of each operation."""
    for path, calls in document["paths"].items():
        for method in _METHODS:
            if method in calls:
                yield method.upper(), path, calls[method]


def examples(document: Mapping[str, Any], call: Mapping[str, Any]) -> list[Any]:
    """The JSON bodies that the document shows for an operation, one made of its properties' examples at last."""
    content = (call.get("requestBody") or {}).get("content") or {}
    media = next((one for kind, one in content.items() if "json" in kind), None)
    if media is None:
        return []
    shown = [one["value"] for one in (media.get("examples") or {}).values() if "value" in one]
    if "example" in media:
        shown.append(media["example"])
    made = _made(document, media.get("schema") or {}, 0)
    return [*shown, made] if made is not None else shown


_KINDS = {"array": list, "object": dict, "string": str, "boolean": bool, "integer": int, "number": (int, float)}


def _fits(schema: Mapping[str, Any]) -> bool:
    """Whether a schema shows an example of its own kind; not every one of the vendor's does."""
    shown = schema.get("example")
    if shown is None or not isinstance(shown, _KINDS.get(schema.get("type", ""), object)):
        return False
    return schema.get("format") != "date-time" or isinstance(shown, str)


def _made(document: Mapping[str, Any], schema: Mapping[str, Any], depth: int) -> Any:
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    if _fits(schema):
        return schema["example"]
    if depth > 8:
        return None
    if "allOf" in schema:
        parts = [_made(document, one, depth + 1) for one in schema["allOf"]]
        return {name: value for part in parts if isinstance(part, dict) for name, value in part.items()}
    for choice in ("oneOf", "anyOf"):
        if schema.get(choice):
            return _made(document, schema[choice][0], depth + 1)
    if schema.get("type") == "array":
        inner = _made(document, schema.get("items") or {}, depth + 1)
        return [] if inner is None else [inner]
    if "properties" in schema:
        found = {
            name: _made(document, one, depth + 1)
            for name, one in schema["properties"].items()
            if not one.get("readOnly")
        }
        return {name: value for name, value in found.items() if value is not None}
    if schema.get("enum"):
        return schema["enum"][0]
    return schema.get("default")


def pat_of(ready: Mapping[str, Any], name: str = "iam-admin") -> Mapping[str, Any]:
    """A personal access token by its name."""
    return next(one for one in ready["sailpoint"]["personal_access_tokens"] if one["name"] == name)


def calls(document: Mapping[str, Any], ready: Mapping[str, Any]) -> list[dict[str, Any]]:
    """One call of each operation: readers first, removals last, about what the served tenant has."""
    import httpx

    base, found = ready["urls"]["sailpoint"], []
    pat = pat_of(ready)
    form = {"grant_type": "client_credentials"} | {name: pat[name] for name in ("client_id", "client_secret")}
    with httpx.Client(base_url=base, trust_env=False, timeout=60) as http:
        token = http.post("/oauth/token", data=form).json()["access_token"]
        http.headers.update({"Authorization": f"Bearer {token}", "X-SailPoint-Experimental": "true"})

        def ask(method: str, path: str) -> tuple[int, Any]:
            answer = http.request(method, path)
            return answer.status_code, answer.json() if answer.content else None

        known = Known(document, ask)
        for method, path, call in operations(document):
            named = re.findall(r"\{([^}]*)\}", path)
            values = next(iter(known.variables(path)), None) or dict.fromkeys(named, _NOBODY)
            query = {
                one["name"]: known.mended(one.get("example", one["schema"].get("example", "x")), 0, one["name"])
                for one in call.get("parameters", ())
                if one.get("in") == "query" and one.get("required")
            }
            body = next((known.mended(one) for one in examples(document, call)), None)
            content = (call.get("requestBody") or {}).get("content") or {}
            file = "id,name\r\n1,x\r\n" if "multipart/form-data" in content else ""
            twins = {version: twin["path"] for version, twin in call.get("x-legacy", {}).items()}
            found.append(
                {"method": method, "path": path, "twins": twins, "variables": values, "query": query, "body": body,
                 "file": file}
            )  # fmt: skip
    return sorted(found, key=lambda one: ("GET", "POST", "PUT", "PATCH", "DELETE").index(one["method"]))
