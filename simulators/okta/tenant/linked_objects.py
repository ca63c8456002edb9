"""Linked objects: definitions of relations, and who is linked to whom."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from simulators.okta.domain.errors import Invalid, LinkedNameTaken, NotFound
from simulators.okta.domain.linked import MOST_DEFINITIONS, LinkDefinition, Side
from simulators.okta.domain.users import User

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class LinkedObjects:
    """Relations between users. A user's links go with the user, those of a relation with its definition."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def define(self, primary: Side, associated: Side) -> LinkDefinition:
        """A new relation. Raises Invalid, LinkedNameTaken."""
        state = self.org.state
        for field, side in (("primary", primary), ("associated", associated)):
            if not side.name or not side.title:
                blank = "title" if side.name else "name"
                raise Invalid(f"{field}.{blank}", f"{field}.{blank}: The field cannot be left blank")
            if not _NAME.fullmatch(side.name):
                text = "The name should only have alphanumeric characters and underscores"
                raise Invalid(f"{field}.name", f"{field}.name: {text}")
            if self._is_taken(side.name):
                raise LinkedNameTaken(f"The name {side.name} is already in use")
        if primary.name == associated.name:
            raise Invalid("associated.name", "associated.name: The names of both sides can't be the same")
        if len(state.link_definitions) >= MOST_DEFINITIONS:
            text = f"At most {MOST_DEFINITIONS} linked object definitions can exist"
            raise Invalid("linkedObject", f"linkedObject: {text}")
        return state.link_definitions.put(LinkDefinition(self.org.new_id("lod"), primary, associated))

    def find(self, name: str) -> LinkDefinition:
        """The relation that a side's name belongs to. Raises NotFound."""
        found = self.org.state.link_definitions.first("name", name)
        if found is None:
            raise NotFound(name, "LinkedObjectProperty")
        return found

    def remove(self, definition: LinkDefinition) -> None:
        """Take a relation away with its links."""
        # its links stay under an id that nothing names any more
        self.org.state.link_definitions.remove(definition.id)

    def link(self, user: User, name: str, primary: User) -> None:
        """Make `primary` the one primary user of `user`. Raises NotFound when `name` is no primary name."""
        definition = self.find(name)
        if definition.primary.name != name:
            raise NotFound(name, "LinkedObjectProperty")
        self.unlink(user, name)
        self.org.state.user_links.put(f"{definition.id}/{primary.id}", user.id, True)

    def unlink(self, user: User, name: str) -> None:
        """End the link of an associated user; nothing happens to a primary one."""
        definition, links = self.find(name), self.org.state.user_links
        for key, _ in links.of(user.id):
            if key.startswith(f"{definition.id}/"):
                links.remove(key, user.id)

    def of(self, user: User, name: str) -> list[str]:
        """Ids of users: the primary one of `user` (by a primary name), or all associated ones. Raises NotFound."""
        definition, links = self.find(name), self.org.state.user_links
        if definition.associated.name == name:
            return list(links.rights(f"{definition.id}/{user.id}"))
        mark = f"{definition.id}/"
        return [key.removeprefix(mark) for key, _ in links.of(user.id) if key.startswith(mark)]

    def forget(self, user_id: str) -> None:
        """Somebody is deleted."""
        state = self.org.state
        for key, _ in state.user_links.of(user_id):
            state.user_links.remove(key, user_id)
        for definition in list(state.link_definitions.rows()):
            for associated in list(state.user_links.rights(f"{definition.id}/{user_id}")):
                state.user_links.remove(f"{definition.id}/{user_id}", associated)

    def _is_taken(self, name: str) -> bool:
        if self.org.state.link_definitions.first("name", name) is not None:
            return True
        return any(name in schema.attributes for schema in self.org.state.user_schemas.rows())
