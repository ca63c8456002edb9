"""The access model: what roles and access profiles may refer to, who uses what, and deleting many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulators.sailpoint.domain.access import entitlements_of
from simulators.sailpoint.domain.configuration import AccessItem, item_of
from simulators.sailpoint.domain.criteria import check_membership, check_selector, selects, sources_in
from simulators.sailpoint.domain.errors import BadContent, Forbidden, IllegalValue, MissingReference
from simulators.sailpoint.domain.records import Identity, Task
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.tenant.credentials import Caller

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# Kinds of approvers that are named by id.
_NAMED = {"GOVERNANCE_GROUP": "workgroup", "ADDITIONAL_GOVERNANCE_GROUP": "workgroup", "WORKFLOW": "workflow"}
# Who administers sources and roles everywhere; a sub-administrator only those of his governance groups.
_EVERYWHERE = frozenset({"ORG_ADMIN", "SOURCE_ADMIN", "ROLE_ADMIN"})
_SUBADMINS = frozenset({"SOURCE_SUBADMIN", "ROLE_SUBADMIN"})
MOST_AT_ONCE = 50
MOST_MEMBERS = 500


@dataclass(frozen=True, slots=True)
class BulkDeletion:
    """What a bulk deletion will do: its task (none when nothing goes), what goes, and what stays with its users."""

    task: Task | None
    pending: tuple[str, ...]
    in_use: tuple[tuple[str, tuple[Document, ...]], ...]


class AccessModel:
    """Knows what roles and access profiles hang on."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant
        tenant.clock.on("sailpoint.access.delete", self._delete)

    def check(self, kind: str, body: Mapping[str, Any], before: Document | None = None) -> None:
        """Raise a refusal unless a role or access profile may look like this: names, references, criteria."""
        self._tenant.configuration.check_name(kind, str(body["name"]), before)
        self.check_owner(body["owner"])
        self.check_owners(body.get("additionalOwners"))
        self.check_segments(body.get("segments"))
        for name in ("accessRequestConfig", "revocationRequestConfig"):
            self.check_schemes((body.get(name) or {}).get("approvalSchemes"), name)
        metadata = (body.get("accessModelMetadata") or {}).get("attributes")
        if before is None and metadata:
            raise BadContent("The accessModelMetadata must be left empty when the object is created.")
        (self._check_role if kind == "role" else self._check_profile)(body, before)

    def check_owner(self, owner: Mapping[str, Any] | None) -> None:
        """Raise MissingReference for an owner that is nobody, IllegalValue for a name that is not the owner's."""
        if not owner:
            return
        identity = self._tenant.state.identities.get(str(owner["id"]))
        if identity is None:
            raise MissingReference(f"Referenced owner {owner['id']} was not found.")
        if owner.get("name") not in (None, identity.name):
            raise IllegalValue('Value of "owner.name" does not match the name of the owner.')

    def check_owners(self, owners: Iterable[Mapping[str, Any]] | None) -> None:
        """Raise MissingReference for a further owner, person or group, that does not exist."""
        for one in owners or ():
            if one["type"] == "IDENTITY":
                self.check_owner(one)
            elif self._tenant.configuration.find("workgroup", str(one["id"])) is None:
                raise MissingReference(f"Referenced governance group {one['id']} was not found.")

    def check_segments(self, ids: Iterable[str] | None) -> None:
        """Raise MissingReference for a segment that does not exist."""
        for id in ids or ():
            if self._tenant.configuration.find("segment", id) is None:
                raise MissingReference(f"Referenced segment {id} was not found.")

    def check_schemes(self, schemes: Iterable[Mapping[str, Any]] | None, place: str) -> None:
        """Raise a refusal for an approver who has to be named and is not, or does not exist."""
        for scheme in schemes or ():
            kind, id = _NAMED.get(scheme["approverType"]), scheme.get("approverId")
            if kind is None:
                continue
            if not id:
                raise IllegalValue(f'Value of "{place}.approvalSchemes.approverId" is empty or contains invalid data.')
            if self._tenant.configuration.find(kind, id) is None:
                raise MissingReference(f"Referenced approver {id} was not found.")

    def _check_profile(self, body: Mapping[str, Any], before: Document | None) -> None:
        source = self._tenant.configuration.find("source", str(body["source"]["id"]))
        if source is None:
            raise MissingReference(f"Referenced source {body['source']['id']} was not found.")
        rights = body.get("entitlements") or ()
        self._check_rights(rights)
        for reference in rights:
            right = self._tenant.state.entitlements[reference["id"]]
            if right.source_id != source.id:
                raise BadContent(f'The entitlement "{right.name}" does not belong to the source "{source.name}".')
        if body.get("enabled") and not rights:
            raise BadContent("An access profile that is enabled has at least one entitlement.")
        check_selector(body.get("provisioningCriteria"))

    def _check_role(self, body: Mapping[str, Any], before: Document | None) -> None:
        for reference in body.get("accessProfiles") or ():
            if self._tenant.configuration.find("access-profile", reference["id"]) is None:
                raise MissingReference(f"Referenced access profile {reference['id']} was not found.")
        self._check_rights(body.get("entitlements") or ())
        membership = body.get("membership") or {}
        check_membership(membership.get("criteria"))
        for id in sources_in(membership.get("criteria")):
            if self._tenant.configuration.find("source", id) is None:
                raise MissingReference(f"Referenced source {id} was not found.")
        members = dict.fromkeys(one["id"] for one in membership.get("identities") or ())
        for id in members:
            if id not in self._tenant.state.identities:
                raise MissingReference(f"Referenced identity {id} was not found.")
        known = item_of(before).members if before is not None else frozenset()
        if len(known.symmetric_difference(members)) > MOST_MEMBERS:
            raise BadContent(f"At most {MOST_MEMBERS} membership identities can be changed at a time.")

    def _check_rights(self, references: Iterable[Mapping[str, Any]]) -> None:
        for reference in references:
            if reference["id"] not in self._tenant.state.entitlements:
                raise MissingReference(f"Referenced entitlement {reference['id']} was not found.")

    def check_reach(self, caller: Caller, source_ids: Iterable[str]) -> None:
        """Raise Forbidden for a sub-administrator who does not administer one of the sources."""
        if caller.identity_id and not caller.levels & _EVERYWHERE:
            reach = self.sources_of(caller.identity_id)
            if any(id not in reach for id in source_ids):
                raise Forbidden

    def is_subadmin(self, identity_id: str) -> bool:
        """Whether a person administers some sources or roles only."""
        user = self._tenant.configuration.find("auth-user", f"auth-{identity_id}")
        return user is not None and not _SUBADMINS.isdisjoint(user.body.get("capabilities") or ())

    def sources_of(self, identity_id: str) -> frozenset[str]:
        """The sources a person administers through a governance group."""
        groups = frozenset(self._tenant.requests.groups_of(identity_id))
        sources = self._tenant.configuration.all("source")
        return frozenset(one.id for one in sources if (one.body.get("managementWorkgroup") or {}).get("id") in groups)

    def sources_in(self, document: Document) -> frozenset[str]:
        """The sources behind a role or an access profile."""
        item = item_of(document)
        inner = (self._tenant.configuration.item(id) for id in item.access_profile_ids)
        return frozenset(one.source_id for one in (item, *inner) if one is not None and one.source_id)

    def users_of(self, profile_id: str, kinds: Iterable[str]) -> Iterator[Document]:
        """The roles, apps and lifecycle states, of the kinds named, that use an access profile."""
        for kind in kinds:
            for document in self._tenant.configuration.all(kind):
                if profile_id in _used(document):
                    yield document

    def refuse_in_use(self, document: Document) -> None:
        """Raise BadContent while something uses an access profile."""
        for user in self.users_of(document.id, _USERS):
            raise BadContent(f'The access profile is used by the {user.kind.replace("-", " ")} "{user.name}".')

    def delete_profiles(self, ids: Iterable[str], best_effort: bool, caller: Caller) -> BulkDeletion:
        """Begin to delete access profiles: none while one of them is in use, or all that are not. Raises refusals."""
        documents = self._asked("access-profile", ids, caller)
        used = [(one.id, tuple(self.users_of(one.id, _USERS))) for one in documents]
        in_use = tuple((id, users) for id, users in used if users)
        free = [one for one in documents if one.id not in dict(in_use)]
        if (in_use and not best_effort) or not free:
            return BulkDeletion(None, (), in_use)
        return BulkDeletion(self._begin("access-profile", free, caller), tuple(one.id for one in free), in_use)

    def delete_roles(self, ids: Iterable[str], caller: Caller) -> Task:
        """Begin to delete roles. Raises refusals."""
        return self._begin("role", self._asked("role", ids, caller), caller)

    def _asked(self, kind: str, ids: Iterable[str], caller: Caller) -> list[Document]:
        wanted = list(dict.fromkeys(ids))
        if not wanted or len(wanted) > MOST_AT_ONCE:
            raise BadContent(f"Between 1 and {MOST_AT_ONCE} ids are expected.")
        documents = []
        for id in wanted:
            document = self._tenant.configuration.find(kind, id)
            if document is None:
                raise MissingReference(f"Referenced {kind.replace('-', ' ')} {id} was not found.")
            self.check_reach(caller, self.sources_in(document))
            documents.append(document)
        return documents

    def _begin(self, kind: str, documents: list[Document], caller: Caller) -> Task:
        tenant, name = self._tenant, f"Bulk Delete {kind.replace('-', ' ').title()}s"
        ids = tuple(one.id for one in documents)
        task = tenant.tasks.begin(name.upper().replace(" ", "_"), name, launcher=caller.name, changed=ids)
        tenant.later("action", "sailpoint.access.delete", task.id)
        return task

    def _delete(self, task_id: str) -> None:
        tenant = self._tenant
        task = tenant.state.tasks[task_id]
        for id in task.changed:
            document = tenant.state.documents.get(id)
            if document is not None:
                tenant.configuration.remove(document, task.launcher)
        tenant.state.tasks.put(replace(task, phase="COMPLETED", completed=tenant.now(), status="SUCCESS"))

    def requestable(self, wanted: Mapping[str, bool], caller: Caller) -> Iterator[tuple[str, bool, Document | None]]:
        """Set whether access profiles may be asked for; answers each with its document (None: there is none)."""
        for id, requestable in wanted.items():
            document = self._tenant.configuration.find("access-profile", id)
            if document is not None:
                self.check_reach(caller, self.sources_in(document))
                body = {**document.body, "requestable": requestable}
                document = self._tenant.configuration.update(document, body, caller.name)
            yield id, requestable, document

    def given_by_rule(self, identity: Identity) -> frozenset[str]:
        """Entitlements a person has by role membership or lifecycle state: nobody can take them back one by one."""
        configuration = self._tenant.configuration
        state = configuration.lifecycle_state(identity.profile_id, identity.state)
        items = (configuration.item(id) for id in (*identity.roles, *(state.access_profile_ids if state else ())))
        return frozenset(id for item in items if item is not None for id in entitlements_of(item, configuration.item))

    def account_of(self, identity: Identity, profile: AccessItem) -> str:
        """The native account that takes an access profile by its provisioning criteria; empty: the usual one."""
        if profile.selector is None:
            return ""
        accounts = list(self._tenant.accounts_of(identity.id, profile.source_id))
        met = [one for one in accounts if selects(profile.selector, one.attributes)] if len(accounts) > 1 else []
        return met[0].native if met else ""


# What may use an access profile.
_USERS = ("role", "source-app", "lifecycle-state")


def _used(document: Document) -> Iterable[str]:
    """Ids of the access profiles that a role, an app or a lifecycle state uses."""
    if document.kind == "role":
        return item_of(document).access_profile_ids
    return document.body.get("accessProfileIds" if document.kind == "lifecycle-state" else "accessProfiles") or ()
