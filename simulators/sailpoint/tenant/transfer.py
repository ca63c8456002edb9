"""Carrying configuration between tenants: jobs that collect objects, and jobs that bring them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.errors import NotFound
from simulators.sailpoint.domain.transfer import IMPORTED, TYPES, chosen, misfit, stored, wanted
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

_KIND = "transfer-job"
_KEPT = timedelta(days=7)
_OWNERS = ("owner", "ownerRef")
Message = dict[str, Any]


class Transfer:
    """Runs export and import jobs (SailPoint API, SP-Config)."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.transfer-started", self._started)
        tenant.clock.on("sailpoint.transfer-done", self._done)

    def export(self, options: Mapping[str, Any], description: str | None, actor: str) -> Document:
        """Begin to collect objects."""
        return self._begin("EXPORT", {"options": dict(options), "description": description}, actor)

    def bring(
        self, objects: Sequence[Mapping[str, Any]], options: Mapping[str, Any], actor: str, *, preview: bool
    ) -> Document:
        """Begin to bring objects in, or only to tell what would come of it; a backup is made before."""
        backup = ""
        if not preview and not options.get("excludeBackup"):
            backup = self.export({}, "Backup before import", actor).id
        return self._begin(
            "IMPORT", {"options": dict(options), "objects": list(objects), "preview": preview, "backup": backup}, actor
        )

    def _begin(self, type: str, content: dict[str, Any], actor: str) -> Document:
        tenant = self._tenant
        body = {"type": type, "status": "NOT_STARTED", "actor": actor, **content}
        body["expiration"] = iso(tenant.now() + _KEPT)
        job = tenant.configuration.add(_KIND, body, id=tenant.ids.uuid(_KIND))
        tenant.later("configuration_copy", "sailpoint.transfer-started", job.id)
        return job

    def job(self, type: str, id: str) -> Document:
        """A job of one type. Raises NotFound."""
        job = self._tenant.configuration.get(_KIND, id)
        if job.body["type"] != type:
            raise NotFound
        return job

    def finished(self, type: str, id: str) -> Document:
        """A job whose result can be downloaded: it is complete, and not too long ago. Raises NotFound."""
        job = self.job(type, id)
        if job.body["status"] != "COMPLETE" or job.body["expiration"] <= iso(self._tenant.now()):
            raise NotFound
        return job

    def _started(self, id: str) -> None:
        tenant = self._tenant
        if (job := tenant.configuration.find(_KIND, id)) is not None:
            tenant.configuration.update(job, {**job.body, "status": "IN_PROGRESS"})
            tenant.later("configuration_copy", "sailpoint.transfer-done", id)

    def _done(self, id: str) -> None:
        tenant = self._tenant
        job = tenant.configuration.find(_KIND, id)
        if job is None:
            return
        work = self._collected if job.body["type"] == "EXPORT" else self._brought
        done = {**job.body, "status": "COMPLETE", "completed": iso(tenant.now()), **work(job)}
        tenant.configuration.update(job, done)
        tenant.journal.write(f"CONFIG_{job.body['type']}_PASSED", id, actor=job.body["actor"])

    def _collected(self, job: Document) -> dict[str, Any]:
        """The objects as they are now; documents never change in place."""
        options = job.body["options"]
        found = [
            (type, document)
            for type in chosen(options)
            for document in self._tenant.configuration.all(TYPES[type].kind)
            if wanted(options, type, document.id, document.name)
        ]
        return {"found": found}

    def _brought(self, job: Document) -> dict[str, Any]:
        results: dict[str, dict[str, list[Message]]] = {}
        options = job.body["options"]
        for one in job.body["objects"]:
            me = one["self"]
            type, name, id = str(me.get("type")), str(me.get("name") or ""), str(me.get("id") or "")
            named = options.get("includeTypes")
            if (named and type not in named) or (not named and type in (options.get("excludeTypes") or ())):
                continue
            if not wanted(options, type, id, name):
                continue
            result = results.setdefault(type, {"infos": [], "warnings": [], "errors": [], "importedObjects": []})
            self._bring_one(one, type, name, id, result, job)
        return {"results": results}

    def _bring_one(
        self, one: Mapping[str, Any], type: str, name: str, id: str, result: dict[str, list[Message]], job: Document
    ) -> None:
        if type not in IMPORTED or type not in TYPES:
            told = f"Objects of the type {type} cannot be imported."
            result["errors"].append(_message("UNSUPPORTED_OBJECT_TYPE", told, name))
            return
        configuration, kind = self._tenant.configuration, TYPES[type].kind
        body = stored(type, one["object"])
        known = configuration.find(kind, id) or configuration.named(kind, name or str(body.get("name") or ""))
        if unfit := misfit(type, body, known.body if known is not None else None):
            told = f"The property {unfit} is missing or cannot be read."
            result["errors"].append(_message("INVALID_OBJECT", told, name))
            return
        if missing := self._missing(body):
            result["errors"].append(_message("UNRESOLVED_REFERENCE", f"The object {missing} was not found.", name))
            return
        if job.body["preview"]:
            verb = "updated" if known is not None else "created"
            result["infos"].append(_message("PREVIEW", f"The object would be {verb}.", name))
            new = known.id if known is not None else id
        else:
            new = self._put(kind, known, body, job.body["actor"]).id
        result["importedObjects"].append({"type": type, "id": new, "name": name or str(body.get("name") or "")})

    def _missing(self, body: Mapping[str, Any]) -> str:
        """The first reference of an object to somebody or something that this tenant does not have."""
        for place in _OWNERS:
            owner = body.get(place)
            if isinstance(owner, Mapping) and self._tenant.look.identity(str(owner.get("id"))) is None:
                return str(owner.get("name") or owner.get("id"))
        source = body.get("authoritativeSource")
        if isinstance(source, Mapping) and self._tenant.look.source(str(source.get("id"))) is None:
            return str(source.get("name") or source.get("id"))
        return ""

    def _put(self, kind: str, known: Document | None, body: dict[str, Any], actor: str) -> Document:
        configuration = self._tenant.configuration
        if known is None:
            return configuration.add(kind, body, actor=actor)
        merged = {**known.body, **body}
        old, new = known.body.get("connectorAttributes"), body.get("connectorAttributes")
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            # Secrets are not exported; those that are here stay.
            merged["connectorAttributes"] = {**old, **new}
        return configuration.update(known, merged, actor)


def _message(key: str, text: str, name: str) -> Message:
    return {"key": key, "text": text, "details": {"object": {"name": name}}}
