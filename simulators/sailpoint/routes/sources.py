"""`/sources`: the sources themselves, their health and what depends on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.configuration import source_of
from simulators.sailpoint.domain.errors import BadContent, Forbidden
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.routes.listing import IDS, collection, page
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.patch import patched
from simulators.sailpoint.wire.sources import KNOWN, SourceBody, health_body, source_body
from simulators.sailpoint.wire.tasks import task_result
from simulators.sailpoint.wire.transforms import transform_body

area = Area()
LIST = collection("GET", "/sources/v1", indexed=IDS)
# What cannot be changed (SailPoint API, sources); what a patch may name is the rest.
FIXED = ("id", "type", "authoritative", "created", "modified", "connector", "connectorClass", "passwordPolicies")
# What the tenant itself knows about a source, whatever a client sends.
OWN = ("status", "healthy", "since", "connectorId", "connectorName", "connectionType", "connectorImplementationId")
MUTABLE = tuple(sorted(KNOWN - set(FIXED)))
BUILT_IN = "idn-source"


def source_of_path(call: Call, name: str = "id") -> Document:
    """The source a path names. Raises NotFound."""
    return call.tenant.configuration.get("source", call.path(name))


@area.get("/sources/v1")
async def list_sources(call: Call) -> Response:
    """Sources; those a source sub-admin may see where one is named."""
    rows: Iterable[Document] = call.tenant.configuration.all("source")
    if call.flag("includeIDNSource"):
        rows = [*rows, *call.tenant.configuration.all(BUILT_IN)]
    if (who := _subadmin(call)) is not None:
        rows = [row for row in rows if _administers(call, row, who)]
    return page(call, LIST, None, lambda row: source_body(call.look, row), rows=rows)


def _subadmin(call: Call) -> str | None:
    """Whose sources are asked for. Raises Forbidden for a sub-admin who asks for anybody else's."""
    asked, me = call.query("for-subadmin"), call.caller.identity_id
    levels = call.caller.levels
    if "SOURCE_SUBADMIN" in levels and not levels & {"ORG_ADMIN", "SOURCE_ADMIN"} and asked not in ("me", me):
        raise Forbidden
    return (me if asked == "me" else asked) or None


def _administers(call: Call, source: Document, identity_id: str) -> bool:
    group = (source.body.get("managementWorkgroup") or {}).get("id")
    groups = call.tenant.requests.groups_of(identity_id)
    return source_of(source).owner_id == identity_id or (group is not None and group in groups)


@area.post("/sources/v1")
async def create_source(call: Call) -> Response:
    """Make a source; `provisionAsCsv` a delimited file without connector details."""
    body = (await call.model(SourceBody)).sent()
    source = call.tenant.sources.create(body, call.flag("provisionAsCsv"), call.caller.name)
    return answer(source_body(call.look, source), 201)


@area.get("/sources/v1/{id}")
async def get_source(call: Call) -> Response:
    """One source."""
    source = call.tenant.configuration.find(BUILT_IN, call.path("id")) or source_of_path(call)
    return answer(source_body(call.look, source))


@area.patch("/sources/v1/{id}")
async def patch_source(call: Call) -> Response:
    """Change a source, connector attributes included."""
    source = source_of_path(call)
    body = patched(source.body, await call.json(), MUTABLE)
    reread(SourceBody, {name: body[name] for name in KNOWN if name in body})
    call.tenant.sources.check(body, source.id)
    return answer(source_body(call.look, call.tenant.configuration.update(source, body, call.caller.name)))


@area.put("/sources/v1/{id}")
async def put_source(call: Call) -> Response:
    """Replace a source; what is secret and not shown stays as it is."""
    source = source_of_path(call)
    body, shown = (await call.model(SourceBody)).sent(), source_body(call.look, source)
    sent: Mapping[str, Any] = await call.object()
    for name in ("id", "type", "authoritative", "connector", "connectorClass"):
        if sent.get(name) is not None and sent[name] != shown.get(name):
            raise BadContent(f'The property "{name}" cannot be changed.')
    if (sent.get("passwordPolicies") or []) != (shown.get("passwordPolicies") or []):
        raise BadContent('The property "passwordPolicies" cannot be changed.')
    call.tenant.sources.check(body, source.id)
    unseen = {name: value for name, value in source.body.items() if name not in KNOWN}
    kept = {name: source.body[name] for name in (*FIXED, *OWN, "accountCorrelationConfig") if name in source.body}
    settings = source.body.get("connectorAttributes") or {}
    secrets = {name: value for name, value in settings.items() if name not in shown["connectorAttributes"]}
    attributes = {**secrets, **(body.get("connectorAttributes") or {})}
    whole = {**unseen, **body, **kept, "connectorAttributes": attributes}
    return answer(source_body(call.look, call.tenant.configuration.update(source, whole, call.caller.name)))


@area.delete("/sources/v1/{id}")
async def delete_source(call: Call) -> Response:
    """Delete a source, its accounts first; the task tells when it is gone."""
    task = call.tenant.sources.delete(source_of_path(call), call.caller.name)
    return answer({**task_result(task), "name": ""}, 202)


@area.get("/sources/v1/{sourceId}/source-health")
async def source_health(call: Call) -> Response:
    """Whether a source can be reached."""
    return answer(health_body(call.look, source_of_path(call, "sourceId")))


@area.get("/sources/v1/{sourceId}/connections")
async def source_connections(call: Call) -> Response:
    """What depends on a source: identity profiles, the attributes mapped from it, transforms that name it."""
    source = source_of_path(call, "sourceId")
    configuration = call.tenant.configuration
    authority, mapped, attributes = [], [], {}
    for profile in configuration.all("identity-profile"):
        if (profile.body.get("authoritativeSource") or {}).get("id") == source.id:
            count = call.look.population(f"profile={profile.id}")
            authority.append({"id": profile.id, "name": profile.name, "identityCount": count})
        rows = (profile.body.get("identityAttributeConfig") or {}).get("attributeTransforms") or ()
        reading = [str(row.get("identityAttributeName")) for row in rows if _reads(row, source)]
        if reading:
            mapped.append(profile.name)
            attributes.update(dict.fromkeys(reading))
    transforms = [one for one in configuration.all("transform") if _reads(one.body, source)]
    return answer(
        {
            "identityProfiles": authority,
            "credentialProfiles": [],
            "sourceAttributes": list(attributes),
            "mappingProfiles": mapped,
            "dependentCustomTransforms": [transform_body(call.look, one) for one in transforms],
            "dependentApps": [],
            "missingDependents": [],
        }
    )


def _reads(node: Any, source: Document) -> bool:
    """Whether a definition reads accounts of a source, by its name or its id, at any depth."""
    if isinstance(node, Mapping):
        if node.get("sourceName") == source.name or node.get("sourceId") == source.id:
            return True
        return any(_reads(one, source) for one in node.values())
    return isinstance(node, list) and any(_reads(one, source) for one in node)
