"""Scheduled searches: run when due, told to the audit trail and to listeners of `idn:saved-search-complete`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from simulators.sailpoint.domain.errors import Refusal
from simulators.sailpoint.domain.search_schedules import next_run
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.search import results
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.wire.saved_searches import saved_search

_JOB = "sailpoint.scheduled-search"
_NOUNS = {
    "accessprofiles": ("AccessProfile", "access profiles"),
    "accountactivities": ("AccountActivity", "account activities"),
    "entitlements": ("Entitlement", "entitlements"),
    "events": ("Event", "events"),
    "identities": ("Identity", "identities"),
    "roles": ("Role", "roles"),
}


class ScheduledSearches:
    """Runs what is scheduled."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on(_JOB, self._run)

    def start(self) -> None:
        """Set every timer anew."""
        for document in list(self._tenant.configuration.all("scheduled-search")):
            self.follow(document)

    def due(self, document: Document) -> datetime | None:
        """When a scheduled search runs next. Raises ValueError for a schedule that cannot be read."""
        return next_run(document.body["schedule"], self._tenant.now(), self._tenant.state.time_zone)

    def follow(self, document: Document) -> None:
        """Set the timer of one, or clear it while it is disabled."""
        due = self.due(document) if document.body.get("enabled") else None
        self._tenant.configuration.set_timer(f"search/{document.id}", due, _JOB, document.id)

    def forget(self, document: Document) -> None:
        """Clear the timer of one."""
        self._tenant.configuration.set_timer(f"search/{document.id}", None, _JOB)

    def _run(self, id: str) -> None:
        tenant = self._tenant
        document = tenant.configuration.find("scheduled-search", id)
        if document is None:
            return
        tenant.state.timers.pop(f"search/{id}", None)
        self.follow(document)
        saved = tenant.configuration.find("saved-search", str(document.body["savedSearchId"]))
        if saved is not None:
            self._tell(document, saved)

    def _tell(self, document: Document, saved: Document) -> None:
        tenant = self._tenant
        name = document.name or saved.name
        try:
            search = saved_search(dict(saved.body))
        except Refusal:
            tenant.journal.write("SAVED_SEARCH_EXECUTE_FAILED", name)
            return
        counts = {index: results.count(tenant, index, search) for index in search.indices}
        tenant.journal.write("SAVED_SEARCH_EXECUTE_PASSED", name, attributes={"count": sum(counts.values())})
        if tenant.workflows is not None:
            owner = str(saved.body["ownerId"])
            tenant.workflows.fire("idn:saved-search-complete", self._payload(name, owner, saved, counts), owner)

    def _payload(self, name: str, owner_id: str, saved: Document, results: dict[str, int]) -> dict[str, Any]:
        """What the trigger tells (SailPoint, event triggers: Scheduled Search)."""
        tenant = self._tenant
        owner = tenant.state.identities.get(owner_id)
        found = {
            _NOUNS[index][0]: {"count": count, "noun": _NOUNS[index][1], "preview": [[]]}
            for index, count in results.items()
            if count
        }
        stamp = tenant.now().strftime("%Y-%m-%d %H%M%S")
        return {
            "fileName": f"{name}.zip",
            "ownerEmail": str(owner.attributes.get("email") or "") if owner is not None else "",
            "ownerName": owner.name if owner is not None else "",
            "query": saved.body["query"],
            "searchName": name,
            "searchResults": found,
            "signedS3Url": f"{tenant.base_url.rstrip('/')}/reports/{saved.id}/{stamp.replace(' ', '-')}.zip",
        }
