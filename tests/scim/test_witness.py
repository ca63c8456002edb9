"""Credentials and the write log: who wrote what, when, and how it was answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulators.kernel.times import iso
from simulators.server import Server


def test_the_log_names_credential_verb_and_outcome(deskly: Any) -> None:
    """Refused attempts are there too, passwords are not."""
    seen = len(deskly.log())
    body = {"userName": "x", "password": "secret"}
    id = deskly("POST", "/scim/v2/Users", body).json()["id"]
    deskly("POST", "/scim/v2/Users", body, engine="sailpoint")
    deskly("DELETE", f"/scim/v2/Users/{id}", engine="sailpoint")
    rows = deskly.log(after=seen)
    assert [(row["number"], row["credential"], row["verb"], row["status"]) for row in rows] == [
        (seen + 1, "okta", "POST", 201),
        (seen + 2, "sailpoint", "POST", 409),
        (seen + 3, "sailpoint", "DELETE", 204),
    ]
    assert [row["resource_id"] for row in rows] == [id, None, id]
    assert rows[0]["body"] == {"userName": "x"}
    assert rows[0]["path"] == "/deskly/scim/v2/Users"
    assert "secret" not in str(rows)
    assert set(rows[0]) == {"number", "time", "credential", "verb", "path", "resource_id", "status", "body"}


def test_a_patched_password_stays_out_of_the_log(deskly: Any) -> None:
    """Wherever a PATCH carries it."""
    id = deskly("POST", "/scim/v2/Users", {"userName": "x"}).json()["id"]
    steps = [{"op": "replace", "path": "password", "value": "secret"}, {"op": "add", "value": {"password": "secret"}}]
    schema = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    assert deskly("PATCH", f"/scim/v2/Users/{id}", {"schemas": [schema], "Operations": steps}).status_code == 200
    assert "secret" not in str(deskly.log())


def test_the_log_is_read_from_an_instant_on(server: Server, deskly: Any) -> None:
    """`since` is included; other applications' rows are not shown."""
    deskly("POST", "/scim/v2/Users", {"userName": "early"})
    server.call(server.world.advance(server.estate.clock.now() + timedelta(hours=1)))
    since = iso(server.estate.clock.now())
    deskly("POST", "/scim/v2/Users", {"userName": "late"})
    rows = deskly.log(since=since)
    assert [row["body"]["userName"] for row in rows if row["body"]] == ["late"]
    assert all(row["path"].startswith("/deskly/") for row in deskly.log())
    assert deskly("GET", "/write-log", engine="witness", since="yesterday").status_code == 400


def test_the_witness_reads_and_never_writes(deskly: Any) -> None:
    """A write with its token is refused, logged, and changes nothing."""
    total = deskly.users()["totalResults"]
    refused = deskly("POST", "/scim/v2/Users", {"userName": "x"}, engine="witness")
    assert (refused.status_code, refused.json()["status"]) == (403, "403")
    assert deskly.users()["totalResults"] == total
    assert deskly.log()[-1]["credential"] == "witness"


@pytest.mark.parametrize("engine", ["okta", "sailpoint"])
def test_engines_do_not_read_the_log(deskly: Any, engine: str) -> None:
    """Only the witness does."""
    assert deskly("GET", "/write-log", engine=engine).status_code == 403


def test_tokens_open_their_own_application_only(deskly: Any, vault: Any) -> None:
    """Another application's token, a wrong one and none are 401."""
    vault._tokens = deskly._tokens
    assert vault("GET", "/scim/v2/Users").status_code == 401
    answer = vault._client.get("/scim/v2/Users")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
