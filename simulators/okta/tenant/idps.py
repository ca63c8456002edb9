"""The org's external identity providers, each with the mapping of its users' profile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.documents import Document
from simulators.okta.domain.log import Cause
from simulators.okta.domain.mappings import MappedAttribute, ProfileMapping

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class IdentityProviders:
    """Kept, switched and named by rules; nobody signs in through them."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def find(self, id: str) -> Document:
        """One provider. Raises NotFound."""
        return self.org.documents.find("idp", id)

    def listing(self, type: str | None, q: str | None, after: str | None) -> Iterator[Document]:
        """All behind one, of a type, by the beginning of their name."""
        rows = self.org.documents.rows("idp", after)
        wanted = (row for row in rows if type in (None, row.content["type"]))
        return (row for row in wanted if row.name.casefold().startswith((q or "").casefold()))

    def create(
        self, name: str, content: Mapping[str, Any], status: str, mapped: tuple[MappedAttribute, ...], cause: Cause
    ) -> Document:
        """A new one and its mapping. Raises Invalid for a name that is taken."""
        org = self.org
        made = org.documents.create("idp", name, content, cause, status)
        org.state.profile_mappings.put(ProfileMapping(org.new_id("prm"), made.id, org.state.user_type, mapped))
        return made

    def remove(self, idp: Document, cause: Cause) -> None:
        """Take one away, with its mapping."""
        self.org.documents.delete(idp, cause)
        for mapping in list(self.org.state.profile_mappings.find("source", idp.id)):
            self.org.state.profile_mappings.remove(mapping.id)

    def named(self, providers: Any) -> Any:
        """The providers of a routing rule, each with the name that it has here."""
        if not isinstance(providers, list):
            return providers
        return [self._named(row) if isinstance(row, Mapping) else row for row in providers]

    def _named(self, row: Mapping[str, Any]) -> Mapping[str, Any]:
        held = self.org.state.documents.get(str(row.get("id")))
        return {**row, "name": held.name} if held is not None and held.kind == "idp" else row
