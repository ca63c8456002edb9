"""Whole flows through the vendor's SDK, of either generation: each raises where the SDK does, or an AssertionError."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

from tests.contract.sailpoint_sdk.sdk import Sdk, request


class World:
    """The company around the tenant: HR, Okta and time."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready, self.urls = ready, ready["urls"]
        self._okta = {"Authorization": f"SSWS {ready['okta']['api_token']}"}

    def wait(self, duration: str) -> None:
        """Let time pass."""
        status, told = request("POST", f"{self.urls['control']}/control/clock/advance", {"by": duration})
        assert status == 200, told

    def okta(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """A call of Okta's API."""
        return request(method, self.urls["okta"] + path, body, **self._okta)

    def groups(self, user_id: str) -> set[str]:
        """Names of a user's groups."""
        return {one["profile"]["name"] for one in self.okta("GET", f"/api/v1/users/{user_id}/groups")[1]}

    def change(self, worker_id: str, **columns: str) -> None:
        """Write a worker's row in HR, a new one where there is none."""
        url = f"{self.urls['hr']}/workers/{worker_id}"
        status, row = request("GET", url)
        kept = {name: row[name] for name in row if name not in ("waiting", "updated_at")} if status == 200 else {}
        status, told = request("PUT", url, {**kept, **columns})
        assert status in (200, 201), told

    def feed(self) -> bytes:
        """The file that HR exports."""
        _, text = request("GET", f"{self.urls['hr']}/feed.csv")
        assert isinstance(text, bytes)
        assert next(csv.reader(io.StringIO(text.decode())))[0] == "worker_id"
        return text

    def person(self, worker_id: str) -> dict[str, Any]:
        """Who somebody is: name, login, password."""
        return next(one for one in self.ready["people"] if one["worker_id"] == worker_id)

    def session(self, worker_id: str) -> str:
        """The id of a session that a person begins at Okta."""
        person = self.person(worker_id)
        login = {"username": person["login"], "password": person["password"]}
        status, told = request("POST", f"{self.urls['okta']}/api/v1/authn", login)
        assert (status, told.get("status")) == (200, "SUCCESS"), told
        status, session = self.okta("POST", "/api/v1/sessions", {"sessionToken": told["sessionToken"]})
        assert status == 200, session
        return str(session["id"])


def first(rows: Any) -> Any:
    """The only one."""
    assert len(rows) == 1, rows
    return rows[0]


def source(sdk: Sdk, name: str) -> Any:
    """A source by name."""
    return first(sdk("Sources", "list_sources", filters=f'name eq "{name}"'))


def identity(sdk: Sdk, worker_id: str) -> Any:
    """A person by worker id."""
    return first(sdk("Identities", "list_identities", filters=f'alias eq "{worker_id}"'))


def account(sdk: Sdk, worker_id: str) -> Any:
    """A person's account at Okta."""
    person, okta = identity(sdk, worker_id), source(sdk, "Okta")
    return first(sdk("Accounts", "list_accounts", filters=f'identityId eq "{person.id}" and sourceId eq "{okta.id}"'))


def load(world: World, sdk: Sdk) -> Any:
    """Upload the feed as the loader, let it be worked off, and answer the finished task."""
    feed = source(sdk, "HR Feed")
    started = Sdk(world.ready, "loader")("Sources", "import_accounts", feed.id, file=("feed.csv", world.feed()))
    assert started.success is True
    assert started.task.completion_status is None
    status = sdk("AccountAggregations", "get_account_aggregation_status", started.task.id)
    assert status.status in ("STARTED", "ACCOUNTS_COLLECTED")
    world.wait("PT30M")
    return sdk("TaskManagement", "get_task_status", started.task.id)


def hire(world: World) -> None:
    """A new row in HR becomes an identity with its roles and an Okta account in their groups."""
    sdk = Sdk(world.ready)
    before = len(sdk("Identities", "list_identities", limit=250))
    world.change(
        "S5001", first_name="Sira", last_name="Diop", department="Sales", job_title="Account Executive",
        manager_id="E1006", location="NYC", time_zone="America/New_York", worker_type="employee",
        hire_date=world.ready["now"][:10],
    )  # fmt: skip
    task = load(world, sdk)
    assert task.completion_status == "SUCCESS"
    assert len(sdk("Identities", "list_identities", limit=250)) == before + 1
    person = identity(sdk, "S5001")
    assert person.lifecycle_state.state_name == "active"
    found = account(sdk, "S5001")
    assert found.disabled is False
    status, user = world.okta("GET", f"/api/v1/users/{found.native_identity}")
    assert (status, user["profile"]["employeeNumber"]) == (200, "S5001")
    assert {"SP-BR-Employees", "SP-APP-CRM-User", "SP-BR-Region-AMER"} <= world.groups(user["id"])
    activities = sdk("AccountActivities", "list_account_activities", regarding_identity=person.id)
    assert {(one.execution_status, one.completion_status) for one in activities} == {("COMPLETED", "SUCCESS")}
    one = sdk("AccountActivities", "get_account_activity", activities[0].id)
    assert {item.provisioning_status for item in one.items} == {"FINISHED"}
    query = {"indices": ["identities"], "query": {"query": 'attributes.workerId:"S5001"'}, "includeNested": True}
    document = first(sdk("Search", "search_post", body=query))
    assert document["id"] == person.id
    assert document["accountCount"] >= 2


def requested(world: World) -> None:
    """A request is pending until the manager approves; then the group at Okta has its new member."""
    sdk, self, manager = Sdk(world.ready), Sdk(world.ready, "E1017"), Sdk(world.ready, "E1008")
    item = first(sdk("AccessProfiles", "list_access_profiles", filters='name eq "AP-CRM-User"'))
    body = {
        "requestedFor": [self.identity],
        "requestType": "GRANT_ACCESS",
        "requestedItems": [{"type": "ACCESS_PROFILE", "id": item.id, "comment": "For the spring fair"}],
    }
    self("AccessRequests", "create_access_request", body=body)
    world.wait("PT5M")
    row = first(
        [
            one
            for one in sdk("AccessRequests", "list_access_request_status", requested_for=self.identity)
            if one.name == "AP-CRM-User"
        ]
    )
    assert row.state == "EXECUTING"
    waiting = first(manager("AccessRequestApprovals", "list_pending_approvals"))
    assert waiting.requested_for.id == self.identity
    held = world.groups(account(sdk, "E1017").native_identity)
    assert "SP-APP-CRM-User" not in held
    manager("AccessRequestApprovals", "approve_access_request", waiting.id, body={"comment": "yes"})
    world.wait("PT1H")
    after = first(
        [
            one
            for one in self("AccessRequests", "list_access_request_status", requested_for=self.identity)
            if one.access_request_id == row.access_request_id
        ]
    )
    assert after.state == "REQUEST_COMPLETED"
    assert world.groups(account(sdk, "E1017").native_identity) == held | {"SP-APP-CRM-User"}
    done = first(
        manager("AccessRequestApprovals", "list_completed_approvals", filters=f'requestedFor.id eq "{self.identity}"')
    )
    assert done.state == "APPROVED"
    activity = sdk("AccountActivities", "get_account_activity", row.access_request_id)
    assert activity.completion_status == "SUCCESS"


def terminated(world: World) -> None:
    """An immediate end in HR deactivates the Okta user and ends the session that was alive."""
    sdk = Sdk(world.ready)
    session = world.session("E1015")
    assert world.okta("GET", f"/api/v1/sessions/{session}")[0] == 200
    native = account(sdk, "E1015").native_identity
    world.change("E1015", end_date=world.ready["now"][:10], end_reason="involuntary", end_now="Y")
    assert load(world, sdk).completion_status == "SUCCESS"
    assert identity(sdk, "E1015").lifecycle_state.state_name in ("terminated", "emergency-terminated")
    assert account(sdk, "E1015").disabled is True
    assert world.okta("GET", f"/api/v1/users/{native}")[1]["status"] == "DEPROVISIONED"
    assert world.okta("GET", f"/api/v1/sessions/{session}")[0] == 404


def certified(world: World) -> None:
    """A campaign's reviewer revokes an item and signs; the holder loses the group."""
    sdk = Sdk(world.ready)
    holder = account(sdk, "E1018")
    assert "SP-APP-Atlas-Editor" in world.groups(holder.native_identity)
    person = identity(sdk, "E1018")
    body = {
        "name": "Editors of Atlas",
        "description": "Who may edit",
        "type": "SEARCH",
        "deadline": "2026-03-20T00:00:00.000Z",
        "searchCampaignInfo": {
            "type": "IDENTITY",
            "description": "one person",
            "query": f'id:"{person.id}"',
            "reviewer": {"type": "IDENTITY", "id": Sdk(world.ready, "E1006").identity},
        },
    }
    campaign = sdk("CertificationCampaigns", "create_campaign", body=body)
    campaign = getattr(campaign, "actual_instance", None) or campaign
    assert campaign.status == "PENDING"
    world.wait("PT1H")
    sdk("CertificationCampaigns", "start_campaign", campaign.id, body={"timeZone": "-05:00"})
    world.wait("PT1H")
    reviewer = Sdk(world.ready, "E1006")
    share = first(
        [
            one
            for one in reviewer("Certifications", "list_identity_certifications", reviewer_identity="me")
            if one.campaign.id == campaign.id
        ]
    )
    items = reviewer("Certifications", "list_identity_access_review_items", share.id)
    assert items

    def names(item: Any) -> str:
        return str(item.access_summary.access.name)

    revoked = [one for one in items if "Atlas-Editor" in names(one)]
    assert revoked, sorted(map(names, items))
    decisions = [{"id": one.id, "decision": "REVOKE" if one in revoked else "APPROVE", "bulk": False} for one in items]
    share = reviewer("Certifications", "make_identity_decision", share.id, body=decisions)
    assert share.decisions_made == share.decisions_total == len(items)
    assert reviewer("Certifications", "sign_off_identity_certification", share.id).phase == "SIGNED"
    world.wait("PT3H")
    assert "SP-APP-Atlas-Editor" not in world.groups(holder.native_identity)
    activities = sdk("AccountActivities", "list_account_activities", regarding_identity=person.id)
    assert "Certification" in {one.type for one in activities}


FLOWS: dict[str, Callable[[World], None]] = {one.__name__: one for one in (hire, requested, terminated, certified)}
