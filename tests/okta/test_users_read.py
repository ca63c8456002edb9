"""Reading, changing and listing people."""

from __future__ import annotations

from typing import Any

import pytest


def logins(answer: Any) -> list[str]:
    return [row["profile"]["login"] for row in answer.json()]


def test_partial_and_full_update(okta: Any) -> None:
    """POST leaves absent attributes, null clears; PUT replaces."""
    user = okta.new_user(title="Agent", department="Sales")
    okta.post(f"/api/v1/users/{user}", {"profile": {"department": "Finance", "title": None}})
    profile = okta.get(f"/api/v1/users/{user}").json()["profile"]
    assert profile["department"] == "Finance"
    assert "title" not in profile
    full = {"login": "ann@example.com", "email": "ann@example.com", "firstName": "Ann", "lastName": "Lee"}
    okta.put(f"/api/v1/users/{user}", {"profile": full})
    assert "department" not in okta.get(f"/api/v1/users/{user}").json()["profile"]


def test_entity_tag(okta: Any) -> None:
    """The tag follows the profile, not the status; a stale condition is refused."""
    user = okta.new_user()
    tag = okta.get(f"/api/v1/users/{user}").headers["etag"]
    okta.post(f"/api/v1/users/{user}/lifecycle/suspend")
    assert okta.get(f"/api/v1/users/{user}").headers["etag"] == tag
    body = {"profile": {"title": "Lead"}}
    assert okta.post(f"/api/v1/users/{user}", body, headers={"If-Match": tag}).status_code == 200
    stale = okta.post(f"/api/v1/users/{user}", body, headers={"If-Match": tag})
    assert (stale.status_code, stale.json()["errorCode"]) == (412, "E0000231")
    assert okta.post(f"/api/v1/users/{user}", body, headers={"If-Match": "x"}).json()["errorCode"] == "E0000242"


def test_lists_hide_and_show_the_deactivated(okta: Any) -> None:
    """Plain lists and `q` hide deactivated people; `filter` and `search` show them."""
    for name in ("ann", "bob"):
        okta.new_user(name)
    okta.post("/api/v1/users/bob@example.com/lifecycle/deactivate")
    assert "bob@example.com" not in logins(okta.get("/api/v1/users"))
    assert logins(okta.get("/api/v1/users?q=bo")) == []
    for query in ({"filter": 'status eq "DEPROVISIONED"'}, {"search": 'status eq "DEPROVISIONED"'}):
        assert logins(okta.get("/api/v1/users", params=query)) == ["bob@example.com"]


def test_search_lags(slow_okta: Any) -> None:
    """`search` sees a write a little later, reading by id at once."""
    okta = slow_okta
    user = okta.new_user(department="Sales")
    query = {"search": 'profile.department eq "sales"'}
    assert logins(okta.get("/api/v1/users", params=query)) == []
    okta.advance(1)
    assert logins(okta.get("/api/v1/users", params=query)) == ["ann@example.com"]
    okta.post(f"/api/v1/users/{user}", {"profile": {"department": "Finance"}})
    assert logins(okta.get("/api/v1/users", params=query)) == ["ann@example.com"]
    okta.advance(1)
    assert logins(okta.get("/api/v1/users", params=query)) == []


def test_paging(okta: Any) -> None:
    """Two Link headers, self first; following next walks everybody once."""
    for number in range(5):
        okta.new_user(f"user{number}")
    for query in ("limit=2", 'limit=2&search=status eq "ACTIVE"', "limit=2&search=status pr&sortBy=profile.login"):
        seen: list[str] = []
        path = f"/api/v1/users?{query}"
        while path:
            answer = okta.get(path)
            seen += logins(answer)
            links = answer.headers.get_list("link")
            assert 'rel="self"' in links[0]
            path = links[1].split(">")[0].removeprefix("<http://127.0.0.1:8600") if len(links) == 2 else ""
        assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize(
    "search",
    [
        "profile.nosuch eq 1",
        'status ne "ACTIVE"',
        'profile.title co "x"',
        "status eq",
        '(status eq "A"',
        'status "ACTIVE"',
    ],
)
def test_bad_search(okta: Any, search: str) -> None:
    """Unknown attributes, unsupported operators and bad syntax are refused alike."""
    answer = okta.get("/api/v1/users", params={"search": search})
    assert (answer.status_code, answer.json()["errorCode"]) == (400, "E0000031")


def test_short_name_and_me(okta: Any) -> None:
    """An unambiguous short name finds a person; `me` is the API token's owner."""
    user = okta.new_user()
    assert okta.get("/api/v1/users/ann").json()["id"] == user
    assert okta.get("/api/v1/users/me").json()["profile"]["login"] == "admin@example.com"
    assert okta.get("/api/v1/users/nobody").json()["errorSummary"] == "Not found: Resource not found: nobody (User)"


def test_changed_since(okta: Any) -> None:
    """A delta asks for what was updated since an instant; pages of it follow the order of creation."""
    for number in range(4):
        okta.new_user(f"user{number}")
    okta.advance(60)
    since = okta.get("/api/v1/users/user3").json()["lastUpdated"]
    for number in (3, 0, 2):
        okta.post(f"/api/v1/users/user{number}", {"profile": {"title": "Lead"}})
    for language in ("search", "filter"):
        query = {language: f'lastUpdated gt "{since}"', "limit": "2"}
        first = okta.get("/api/v1/users", params=query)
        assert logins(first) == ["user0@example.com", "user2@example.com"]
        path = first.headers.get_list("link")[1].split(">")[0].removeprefix("<http://127.0.0.1:8600")
        assert logins(okta.get(path)) == ["user3@example.com"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ('profile.firstName sw "USER"', [0, 1, 2, 3, 4]),
        ('profile.login sw "user3"', [3]),
        ('profile.lastName sw "Mey" and profile.firstName sw "user"', [1, 3]),
        ('status eq "SUSPENDED" or status eq "STAGED"', [2, 4]),
        ('status eq "SUSPENDED" or profile.lastName eq "meyer" or profile.firstName sw "user1"', [1, 3, 4]),
        ('status eq "SUSPENDED" or profile.title eq "Lead"', [0, 4]),
        ('(status eq "STAGED" or status eq "SUSPENDED") and profile.lastName eq "Lee"', [2, 4]),
        ('status eq "NOSUCH" or profile.lastName sw "x"', []),
        ('status eq "suspended" or profile.employeeNumber eq "e-1A"', [1, 4]),
        ('profile.lastName eq "STRASSE"', [2]),
    ],
)
def test_searches_in_parts(okta: Any, search: str, found: list[int]) -> None:
    """Beginnings and alternatives answer each person once, in order of creation, page by page."""
    for number in range(5):
        more = {1: {"lastName": "Meyer", "employeeNumber": "E-1a"}, 3: {"lastName": "Meyer"}}.get(number, {})
        okta.new_user(f"user{number}", "?activate=false" if number == 2 else "", **more)
    okta.post("/api/v1/users/user0", {"profile": {"title": "Lead"}})
    if "STRASSE" in search:
        okta.post("/api/v1/users/user2", {"profile": {"lastName": "Straße"}})
    okta.post("/api/v1/users/user4/lifecycle/suspend")
    okta.advance(60)
    seen: list[str] = []
    answer = okta.get("/api/v1/users", params={"search": search, "limit": "1"})
    seen += logins(answer)
    while len(links := answer.headers.get_list("link")) == 2:
        answer = okta.get(links[1].split(">")[0].removeprefix("<http://127.0.0.1:8600"))
        seen += logins(answer)
    assert seen == [f"user{number}@example.com" for number in found]


def test_trimmed_answers(okta: Any) -> None:
    """A content type asks for less: no credentials, no links that concern them."""
    path = f"/api/v1/users/{okta.new_user()}"

    def links(wish: str) -> set[str]:
        headers = {"Content-Type": f"application/json; okta-response={wish}"}
        body = okta.get(path, headers=headers).json()
        assert ("credentials" in body) == ("omitCredentials," not in f"{wish},".replace(" ", ""))
        return set(body["_links"])

    whole = links("omitTransitioningToStatus")
    gone = {"changePassword", "changeRecoveryQuestion", "forgotPassword", "resetPassword", "resetFactors"}
    assert whole - links("omitCredentialsLinks") == gone
    assert links('"omitCredentials, omitCredentialsLinks"') == whole - gone


def test_projection(okta: Any) -> None:
    """`fields` keeps what it names, and always the id."""
    user = okta.new_user(city="Bern")
    query = {"search": 'profile.city eq "Bern"', "fields": "profile:(login, city),status"}
    login = {"login": "ann@example.com", "city": "Bern"}
    assert okta.get("/api/v1/users", params=query).json() == [{"id": user, "profile": login, "status": "ACTIVE"}]


@pytest.mark.parametrize(
    ("profile", "summary", "causes"),
    [
        (
            {},
            "login",
            [
                *(f"{name}: The field cannot be left blank" for name in ("login", "firstName", "lastName", "email")),
                "login: Username must be in the form of an email address",
            ],
        ),
        (
            {"login": "ann", "email": "ann", "firstName": "Ann", "lastName": "Lee"},
            "login",
            [
                "login: The field must be between 5 and 100 characters",
                "email: Does not match required pattern",
                "email: The field must be between 5 and 100 characters",
                "login: Username must be in the form of an email address",
            ],
        ),
        (
            {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B", "shoe": 1, "hat": "x"},
            "newUser",
            [f"Property name '{name}' is not defined in profile" for name in ("shoe", "hat")],
        ),
        (
            {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B" * 51},
            "lastName",
            ["lastName: The field must be between 1 and 50 characters"],
        ),
        (
            {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B", "secondEmail": " "},
            "secondEmail",
            [
                "secondEmail: Does not match required pattern",
                "secondEmail: The field must be between 5 and 100 characters",
            ],
        ),
        (
            {"login": "a@x.org", "email": "a@x.org", "firstName": "A", "lastName": "B", "title": 7},
            "title",
            ["title: Attribute value must be of type string"],
        ),
    ],
)
def test_bad_profiles(okta: Any, profile: dict[str, Any], summary: str, causes: list[str]) -> None:
    """One cause a problem, in the schema's order, the login's form last; the summary names the first."""
    body = okta.post("/api/v1/users", {"profile": profile}).json()
    assert (body["errorCode"], body["errorSummary"]) == ("E0000001", f"Api validation failed: {summary}")
    assert [cause["errorSummary"] for cause in body["errorCauses"]] == causes


def test_cursor(okta: Any) -> None:
    """A page's cursor is one digit and the id of the last user on it; links name cursor and limit first."""
    okta.new_user()
    link = okta.get("/api/v1/users?limit=1").headers.get_list("link")[1]
    cursor = link.partition("after=")[2].partition("&")[0]
    assert "/api/v1/users?after=" in link
    asked = okta.get("/api/v1/users", params={"filter": 'status eq "ACTIVE"', "limit": "5"}).headers.get_list("link")
    assert asked == ['<http://127.0.0.1:8600/api/v1/users?limit=5&filter=status+eq+%22ACTIVE%22>; rel="self"']
    assert cursor[0].isdigit()
    assert cursor[1:] == okta.get("/api/v1/users?limit=1").json()[0]["id"]
