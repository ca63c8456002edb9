"""What lists of access take beside filters: whose they are to see, and in which segments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulators.sailpoint.domain.errors import BadContent, MissingReference
from simulators.sailpoint.domain.records import Identity
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Call


def person_of(call: Call, name: str) -> Identity:
    """The person a query parameter names; `me` is the caller. Raises MissingReference."""
    id = call.caller.identity_id if call.query(name) == "me" else call.query(name)
    identity = call.tenant.state.identities.get(id)
    if identity is None:
        raise MissingReference(f"Referenced identity {call.query(name)} was not found.")
    return identity


def segments_asked(call: Call, *, without: bool = False) -> tuple[frozenset[str], bool]:
    """The segments named, and whether what has none is shown too. Raises BadContent for leaving all of it out."""
    ids = frozenset(word.strip() for word in call.query("for-segment-ids").split(",") if word.strip())
    unsegmented = call.query("include-unsegmented", "true").lower()
    if unsegmented not in ("true", "false"):
        raise BadContent('The parameter "include-unsegmented" must be true or false.')
    if unsegmented == "false" and not ids and not without:
        raise BadContent('The parameter "include-unsegmented" is false while no segment is named.')
    return ids, unsegmented == "true"


def in_segments(held: Iterable[str], ids: frozenset[str], unsegmented: bool) -> bool:
    """Whether something assigned to the segments `held` belongs into the list.

    >>> in_segments([], frozenset({"a"}), True), in_segments(["b"], frozenset({"a"}), True)
    (True, False)
    """
    held = list(held)
    return not ids or (not held and unsegmented) or not ids.isdisjoint(held)


def access_rows(call: Call, kind: str) -> Iterator[Document]:
    """Roles or access profiles, those of the segments and the sub-administrator asked for."""
    tenant = call.tenant
    ids, unsegmented = segments_asked(call)
    reach: frozenset[str] | None = None
    if call.query("for-subadmin"):
        person = person_of(call, "for-subadmin")
        if not tenant.access.is_subadmin(person.id):
            raise BadContent("The identity is no sub-administrator.")
        reach = tenant.access.sources_of(person.id)
    return (
        document
        for document in tenant.configuration.all(kind)
        if in_segments(document.body.get("segments") or (), ids, unsegmented)
        and (reach is None or tenant.access.sources_in(document) <= reach)
    )
