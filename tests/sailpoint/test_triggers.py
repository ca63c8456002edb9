"""Event triggers: subscriptions, filters, messages over HTTP, and answers of those that are asked."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest

from simulators.sailpoint.domain.jsonpath import fires, select
from simulators.sailpoint.domain.triggers import triggers
from tests.answers import MISSING, vendor
from tests.sailpoint.conftest import Company
from tests.sailpoint.receiver import Receiver

CHANGED, PRE = "idn:identity-attributes-changed", "idn:access-request-pre-approval"
DYNAMIC = "idn:access-request-dynamic-approver"
MESSAGE = {
    "identity": {"id": "1", "name": "john.doe", "type": "IDENTITY"},
    "changes": [
        {"attribute": "department", "oldValue": "Sales", "newValue": "US East Support"},
        {"attribute": "manager", "newValue": {"id": "2"}},
        {"attribute": "cloudLifecycleState", "oldValue": "active", "newValue": "terminated"},
    ],
    "warnings": ["Account skipped"],
    "created": "2020-04-27T16:48:33.597Z",
}


def subscribe(company: Company, url: str, trigger: str = CHANGED, **more: Any) -> dict[str, Any]:
    """A subscription over HTTP."""
    config = {"url": url, "httpDispatchMode": "SYNC", **more.pop("http", {})}
    body = {"name": "Ours", "triggerId": trigger, "type": "HTTP", "httpConfig": config, **more}
    answer = company.call("POST", "/trigger-subscriptions/v1", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("filter", "through"),
    [
        ("$", True),
        ("$..id", True),
        ("$.changes[*]", True),
        ("$.changes[0,2].attribute", True),
        ("$.changes[0:2:1]", True),
        ("$.changes[-1:]", True),
        ("$.changes[(@.length-1)]", True),
        ("$.changes[7]", False),
        ('$[?($.identity.name == "john.doe")]', True),
        ('$[?($.identity.name != "john.doe")]', False),
        ('$[?($.identity.name contains "archer")]', False),
        ("$[?($.changes.length() >= 3)]", True),
        ("$[?($.created > '2021-01-01T00:00:00.000Z')]", False),
        ('$.changes[?(@.attribute == "department" && @.newValue =~ /US.*support/i)]', True),
        ('$.changes[?(@.attribute == "department" && @.newValue =~ /US/)]', False),
        ("$.changes[?(@.newValue in ['sales','terminated'])]", True),
        ("$.changes[?(@.attribute nin ['department','manager','cloudLifecycleState'])]", False),
        ("$[?($.warnings subsetof ['Account skipped','Invalid'])]", True),
        ("$[?($.warnings anyof ['Invalid'])]", False),
        ("$[?($.warnings noneof ['Invalid'])]", True),
        ("$[?($.warnings size 1)]", True),
        ("$.changes[?(!@.oldValue)]", True),
        ("$.changes[?(@.attribute == 'x' || (@.attribute == 'manager' && @.newValue.id == 2))]", True),
    ],
)
def test_filters(filter: str, through: bool) -> None:
    """Expressions, functions and operators of the vendor's table; a pattern fits the whole text."""
    assert fires(filter, MESSAGE) is through


def test_paths_end_in_bounded_time() -> None:
    """Neither a path that finds ever more nor a pattern that tries ever more stalls the tenant."""
    deep = {"a": [[[[list(range(9))] * 9] * 9] * 9]}
    with pytest.raises(ValueError, match="too many"):
        select("$..*..*..*..*", deep)
    assert not fires("$.a[?(@.b =~ /(x+x+)+y/)]", {"a": [{"b": "x" * 500}]})


def test_the_list_of_triggers(company: Company) -> None:
    """Each with a schema and an example that the vendor's document allows; two of them ask."""
    rows = company.get("/triggers/v1", sorters="id")
    assert [row["id"] for row in rows] == sorted(triggers())
    asking = {row["id"] for row in rows if row["type"] == "REQUEST_RESPONSE"}
    assert asking == {PRE, DYNAMIC}
    assert all((row["exampleOutput"] is not None) == (row["id"] in asking) for row in rows)
    assert [row["id"] for row in company.get("/beta/triggers", filters=f'id eq "{PRE}"')] == [PRE]


def test_a_subscription_lives(company: Company) -> None:
    """It is made, listed by filter, replaced, patched and deleted; secrets stay and never come back."""
    basic = {"httpAuthenticationType": "BASIC_AUTH", "basicAuthConfig": {"userName": "u", "password": "p"}}
    made = subscribe(company, "http://sub.test/x", http=basic, filter="$.changes[0]")
    where = f"/trigger-subscriptions/v1/{made['id']}"
    assert made["httpConfig"]["basicAuthConfig"] == {"userName": "u", "password": None}
    assert (made["triggerName"], made["responseDeadline"], made["enabled"]) == (
        "Identity Attributes Changed",
        "PT1H",
        True,
    )
    assert company.get("/trigger-subscriptions/v1", filters=f'triggerId eq "{CHANGED}"') == [made]
    patch = [{"op": "replace", "path": "/enabled", "value": False}, {"op": "remove", "path": "/filter"}]
    patched = company.call("PATCH", where, json=patch).json()
    assert (patched["enabled"], "filter" in patched) == (False, False)
    stored = company.tenant.configuration.get("trigger-subscription", made["id"]).body
    assert stored["httpConfig"]["basicAuthConfig"]["password"] == "p"
    put = company.call("PUT", where, json={**patched, "name": "Theirs", "enabled": True})
    assert (put.status_code, put.json()["name"]) == (200, "Theirs")
    stored = company.tenant.configuration.get("trigger-subscription", made["id"]).body
    assert stored["httpConfig"]["basicAuthConfig"]["password"] == "p"
    assert company.call("PUT", where, json={**patched, "triggerId": PRE}).status_code == 400
    assert company.call("DELETE", where).status_code == 204
    for method, content in (("DELETE", {}), ("PATCH", {"json": patch}), ("PUT", {"json": patched})):
        assert company.call(method, where, **content).status_code == 404
    company.wait("PT1M")
    events = company.search("events", "technicalName:SUBSCRIPTION_*_PASSED")
    assert [one["action"].split("_")[1] for one in events] == ["CREATE", "UPDATE", "UPDATE", "DELETE"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"triggerId": "idn:nothing"}, "400.1.404"),
        ({"type": "PIGEON"}, "400.1.3"),
        ({"httpConfig": None}, "400.1.3"),
        ({"httpConfig": {"url": "ftp://x", "httpDispatchMode": "SYNC"}}, "400.1.3"),
        ({"httpConfig": {"url": "http://[", "httpDispatchMode": "SYNC"}}, "400.1.3"),
        ({"httpConfig": {"url": "http://x", "httpDispatchMode": "LATER"}}, "400.1.3"),
        (
            {"httpConfig": {"url": "http://x", "httpDispatchMode": "SYNC", "httpAuthenticationType": "BASIC_AUTH"}},
            "400.1.3",
        ),
        ({"type": "EVENTBRIDGE"}, "400.1.3"),
        ({"type": "WORKFLOW", "workflowConfig": {"workflowId": "none"}}, "400.1.404"),
        ({"filter": "changes"}, "400.1.3"),
        ({"filter": "$.a[?(@.b =~ /(/)]"}, "400.1.3"),
        ({"responseDeadline": "soon"}, "400.1.3"),
        ({"responseDeadline": "P9999999D"}, "400.1.3"),
        ({"name": 7}, "400.1.3"),
    ],
)
def test_refused_subscriptions(company: Company, change: dict[str, Any], code: str) -> None:
    """What cannot be used is refused, and where it names something unknown as a missing reference."""
    body = {
        "name": "Ours",
        "triggerId": CHANGED,
        "type": "HTTP",
        "httpConfig": {"url": "http://sub.test", "httpDispatchMode": "SYNC"},
    }
    answer = company.call("POST", "/trigger-subscriptions/v1", json={**body, **change})
    assert (answer.status_code, answer.json()["detailCode"].split()[0]) == (400, code)


def test_limits(company: Company) -> None:
    """A trigger that asks has one subscription, one that tells has fifty; only administrators subscribe."""
    subscribe(company, "http://sub.test", PRE)
    body = {
        "name": "Second",
        "triggerId": PRE,
        "type": "HTTP",
        "httpConfig": {"url": "http://x", "httpDispatchMode": "SYNC"},
    }
    assert company.call("POST", "/trigger-subscriptions/v1", json=body).status_code == 400
    for _ in range(50):
        subscribe(company, "http://sub.test")
    refused = company.call("POST", "/trigger-subscriptions/v1", json={**body, "triggerId": CHANGED})
    assert (refused.status_code, "50" in refused.json()["messages"][0]["text"]) == (400, True)
    assert company.call("POST", "/trigger-subscriptions/v1", by="E1006", json=body).status_code == 403


def test_validate_filter(company: Company) -> None:
    """Whether it can be read, finds anything, and lets the message through."""

    def told(filter: str) -> tuple[bool, bool, bool]:
        body = {"input": MESSAGE, "filter": filter}
        answer = company.call("POST", "/trigger-subscriptions/v1/validate-filter", json=body)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["isValidJSONPath"], found["isPathExist"], found["isValid"]

    assert told('$[?($.identity.name == "john.doe")]') == (True, True, True)
    assert told("$.nothing") == (True, False, False)
    assert told("$[") == (False, False, False)


def test_messages_go_out(company: Company, receiver: Receiver) -> None:
    """A mover is told with `_metadata` and the subscriber's login; what a filter stops is not told, nor tried again."""
    bearer = {"httpAuthenticationType": "BEARER_TOKEN", "bearerTokenAuthConfig": {"bearerToken": "s3cret"}}
    heard = subscribe(company, f"{receiver.url}/a", http=bearer, filter='$.changes[?(@.attribute == "department")]')
    subscribe(company, f"{receiver.url}/b", name="Deaf", filter='$.changes[?(@.attribute == "lastname")]')
    subscribe(company, f"{receiver.url}/c", name="Off", enabled=False)
    subscribe(company, "http://127.0.0.1:9/gone", name="Gone")
    company.feed["E1001"]["department"] = "Marketing"
    company.loaded()
    (taken,) = receiver.taken
    told = taken.json
    assert (taken.path, taken.headers["Authorization"]) == ("/a", "Bearer s3cret")
    assert told["_metadata"]["triggerType"] == "fireAndForget"
    assert told["identity"]["id"] == company.identity("E1001")["id"]
    assert {"attribute": "department", "newValue": "Marketing"}.items() <= told["changes"][0].items()
    rows = {row["subscriptionName"]: row for row in company.get("/trigger-invocations/v1/status")}
    assert rows.keys() == {"Ours", "Gone"}
    good, bad = rows["Ours"]["completeInvocationInput"], rows["Gone"]["completeInvocationInput"]
    assert (good, rows["Ours"]["type"]) == ({"localizedError": None, "output": None}, "REAL_TIME")
    assert rows["Ours"]["id"] == told["_metadata"]["invocationId"]
    assert "ConnectError" in bad["localizedError"]["message"]
    assert company.get("/trigger-invocations/v1/status", filters=f'subscriptionId eq "{heard["id"]}"') == [rows["Ours"]]
    for shown in (["Gone"], []):
        table = company.tenant.state.invocations
        for row in list(table.rows()):
            assert row.completed is not None
            table.put(replace(row, completed=row.completed - timedelta(hours=24, minutes=15)))
        assert [row["subscriptionName"] for row in company.get("/trigger-invocations/v1/status")] == shown


def test_a_joiner_and_accounts(company: Company, receiver: Receiver) -> None:
    """New identities, their accounts and the plans behind them are told in the documented shapes."""
    kinds = ("idn:identity-created", "idn:account-created", "idn:account-correlated", "idn:post-provisioning")
    for kind in kinds:
        subscribe(company, f"{receiver.url}/{kind}", kind)
    company.hire("E2001", "Nora", "Lind")
    company.loaded("PT1H")
    told = {kind: [one.json for one in receiver.taken if one.path == f"/{kind}"] for kind in kinds}
    (created,) = told["idn:identity-created"]
    assert created["attributes"]["firstname"] == "Nora"
    assert {one["event"]["cause"] for one in told["idn:account-created"]} == {"AGGREGATION", "PROVISIONING"}
    hr = next(one for one in told["idn:account-created"] if one["source"]["name"] == "HR Feed")
    assert (hr["identity"]["alias"], hr["account"]["nativeIdentity"]) == ("E2001", "E2001")
    assert told["idn:account-correlated"]
    plan = told["idn:post-provisioning"][0]
    assert (plan["recipient"]["name"], plan["errors"]) == ("Nora Lind", [])
    assert plan["accountRequests"][0]["provisioningResult"] == "SUCCESS"


def test_a_source_is_told(company: Company, receiver: Receiver) -> None:
    """Who created, changed and deleted a source, and which."""
    for verb in ("created", "updated", "deleted"):
        subscribe(company, f"{receiver.url}/{verb}", f"idn:source-{verb}")
    owner = {"type": "IDENTITY", "id": company.identity("E1004")["id"]}
    body = {"name": "Badge", "owner": owner, "connector": "delimited-file-angularsc", "type": "DelimitedFile"}
    made = company.call("POST", "/sources/v1", json=body).json()
    company.call(
        "PATCH", f"/sources/v1/{made['id']}", json=[{"op": "replace", "path": "/description", "value": "Doors"}]
    )
    company.call("DELETE", f"/sources/v1/{made['id']}")
    company.wait("PT1M")
    assert {one.path for one in receiver.taken} == {"/created", "/updated", "/deleted"}
    assert all(one.json["id"] == made["id"] and one.json["actor"]["type"] == "IDENTITY" for one in receiver.taken)


def test_test_messages(company: Company, receiver: Receiver) -> None:
    """They reach subscriptions that are switched off, with the input given or the example, where the filter agrees."""

    def send(**body: Any) -> tuple[int, Any]:
        answer = company.call("POST", "/trigger-invocations/v1/test", json={"contentJson": {"n": 1}, **body})
        company.wait("PT1M")
        return answer.status_code, answer.json() if answer.content else None

    assert send(triggerId=CHANGED) == (204, None)
    made = subscribe(company, receiver.url, enabled=False, filter='$[?($.identity.name contains "Eva")]')
    assert send(triggerId=CHANGED) == (204, None)
    assert send(triggerId=CHANGED, input={"identity": {"name": "Carl"}}) == (204, None)
    assert [one.json["identity"]["name"] for one in receiver.taken] == ["Eva Novak"]
    asked = subscribe(company, receiver.url, DYNAMIC, http={"httpDispatchMode": "ASYNC"})
    status, (told,) = send(triggerId=DYNAMIC, subscriptionIds=[asked["id"]])
    assert (status, told["contentJson"], told["triggerId"]) == (200, {"n": 1}, DYNAMIC)
    assert [row["type"] for row in company.get("/trigger-invocations/v1/status")] == ["TEST", "TEST"]
    assert send(triggerId="idn:none")[0] == send(triggerId=DYNAMIC, subscriptionIds=[made["id"]])[0] == 400
    assert send(triggerId=7)[0] == send()[0] == 400


@pytest.fixture
def asking(company: Company) -> list[str]:
    """The answers that come to a job of ours."""
    told: list[str] = []
    company.estate.clock.on("tests.answered", lambda word, answer: told.append(f"{word} {answer}"))
    return told


def ask(company: Company, trigger: str = PRE) -> str:
    return company.tenant.triggers.ask(trigger, dict(triggers()[trigger].example), "tests.answered", "told")


def test_nobody_is_asked(company: Company, asking: list[str]) -> None:
    """Without a subscriber there is nobody to wait for."""
    assert ask(company) == ""
    company.wait("PT2H")
    assert asking == []


@pytest.mark.parametrize(
    ("mode", "status", "answer", "told"),
    [
        (
            "SYNC",
            200,
            '{"approved": true, "comment": "c", "approver": "a"}',
            'told {"approved": true, "comment": "c", "approver": "a"}',
        ),
        ("SYNC", 200, "{}", "told "),
        ("SYNC", 200, "junk", "told "),
        ("SYNC", 500, "{}", "told "),
        ("DYNAMIC", 200, '{"approved": false, "comment": "", "approver": "a"}', 'told {"approved": false, '),
    ],
)
def test_answers_at_once(
    company: Company, receiver: Receiver, asking: list[str], mode: str, status: int, answer: str, told: str
) -> None:
    """An answer that fits comes to the job that waits; any other, and a failure, comes as empty text."""
    subscribe(company, receiver.url, PRE, http={"httpDispatchMode": mode})
    receiver.status, receiver.answer = status, answer
    assert ask(company)
    company.wait("PT1M")
    (heard,) = asking
    assert heard.startswith(told)
    assert heard == "told " or told != "told "


def test_answers_later(company: Company, receiver: Receiver, asking: list[str]) -> None:
    """An asynchronous subscriber completes by the callback, once, with the secret; or its deadline passes."""
    subscribe(company, receiver.url, DYNAMIC, http={"httpDispatchMode": "ASYNC"}, responseDeadline="PT10M")
    id = ask(company, DYNAMIC)
    company.wait("PT1M")
    about = receiver.taken[0].json["_metadata"]
    assert (about["responseMode"], about["triggerType"]) == ("async", "requestResponse")
    where = about["callbackURL"].removeprefix(company.estate.urls["sailpoint"])
    assert where == f"/trigger-invocations/v1/{id}/complete"
    output = {"id": "1", "name": "Iris", "type": "IDENTITY"}
    wrong: list[dict[str, Any]] = [
        {"secret": "guess", "output": output},
        {"secret": about["secret"], "output": {"id": 7}},
        {"secret": about["secret"]},
    ]
    for body in wrong:
        assert company.call("POST", where, json=body).status_code == 400
    legacy = f"/beta/trigger-invocations/{id}/complete"
    assert company.call("POST", legacy, json={"secret": about["secret"], "output": output}).status_code == 204
    assert company.call("POST", where, json={"secret": about["secret"], "output": output}).status_code == 400
    assert company.call("POST", where.replace(id, "none"), json={"secret": "", "output": {}}).status_code == 404
    company.wait("PT1M")
    assert asking == ['told {"id": "1", "name": "Iris", "type": "IDENTITY"}']
    ask(company, DYNAMIC)
    company.wait("PT11M")
    assert asking[1:] == ["told "]


def test_an_approver_may_be_left_open(company: Company, receiver: Receiver, asking: list[str]) -> None:
    """An empty object is an answer too: nobody is added."""
    subscribe(company, receiver.url, DYNAMIC)
    ask(company, DYNAMIC)
    company.wait("PT1M")
    assert asking == ['told {"id": "", "name": "", "type": ""}']


def test_basic_login(company: Company, receiver: Receiver) -> None:
    """User and password go in the header; other kinds of subscriptions only take."""
    login = {"userName": "ann", "password": "pw"}
    subscribe(company, receiver.url, http={"httpAuthenticationType": "BASIC_AUTH", "basicAuthConfig": login})
    bus = {"awsAccount": "123456789012", "awsRegion": "eu-central-1"}
    body = {"name": "Bus", "triggerId": CHANGED, "type": "EVENTBRIDGE", "eventBridgeConfig": bus}
    assert company.call("POST", "/trigger-subscriptions/v1", json=body).status_code == 201
    company.call("POST", "/trigger-invocations/v1/test", json={"triggerId": CHANGED, "contentJson": {}})
    company.wait("PT1M")
    scheme, _, word = receiver.taken[0].headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(word)) == ("Basic", b"ann:pw")
    rows = company.get("/trigger-invocations/v1/status", sorters="subscriptionName")
    assert [(row["subscriptionName"], "completed" in row) for row in rows] == [("Bus", True), ("Ours", True)]


def test_messages_are_the_vendors(company: Company, receiver: Receiver) -> None:
    """What is really sent of joiners, movers and leavers has the shape that the vendor's document declares."""
    found = vendor()
    if found is None:
        pytest.skip(MISSING)
    declared = {
        "idn:identity-created": "IdentityCreated",
        CHANGED: "IdentityAttributesChanged",
        "idn:account-created": "AccountCreated",
        "idn:account-updated": "AccountUpdated",
        "idn:account-correlated": "AccountCorrelated",
        "idn:account-attributes-changed": "AccountAttributesChanged",
        "idn:account-deleted": "AccountDeleted",
    }
    for trigger in declared:
        subscribe(company, f"{receiver.url}/{trigger}", trigger)
    company.hire("E2001", "Nora", "Lind")
    company.feed["E1001"]["department"] = "Marketing"
    company.loaded("PT1H")
    del company.feed["E2001"]
    company.loaded("PT1H")
    heard = {taken.path[1:] for taken in receiver.taken}
    assert heard == declared.keys()
    for taken in receiver.taken:
        problems = list(islice(found.described(declared[taken.path[1:]], taken.json), 3))
        assert not problems, (taken.path, problems, taken.json)
