"""The administrator's view: every system side by side, in pages, and nothing changes by looking."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.control.view.people import listed
from simulators.estate import Estate
from simulators.estate_seed import load_seed
from simulators.server import Server

NOAH, JAMAL = "E1021", "E1015"
PAGES = ("/", "/people", f"/people/{NOAH}", f"/people/{NOAH}?show=sign-in", "/timeline", "/sessions")
DATA = ("overview", "people", f"people/{NOAH}", "timeline", "live")


def known(estate: dict[str, Any], worker_id: str) -> dict[str, Any]:
    return next(person for person in estate["people"] if person["worker_id"] == worker_id)


def sign_in(estate: dict[str, Any], worker_id: str) -> dict[str, str]:
    """Sign somebody in at Okta; answers the cookies."""
    who, url = known(estate, worker_id), estate["urls"]["okta"]
    with httpx.Client(base_url=url, trust_env=False) as okta:
        step = okta.post("/api/v1/authn", json={"username": who["login"], "password": who["password"]}).json()
        answer = okta.get("/login/sessionCookieRedirect", params={"token": step["sessionToken"], "redirectUrl": url})
        return dict(answer.cookies)


def end_employment(estate: dict[str, Any], worker_id: str, control: httpx.Client) -> None:
    """HR ends somebody at once, and SailPoint loads HR's file."""
    urls = estate["urls"]
    pat = next(one for one in estate["sailpoint"]["personal_access_tokens"] if one["name"] == "iam-admin")
    with httpx.Client(trust_env=False) as http:
        row = http.get(f"{urls['hr']}/workers/{worker_id}").json()
        row = {name: value for name, value in row.items() if name not in ("waiting", "updated_at")}
        row.update(end_date="2026-03-02", end_reason="involuntary", end_now="Y")
        assert http.put(f"{urls['hr']}/workers/{worker_id}", json=row).status_code == 200
        form = {
            "grant_type": "client_credentials",
            "client_id": pat["client_id"],
            "client_secret": pat["client_secret"],
        }
        token = http.post(f"{urls['sailpoint']}/oauth/token", data=form).json()["access_token"]
        feed = http.get(f"{urls['hr']}/feed.csv?further=true").content
        source = estate["sailpoint"]["hr_source_id"]
        sent = http.post(
            f"{urls['sailpoint']}/sources/v1/{source}/load-accounts",
            headers={"Authorization": f"Bearer {token}"},
            files={"file": ("feed.csv", feed, "text/csv")},
        )
        assert sent.status_code == 202
    assert control.post("/control/clock/advance", json={"by": "PT10M"}).status_code == 200


def test_one_person_in_four_systems(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A row tells what HR, SailPoint, Okta and the applications know of a person, and follows an exit through all."""
    row = next(r for r in control.get("/control/view/people").json()["rows"] if r["key"] == NOAH)
    assert (row["hr"]["end_date"], row["sailpoint"]["state"], row["okta"]["status"]) == ("", "active", "ACTIVE")
    assert {a["label"]: a["active"] for a in row["applications"]} == {"Vault": True, "Atlas": True}
    end_employment(estate, NOAH, control)
    row = control.get(f"/control/view/people/{NOAH}").json()
    assert (row["hr"]["end_date"], row["sailpoint"]["state"]) == ("2026-03-02", "terminated")
    assert row["okta"]["status"] == "DEPROVISIONED"
    assert {a["label"]: a["active"] for a in row["applications"]} == {"Vault": False, "Atlas": False}
    assert [one["state"] for one in row["identity"]["accounts"]] == ["enabled", "disabled", "disabled"]


def test_one_timeline_of_all_systems(control: httpx.Client, estate: dict[str, Any]) -> None:
    """An exit is one story: HR's row, SailPoint's events and activity, Okta's log, writes at applications, in order."""
    end_employment(estate, NOAH, control)

    def rows(**query: str) -> list[dict[str, Any]]:
        return list(control.get("/control/view/timeline", params={"limit": "200", **query}).json()["rows"])

    story = rows(person=NOAH)
    assert {row["system"] for row in story} == {"hr", "sailpoint", "okta", "apps"}
    assert [row["at"] for row in story] == sorted((row["at"] for row in story), reverse=True)
    kinds = [row["kind"] for row in reversed(story)]
    order = [
        "row changed",
        "IDENTITY_STATE_CHANGE_EVENT",
        "account activity",
        "user.lifecycle.deactivate",
        "SCIM PATCH",
    ]
    assert [kinds.index(kind) for kind in order] == sorted(kinds.index(kind) for kind in order)
    for ref in (known(estate, NOAH)["login"], known(estate, NOAH)["login"].upper()):
        assert [row["at"] for row in rows(person=ref)] == [row["at"] for row in story]
    assert rows(person=JAMAL) == []
    assert {row["system"] for row in rows(system="apps")} == {"apps"}
    assert {row["kind"] for row in rows(kind="USER.lifecycle")} == {"user.lifecycle.deactivate"}
    assert all("vault" in str(row).lower() for row in rows(text="Vault operator"))
    assert rows(text="Vault operator")
    middle = story[len(story) // 2]["at"]
    assert {row["at"] >= middle for row in rows(since=middle)} == {True}
    assert {row["at"] < middle for row in rows(until=middle)} == {True}
    assert len(rows(since=middle)) + len(rows(until=middle)) == len(rows())


def test_pages_of_the_timeline_miss_and_repeat_nothing(control: httpx.Client, estate: dict[str, Any]) -> None:
    """Page after page gives what one large page gives."""
    end_employment(estate, NOAH, control)
    whole = control.get("/control/view/timeline?limit=200").json()
    assert whole["next"] is None
    for query in ({"limit": "7"}, {"limit": "3", "text": "feldman"}):
        found, before = [], ""
        while True:
            page = control.get("/control/view/timeline", params={**query, "before": before}).json()
            found += page["rows"]
            if page["next"] is None:
                break
            before = page["next"]
        wanted = control.get("/control/view/timeline", params={**query, "limit": "200"}).json()["rows"]
        assert found == wanted


@pytest.mark.parametrize(
    "query",
    ["system=crm", "since=yesterday", "until=2026-13-01", "before=x", "before=1.2", "limit=0", "limit=201", "limit=x"],
)
def test_filters_that_cannot_be_read(control: httpx.Client, query: str) -> None:
    """One sentence says why, on the page too."""
    answer = control.get(f"/control/view/timeline?{query}")
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    page = control.get(f"/timeline?{query}")
    assert page.status_code == 200
    assert query.startswith("limit") or 'role="alert"' in page.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (NOAH, {NOAH}), ("e1021", {NOAH}), ("noah", {NOAH}), ("FELDMAN", {NOAH}), ("Noah Feld", {NOAH}),
        ("noah.feldman@acme", {NOAH}), ("maria", {"E1016", "E1017"}), ("adm.daniel", {"E1010"}), ("kovač", {"E1010"}),
        ("%", set()), ("zz", set()),
    ],
)  # fmt: skip
def test_people_are_found(control: httpx.Client, query: str, found: set[str]) -> None:
    """By id, or by the beginning of a name or login in any system; a person with two logins is one."""
    rows = control.get("/control/view/people", params={"q": query}).json()["rows"]
    assert {row["key"] for row in rows} == found
    assert len(rows) == len(found)


def test_every_id_leads_to_the_person(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A worker id, a login, and each system's own id; nobody else's."""
    row = control.get(f"/control/view/people/{NOAH}").json()
    for ref in (row["login"], row["okta"]["id"], row["identity"]["id"]):
        assert control.get(f"/control/view/people/{ref}").json()["key"] == NOAH
    assert control.get("/control/view/people/nobody").status_code == 404
    assert control.get("/people/nobody").status_code == 404


def test_live_sessions_come_and_go(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A sign-in shows as a session with no more of its id than its end; a revocation takes it away."""
    cookies = sign_in(estate, JAMAL)
    (session,) = control.get("/control/view/live").json()["sessions"]
    assert (session["login"], session["amr"]) == (known(estate, JAMAL)["login"], ["pwd"])
    assert cookies["sid"].endswith(session["end_of_id"])
    assert control.get(f"/control/view/people/{JAMAL}").json()["sessions"] == 1
    for path in (*PAGES, f"/people/{JAMAL}", *(f"/control/view/{name}" for name in DATA)):
        text = control.get(path).text
        assert cookies["sid"] not in text
        assert cookies["idx"] not in text
    headers = {"Authorization": f"SSWS {estate['okta']['api_token']}"}
    user = control.get(f"/control/view/people/{JAMAL}").json()["okta"]["id"]
    httpx.delete(f"{estate['urls']['okta']}/api/v1/users/{user}/sessions", headers=headers, trust_env=False)
    assert control.get("/control/view/live").json()["sessions"] == []


def test_no_credential_stands_in_the_view(control: httpx.Client, estate: dict[str, Any]) -> None:
    """No token and no secret anywhere; a password only where somebody asked for it."""
    secrets = {str(estate["okta"]["api_token"])}
    secrets |= {app["token"] for app in estate["apps"] if app["token"]}
    secrets |= {pat["client_secret"] for pat in estate["sailpoint"]["personal_access_tokens"]}
    secrets |= {one["totp"] for one in estate["people"] if one["totp"]}
    passwords = {one["password"] for one in estate["people"] if one["password"]}
    for path in (*PAGES, *(f"/control/view/{name}" for name in DATA)):
        text = control.get(path).text
        assert not [secret for secret in secrets if secret in text]
        shown = {password for password in passwords if password in text}
        assert shown == ({known(estate, NOAH)["password"]} if "show=" in path else set())


def test_the_code_shown_signs_in(control: httpx.Client, estate: dict[str, Any]) -> None:
    """What the page shows is what the sign-in page takes now."""
    page = control.get(f"/people/{NOAH}?show=sign-in").text
    password, code = re.findall(r"<dd><code[^>]*>([^<]+)</code>", page)[:2]
    with httpx.Client(base_url=estate["urls"]["okta"], trust_env=False) as okta:
        step = okta.post("/api/v1/authn", json={"username": known(estate, NOAH)["login"], "password": password}).json()
        factor = step["_embedded"]["factors"][0]["id"]
        verify = {"stateToken": step["stateToken"], "passCode": code}
        assert okta.post(f"/api/v1/authn/factors/{factor}/verify", json=verify).json()["status"] == "SUCCESS"


def test_looking_changes_nothing(control: httpx.Client, estate: dict[str, Any], server: Server) -> None:
    """No clock, no id, no event, no record is different after every page has been read twice."""

    def everything() -> Any:
        world = server.world.estate
        ids = [dict(system.state.ids.counters) for system in (world.okta, world.sailpoint, world.apps)]
        return world.clock.now(), world.clock.state.number, world.okta.state.event_count, ids, dict(world.ids.counters)

    before = everything()
    for path in (*PAGES, *(f"/control/view/{name}" for name in DATA)) * 2:
        assert control.get(path).status_code == 200
    assert everything() == before


def test_an_unchanged_page_is_not_sent_again(control: httpx.Client, estate: dict[str, Any]) -> None:
    """The entity tag holds while nothing happens, though time passes, and changes with what is shown."""
    pages = (*PAGES[:3], "/timeline", "/sessions", *(f"/control/view/{name}" for name in DATA))
    tags = {path: control.get(path).headers["etag"] for path in pages}
    control.post("/control/clock/advance", json={"by": "PT1S"})
    for path, tag in tags.items():
        again = control.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    sign_in(estate, JAMAL)
    control.post("/control/clock/advance", json={"by": "PT10S"})  # the System Log tells a little late
    changed = {
        path for path, tag in tags.items() if control.get(path, headers={"If-None-Match": tag}).status_code != 304
    }
    assert changed == {"/people", "/timeline", "/sessions", "/control/view/people", "/control/view/timeline",
                       "/control/view/live"}  # fmt: skip


def test_another_estate_has_another_timeline(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A restore and a reset take the events away that have not happened there."""
    sign_in(estate, JAMAL)
    control.post("/control/clock/advance", json={"by": "PT10S"})
    assert control.get("/control/view/timeline").json()["rows"]
    control.post("/control/snapshots/clean/restore")
    assert control.get("/control/view/timeline").json()["rows"] == []
    control.post("/control/reset", json={"seed": "empty"})
    assert control.get("/control/view/people").json()["rows"]
    assert control.get("/").status_code == 200


def test_pages_keep_to_themselves(control: httpx.Client, estate: dict[str, Any]) -> None:
    """No inline script or style, nothing from elsewhere, and only the estate's own addresses."""
    for path in PAGES:
        page = control.get(path)
        assert page.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "unsafe" not in page.headers["content-security-policy"]
        assert re.findall(r"<style|<script(?! src=\"/assets/)|\son\w+=\"|\sstyle=", page.text) == []
        assert set(re.findall(r"https?://[^\s\"'<]+", page.text)) <= set(estate["urls"].values())
    for name in ("view.css", "view.js"):
        assert "://" not in control.get(f"/assets/{name}").text
    assert control.get("/assets/frame.html").status_code == 404


def test_what_people_are_called_is_shown_as_text(control: httpx.Client, estate: dict[str, Any]) -> None:
    """A row with markup in it stays a row."""
    row = {"worker_id": "X1", "first_name": "<b>Eve", "last_name": "<script>", "department": "IT", "time_zone": "UTC",
           "worker_type": "employee", "hire_date": "2026-01-01"}  # fmt: skip
    httpx.put(f"{estate['urls']['hr']}/workers/X1", json=row, trust_env=False)
    for path in ("/people?q=X1", "/people/X1", "/timeline"):
        text = control.get(path).text
        assert "<b>Eve" not in text
        assert "&lt;b&gt;Eve &lt;script&gt;" in text


def test_a_row_that_waits_is_somebody_already(control: httpx.Client, estate: dict[str, Any]) -> None:
    """Somebody whose first rows lie ahead is listed once, and counts when the day has come."""
    row = {"worker_id": "X1", "first_name": "Eve", "last_name": "Later", "department": "IT",
           "time_zone": "Asia/Tokyo", "worker_type": "employee", "hire_date": "2026-03-03"}  # fmt: skip
    for day in ("2026-03-03", "2026-03-06"):
        httpx.put(f"{estate['urls']['hr']}/workers/X1", json={**row, "effective_date": day}, trust_env=False)
    keys = [r["key"] for r in control.get("/control/view/people?limit=200").json()["rows"]]
    assert keys.count("X1") == 1
    assert [r["when"] for r in control.get("/control/view/people/X1").json()["hr_rows"]] == ["waits", "waits"]
    control.post("/control/clock/advance", json={"by": "PT1H1M"})
    assert [r["when"] for r in control.get("/control/view/people/X1").json()["hr_rows"]] == ["counts now", "waits"]
    story = control.get("/control/view/timeline?person=X1&system=hr").json()["rows"]
    assert [r["kind"] for r in story] == ["row counts", "row that waits", "row that waits"]


def test_pages_of_a_large_estate(tmp_path: Path) -> None:
    """Page after page shows everybody once, whoever has joined the list from which system."""
    path = tmp_path / "large.toml"
    path.write_text('extends = "acme"\n[estate]\nscale = 300\n', encoding="utf-8")
    urls = {name: f"http://{name}" for name in ("okta", "sailpoint", "apps", "hr", "control")}
    estate = Estate(load_seed(str(path)), urls)
    keys, after = [], ""
    while True:
        page = listed(estate, "", after, 40)
        assert len(page["rows"]) <= 40
        keys += [row["key"] for row in page["rows"]]
        if page["next"] is None:
            break
        after = page["next"]
    workers = {worker.worker_id for worker in estate.hr.state.workers.rows()}
    assert len(keys) == len(set(keys))
    assert workers <= set(keys)
    assert {"bg-1@acme.example"} <= {estate.okta.state.users[key].login for key in set(keys) - workers}
