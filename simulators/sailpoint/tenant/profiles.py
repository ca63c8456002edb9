"""Identity profiles: what creating, processing and deleting one sets in motion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.records import Task
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Profiles:
    """Keeps profiles and the people they own together."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.profiles.delete", self._deleted)

    def create(self, content: Mapping[str, Any], states: Iterable[Mapping[str, Any]], actor: str) -> Document:
        """Store a new profile with the lifecycle states every profile begins with."""
        configuration = self._tenant.configuration
        profile = configuration.add("identity-profile", content, actor=actor)
        for state in states:
            configuration.add("lifecycle-state", state, profile.id)
        return profile

    def process(self, profile: Document, launcher: str) -> Task:
        """Refresh everybody a profile owns, and those whose accounts on its source have waited for it."""
        tenant, state = self._tenant, self._tenant.state
        source = tenant.configuration.source(str((profile.body.get("authoritativeSource") or {}).get("id")))
        if source is not None:
            for account in list(state.accounts.find("uncorrelated", source.id)):
                tenant.correlation.correlated(source, account)
        tenant.configuration.update(profile, {**profile.body, "identityRefreshRequired": False})
        owned = [identity.id for identity in state.identities.find("facet", f"profile={profile.id}")]
        return tenant.processing.on_demand(owned, "scheduled_to_refreshed", launcher)

    def delete(self, profiles: Iterable[Document], launcher: str) -> Task:
        """Delete profiles soon; the people they own become incomplete at their next refresh."""
        tenant = self._tenant
        task = tenant.tasks.begin("IDENTITY_PROFILE_DELETION", "Identity Profile Bulk Delete", launcher=launcher)
        tenant.state.uploads[task.id] = tuple(profile.id for profile in profiles)
        tenant.later("action", "sailpoint.profiles.delete", task.id)
        return task

    def _deleted(self, task_id: str) -> None:
        tenant, state = self._tenant, self._tenant.state
        task, ids = state.tasks[task_id], state.uploads.pop(task_id, ())
        for id in ids:
            profile = tenant.configuration.find("identity-profile", id)
            if profile is None:
                continue
            tenant.configuration.remove(profile, task.launcher)
            for identity in state.identities.find("facet", f"profile={id}"):
                tenant.processing.queue(identity.id, "finished_to_refreshed")
        state.tasks.put(replace(task, phase="COMPLETED", completed=tenant.now(), status="SUCCESS"))
