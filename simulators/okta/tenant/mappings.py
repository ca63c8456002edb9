"""Profile mappings between the org's users and applications, and what applications know of their users."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulators.okta.domain.app_profiles import CLAIMS, AppSchema
from simulators.okta.domain.apps import App
from simulators.okta.domain.errors import Invalid, NotFound
from simulators.okta.domain.expressions import Subject, evaluate, plain
from simulators.okta.domain.idps import TYPES as IDP_TYPES
from simulators.okta.domain.log import Cause
from simulators.okta.domain.mappings import CLAIMS_ONCE, NAME_AS_MAIL, PUSH, MappedAttribute, ProfileMapping
from simulators.okta.domain.profile import BASE_ATTRIBUTES, located
from simulators.okta.domain.users import User
from simulators.okta.tenant.subjects import subject_of, surroundings

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class ProfileMappings:
    """Two mappings an application: what users get from it, and what it gets from users."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def begin(self, app: App) -> None:
        """The mappings of a new application: its user name stands for the mail address if it knows nothing more.

        A client's claims are filled once, at assignment.
        """
        org, user_type = self.org, self.org.state.user_type
        known = () if app.client else (NAME_AS_MAIL,)
        told = CLAIMS_ONCE if app.client is not None and not app.is_service else ()
        org.state.profile_mappings.put(ProfileMapping(org.new_id("prm"), app.id, user_type, known))
        org.state.profile_mappings.put(ProfileMapping(org.new_id("prm"), user_type, app.id, told))

    def forget(self, app: App) -> None:
        """An application is gone."""
        state = self.org.state
        for end in ("source", "target"):
            for mapping in list(state.profile_mappings.find(end, app.id)):
                state.profile_mappings.remove(mapping.id)
        state.app_schemas.pop(app.id)

    def find(self, id: str) -> ProfileMapping:
        """The mapping with an id. Raises NotFound."""
        mapping = self.org.state.profile_mappings.get(id)
        if mapping is None:
            raise NotFound(id, "ProfileMapping")
        return mapping

    def listing(self, source: str | None, target: str | None, after: str | None) -> Iterator[ProfileMapping]:
        """All mappings behind one, or those of a source or target."""
        table = self.org.state.profile_mappings
        after = after if after in table else None
        if source:
            rows = table.find("source", source, after)
            return (row for row in rows if target in (None, "", row.target_id))
        return table.find("target", target, after) if target else table.rows(after)

    def far_name(self, mapping: ProfileMapping) -> str:
        """What the profile at the end that is not the org's is called."""
        app = self.org.state.apps.get(mapping.app_id)
        return app.name if app is not None else IDP_TYPES[self.org.idps.find(mapping.app_id).content["type"]].profile

    def update(
        self, mapping: ProfileMapping, changes: Mapping[str, MappedAttribute | None], cause: Cause
    ) -> ProfileMapping:
        """Attributes added, changed or (None) taken away. Raises Invalid for one that the target does not have."""
        known = self.attributes(self.org.apps.find(mapping.app_id)) if mapping.to_app else self._of_users()
        for name in changes:
            if name not in known:
                raise Invalid("updateMapping", f"Invalid target field {name}")
        merged = {held.name: held for held in mapping.properties} | dict(changes)
        kept = tuple(held for held in merged.values() if held is not None)
        return self.org.state.profile_mappings.put(replace(mapping, properties=kept))

    def to_app(self, app_id: str) -> frozenset[str]:
        """The attributes of an application's users that are made from those of the org."""
        rows = self.org.state.profile_mappings.find("target", app_id)
        return frozenset(held.name for row in rows for held in row.properties)

    def values_for(self, app: App, user: User, changed: bool = False) -> dict[str, Any]:
        """What the mappings make of a person for an application; with `changed` only what follows later changes.

        At assignment a mapped attribute without a value is there and null.
        """
        rows = self.org.state.profile_mappings.find("target", app.id)
        wanted = [held for row in rows for held in row.properties if held.push == PUSH or not changed]
        subject = self._person(app, user) if wanted else None
        values = {held.name: plain(evaluate(held.tree, subject)) if subject else None for held in wanted}
        values = {name: None if value == "" else value for name, value in values.items()}
        if changed:
            return {name: value for name, value in values.items() if value is not None}
        return {**dict.fromkeys(CLAIMS), **values} if app.client is not None else values

    def _person(self, app: App, user: User) -> Subject:
        profile = located(user.profile)
        return replace(
            subject_of(self.org, user, {"source": profile, **surroundings(self.org, app)}), attributes=profile
        )

    def attributes(self, app: App) -> frozenset[str]:
        """The names of all attributes of an application's users."""
        base = ("userName", *(CLAIMS if app.client is not None else ()))
        return frozenset((*base, *(name for name, _ in self.schema(app).custom)))

    def schema(self, app: App) -> AppSchema:
        """What the org added to an application's user profile."""
        return self.org.state.app_schemas.get(app.id) or AppSchema(app.id, app.created, app.last_updated)

    def change_schema(
        self, app: App, custom: Mapping[str, Mapping[str, Any] | None], demanded: Mapping[str, bool]
    ) -> AppSchema:
        """Custom attributes added, changed or (None) taken away; base ones demanded or not."""
        before = self.schema(app)
        merged = {**dict(before.custom), **custom}
        kept = tuple((name, shape) for name, shape in merged.items() if shape is not None)
        required = (before.required | {name for name, on in demanded.items() if on}) - {
            name for name, on in demanded.items() if not on
        }
        after = replace(before, custom=kept, required=required, last_updated=self.org.whole_second())
        self.org.state.app_schemas[app.id] = after
        return after

    def _of_users(self) -> frozenset[str]:
        return frozenset(BASE_ATTRIBUTES) | self.org.schemas.custom_names()
