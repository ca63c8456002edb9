"""User types and profile schemas: keeping them, and what a change does to the users there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.errors import Forbidden, Invalid, NotFound
from simulators.okta.domain.log import SYSTEM
from simulators.okta.domain.schemas import (
    DEFAULT_DESCRIPTION,
    MOST_TYPES,
    Attribute,
    Schema,
    UserType,
    changed,
    group_schema,
    schema_id,
    user_schema,
)
from simulators.okta.domain.users import User

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg

_TYPE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_TAKEN = "An object with this field already exists in the current organization"
_STILL_GOING = (
    "You cannot add the attribute with the variable name '{}' because the deletion process for an attribute with the "
    "same variable name is incomplete. Wait until the data clean up process finishes and then try again."
)
_BATCH = 500


class Schemas:
    """The user types of an org, their schemas, and the schema of groups."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org
        org.clock.on("okta.schema.fade", self._fade)

    def found(self) -> None:
        """What every org has: the default user type, its schema, the group schema."""
        state, at, id = self.org.state, self.org.whole_second(), self.org.state.user_type
        default = UserType(id, "user", "User", DEFAULT_DESCRIPTION, True, at, at, SYSTEM.id, SYSTEM.id)
        state.user_types.put(default)
        state.user_schemas.put(user_schema(default.schema_id, at))
        state.group_schema = group_schema(at)

    def type(self, ref: str) -> UserType:
        """A user type by id or as `default`. Raises NotFound."""
        found = self.org.state.user_types.get(self.org.state.user_type if ref == "default" else ref)
        if found is None:
            raise NotFound(ref, "CVDType")
        return found

    def create_type(self, name: str, display_name: str, description: str | None, by: str) -> UserType:
        """A new user type with a copy of the default schema. Raises Invalid, also for one too many."""
        org, at = self.org, self.org.whole_second()
        if not _TYPE_NAME.fullmatch(name):
            text = "The name must start with a letter and contain only letters, digits, or underscore characters"
            raise Invalid("name", f"name: {text}")
        if org.state.user_types.first("name", name) is not None:
            raise Invalid("name", f"name: {_TAKEN}")
        if len(org.state.user_types) >= MOST_TYPES:
            raise Invalid("userType", f"userType: At most {MOST_TYPES} user types can exist in an organization")
        made = UserType(org.new_id("oty"), name, display_name, description, False, at, at, by, by)
        template = org.state.user_schemas[schema_id(org.state.user_type)]
        made_schema = replace(
            template, id=made.schema_id, name=name, title=display_name, description=description, created=at,
            last_updated=at,
        )  # fmt: skip
        org.state.user_schemas.put(made_schema)
        return org.state.user_types.put(made)

    def change_type(self, found: UserType, by: str, changes: Mapping[str, Any]) -> UserType:
        """The type with another `display_name` or `description`."""
        after = replace(found, **changes, last_updated=self.org.whole_second(), last_updated_by=by)
        return self.org.state.user_types.put(after)

    def delete_type(self, found: UserType) -> None:
        """Take a type away. Raises Forbidden for the default one and for one that users have."""
        state = self.org.state
        if found.default or state.typed_users.get(found.id):
            raise Forbidden()
        state.user_types.remove(found.id)
        state.user_schemas.remove(found.schema_id)

    def schema(self, ref: str) -> Schema:
        """A user schema by id or as `default`. Raises NotFound."""
        found = self.org.state.user_schemas.get(schema_id(self.org.state.user_type) if ref == "default" else ref)
        if found is None:
            raise NotFound(ref, "UserSchema")
        return found

    @property
    def group(self) -> Schema:
        """The schema of groups."""
        assert self.org.state.group_schema is not None  # `found` has put it there
        return self.org.state.group_schema

    def of_type(self, type_id: str) -> Schema:
        """The schema of a user type that exists."""
        return self.org.state.user_schemas[schema_id(type_id)]

    def custom_names(self) -> frozenset[str]:
        """The custom attributes of every user type: what a search may name beyond the base ones."""
        rows = self.org.state.user_schemas.rows()
        return frozenset(attribute.name for schema in rows for attribute in schema.custom)

    def change_schema(self, schema: Schema, base: Mapping[str, Any], custom: Mapping[str, Attribute | None]) -> Schema:
        """The user schema after a change; removed attributes leave the profiles in the background."""
        org, state = self.org, self.org.state
        for name, attribute in custom.items():
            if attribute is not None and (schema.id, name) in state.fading_attributes:
                raise Invalid("updateUserSchemas", _STILL_GOING.format(name))
        after = changed(schema, base, custom, org.whole_second())
        self._require_unique(after)
        state.user_schemas.put(after)
        for attribute in schema.custom:
            if attribute.name not in after.attributes:
                state.fading_attributes.add((schema.id, attribute.name))
                delay = org.jitter("schema", org.settings.delays.schema)
                org.clock.call_later(delay, "okta.schema.fade", schema.id, attribute.name, None)
        org.rules.attributes_gone(frozenset(schema.attributes) - frozenset(after.attributes) - self.custom_names())
        return after

    def change_group_schema(self, custom: Mapping[str, Attribute | None]) -> Schema:
        """The group schema after a change; its base attributes never change."""
        after = changed(self.group, {}, custom, self.org.whole_second())
        self.org.state.group_schema = after
        return after

    def demand_free(self, profile: Mapping[str, Any], user: User | None) -> None:
        """Raise Invalid for a value of a unique attribute that somebody else has."""
        for name in sorted(self.org.state.unique_attributes & set(profile)):
            holder = self.org.state.unique_values.get(_key(name, profile[name]))
            if holder is not None and (user is None or holder != user.id):
                raise Invalid(name, f"{name}: {_TAKEN}")

    def note(self, before: User | None, after: User | None) -> None:
        """A user changes, comes (`before` None) or goes (`after` None): keep the books of types and unique values."""
        state = self.org.state
        for user, count in ((before, -1), (after, 1)):
            if user is not None and user.type_id != state.user_type:
                state.typed_users[user.type_id] = state.typed_users.get(user.type_id, 0) + count
        for name in sorted(state.unique_attributes):
            old = before.profile.get(name) if before else None
            new = after.profile.get(name) if after else None
            if old == new:
                continue
            if old is not None:
                state.unique_values.pop(_key(name, old))
            if new is not None and after is not None:
                state.unique_values[_key(name, new)] = after.id

    def _require_unique(self, schema: Schema) -> None:
        state = self.org.state
        wanted = frozenset(a.name for a in schema.custom if a.unique == "UNIQUE_VALIDATED")
        others = (s for s in state.user_schemas.rows() if s.id != schema.id)
        elsewhere = frozenset(a.name for s in others for a in s.custom if a.unique == "UNIQUE_VALIDATED")
        for name in sorted(wanted - state.unique_attributes):
            holders: dict[str, str] = {}
            for user in state.users.rows():
                value = user.profile.get(name)
                if value is not None and holders.setdefault(_key(name, value), user.id) != user.id:
                    raise Invalid(name, f"{name}: The values of this attribute are not unique")
            for key, holder in holders.items():
                state.unique_values[key] = holder
        state.unique_attributes = wanted | elsewhere

    def _fade(self, schema: str, name: str, after: str | None) -> None:
        """Take a removed attribute from one batch of users; the next batch is a job of its own."""
        org, state = self.org, self.org.state
        batch = [user for user, _ in zip(state.users.rows(after), range(_BATCH), strict=False)]
        for user in batch:
            if schema_id(user.type_id) == schema and name in user.profile:
                state.users.put(replace(user, profile=user.profile.changed({name: None})))
        if len(batch) == _BATCH:
            org.clock.call_at(org.now(), "okta.schema.fade", schema, name, batch[-1].id)
        else:
            state.fading_attributes.discard((schema, name))


def _key(name: str, value: Any) -> str:
    return f"{name}\n{str(value).lower()}"
