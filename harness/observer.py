"""What the systems say about a person, read through their public APIs and turned into plain words."""

from __future__ import annotations

from typing import Any

from harness.clients.apps import AppWitness
from harness.clients.okta import OktaClient
from harness.clients.sailpoint import SailPointClient
from harness.policy import Policy
from harness.scene import Case


class Observer:
    """Reads only. Ids of groups and apps are looked up once a scenario."""

    def __init__(
        self,
        okta: OktaClient,
        sailpoint: SailPointClient,
        apps: dict[str, AppWitness],
        policy: Policy,
        okta_source_id: str,
    ) -> None:
        self.okta, self.sailpoint, self.apps, self.policy = okta, sailpoint, apps, policy
        self.okta_source_id = okta_source_id
        self._app_rows: list[dict[str, Any]] | None = None
        self._groups: dict[str, str] = {}
        # What the untouched held in the state that every scenario starts from; None where there is no such state.
        self.held_at_start: dict[str, dict[str, Any]] | None = None

    @property
    def okta_read(self) -> int | None:
        """The number of the latest exchange with Okta: the read that a fact rests on."""
        return self.okta.wire.last_exchange

    @property
    def sailpoint_read(self) -> int | None:
        """The number of the latest exchange with SailPoint."""
        return self.sailpoint.wire.last_exchange

    def forget(self) -> None:
        """Drop what was remembered, as at the start of a scenario."""
        self._app_rows = None
        self._groups.clear()

    # SailPoint

    def identity(self, case: Case) -> dict[str, Any] | None:
        """The person's identity; found through the HR account the first time."""
        if case.identity_id is None:
            rows = self.sailpoint.accounts(f'nativeIdentity eq "{case.person.worker_id}"')
            case.identity_id = next((row["identityId"] for row in rows if row.get("identityId")), None)
        return None if case.identity_id is None else self.sailpoint.identity(case.identity_id)

    def state(self, case: Case) -> str | None:
        """The technical name of the person's lifecycle state."""
        identity = self.identity(case)
        if identity is None:
            return None
        state = identity.get("lifecycleState") or {}
        return state.get("stateName") or (identity.get("attributes") or {}).get("cloudLifecycleState")

    def find_okta(self, case: Case) -> str | None:
        """The Okta user id that SailPoint's account holds; remembered."""
        if case.okta_id is None and (case.identity_id is not None or self.identity(case) is not None):
            rows = self.sailpoint.accounts(
                f'identityId eq "{case.identity_id}" and sourceId eq "{self.okta_source_id}"'
            )
            case.okta_id = next((row["nativeIdentity"] for row in rows), None)
        return case.okta_id

    def activities(self, case: Case) -> list[dict[str, Any]]:
        """The account activities about the person, oldest first."""
        if (case.identity_id is None and self.identity(case) is None) or case.identity_id is None:
            return []
        rows = self.sailpoint.activities(case.identity_id)
        return sorted(rows, key=lambda row: str(row["created"]))

    # Okta

    def user(self, case: Case) -> dict[str, Any] | None:
        """The person's Okta user."""
        return None if self.find_okta(case) is None else self.okta.user(str(case.okta_id))

    def status(self, case: Case) -> str | None:
        """The person's Okta status."""
        user = self.user(case)
        return None if user is None else str(user["status"])

    def groups(self, case: Case) -> set[str]:
        """Names of the Okta groups the person is in, built-in ones left out."""
        if self.find_okta(case) is None:
            return set()
        rows = self.okta.groups_of(str(case.okta_id))
        self._groups |= {row["profile"]["name"]: row["id"] for row in rows}
        return {row["profile"]["name"] for row in rows} - set(self.policy.company.ignored_groups)

    def assigned_apps(self, case: Case) -> set[str]:
        """Labels of the apps assigned to the person."""
        if self.find_okta(case) is None:
            return set()
        return {row["label"] for row in self.okta.apps_of(str(case.okta_id))}

    def app_rows(self) -> list[dict[str, Any]]:
        """Every app instance of the org; read once a scenario."""
        if self._app_rows is None:
            self._app_rows = self.okta.apps()
        return self._app_rows

    def app_row(self, label: str) -> dict[str, Any] | None:
        """The app instance with this label."""
        return next((row for row in self.app_rows() if row["label"] == label), None)

    def group_id(self, name: str) -> str | None:
        """The id of the group with this name."""
        if name not in self._groups and (row := self.okta.group_named(name)) is not None:
            self._groups[name] = row["id"]
        return self._groups.get(name)

    def group_name(self, id: str | None) -> str | None:
        """The name of a group that was met in this scenario; None for any other."""
        return next((name for name, known in self._groups.items() if known == id), None)

    # applications

    def account(self, case: Case, label: str) -> list[dict[str, Any]]:
        """The person's accounts in an application, by the external id that its engine writes."""
        engine = self.policy.applications[label].engine
        key = case.okta_id if engine == "okta" else case.person.worker_id
        return [] if key is None else self.apps[label].accounts_by_external_id(key)

    def provisioned(self, labels: set[str] | frozenset[str]) -> list[str]:
        """Those of the apps that have an account of their own and can be looked at."""
        return sorted(
            label
            for label in labels
            if self.policy.applications[label].engine in ("okta", "sailpoint") and label in self.apps
        )


def entitlements_of(account: dict[str, Any]) -> set[str]:
    """Values of an app account's entitlements."""
    return {row["value"] if isinstance(row, dict) else str(row) for row in account.get("entitlements") or ()}
