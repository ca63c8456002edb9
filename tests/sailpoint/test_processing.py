"""The engine in time: what entering a state does, who is left out, what comes back, and who goes at night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from simulators.sailpoint.domain.records import Grant, Identity
from simulators.sailpoint.domain.values import Values
from tests.sailpoint.reviews import active, staged


class People:
    """One employee and the lifecycle states of employees, in the words of these tests."""

    def __init__(self, company: Any) -> None:
        self.company, self.tenant = company, company.tenant
        (profile,) = company.get("/identity-profiles/v1", filters='name eq "Employees"')
        self.path = f"/identity-profiles/v1/{profile['id']}"

    def source(self, name: str) -> str:
        """Id of a source."""
        return str(self.tenant.configuration.source_named(name).id)

    def state(self, name: str, **body: Any) -> str:
        """Make an enabled lifecycle state."""
        sent = {"name": name.title(), "technicalName": name, "enabled": True, **body}
        made = self.company.call("POST", f"{self.path}/lifecycle-states", json=sent)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def named(self, name: str) -> str:
        """Id of a lifecycle state of the seed."""
        rows = self.company.get(f"{self.path}/lifecycle-states")
        return next(str(row["id"]) for row in rows if row["technicalName"] == name)

    def enter(self, worker_id: str, state_id: str) -> str:
        """Put a person into a state by hand, let it work, and answer the id of the activity."""
        person = self.company.identity(worker_id)
        body = {"lifecycleStateId": state_id}
        answer = self.company.call("POST", f"/identities/v1/{person['id']}/set-lifecycle-state", json=body)
        assert answer.status_code == 200, answer.text
        self.company.wait("PT10M")
        return str(answer.json()["accountActivityId"])

    def record(self, worker_id: str) -> Identity:
        """A person's record."""
        found = self.tenant.state.identities.first("match", f"workerId={worker_id}")
        assert found is not None
        return found

    def native(self, worker_id: str) -> str:
        """The id of a person's first directory account; empty when there is none."""
        okta = self.source("Okta")
        held = self.tenant.accounts_of(self.record(worker_id).id, okta)
        return next((account.native for account in held), "")

    def grant(self, worker_id: str, item: str) -> None:
        """Give a person an item as an approved request does."""
        wanted = self.tenant.configuration.named("role", item) or self.tenant.configuration.named(
            "access-profile", item
        )
        identity = self.record(worker_id)
        self.tenant.state.grants.put(Grant(f"grant-{item}", identity.id, wanted.id, self.tenant.now()))
        self.tenant.processing.refresh(identity.id)
        self.company.wait("PT10M")


@pytest.fixture
def people(company: Any) -> People:
    """The employees of the reference company."""
    return People(company)


@pytest.fixture
def fired(company: Any) -> Iterator[list[tuple[str, Any]]]:
    """What workflows and triggers are told."""
    told: list[tuple[str, Any]] = []
    workflows, original = company.tenant.workflows, company.tenant.workflows.fire

    def fire(trigger: str, payload: Any, identity_id: str) -> None:
        told.append((trigger, payload))
        original(trigger, payload, identity_id)

    workflows.fire = fire
    yield told
    del workflows.fire


def test_two_processings_in_a_row_change_nothing(company: Any, people: People) -> None:
    """After joining, moving, leaving and losing a row: looking again plans nothing and alters no attribute."""
    company.hire("E5001", "Ada", "Byron")
    company.hire("E5002", "Zoë", "Groß", hire_date=company.day(5))
    company.feed["E1015"] |= {"department": "Finance", "manager_id": "E1012"}
    company.feed["E1016"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    del company.feed["E1017"]
    company.loaded("PT1H")
    state = company.tenant.state
    for row in list(state.identities.rows()):
        company.tenant.processing.refresh(row.id)
    company.wait("PT1H")
    for row in list(state.identities.rows()):
        before = state.identities[row.id]
        assert company.tenant.processing.refresh(row.id) is None, before.alias
        after = state.identities[row.id]
        assert replace(after, last_refresh=before.last_refresh) == before


def test_an_account_stays_open_where_the_new_state_grants_access(company: Any, people: People) -> None:
    """A disable is left out on a source on which the state also has an access profile."""
    profile = company.tenant.configuration.named("access-profile", "AP-Okta-Prehire").id
    action = [{"action": "DISABLE", "sourceIds": [people.source("Okta")]}]
    people.enter("E1015", people.state("parked", accountActions=action, accessProfileIds=[profile]))
    assert company.status(people.native("E1015")) == "ACTIVE"
    assert "SP-BR-Prehire" in company.groups(people.native("E1015"))
    people.enter("E1016", people.state("closed", accountActions=action))
    assert company.status(people.native("E1016")) == "DEPROVISIONED"


def test_a_state_that_is_not_enabled_does_nothing(company: Any, people: People) -> None:
    """Neither its actions nor its access."""
    action = [{"action": "DISABLE", "sourceIds": [people.source("Okta")]}]
    removal = {"removeAllAccessEnabled": True}
    state = people.state("asleep", enabled=False, accountActions=action, accessActionConfiguration=removal)
    people.grant("E1015", "AP-Okta-Prehire")
    people.enter("E1015", state)
    assert company.status(people.native("E1015")) == "ACTIVE"
    assert "SP-BR-Prehire" in company.groups(people.native("E1015"))


def test_all_sources_but_some(company: Any, people: People) -> None:
    """An action for all sources means targets; excluded ones are left as they are, HR's source is not meant."""
    okta = people.source("Okta")
    company.hire("E5001", "Ada", "Byron", "Finance", manager_id="E1012")
    company.loaded()
    but_okta = [{"action": "DISABLE", "excludeSourceIds": [okta]}]
    people.enter("E5001", people.state("half", accountActions=but_okta))
    assert company.status(people.native("E5001")) == "PROVISIONED"
    assert company.account("E5001", "Ledger")["disabled"] is True
    assert not company.account("E5001", "HR Feed")["disabled"]
    people.enter("E5001", people.state("whole", accountActions=[{"action": "DISABLE", "allSources": True}]))
    assert company.status(people.native("E5001")) == "DEPROVISIONED"


def test_a_deleted_account_comes_back_while_a_role_is_assigned(company: Any, people: People) -> None:
    """DELETE takes the account with all it holds; the next refresh makes it anew for what is still granted."""
    delete = [{"action": "DELETE", "sourceIds": [people.source("Okta")]}]
    state = people.state("erased", identityState="INACTIVE_LONG_TERM", accountActions=delete)
    people.enter("E1016", state)
    assert people.native("E1016") == ""
    people.grant("E1015", "AP-Okta-Prehire")
    before = people.native("E1015")
    people.enter("E1015", state)
    company.wait("PT10M")
    assert people.native("E1015") not in ("", before)
    assert company.groups(people.native("E1015")) == {"SP-BR-Prehire"}


def test_a_delete_without_a_connection_is_manual_work(company: Any, people: People) -> None:
    """On a disconnected source the owner gets a work item; the account is there until it is done."""
    company.load(b"worker_id,entitlements\nE1015,payroll.user\n", "Payroll", by="iam-admin")
    company.wait("PT10M")
    delete = [{"action": "DELETE", "sourceIds": [people.source("Payroll")]}]
    people.enter("E1015", people.state("erased", identityState="INACTIVE_LONG_TERM", accountActions=delete))
    items = company.get("/work-items/v1", by="E1005")
    assert "DELETE" in [item["remediationItems"][0]["attributeOperation"] for item in items]
    assert company.account("E1015", "Payroll") is not None


def test_removing_all_access_takes_what_was_found_as_well(company: Any, people: People) -> None:
    """Requested and detected access goes on every source, without anybody's approval."""
    people.grant("E1015", "AP-Okta-Prehire")
    native = people.native("E1015")
    (account,) = company.tenant.accounts_of(people.record("E1015").id, people.source("Okta"))
    group = next(one for one in company.estate.okta.state.groups.rows() if one.name == "SP-APP-Ledger-User")
    found = replace(account, entitlements=tuple(sorted({*account.entitlements, group.id})))
    company.tenant.state.accounts.put(found)
    removal = {"removeAllAccessEnabled": True}
    people.enter("E1015", people.state("stripped", accessActionConfiguration=removal))
    assert company.groups(native) == set()
    assert ("DELETE", f"/api/v1/groups/{group.id}/users/{native}") in company.directory.writes()
    assert not list(company.tenant.state.grants.find("identity", people.record("E1015").id))


def test_requested_access_survives_a_plain_leaver(company: Any, people: People) -> None:
    """A state without removal disables and withdraws birthright access; what was asked for stays."""
    people.grant("E1015", "AP-Okta-Prehire")
    action = [{"action": "DISABLE", "sourceIds": [people.source("Okta")]}]
    people.enter("E1015", people.state("left", accountActions=action))
    native = people.native("E1015")
    assert (company.status(native), company.groups(native)) == ("DEPROVISIONED", {"SP-BR-Prehire"})


def test_the_long_inactive_are_left_out_of_scheduled_processing(company: Any, people: People) -> None:
    """A changed model concerns everybody at 08:00 or 20:00 but those; explicit processing always works."""
    people.enter("E1015", people.named("archived"))
    (role,) = company.get("/roles/v1", filters='name eq "R-BR-Sales"')
    step = [{"op": "replace", "path": "/description", "value": "changed"}]
    company.call("PATCH", f"/roles/v1/{role['id']}", json=step)
    asleep, awake = people.record("E1015").last_refresh, people.record("E1016").last_refresh
    company.wait("P1D")
    assert people.record("E1015").last_refresh == asleep
    assert people.record("E1016").last_refresh > awake
    company.call("POST", "/identities/v1/process", json={"identityIds": [people.record("E1015").id]})
    company.wait("PT5M")
    assert people.record("E1015").last_refresh > asleep


def test_the_long_inactive_get_no_attributes(company: Any, people: People) -> None:
    """What HR changes stays in ISC, but for a synchronization that somebody asks for."""
    people.enter("E1015", people.named("archived"))
    company.feed["E1015"]["job_title"] = "Emeritus"
    company.loaded()
    person, native = company.identity("E1015"), people.native("E1015")
    profile = company.estate.okta.state.users[native].profile
    assert (person["attributes"]["jobTitle"], profile["title"] == "Emeritus") == ("Emeritus", False)
    assert company.call("POST", f"/identities/v1/{person['id']}/synchronize-attributes").status_code == 202
    company.wait("PT5M")
    assert company.estate.okta.state.users[native].profile["title"] == "Emeritus"


def test_a_state_set_by_hand_ends_when_the_mapping_changes(company: Any, people: People) -> None:
    """It holds through processing until HR's own value becomes another."""
    people.enter("E1015", people.named("archived"))
    assert company.identity("E1015")["lifecycleState"] == {"stateName": "archived", "manuallyUpdated": True}
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "involuntary"}
    company.loaded()
    assert company.identity("E1015")["lifecycleState"] == {"stateName": "terminated", "manuallyUpdated": False}


def test_the_first_lifecycle_state_is_no_change(company: Any, people: People, fired: list[Any]) -> None:
    """A joiner raises identity-created; attributes-changed comes with the first real change, its values cut."""
    company.hire("E5001", "Ada", "Byron")
    company.loaded()
    assert [name for name, _ in fired if name.startswith("idn:identity")] == ["idn:identity-created"]
    fired.clear()
    company.feed["E5001"]["job_title"] = "x" * 900
    company.loaded()
    (payload,) = [payload for name, payload in fired if name == "idn:identity-attributes-changed"]
    assert [(one["attribute"], len(one["newValue"])) for one in payload["changes"]] == [("jobTitle", 450)]


def test_a_row_that_disappears_ends_nobody(company: Any, people: People) -> None:
    """The state is not computed any more and no action runs; roles that read what is empty now are withdrawn."""
    before, native = people.record("E1015"), people.native("E1015")
    assert "SP-APP-CRM-User" in company.groups(native)
    row = company.feed.pop("E1015")
    company.loaded()
    after = people.record("E1015")
    assert (after.id, after.state, after.correlated) == (before.id, "active", False)
    assert (after.attributes["displayName"], after.attributes["department"]) == (before.name, None)
    assert company.status(native) == "ACTIVE"
    assert "SP-APP-CRM-User" not in company.groups(native)
    company.feed["E1015"] = row
    company.loaded()
    back = people.record("E1015")
    assert (back.id, back.correlated, back.attributes["department"]) == (before.id, True, "Sales")
    assert "SP-APP-CRM-User" in company.groups(native)


def test_identities_go_at_night_once_nothing_is_left(company: Any, people: People, fired: list[Any]) -> None:
    """Not while accounts remain; without any the trigger tells of it, and the same key makes a new identity."""
    delete = [{"action": "DELETE", "sourceIds": [people.source("Okta")]}]
    people.enter("E1016", people.state("erased", identityState="INACTIVE_LONG_TERM", accountActions=delete))
    kept, before = people.record("E1015"), people.record("E1016")
    row = company.feed.pop("E1016")
    del company.feed["E1015"]
    company.loaded()
    assert before.id in company.tenant.state.identities
    company.wait("P1D")
    assert kept.id in company.tenant.state.identities
    assert before.id not in company.tenant.state.identities
    (payload,) = [payload for name, payload in fired if name == "idn:identity-deleted"]
    assert payload["identity"]["id"] == before.id
    company.feed["E1016"] = row
    company.loaded()
    assert people.record("E1016").id != before.id


@pytest.mark.parametrize("reason", ["owner", "campaign", "manager", "levels", "reviewed", "protected"])
def test_who_is_needed_stays(company: Any, people: People, reason: str) -> None:
    """Ownership, a campaign, reports, user levels, a review under way and protection keep an incomplete identity."""
    if reason == "reviewed":
        active(company)
    tenant, identity = company.tenant, people.record("E1015")
    for account in list(tenant.accounts_of(identity.id)):
        tenant.state.accounts.remove(account.id)
    identity = tenant.state.identities.put(replace(identity, correlated=False, protected=reason == "protected"))
    if reason == "owner":
        owner = {"type": "IDENTITY", "id": identity.id}
        tenant.configuration.add("role", {"name": "Mine", "owner": owner, "membership": None})
    elif reason == "manager":
        tenant.state.identities.put(replace(people.record("E1016"), manager_id=identity.id))
    elif reason == "levels":
        tenant.credentials.set_levels(identity, ["HELPDESK"])
    elif reason == "campaign":
        staged(company)
        (campaign,) = tenant.state.campaigns.rows()
        tenant.state.campaigns.put(replace(campaign, owner_id=identity.id))
    tenant.removal._nightly()
    assert identity.id in tenant.state.identities
    tenant.state.identities.put(replace(identity, protected=False))


def test_a_conversion_keeps_the_identity(company: Any, people: People) -> None:
    """An employee who becomes a contractor is the same person under another profile; the account stays."""
    before, native = people.record("E1015"), people.native("E1015")
    row = company.feed.pop("E1015") | {"worker_id": "C7001", "worker_type": "contractor", "person_key": "E1015"}
    contractors = company.tenant.configuration.source_named("Contractors")
    known = [dict(account.attributes) for account in company.tenant.state.accounts.find("source", contractors.id)]
    columns = [*row]
    lines = [",".join(columns), *(",".join(str(one.get(name) or "") for name in columns) for one in [*known, row])]
    company.load("\n".join(lines).encode(), "Contractors", by="iam-admin")
    company.wait("PT10M")
    company.loaded()
    after = company.tenant.state.identities[before.id]
    assert (after.profile_id != before.profile_id, after.correlated) == (True, True)
    assert after.attributes["workerType"] == "contractor"
    assert people.native("C7001") == native


def test_an_end_in_the_future_and_one_in_the_past(company: Any, people: People) -> None:
    """The state turns at the instant in nextProcessingDate; what lies in the past counts on arrival."""
    company.feed["E1015"] |= {"end_date": company.day(), "end_reason": "voluntary"}
    company.feed["E1016"] |= {"end_date": company.day(-3), "end_reason": "voluntary"}
    company.loaded()
    assert company.identity("E1015")["lifecycleState"]["stateName"] == "active"
    assert company.identity("E1016")["lifecycleState"]["stateName"] == "terminated"
    company.wait("PT21H")
    assert company.identity("E1015")["lifecycleState"]["stateName"] == "terminated"
    assert company.status(people.native("E1015")) == "DEPROVISIONED"


def test_a_role_stays_assigned_when_provisioning_fails(company: Any, people: People) -> None:
    """The next processing tries again without a word; the activity that failed stays failed."""
    fault = company.estate.faults.add({"system": "okta", "method": "PUT"}, {"status": 400}, None)
    company.hire("E5001", "Ada", "Byron")
    company.loaded("PT30M")
    person = company.identity("E5001")
    assert any(
        row["role"]["name"] == "R-BR-Sales" for row in company.get(f"/identities/v1/{person['id']}/role-assignments")
    )
    company.estate.faults.remove(fault.id)
    company.wait("P1D")
    assert "SP-APP-CRM-User" in company.groups(people.native("E5001"))
    activities = company.tenant.state.activities.find("identity", person["id"])
    assert [one.completion for one in activities][:2] == ["INCOMPLETE", "SUCCESS"]
    assert not list(company.tenant.state.requests.find("identity", person["id"]))


def test_what_criteria_give_comes_back(company: Any, people: People) -> None:
    """Birthright access that somebody took away at the target is provisioned again."""
    identity = people.record("E1015")
    (account,) = company.tenant.accounts_of(identity.id, people.source("Okta"))
    group = next(one for one in company.estate.okta.state.groups.rows() if one.name == "SP-APP-CRM-User")
    company.tenant.state.accounts.put(
        replace(account, entitlements=tuple(value for value in account.entitlements if value != group.id))
    )
    assert company.tenant.processing.refresh(identity.id) is not None
    company.wait("PT10M")
    assert ("PUT", f"/api/v1/groups/{group.id}/users/{account.native}") in company.directory.writes()


def test_an_attribute_that_cannot_be_computed_stays(company: Any, people: People) -> None:
    """The identity is in error and the others are computed; processing clears it once the mapping is mended."""
    configuration = company.tenant.configuration
    profile = configuration.named("identity-profile", "Employees")
    config = profile.body["identityAttributeConfig"]
    broken = {"type": "lookup", "attributes": {"input": "?", "table": {}}}
    rows = [
        {**row, "transformDefinition": broken} if row["identityAttributeName"] == "department" else row
        for row in config["attributeTransforms"]
    ]
    bent = {**profile.body, "identityAttributeConfig": {**config, "attributeTransforms": rows}}
    configuration.update(profile, bent)
    company.feed["E1015"] |= {"department": "Finance", "job_title": "Other"}
    company.loaded()
    person = company.identity("E1015")
    assert (person["processingState"], person["attributes"]["department"]) == ("ERROR", "Sales")
    assert person["attributes"]["jobTitle"] == "Other"
    configuration.update(configuration.get("identity-profile", profile.id), profile.body)
    company.call("POST", "/identities/v1/process", json={"identityIds": [person["id"]]})
    company.wait("PT5M")
    person = company.identity("E1015")
    assert (person["processingState"], person["attributes"]["department"]) == (None, "Finance")


def test_a_mapping_that_is_switched_off_promotes_nothing(company: Any, people: People) -> None:
    """Attributes stay what they are."""
    profile = company.tenant.configuration.named("identity-profile", "Employees")
    identity = people.record("E1015")
    config = {**profile.body["identityAttributeConfig"], "enabled": False}
    accounts = list(company.tenant.accounts_of(identity.id))
    changed = replace(identity, attributes=Values({"uid": "other"}))
    assert company.tenant.attributes.computed(changed, accounts, config).values == {"uid": "other"}
