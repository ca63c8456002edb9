"""Segments: parts of the organisation that see access others do not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import criteria_of_segment, meets
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant


class Segmentation:
    """Decides who sees what."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def _active(self, ids: Iterable[str]) -> Iterator[Document]:
        for id in ids:
            segment = self._tenant.configuration.find("segment", id)
            if segment is not None and segment.body.get("active"):
                yield segment

    def sees(self, person: Identity, segment_ids: Iterable[str]) -> bool:
        """Whether a person sees what is assigned to segments: always without an active one, else inside one of them.

        Segments that are not active have no effect (SailPoint API, Segments).
        """
        active = list(self._active(segment_ids))
        return not active or any(self.contains(segment, person) for segment in active)

    def contains(self, segment: Document, person: Identity) -> bool:
        """Whether a person meets the visibility criteria of a segment."""

        def values(kind: str, name: str, source: str) -> Iterable[Any]:
            return [str(person.attributes.get(name.removeprefix("attribute.")) or "")]

        expression = (segment.body.get("visibilityCriteria") or {}).get("expression")
        return meets(criteria_of_segment(expression), values)

    def forget(self, segment_id: str) -> None:
        """Take a deleted segment off everything that was assigned to it."""
        state = self._tenant.state
        for kind in ("role", "access-profile"):
            for document in list(self._tenant.configuration.all(kind)):
                kept = [id for id in document.body.get("segments") or () if id != segment_id]
                if kept != list(document.body.get("segments") or ()):
                    state.documents.put(replace(document, body={**document.body, "segments": kept}))
        for right in list(state.entitlements.rows()):
            held = list(right.body.get("segments") or ())
            if segment_id in held:
                held.remove(segment_id)
                state.entitlements.put(replace(right, body=right.body.merged({"segments": held})))
