"""Identity attributes: what a profile's mappings make of a person's accounts, and what policies write to targets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulators.kernel.times import iso
from simulators.sailpoint.domain.identityattributes import SHIPPED, custom_attribute
from simulators.sailpoint.domain.records import Account, Identity
from simulators.sailpoint.domain.transforms import Context, evaluate
from simulators.sailpoint.domain.values import Document, Values
from simulators.sailpoint.tenant.news import STATE
from simulators.sailpoint.tenant.state import MATCHED, epoch

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# What an identity keeps when its authoritative account is gone: who it is, and its lifecycle state.
KEPT = frozenset({*MATCHED, "displayName", "firstname", "lastname", STATE})

# The one document that says what everybody may see of everybody.
PUBLIC = "public-identities-config"


@dataclass(frozen=True, slots=True)
class Computed:
    """Attributes, the epoch second at which one will turn by itself, and what could not be evaluated, by attribute."""

    values: Values
    due: int | None
    errors: Mapping[str, str]


class Attributes:
    """Evaluates transforms for one person at a time."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    def context(self, identity: Identity, accounts: Iterable[Account]) -> Context:
        """What transforms see of a person. Of several accounts on one source the first stands for it."""
        tenant, configuration, accounts = self._tenant, self._tenant.configuration, list(accounts)
        by_source: dict[str, Mapping[str, Any]] = {}
        for account in accounts:
            source = configuration.source(account.source_id)
            if source is not None and (source.name not in by_source or source.is_primary(account.attributes)):
                by_source[source.name] = account.attributes
        manager = tenant.state.identities.get(identity.manager_id) if identity.manager_id else None

        def named(name: str) -> Mapping[str, Any] | None:
            document = configuration.named("transform", name)
            return document.body if document is not None else None

        def taken(login: str) -> bool:
            if any(other.id != identity.id for other in tenant.state.identities.find("email", login.lower())):
                return True
            return any(other.identity_id != identity.id for other in tenant.state.accounts.find("name", login.lower()))

        def several(name: str) -> Iterator[Mapping[str, Any]]:
            source = configuration.source_named(name)
            for account in accounts:
                if source is not None and account.source_id == source.id:
                    known = {"created": iso(account.created), "displayName": account.name}
                    yield {**account.attributes, **known, "nativeIdentity": account.native}

        def of_person(uid: str, attribute: str) -> Any:
            found = tenant.state.identities.first("match", f"uid={uid}")
            return found.attributes.get(attribute) if found is not None else None

        return Context(
            tenant.now(),
            by_source.get,
            {},
            identity.attributes,
            named,
            taken,
            lambda name: manager.attributes.get(name) if manager is not None else None,
            accounts=several,
            person=of_person,
            draw=lambda: tenant.ids.draw("transform", 64),
        )

    def computed(
        self, identity: Identity, accounts: Iterable[Account], config: Mapping[str, Any], kept: Iterable[str] = ()
    ) -> Computed:
        """The attributes a mapping gives a person now; those in `kept` stay.

        A mapping that is switched off promotes nothing, and an attribute that cannot be evaluated stays as it was.
        """
        if not config.get("enabled", True):
            return Computed(identity.attributes, identity.due, {})
        context, errors, before = self.context(identity, accounts), {}, identity.attributes
        context.identity.update({name: before.get(name) for name in kept if name in before})
        for mapping in config.get("attributeTransforms") or ():
            name = mapping["identityAttributeName"]
            if name in kept and name in before:
                continue
            try:
                value = evaluate(mapping["transformDefinition"], context)
            except ValueError as error:
                errors[name] = str(error)
                value = before.get(name)
            context.identity[name] = value if value != "" else None
        due = min((epoch(edge) for edge in context.edges), default=None)
        return Computed(Values(context.identity), due, errors)

    def owning_profile(self, accounts: Iterable[Account]) -> tuple[Document, Account] | None:
        """The identity profile that owns a person, by priority among the sources the person has an account on."""
        found: list[tuple[int, str, Document, Account]] = []
        for account in accounts:
            profile = self._tenant.configuration.profile_of_source(account.source_id)
            if profile is not None:
                found.append((int(profile.body.get("priority") or 0), profile.id, profile, account))
        if not found:
            return None
        _, _, profile, account = min(found, key=lambda entry: entry[:2])
        return profile, account

    def manager_of(self, account: Account) -> str:
        """The identity an authoritative account names as manager; empty when there is none (yet)."""
        source = self._tenant.configuration.source(account.source_id)
        if source is None or source.manager_pair is None:
            return ""
        wanted = account.attributes.get(source.manager_pair[0])
        if not wanted:
            return ""
        found = self._tenant.state.identities.first("match", f"{source.manager_pair[1]}={wanted}")
        return found.id if found is not None else ""

    def public(self) -> list[dict[str, str]]:
        """The attributes that everybody may see of everybody, each with key and name."""
        document = self._tenant.configuration.find(PUBLIC, PUBLIC)
        return list(document.body["attributes"]) if document is not None else []

    def known(self) -> dict[str, dict[str, Any]]:
        """Identity attributes by name: those the vendor ships, those somebody made, those a profile maps."""
        found = {name: dict(body) for name, body in SHIPPED.items()}
        for document in self._tenant.configuration.all("identity-attribute"):
            found[document.name] = dict(document.body)
        for name in self.mapped():
            found.setdefault(name, custom_attribute(name))
        return found

    def mapped(self) -> dict[str, None]:
        """Names of the attributes that identity profiles map."""
        profiles = self._tenant.configuration.all("identity-profile")
        configs = (profile.body.get("identityAttributeConfig") or {} for profile in profiles)
        return {
            str(row["identityAttributeName"]): None for one in configs for row in one.get("attributeTransforms") or ()
        }

    def written(self, identity: Identity, source_id: str, usage: str) -> dict[str, Any]:
        """What a provisioning policy of a source says of a person; a field that cannot be evaluated is left out.

        A field may refer to those above it by name (SailPoint, Static).
        """
        accounts = self._tenant.state.accounts.find("identity", identity.id)
        context = self.context(identity, accounts)
        context.identity.update(identity.attributes)
        for field in self._tenant.configuration.policy(source_id, usage).get("fields") or ():
            context.limits = field.get("attributes") or {}
            try:
                context.fields[field["name"]] = evaluate(field.get("transform"), context)
            except ValueError:
                # The target refuses what lacks a value it needs; the activity then tells.
                continue
        return context.fields
