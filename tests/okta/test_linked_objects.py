"""Linked objects: definitions of relations between users, and links."""

from __future__ import annotations

from typing import Any

import pytest

DEFINITIONS = "/api/v1/meta/schemas/user/linkedObjects"
PAIR = {
    "primary": {"name": "mentor", "title": "Mentor", "description": "Who teaches", "type": "USER"},
    "associated": {"name": "learner", "title": "Learner", "type": "USER"},
}


def linked(okta: Any, user: str, name: str) -> list[str]:
    """The users behind the links, by id."""
    rows = okta.get(f"/api/v1/users/{user}/linkedObjects/{name}").json()
    return [row["_links"]["self"]["href"].rpartition("/")[2] for row in rows]


def test_definition(okta: Any) -> None:
    """Created with 201, found by either name, its address is that of the primary name; removed by either name."""
    made = okta.post(DEFINITIONS, PAIR)
    assert made.status_code == 201
    own = {"self": {"href": f"http://127.0.0.1:8600{DEFINITIONS}/mentor"}}
    assert made.json() == {**PAIR, "_links": own}
    assert [okta.get(f"{DEFINITIONS}/{name}").json() for name in ("mentor", "learner")] == [made.json()] * 2
    assert okta.get(DEFINITIONS).json() == [made.json()]
    assert okta.delete(f"{DEFINITIONS}/learner").status_code == 204
    gone = okta.get(f"{DEFINITIONS}/mentor")
    text = "Not found: Resource not found: mentor (LinkedObjectProperty)"
    assert (gone.status_code, gone.json()["errorSummary"]) == (404, text)


def test_links(okta: Any) -> None:
    """A user has one primary user and any number of associated ones; a new link replaces the old one."""
    okta.post(DEFINITIONS, PAIR)
    ann, bob, cyd = (okta.new_user(name) for name in ("ann", "bob", "cyd"))
    for user in (ann, bob):
        assert okta.put(f"/api/v1/users/{user}/linkedObjects/mentor/{cyd}").status_code == 204
    assert linked(okta, ann, "mentor") == [cyd]
    assert sorted(linked(okta, cyd, "learner")) == sorted([ann, bob])
    assert linked(okta, cyd, "mentor") == linked(okta, ann, "learner") == []
    okta.put(f"/api/v1/users/{ann}/linkedObjects/mentor/bob@example.com")
    assert linked(okta, ann, "mentor") == [bob]
    assert linked(okta, cyd, "learner") == [bob]
    assert okta.delete(f"/api/v1/users/{cyd}/linkedObjects/mentor").status_code == 204
    assert linked(okta, cyd, "learner") == [bob]
    assert okta.delete(f"/api/v1/users/{bob}/linkedObjects/mentor").status_code == 204
    assert linked(okta, cyd, "learner") == []


def test_what_ends_links(okta: Any) -> None:
    """Links go with either user and with the definition, and do not come back with a new one of the name."""
    okta.post(DEFINITIONS, PAIR)
    ann, bob, cyd = (okta.new_user(name) for name in ("ann", "bob", "cyd"))
    okta.put(f"/api/v1/users/{ann}/linkedObjects/mentor/{bob}")
    okta.put(f"/api/v1/users/{bob}/linkedObjects/mentor/{cyd}")
    for _ in range(2):
        okta.delete(f"/api/v1/users/{bob}")
    assert linked(okta, ann, "mentor") == linked(okta, cyd, "learner") == []
    okta.put(f"/api/v1/users/{ann}/linkedObjects/mentor/{cyd}")
    okta.delete(f"{DEFINITIONS}/mentor")
    okta.post(DEFINITIONS, PAIR)
    assert linked(okta, ann, "mentor") == []


def test_unknown_ends(okta: Any) -> None:
    """A relation, a user or a primary name that is not there is not found."""
    okta.post(DEFINITIONS, PAIR)
    user = f"/api/v1/users/{okta.new_user()}/linkedObjects"
    for answer in (
        okta.get(f"{user}/boss"),
        okta.put(f"{user}/boss/admin@example.com"),
        okta.put(f"{user}/learner/admin@example.com"),
        okta.put(f"{user}/mentor/nobody"),
        okta.delete(f"{user}/boss"),
        okta.delete(f"{DEFINITIONS}/boss"),
    ):
        assert (answer.status_code, answer.json()["errorCode"]) == (404, "E0000007")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"primary": PAIR["primary"]},
        {**PAIR, "primary": "mentor"},
        {**PAIR, "primary": {"title": "Mentor"}},
        {**PAIR, "primary": {"name": "mentor"}},
        {**PAIR, "primary": {"name": "men tor", "title": "Mentor"}},
        {**PAIR, "primary": {"name": "mentor", "title": "Mentor", "type": "GROUP"}},
        {**PAIR, "primary": {"name": "mentor", "title": 1}},
        {**PAIR, "primary": {"name": "learner", "title": "Learner"}},
    ],
)
def test_bad_definitions(okta: Any, body: dict[str, Any]) -> None:
    """Both sides need a name that nothing else has, and a title."""
    assert okta.post(DEFINITIONS, body).status_code == 400
    assert okta.get(DEFINITIONS).json() == []


def test_names_are_taken(okta: Any) -> None:
    """Neither name can be used again, nor can that of an attribute: a conflict."""
    okta.post(DEFINITIONS, PAIR)
    for name in ("mentor", "learner", "manager"):
        other = {"primary": {"name": name, "title": "L"}, "associated": {"name": "x", "title": "X"}}
        refused = okta.post(DEFINITIONS, other)
        assert (refused.status_code, refused.json()["errorCode"]) == (409, "E0000127")
