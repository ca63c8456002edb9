"""Tags: words that people put on objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulators.kernel.table import Table
from simulators.sailpoint.domain.errors import BadContent, Conflict, IllegalValue, MissingReference, NotFound
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller
from simulators.sailpoint.tenant.state import SailPointState

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

TAG, TAGGED = "tag", "tagged-object"
# Objects that carry tags: documents by their kind, the others by the table that holds them.
_KINDS: Mapping[str, str] = {
    "ACCESS_PROFILE": "access-profile",
    "APPLICATION": "source-app",
    "ROLE": "role",
    "SOD_POLICY": "sod-policy",
    "SOURCE": "source",
}
_TABLES: Mapping[str, Callable[[SailPointState], Table[Any]]] = {
    "CAMPAIGN": lambda state: state.campaigns,
    "ENTITLEMENT": lambda state: state.entitlements,
    "IDENTITY": lambda state: state.identities,
}
Reference = tuple[str, str]


class Tags:
    """Puts tags on objects and takes them off; a tag exists from its first use on."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def check_type(self, type: str) -> None:
        """Raise IllegalValue for a type whose objects carry no tags."""
        if type not in _KINDS and type not in _TABLES:
            raise IllegalValue('Value of "type" is empty or contains invalid data.')

    def name_of(self, type: str, id: str) -> str | None:
        """What an object is called; None when there is none."""
        table = _TABLES.get(type)
        if table is not None:
            found = table(self._tenant.state).get(id)
        else:
            found = self._tenant.configuration.find(_KINDS[type], id)
        return str(found.name) if found is not None else None

    def find(self, type: str, id: str) -> Document | None:
        """The tags of an object, as the document that keeps them."""
        return self._tenant.configuration.named(TAGGED, f"{type}/{id}")

    def of(self, type: str, id: str) -> tuple[str, ...]:
        """The tags of an object."""
        document = self.find(type, id)
        return tuple(document.body["tags"]) if document is not None else ()

    def tagged(self, type: str = "") -> Iterator[Document]:
        """Objects with tags, of one type where one is named."""
        return self._tenant.configuration.all(TAGGED, type)

    def check(self, references: Iterable[Reference]) -> None:
        """Raise MissingReference for an object that does not exist."""
        for type, id in references:
            if self.name_of(type, id) is None:
                raise MissingReference(f"Referenced {type} {id} was not found.")

    def put(self, type: str, id: str, tags: Iterable[str], caller: Caller) -> None:
        """Replace the tags of an object; without any it is no tagged object any more."""
        configuration, wanted = self._tenant.configuration, list(dict.fromkeys(tags))
        for tag in wanted:
            if configuration.named(TAG, tag) is None:
                self.create(tag, caller)
        document = self.find(type, id)
        if document is None:
            if wanted:
                body = {"name": f"{type}/{id}", "type": type, "id": id, "tags": wanted}
                configuration.add(TAGGED, body, type, actor=caller.name)
        elif wanted:
            configuration.update(document, {**document.body, "tags": wanted}, caller.name)
        else:
            configuration.remove(document, caller.name)

    def append(self, references: list[Reference], tags: list[str], caller: Caller, *, merge: bool) -> None:
        """Add tags to objects. Raises BadContent for a tag an object has already, unless they are merged."""
        self.check(references)
        for type, id in references:
            twice = [tag for tag in tags if tag in self.of(type, id)]
            if twice and not merge:
                raise BadContent(f'The {type} {id} has the tag "{twice[0]}" already.')
        for type, id in references:
            self.put(type, id, [*self.of(type, id), *tags], caller)

    def remove(self, references: list[Reference], tags: list[str], caller: Caller) -> None:
        """Take tags off objects; those it does not have are passed over."""
        self.check(references)
        for type, id in references:
            self.put(type, id, [tag for tag in self.of(type, id) if tag not in tags], caller)

    def create(self, name: str, caller: Caller) -> Document:
        """A new tag. Raises Conflict when there is one of that name."""
        if self._tenant.configuration.named(TAG, name) is not None:
            raise Conflict(f'The tag "{name}" exists already.')
        id = self._tenant.ids.uuid(TAG)
        return self._tenant.configuration.add(TAG, {"name": name}, id=id, actor=caller.name)

    def delete(self, id: str, caller: Caller) -> None:
        """Forget a tag, on every object that carries it. Raises NotFound."""
        document = self._tenant.configuration.find(TAG, id)
        if document is None:
            raise NotFound
        for one in list(self.tagged()):
            if document.name in one.body["tags"]:
                kept = [tag for tag in one.body["tags"] if tag != document.name]
                self.put(one.body["type"], one.body["id"], kept, caller)
        self._tenant.configuration.remove(document, caller.name)
