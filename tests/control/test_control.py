"""The control plane: its calls, and errors that are one sentence."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from simulators.server import Server


def test_the_estate_is_the_ready_object(control: httpx.Client, estate: dict[str, Any]) -> None:
    """Addresses, credentials, people and applications, under the agreed names."""
    ready = control.get("/control/estate").json()
    assert ready == estate
    assert set(ready) == {
        "ready", "seed", "random_seed", "now", "time_zone", "urls", "okta", "sailpoint", "apps", "people",
    }  # fmt: skip
    assert set(ready["urls"]) == {"okta", "sailpoint", "apps", "hr", "control"}
    assert (ready["ready"], ready["seed"], ready["random_seed"]) == (True, "acme", 1)
    assert (ready["now"], ready["time_zone"]) == ("2026-03-02T14:00:00.000Z", "America/New_York")
    with_scim = {app["label"] for app in ready["apps"] if app["scim_url"] and app["token"] and app["write_log_url"]}
    assert with_scim == {"Vault", "Ledger", "Atlas", "Deskly", "CRM PROV"}
    assert all(app["token"] is None for app in ready["apps"] if app["label"] not in with_scim)
    people = {person["worker_id"]: person for person in ready["people"]}
    assert people["E1017"]["login"] == "maria.garcia2@acme.example"
    assert people["E1018"]["login"] == "zoe.obrienmuller@acme.example"
    assert people["E1008"]["part"] == "manager.Support,owner"


def test_time_moves_by_and_to(control: httpx.Client) -> None:
    """The answer says where the clock stands."""
    assert control.post("/control/clock/advance", json={"by": "PT4H"}).json()["now"] == "2026-03-02T18:00:00.000Z"
    moved = control.post("/control/clock/advance", json={"to": "2026-03-03T00:00:00+01:00"}).json()
    assert moved["now"] == "2026-03-02T23:00:00.000Z"
    clock = control.get("/control/clock").json()
    assert (clock["now"], clock["mode"], clock["speed"]) == (moved["now"], "paused", 1.0)
    assert clock["next"] is None or clock["next"] > clock["now"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({}, "exactly one"),
        ({"by": "PT1H", "to": "2026-03-03T00:00:00Z"}, "exactly one"),
        ({"by": "soon"}, "not ISO 8601"),
        ({"by": "-PT1H"}, "not ISO 8601"),
        ({"by": 5}, "valid string"),
        ({"by": "P99999999W"}, "calendar"),
        ({"to": "2020-01-01T00:00:00Z"}, "cannot go back"),
        ({"to": "2026-03-03T00:00:00"}, "no time zone"),
        ({"to": "tomorrow"}, "not ISO 8601"),
        ({"until": "x"}, "until"),
    ],
)
def test_a_move_that_makes_no_sense_is_refused(control: httpx.Client, body: dict[str, Any], reason: str) -> None:
    """The clock stays where it is."""
    before = control.get("/control/clock").json()
    answer = control.post("/control/clock/advance", json=body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]
    assert control.get("/control/clock").json() == before


def test_faults_are_added_listed_and_removed(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A rule acts on the system it names and no other, until it has worn off or is removed."""
    rule = {"match": {"system": "hr", "path": "/workers/*"}, "effect": {"status": 503}, "times": 1}
    made = control.post("/control/faults", json=rule)
    assert (made.status_code, list(made.json())) == (201, ["id"])
    assert control.get("/control/faults").json() == [{"id": made.json()["id"], **rule}]
    url = f"{estate['urls']['hr']}/workers/E1001"
    assert [httpx.get(url, trust_env=False).status_code for _ in range(2)] == [503, 200]
    assert control.get("/control/faults").json() == []
    ids = [
        control.post("/control/faults", json={"match": {}, "effect": {"delay": "PT1.5S"}}).json()["id"] for _ in "ab"
    ]
    assert control.get("/control/faults").json()[0]["effect"] == {"delay": "PT1.5S"}
    assert control.delete(f"/control/faults/{ids[0]}").status_code == 204
    assert control.delete(f"/control/faults/{ids[0]}").status_code == 404
    assert control.delete("/control/faults").status_code == 204
    assert control.get("/control/faults").json() == []


@pytest.mark.parametrize(
    "rule",
    [
        {"match": {"system": "ldap"}, "effect": {"status": 500}},
        {"match": {"host": "x"}, "effect": {"status": 500}},
        {"match": {}, "effect": {}},
        {"match": {}, "effect": {"status": 500, "lose": True}},
        {"match": {}, "effect": {"status": 500}, "times": 0},
        {"effect": {"status": 500}},
        [],
    ],
)
def test_a_bad_fault_is_refused(control: httpx.Client, rule: Any) -> None:
    """With the reason, and nothing is added."""
    answer = control.post("/control/faults", json=rule)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert control.get("/control/faults").json() == []


def test_a_snapshot_brings_everything_back(server: Server, control: httpx.Client, estate: dict[str, Any]) -> None:
    """Clock, faults, chance and every system's records."""
    hr = f"{estate['urls']['hr']}/workers/E1001"
    assert control.put("/control/snapshots/here").status_code == 204
    state = server.estate.save()
    control.post("/control/faults", json={"match": {"system": "okta"}, "effect": {"status": 500}})
    httpx.delete(hr, trust_env=False)
    server.estate.apps.create_account("vault", {"userName": "x"})
    control.post("/control/clock/advance", json={"by": "P2D"})
    restored = control.post("/control/snapshots/here/restore")
    assert (restored.status_code, restored.json()) == (200, estate)
    assert control.get("/control/faults").json() == []
    assert httpx.get(hr, trust_env=False).status_code == 200
    now = server.estate.save()
    assert server.estate.apps.seats("vault") == 1
    assert now.clock.queue == state.clock.queue
    assert now.systems["apps"].ids == state.systems["apps"].ids
    assert control.post("/control/snapshots/none/restore").status_code == 404


def test_a_reset_gives_the_same_estate_for_the_same_seeds(control: httpx.Client, estate: dict[str, Any]) -> None:
    """Every credential and id; another random seed gives others, another seed another company."""
    control.post("/control/clock/advance", json={"by": "PT1H"})
    assert control.post("/control/reset", json={"seed": "acme"}).json() == estate
    other = control.post("/control/reset", json={"seed": "acme", "random_seed": 2}).json()
    assert (other["random_seed"], other["urls"]) == (2, estate["urls"])
    assert not {app["token"] for app in other["apps"]} & {app["token"] for app in estate["apps"] if app["token"]}
    empty = control.post("/control/reset", json={"seed": "empty"}).json()
    assert (empty["seed"], empty["apps"]) == ("empty", [])


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/control/reset", {"seed": "nope"}, 400),
        ("POST", "/control/reset", {"seed": "../acme"}, 400),
        ("POST", "/control/reset", {"seed": 5}, 400),
        ("POST", "/control/reset", {}, 400),
        ("GET", "/control/nothing", None, 404),
        ("GET", "/docs", None, 404),
        ("PUT", "/control/clock", None, 405),
    ],
)
def test_every_error_is_one_sentence(control: httpx.Client, method: str, path: str, body: Any, status: int) -> None:
    """Unknown paths and wrong methods included; the estate stays."""
    answer = control.request(method, path, json=body)
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert control.get("/control/estate").json()["seed"] == "acme"


def test_a_persons_side(control: httpx.Client, estate: dict[str, Any]) -> None:
    """The code of a text message is told, and a push is answered once it waits."""
    okta = httpx.Client(
        base_url=estate["urls"]["okta"], headers={"Authorization": f"SSWS {estate['okta']['api_token']}"}
    )
    with okta:
        login = estate["people"][0]["login"]
        where = f"/api/v1/users/{login}/factors"
        sms = {"factorType": "sms", "provider": "OKTA", "profile": {"phoneNumber": "+15554151337"}}
        text = okta.post(where, json=sms).json()
        told = control.get("/control/messages", params={"login": login}).json()
        assert [(row["channel"], row["address"], row["purpose"]) for row in told] == [("sms", "+15554151337", "enroll")]
        own = f"{where}/{text['id']}/lifecycle/activate"
        assert okta.post(own, json={"passCode": told[0]["code"]}).json()["status"] == "ACTIVE"
        push = okta.post(where, json={"factorType": "push", "provider": "OKTA"}).json()["id"]
        answer = f"/control/pushes/{push}/answer"
        assert control.post(answer, json={"approve": True}).status_code == 204
        assert okta.post(f"{where}/{push}/lifecycle/activate").json()["status"] == "ACTIVE"
        assert control.post(answer, json={"approve": True}).status_code == 404


def test_the_contract_names_every_call(control: httpx.Client) -> None:
    """With its bodies and its refusals."""
    document = control.get("/openapi.json").json()
    calls = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert calls == {
        ("GET", "/control/estate"),
        ("POST", "/control/reset"),
        ("GET", "/control/clock"),
        ("POST", "/control/clock/advance"),
        ("GET", "/control/messages"),
        ("POST", "/control/pushes/{factor}/answer"),
        ("GET", "/control/session-revoked-conditions"),
        ("PUT", "/control/session-revoked-conditions"),
        ("GET", "/control/faults"),
        ("POST", "/control/faults"),
        ("DELETE", "/control/faults"),
        ("DELETE", "/control/faults/{id}"),
        ("PUT", "/control/snapshots/{name}"),
        ("POST", "/control/snapshots/{name}/restore"),
        ("GET", "/control/view/overview"),
        ("GET", "/control/view/people"),
        ("GET", "/control/view/people/{key}"),
        ("GET", "/control/view/timeline"),
        ("GET", "/control/view/live"),
    }
    assert "422" not in str(document["paths"])
    assert {"EstateBody", "ClockBody", "ErrorBody"} <= set(document["components"]["schemas"])


def test_conditions_of_shared_signals(control: httpx.Client) -> None:
    """They name identity profiles and lifecycle states that are there, and replace those before."""
    path = "/control/session-revoked-conditions"
    assert control.get(path).json() == []
    wanted = [{"profile": "Employees", "states": ["terminated"]}]
    assert control.put(path, json=wanted).json() == wanted == control.get(path).json()
    for wrong in ([{"profile": "Nobody", "states": []}], [{"profile": "Employees", "states": ["asleep"]}], [{}]):
        answer = control.put(path, json=wrong)
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert control.get(path).json() == wanted
    assert control.put(path, json=[]).json() == []


def test_the_page_loads_nothing_from_elsewhere(control: httpx.Client, estate: dict[str, Any]) -> None:
    """It shows every system's address and no other one."""
    page = control.get("/")
    assert page.headers["content-type"].startswith("text/html")
    assert set(re.findall(r"https?://[^\s\"'<]+", page.text)) == set(estate["urls"].values())
