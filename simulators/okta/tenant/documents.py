"""The org's documents: made, changed, switched on and off, deleted; each change stands in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.documents import KINDS, Document
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.features import FEATURES
from simulators.okta.domain.log import Cause, Party

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TAKEN = "name: An object with this field already exists in the current organization"


class Documents:
    """One table for every kind; names are unique within a kind."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def find(self, kind: str, id: str) -> Document:
        """The document with an id. Raises NotFound."""
        document = self.org.state.documents.get(id)
        if document is None or document.kind != kind:
            raise NotFound(id, KINDS[kind].missing)
        return document

    def rows(self, kind: str, after: str | None = None) -> Iterator[Document]:
        """All of a kind, in order of creation."""
        return self.org.state.documents.find("kind", kind, after)

    def named(self, kind: str, name: str) -> Document | None:
        """The one of that name."""
        return self.org.state.documents.first("name", f"{kind}/{name}")

    def create(
        self, kind: str, name: str, content: Mapping[str, Any], cause: Cause, status: str = "ACTIVE"
    ) -> Document:
        """A new one. Raises Invalid for a name that is taken."""
        if self.named(kind, name) is not None:
            raise Invalid("name", _TAKEN)
        at = self.org.whole_second()
        document = Document(self.org.new_id(KINDS[kind].prefix), kind, name, status, at, at, content)
        return self._keep(document, "create", cause)

    def change(
        self, document: Document, name: str, content: Mapping[str, Any], cause: Cause, status: str | None = None
    ) -> Document:
        """Another content, and another status where one is given. Raises Invalid for a name that is taken."""
        other = self.named(document.kind, name)
        if other is not None and other.id != document.id:
            raise Invalid("name", _TAKEN)
        now, status = self.org.whole_second(), status or document.status
        after = replace(document, name=name, content=content, status=status, last_updated=now)
        return self._keep(after, "update", cause)

    def switch(
        self, document: Document, on: bool, cause: Cause, words: tuple[str, str] = ("INACTIVE", "ACTIVE")
    ) -> Document:
        """Switched on or off; `words` are the two statuses."""
        after = replace(document, status=words[on], last_updated=self.org.whole_second())
        return self._keep(after, "activate" if on else "deactivate", cause)

    def delete(self, document: Document, cause: Cause) -> None:
        """Take it away."""
        self.org.state.documents.remove(document.id)
        if document.kind == "zone":
            self.org.zones.note()
        self._report(document, "delete", cause)

    def found(self) -> None:
        """What a new org holds of these: its own zones, and the features it may switch on."""
        org, at = self.org, self.org.whole_second()
        for name, kind, usage in _ZONES:
            content = {"type": kind, "usage": usage, **_EMPTY[kind]}
            org.state.documents.put(Document(org.new_id("nzo"), "zone", name, "ACTIVE", at, at, content, system=True))
        for feature in FEATURES:
            content = {"description": feature.description, "stage": feature.stage, "needs": feature.needs}
            row = Document(org.new_id("ftr"), "feature", feature.name, "DISABLED", at, at, content, system=True)
            org.state.documents.put(row)

    def _keep(self, document: Document, change: str, cause: Cause) -> Document:
        self.org.state.documents.put(document)
        if document.kind == "zone":
            self.org.zones.note()
        self._report(document, change, cause)
        return document

    def _report(self, document: Document, change: str, cause: Cause) -> None:
        kind = KINDS[document.kind]
        target = Party(document.id, kind.target, "unknown", document.name)
        self.org.log.emit(cause, kind.events[change], target)


# Okta help, "About network zones": a new org has these; they are edited, never deleted
_ZONES = (
    ("BlockedIpZone", "IP", "BLOCKLIST"),
    ("LegacyIpZone", "IP", "POLICY"),
    ("DefaultEnhancedDynamicZone", "DYNAMIC_V2", "BLOCKLIST"),
)
_EMPTY: dict[str, dict[str, Any]] = {
    "IP": {"gateways": None, "proxies": None},
    "DYNAMIC_V2": {
        "asns": {"include": [], "exclude": []},
        "locations": {"include": [], "exclude": []},
        "ipServiceCategories": {"include": ["ALL_ANONYMIZERS"], "exclude": []},
    },
}
