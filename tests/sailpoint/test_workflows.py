"""Workflows: definitions that are checked, steps that run, callers, schedules, and what can be looked at afterwards."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from simulators.sailpoint.domain import executions
from simulators.sailpoint.domain.workflow_schedules import next_start
from tests.sailpoint.conftest import URLS, Company
from tests.sailpoint.receiver import Receiver

END = {"type": "success"}
EVENT = {"type": "EVENT", "attributes": {"id": "idn:identity-attributes-changed"}}
EXTERNAL = {"type": "EXTERNAL", "attributes": {"description": "Called from outside"}}


def one(step: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition of one step and its end."""
    return {"start": "First", "steps": {"First": {"nextStep": "End", **step}, "End": END, **more}}


def action(id: str, **attributes: Any) -> dict[str, Any]:
    return {"type": "action", "actionId": id, "versionNumber": 1, "attributes": attributes}


def make(company: Company, definition: Any, trigger: Any = EXTERNAL, **more: Any) -> dict[str, Any]:
    body = {"name": "Ours", "definition": definition, "trigger": trigger, **more}
    answer = company.call("POST", "/workflows/v1", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def enable(company: Company, id: str, on: bool = True) -> None:
    patch = [{"op": "replace", "path": "/enabled", "value": on}]
    answer = company.call("PATCH", f"/workflows/v1/{id}", json=patch)
    assert (answer.status_code, answer.json()["enabled"]) == (200, on), answer.text


def run(company: Company, definition: Any, given: Any = None, wait: str = "PT2M") -> tuple[dict[str, Any], Any]:
    """An execution of a new workflow, and the last thing its steps have answered."""
    made = make(company, definition)
    answer = company.call("POST", f"/workflows/v1/{made['id']}/test", json={"input": given or {}})
    assert answer.status_code == 200, answer.text
    company.wait(wait)
    id = answer.json()["workflowExecutionId"]
    return company.get(f"/workflow-executions/v1/{id}"), company.tenant.state.executions[id].context


@pytest.mark.parametrize(
    ("definition", "word"),
    [
        ({"start": "A", "steps": {}}, "no steps"),
        ({"start": "A", "steps": {"B": END}}, 'start step "A"'),
        (one({"type": "dance"}), 'unknown type "dance"'),
        (one(action("sp:nothing")), 'unknown actionId "sp:nothing"'),
        (one({**action("sp:sleep", duration="1s"), "nextStep": "Gone"}), 'leads to the step "Gone"'),
        (one({"type": "choice", "choiceList": []}), "no choices"),
        (
            one({"type": "choice", "choiceList": [{"comparator": "Likes", "nextStep": "End"}]}),
            'unknown comparator "Likes"',
        ),
        (one({"type": "choice", "choiceList": [{"comparator": "IsNull", "nextStep": "Gone"}]}), '"Gone"'),
        (one(action("sp:loop:iterator", start="X", steps={"Y": END})), 'start step "X"'),
        (one(action("sp:get-identity", **{"id.$": "trigger.id"})), "no valid JSONPath"),
        (one({"type": "Mutation", "attributes": {"id": "sp:define-variable", "variables": [{}]}}), "no name"),
        (one({"type": "action", "actionId": "sp:http", "attributes": []}), "must be an object"),
        ({"start": "A", "steps": {"A": "B"}}, "must be an object"),
    ],
)
def test_a_definition_that_cannot_run(company: Company, definition: Any, word: str) -> None:
    """It is refused in words that name the place."""
    answer = company.call("POST", "/workflows/v1", json={"name": "Ours", "definition": definition})
    assert answer.status_code == 400
    assert word in answer.json()["messages"][0]["text"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"enabled": True}, "400.1"),
        ({"name": ""}, "400.1.3"),
        ({"owner": {"type": "IDENTITY", "id": "nobody"}}, "400.1.404"),
        ({"owner": "me"}, "400.1.3"),
        ({"definition": []}, "400.1.3"),
        ({"trigger": {"type": "EVENT"}}, "400.1.3"),
        ({"trigger": {"type": "EVENT", "attributes": {"id": "idn:none"}}}, "400.1.404"),
        ({"trigger": {"type": "EVENT", "attributes": {"id": "idn:identity-created", "colour": 1}}}, "400.1.3"),
        ({"trigger": {"type": "EVENT", "attributes": {"id": "idn:identity-created", "filter.$": "x"}}}, "400.1.3"),
        ({"trigger": {"type": "SCHEDULED", "attributes": {"frequency": "hourly"}}}, "400.1.3"),
        (
            {"trigger": {"type": "SCHEDULED", "attributes": {"frequency": "cronSchedule", "cronString": "* *"}}},
            "400.1.3",
        ),
        (
            {"trigger": {"type": "SCHEDULED", "attributes": {"frequency": "cronSchedule", "cronString": "99 * * * *"}}},
            "400.1.3",
        ),
        (
            {"trigger": {"type": "SCHEDULED", "attributes": {"frequency": "daily", "weeklyTimes": ["noon"]}}},
            "400.1.3",
        ),
        (
            {"trigger": {"type": "SCHEDULED", "attributes": {"frequency": "daily", "timeZone": "Mars/North"}}},
            "",
        ),
    ],
)
def test_refused_workflows(company: Company, change: dict[str, Any], code: str) -> None:
    """A workflow starts out disabled; its trigger has the attributes of its kind and no others."""
    answer = company.call("POST", "/workflows/v1", json={"name": "Ours", **change})
    if code:
        assert (answer.status_code, answer.json()["detailCode"].split()[0]) == (400, code), answer.text
    else:
        assert answer.status_code == 200


def test_a_workflow_lives(company: Company) -> None:
    """Made, read, edited while disabled, enabled, refused edits while enabled, disabled, deleted."""
    made = make(company, one(action("sp:sleep", duration="1s")), EVENT, description="d")
    where = f"/workflows/v1/{made['id']}"
    assert made["owner"]["id"] == made["creator"]["id"] == made["modifiedBy"]["id"]
    assert (made["enabled"], made["executionCount"]) == (False, 0)
    assert company.get(where) == made
    assert made["id"] in [row["id"] for row in company.get("/beta/workflows")]
    enable(company, made["id"])
    edited = [{"op": "replace", "path": "/definition/steps/First/attributes/duration", "value": "2s"}]
    assert company.call("PATCH", where, json=edited).status_code == 400
    assert company.call("DELETE", where).status_code == 400
    assert company.call("POST", f"{where}/test", json={"input": {}}).status_code == 400
    assert company.call("PATCH", where, json=[{"op": "add", "path": "/id", "value": "x"}]).status_code == 400
    enable(company, made["id"], False)
    put = company.call("PUT", where, json={"name": "Theirs", "definition": made["definition"], "trigger": EXTERNAL})
    assert (put.json()["name"], "description" in put.json(), put.json()["owner"]) == ("Theirs", False, made["owner"])
    assert company.call("PATCH", where, json=edited).status_code == 200
    assert company.call("DELETE", where).status_code == 204
    for method, path in (("GET", where), ("DELETE", where), ("POST", f"{where}/test")):
        assert company.call(method, path, json={"input": {}}).status_code == 404
    company.wait("PT1M")
    names = [one["action"] for one in company.search("events", "type:WORKFLOW AND NOT actor.name:System")]
    wanted = "CREATED ENABLED DISABLED DEFINITION_UPDATED DEFINITION_UPDATED DELETED"
    assert names == [f"WORKFLOW_{word}" for word in wanted.split()]


def test_an_event_starts_it(company: Company) -> None:
    """Those whose filter lets the message through; another trigger, after an edit, starts them no more."""
    filter = '$.changes[?(@.attribute == "department" && @.newValue == "Marketing")]'
    event = {"type": "EVENT", "attributes": {"id": EVENT["attributes"]["id"], "filter.$": filter}}  # type: ignore[index]
    made = make(company, one(action("sp:get-identity", **{"id.$": "$.trigger.identity.id"})), event)
    enable(company, made["id"])

    def moved(department: str) -> int:
        company.feed["E1001"]["department"] = department
        company.loaded("PT30M")
        return int(company.get(f"/workflows/v1/{made['id']}")["executionCount"])

    assert [moved("Finance"), moved("Marketing"), moved("Sales")] == [0, 1, 1]
    (execution,) = company.get(f"/workflows/v1/{made['id']}/executions", filters='status eq "Completed"')
    kept = company.tenant.state.executions[execution["id"]].context
    assert kept["getIdentity" if "getIdentity" in kept else "first"]["id"] == company.identity("E1001")["id"]
    enable(company, made["id"], False)
    put = {"name": "Ours", "definition": made["definition"], "trigger": EXTERNAL, "enabled": True}
    assert company.call("PUT", f"/workflows/v1/{made['id']}", json=put).status_code == 200
    assert moved("Marketing") == 1


def test_an_external_trigger(company: Company) -> None:
    """Its own client calls it and nothing else; a second client replaces the first."""
    made = make(company, one(action("sp:sleep", duration="1s")))
    other = make(company, one(action("sp:sleep", duration="1s")))
    path = f"/workflows/v1/{made['id']}/external/oauth-clients"
    old, client = company.call("POST", path).json(), company.call("POST", path).json()
    assert client["url"] == f"{URLS['sailpoint']}/workflows/v1/execute/external/{made['id']}"
    trigger = company.get(f"/workflows/v1/{made['id']}")["trigger"]["attributes"]
    assert (trigger["clientId"], trigger["url"]) == (client["id"], client["url"])

    def token(about: dict[str, Any]) -> Any:
        form = {"grant_type": "client_credentials", "client_id": about["id"], "client_secret": about["secret"]}
        return company.send("POST", f"{URLS['sailpoint']}/oauth/token", data=form)

    assert token(old).status_code == 401
    headers = {"Authorization": f"Bearer {token(client).json()['access_token']}"}
    here = f"/workflows/v1/execute/external/{made['id']}"

    def call(path: str, body: Any, method: str = "POST") -> Any:
        return company.raw(method, path, headers=headers, json=body)

    assert call(f"{here}/test", {"input": {"a": [1]}}).json() == {"payload": {"a": [1]}}
    assert call(here, {"input": {}}).status_code == 400  # it is disabled
    enable(company, made["id"])
    started = call(f"/beta{here.replace('/v1', '')}", {"input": {"a": 1}})
    assert (started.status_code, sorted(started.json())) == (200, ["message", "workflowExecutionId"])
    assert call(here, {"input": 7}).status_code == 400
    assert call(f"/workflows/v1/execute/external/{other['id']}", {"input": {}}).status_code == 403
    assert call("/workflows/v1", None, "GET").status_code == call("/identities/v1", None, "GET").status_code == 403
    company.wait("PT2M")
    execution = company.get(f"/workflow-executions/v1/{started.json()['workflowExecutionId']}")
    assert (execution["status"], execution["workflowId"]) == ("Completed", made["id"])
    event = make(company, one(action("sp:sleep", duration="1s")), EVENT)
    assert company.call("POST", f"/workflows/v1/{event['id']}/external/oauth-clients").status_code == 400
    enable(company, made["id"], False)
    company.call("DELETE", f"/workflows/v1/{made['id']}")
    assert token(client).status_code == 401


@pytest.mark.parametrize(
    ("comparator", "a", "b", "met"),
    [
        ("StringEquals", "x", "x", True),
        ("StringDoesNotEqual", "x", "x", False),
        ("StringContains", "abc", "b", True),
        ("StringEndsWith", "abc", "bc", True),
        ("StringGreaterThan", "b", "a", True),
        ("StringMatches", "INC0012", "INC\\d+", True),
        ("StringMatches", "INC", "INC\\d+", False),
        ("NumericGreaterThanEquals", 3, 3, True),
        ("NumericLessThan", "2", 10, True),
        ("NumericEquals", "x", 1, False),
        ("BooleanEquals", True, "true", True),
        ("TimestampLessThan", "2026-03-01T00:00:00Z", "2026-03-02", True),
        ("TimestampGreaterThanEquals", "2026-03-01T00:00:00Z", "2026-03-02", False),
        ("TimestampEquals", "never", "2026-03-02", False),
        ("IsPresent", "x", None, True),
        ("IsPresent", "", None, False),
        ("IsNull", None, None, True),
        ("IsNumeric", 7, None, True),
        ("IsNumeric", "7", None, False),
        ("IsString", 7, "false", True),
        ("IsBoolean", False, None, True),
        ("IsTimestamp", "2026-03-01T00:00:00Z", None, True),
    ],
)
def test_comparators(comparator: str, a: Any, b: Any, met: bool) -> None:
    """Texts, numbers, truth values, moments, and what kind of value something is."""
    from simulators.sailpoint.workflows.choices import chosen

    choice = {"comparator": comparator, "variableA.$": "$.trigger.a", "variableB": b, "nextStep": "Yes"}
    assert chosen({"choiceList": [choice], "defaultStep": "No"}, {"trigger": {"a": a}}) == ("Yes" if met else "No")


def test_variables(company: Company) -> None:
    """Values pass through transforms in order; an update changes a variable of an earlier step."""

    def transform(id: str, **given: Any) -> dict[str, Any]:
        return {"id": f"sp:transform:{id}", "input": given}

    variables = [
        {"name": "Days", "variableA.$": "$.trigger.n", "transforms": [transform("concatenate:string", variableB="d")]},
        {"name": "part", "variableA": "  abcdef ", "transforms": [transform("trim:string")]},
        {"name": "cut", "variableA": "abcdef", "transforms": [transform("substring:string", start=2, length=3)]},
        {
            "name": "fixed",
            "variableA": "a1b22",
            "transforms": [transform("replace:string", pattern="[0-9]+", replacement="-")],
        },
        {"name": "later", "variableA": "2026-03-01T00:00:00Z", "transforms": [transform("add:time", duration="2d")]},
        {"name": "second", "variableA.$": "$.trigger.list", "transforms": [transform("getIndex:array", index=1)]},
    ]
    update = [{"name": "$.first.days", "variableA.$": "$.first.days", "transforms": [transform("trim:string")]}]
    definition = one(
        {"type": "Mutation", "nextStep": "Update", "attributes": {"id": "sp:define-variable", "variables": variables}},
        Update={
            "type": "Mutation",
            "attributes": {"id": "sp:update-variable", "variables": [{**update[0], "variableA": "9"}, *update]},
            "nextStep": "End",
        },
    )
    execution, context = run(company, definition, {"n": 5, "list": ["x", "y"]})
    assert execution["status"] == "Completed"
    assert dict(context["first"]) == {
        "days": "5d",
        "part": "abcdef",
        "cut": "cde",
        "fixed": "a-b-",
        "later": "2026-03-03T00:00:00.000Z",
        "second": "y",
    }


def test_loops_carry_their_context(company: Company) -> None:
    """Each round sees its item and what the loop was given; the history shows every step."""
    inside = one(
        {
            "type": "Mutation",
            "attributes": {
                "id": "sp:define-variable",
                "variables": [{"name": "word", "variableA": "{{$.loop.context.who}}-{{$.loop.loopInput.id}}"}],
            },
        }
    )
    loop = action("sp:loop:iterator", **{"input.$": "$.trigger.rows[*]", "context.$": "$.trigger", **inside})
    execution, context = run(company, one(loop), {"who": "eva", "rows": [{"id": 1}, {"id": 2}]})
    assert execution["status"] == "Completed"
    assert context["first"] == {"word": "eva-2"} or context["first"] == {"count": 2}
    history = company.get(f"/workflow-executions/v1/{execution['id']}/history")
    done = [row["attributes"]["output"] for row in history if row["type"] == "ActivityTaskCompleted"]
    assert done == ["{'word': 'eva-1'}", "{'word': 'eva-2'}", "{'count': 2}"]


def test_http_logins(company: Company, receiver: Receiver) -> None:
    """OAuth fetches a token first, here of the tenant itself; a basic login goes in the header."""
    row = company.ready["sailpoint"]["personal_access_tokens"][0]
    oauth = {
        "authenticationType": "OAuth",
        "oAuthTokenUrl": f"{URLS['sailpoint']}/oauth/token",
        "oAuthClientId": row["client_id"],
        "oAuthClientSecret": row["client_secret"],
        "oAuthCredentialLocation": "oAuthInBody",
        "method": "get",
        "url": f"{URLS['sailpoint']}/beta/identities",
        "urlParams": {"limit": "1"},
    }
    basic = {"authenticationType": "BasicAuthentication", "basicAuthUserName": "a", "basicAuthPassword": "b"}
    definition = one(
        {**action("sp:http", **oauth), "nextStep": "Post"},
        Post={
            **action(
                "sp:http",
                **basic,
                method="post",
                url=f"{receiver.url}/in",
                jsonRequestBody={"id": "{{$.first.body[0].id}}", "all.$": "$.first.statusCode"},
            ),
            "nextStep": "End",
        },
    )
    execution, context = run(company, definition)
    assert execution["status"] == "Completed", company.get(f"/workflow-executions/v1/{execution['id']}/history")
    (taken,) = receiver.taken
    assert taken.json == {"id": context["first"]["body"][0]["id"], "all": 200}
    assert taken.headers["Authorization"] == "Basic YTpi"
    wrong = {**oauth, "oAuthClientSecret": "x"}
    execution, _ = run(company, one(action("sp:http", **wrong)))
    assert execution["status"] == "Failed"


def test_a_target_that_is_away(company: Company, receiver: Receiver) -> None:
    """A failure of the target is tried again; one that stays leads to the failure branch, else to the end."""
    receiver.status = 503
    step = action("sp:http", method="post", url=receiver.url)
    caught = {**step, "catch": [{"errorEquals": ["States.ALL"], "nextStep": "Other"}]}
    execution, context = run(company, one(caught, Other=END), wait="PT10M")
    assert (execution["status"], len(receiver.taken)) == ("Completed", 4)
    assert context["error"]["message"] == "HTTP 503"
    execution, _ = run(company, one(step), wait="PT10M")
    history = company.get(f"/workflow-executions/v1/{execution['id']}/history")
    assert execution["status"] == "Failed"
    assert [row["type"] for row in history][-2:] == ["ActivityTaskFailed", "WorkflowExecutionFailed"]


def test_access_is_read_and_asked_for(company: Company) -> None:
    """The vendor's published emergency workflow: find somebody, read access and accounts, revoke, disable, tell."""
    person = company.identity("E1001")
    okta = company.tenant.configuration.source_named("Okta")
    assert okta is not None
    steps = {
        "Get List of Identities": {
            **action("sp:get-identities", inputQuery="attributes.workerId:{{$.trigger.id}}", searchBy="searchQuery"),
            "nextStep": "Get Access",
        },
        "Get Access": {
            **action(
                "sp:access:get",
                accessprofiles=True,
                entitlements=False,
                roles=True,
                getAccessBy="specificIdentity",
                **{"identityToReturn.$": "$.getListOfIdentities.identities[0].id"},
            ),
            "nextStep": "Find Roles",
        },
        "Find Roles": {
            **action("sp:access:get", roles=True, getAccessBy="searchQuery", query="*"),
            "nextStep": "Get Accounts",
        },
        "Get Accounts": {
            **action("sp:get-accounts", getAccountsBy="specificIdentity", **{"identity.$": "$.trigger.identity.id"}),
            "nextStep": "Manage Access",
        },
        "Manage Access": {
            **action(
                "sp:access:manage",
                comments="Emergency",
                requestType="REVOKE_ACCESS",
                **{"removeIdentity.$": "$.trigger.identity.id", "requestedItems.$": "$.getAccess.accessItems"},
            ),
            "nextStep": "Manage Accounts",
        },
        "Manage Accounts": {
            **action(
                "sp:manage-account",
                operation="disable",
                **{"accountIds.$": f"$.getAccounts.accounts[?(@.sourceId=='{okta.id}')].id"},
            ),
            "nextStep": "Send Email",
        },
        "Send Email": {
            **action("sp:send-email", subject="Gone", body="b", **{"recipientEmailList.$": "$.trigger.mail"}),
            "nextStep": "End",
        },
        "End": END,
    }
    definition = {"start": "Get List of Identities", "steps": steps}
    given = {"id": "E1001", "identity": {"id": person["id"]}, "mail": "a@example.com"}
    execution, context = run(company, definition, given, "PT30M")
    assert execution["status"] == "Completed"
    assert {one["type"] for one in context["getAccess"]["accessItems"]} <= {"ACCESS_PROFILE", "ROLE"}
    assert all(one["type"] == "ROLE" for one in context["findRoles"]["accessItems"])
    told = context["manageAccess"]
    asked = len(told["successfulAccessRequests"]) + len(told.get("failedAccessRequests", ()))
    assert asked == len(context["getAccess"]["accessItems"]) > 0
    account = company.account("E1001")
    assert account is not None
    assert account["disabled"]


NINE = "1969-12-31T09:00:00.000Z"


@pytest.mark.parametrize(
    ("attributes", "first"),
    [
        ({"frequency": "cronSchedule", "cronString": "30 * * * *"}, "2026-03-03T12:30:00"),
        ({"frequency": "cronSchedule", "cronString": "0 9 * * *", "timeZone": "Asia/Tokyo"}, "2026-03-04T00:00:00"),
        ({"frequency": "daily", "weeklyTimes": [NINE]}, "2026-03-04T09:00:00"),
        ({"frequency": "weekly", "weeklyDays": ["Monday", "Thursday"], "weeklyTimes": [NINE]}, "2026-03-05T09:00:00"),
        ({"frequency": "monthly", "weeklyTimes": [NINE]}, "2026-03-31T09:00:00"),
        ({"frequency": "yearly", "yearlyTimes": [NINE]}, "2026-12-31T09:00:00"),
        ({"frequency": "weekly", "weeklyTimes": [NINE]}, None),
    ],
)
def test_schedules(attributes: dict[str, Any], first: str | None) -> None:
    """A cron expression, or days and times of a frequency, in the workflow's own time zone."""
    found = next_start(attributes, datetime(2026, 3, 3, 12, tzinfo=UTC), "UTC")
    assert (found.isoformat()[:19] if found is not None else None) == first


def test_a_schedule_starts_it(company: Company) -> None:
    """Each time the clock comes to it, while the workflow is enabled."""
    trigger = {"type": "SCHEDULED", "attributes": {"frequency": "cronSchedule", "cronString": "*/10 * * * *"}}
    made = make(company, one(action("sp:sleep", duration="1s")), trigger)
    enable(company, made["id"])
    company.wait("PT1H")
    enable(company, made["id"], False)
    company.wait("PT1H")
    assert company.get(f"/workflows/v1/{made['id']}")["executionCount"] == 6


def test_executions_are_looked_at(company: Company) -> None:
    """Filtered by status and start, cancelled while they run, with history, gone after 90 days."""
    made = make(company, one(action("sp:sleep", duration="1h")))
    where = f"/workflows/v1/{made['id']}"
    id = company.call("POST", f"{where}/test", json={"input": {"a": 1}}).json()["workflowExecutionId"]
    company.wait("PT5M")
    running = company.get(f"/workflow-executions/v1/{id}")
    assert (running["status"], "closeTime" in running) == ("Running", False)
    assert company.get(f"{where}/executions", filters='status eq "Failed"') == []
    assert company.get(f"{where}/executions", filters="start_time gt 2020-01-01T00:00:00Z") == [running]
    assert company.call("POST", f"/workflow-executions/v1/{id}/cancel").status_code == 204
    assert company.get(f"/workflow-executions/v1/{id}")["status"] == "Canceled"
    whole = company.get(f"/workflow-executions/v1/{id}/history-v2")
    assert (whole["definition"], whole["trigger"]) == (made["definition"], made["trigger"])
    assert whole["history"] == company.get(f"/workflow-executions/v1/{id}/history")[-1]
    assert len(company.get(f"/workflow-executions/v1/{id}/history", limit=1, offset=1)) == 1
    company.wait("PT2H")
    assert company.get(f"/workflow-executions/v1/{id}")["status"] == "Canceled"
    execution = company.tenant.state.executions[id]
    company.tenant.state.executions.put(replace(execution, started=execution.started - executions.KEPT))
    for path in (
        f"/workflow-executions/v1/{id}",
        f"/workflow-executions/v1/{id}/history",
        "/workflow-executions/v1/none",
    ):
        assert company.call("GET", path).status_code == 404
    assert company.get(f"{where}/executions") == []


def test_cycles_and_crowds_are_bounded(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cycle ends in failure; beyond the day's number executions wait in line, five to the second."""
    monkeypatch.setattr("simulators.sailpoint.workflows.runner.MOST_STEPS", 50)
    execution, _ = run(company, one({**action("sp:sleep", duration="1s"), "nextStep": "First"}), wait="PT10M")
    assert execution["status"] == "Failed"
    monkeypatch.setattr("simulators.sailpoint.workflows.engine.FULL_SPEED", 2)
    company.tenant.state.workflow_day = 0
    made = make(company, one(action("sp:sleep", duration="1s")))
    for _ in range(4):
        company.call("POST", f"/workflows/v1/{made['id']}/test", json={"input": {}})
    rows = company.get(f"/workflows/v1/{made['id']}/executions")
    assert [row["status"] for row in rows] == ["Running", "Running", "Queued", "Queued"]
    company.wait("PT5M")
    assert {row["status"] for row in company.get(f"/workflows/v1/{made['id']}/executions")} == {"Completed"}


def test_the_library(company: Company) -> None:
    """Actions, operators and triggers, each list within the whole; every action of it can be carried out."""
    from simulators.sailpoint.workflows.actions import ACTIONS

    parts = {name: company.get(f"/workflow-library/v1/{name}") for name in ("actions", "operators", "triggers")}
    whole = company.get("/workflow-library/v1", limit=250)
    assert len(whole) == sum(map(len, parts.values()))
    assert {row["id"] for row in parts["actions"]} == ACTIONS.keys()
    assert [row["id"] for row in company.get("/v3/workflow-library/actions", filters='id eq "sp:http"')] == ["sp:http"]
    found = company.get("/workflow-library/v1/triggers", filters='type eq "SCHEDULED"')
    assert [row["name"] for row in found] == ["Scheduled Trigger"]
    assert company.call("GET", "/workflow-library/v1/actions", params={"filters": 'name eq "x"'}).status_code == 400


def test_published_definitions_are_accepted(company: Company) -> None:
    """Spellings of exported workflows: empty references, both kinds of ends, operators as actions."""
    steps = {
        "Start": {**action("sp:send-email", **{"replyTo.$": "", "recipientEmailList": ["a@b.c"]}), "nextStep": "Ask"},
        "Ask": {
            "type": "choice",
            "actionId": "sp:compare-strings",
            "choiceList": [{"comparator": "IsPresent", "variableA.$": "$.trigger.x", "nextStep": "Form"}],
            "defaultStep": "Bad",
        },
        "Form": {**action("sp:forms", deadline="2h", formDefinitionId="f"), "nextStep": "Good"},
        "Good": {"type": "success", "actionId": "sp:operator-success"},
        "Bad": {"type": "failure", "actionId": "sp:operator-failure", "failureName": "No x"},
    }
    definition = {"start": "Start", "steps": steps}
    execution, context = run(company, definition, {"x": 1}, "PT1H")
    assert execution["status"] == "Running"
    company.wait("PT2H")
    assert company.get(f"/workflow-executions/v1/{execution['id']}")["status"] == "Completed"
    execution, _ = run(company, definition)
    history = company.get(f"/workflow-executions/v1/{execution['id']}/history")
    assert (execution["status"], history[-1]["attributes"]) == ("Failed", {"error": "No x"})
    assert json.dumps(context["start"])
