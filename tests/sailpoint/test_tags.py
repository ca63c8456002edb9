"""Tags and tagged objects."""

from __future__ import annotations

from typing import Any

from tests.sailpoint.conftest import Company
from tests.sailpoint.reviews import staged


def role_ref(company: Company, number: int = 0) -> dict[str, str]:
    """A role to put tags on."""
    role = company.get("/roles/v1")[number]
    return {"type": "ROLE", "id": role["id"], "name": role["name"]}


def bulk(company: Company, refs: list[dict[str, str]], *tags: str, **more: Any) -> Any:
    """The answer to adding tags to several objects."""
    return company.call("POST", "/tagged-objects/v1/bulk-add", json={"objectRefs": refs, "tags": list(tags)} | more)


def test_an_object_and_its_tags(company: Company) -> None:
    """Added, replaced, taken off; without tags an object is no tagged object."""
    ref = role_ref(company)
    path = f"/tagged-objects/v1/ROLE/{ref['id']}"
    assert company.call("GET", path).status_code == 404
    assert company.call("POST", "/tagged-objects/v1", json={"objectRef": ref, "tags": ["A", "B"]}).status_code == 201
    assert company.get(path) == {"objectRef": ref, "tags": ["A", "B"]}
    put = company.call("PUT", path, json={"objectRef": ref, "tags": ["C"]})
    assert put.json()["tags"] == ["C"]
    assert company.get("/tagged-objects/v1", filters='tagName eq "C"') == [{"objectRef": ref, "tags": ["C"]}]
    assert company.get("/tagged-objects/v1", filters='tagName eq "A"') == []
    assert company.get("/tagged-objects/v1/ROLE", filters=f'objectRef.id eq "{ref["id"]}"') != []
    assert company.get("/tagged-objects/v1/SOURCE") == []
    assert company.call("DELETE", path).status_code == 204
    assert company.call("DELETE", path).status_code == 404


def test_append_and_merge(company: Company) -> None:
    """Appending a tag an object has already is a 400 and changes nothing; merging passes over it."""
    refs = [role_ref(company), role_ref(company, 1)]
    assert bulk(company, refs[:1], "A").json() == [{"objectRefs": refs[:1], "tags": ["A"]}]
    assert bulk(company, refs, "A", "B").status_code == 400
    assert [one["tags"] for one in company.get("/tagged-objects/v1")] == [["A"]]
    assert bulk(company, refs, "A", "B", operation="MERGE").status_code == 200
    assert [one["tags"] for one in company.get("/tagged-objects/v1")] == [["A", "B"], ["A", "B"]]
    assert bulk(company, refs, "A", operation="SET").status_code == 400
    removed = company.call("POST", "/tagged-objects/v1/bulk-remove", json={"objectRefs": refs, "tags": ["A", "Z"]})
    assert removed.status_code == 204
    assert [one["tags"] for one in company.get("/tagged-objects/v1")] == [["B"], ["B"]]


def test_campaigns_carry_tags(company: Company) -> None:
    """They are told by name like everything else."""
    ref = {"type": "CAMPAIGN", "id": staged(company)}
    assert bulk(company, [ref], "Q1").status_code == 200
    (found,) = company.get("/tagged-objects/v1/CAMPAIGN")
    assert (found["objectRef"]["id"], found["objectRef"]["name"]) == (ref["id"], "Q1")


def test_what_cannot_be_tagged(company: Company) -> None:
    """A type without tags, an object that is not there, another object than the path's."""
    ref = role_ref(company)
    nobody = {"type": "IDENTITY", "id": "nobody"}
    assert bulk(company, [nobody], "A").json()["detailCode"].startswith("400.1.404")
    assert bulk(company, [{"type": "CAR", "id": "x"}], "A").status_code == 400
    assert bulk(company, [ref], "").status_code == 400
    assert company.call("GET", "/tagged-objects/v1/CAR").status_code == 400
    body = {"objectRef": ref, "tags": ["A"]}
    assert company.call("PUT", f"/tagged-objects/v1/ROLE/{role_ref(company, 1)['id']}", json=body).status_code == 400
    missing = {"objectRef": {"type": "ROLE", "id": "none"}, "tags": ["A"]}
    assert company.call("PUT", "/tagged-objects/v1/ROLE/none", json=missing).status_code == 404


def test_a_tag_is_there_from_its_first_use(company: Company) -> None:
    """It names what carries it, is there once, and goes from every object."""
    ref = role_ref(company)
    bulk(company, [ref], "A", "B")
    (tag,) = company.get("/tags/v1", filters='name eq "A"')
    assert tag["tagCategoryRefs"] == [ref]
    assert company.get(f"/tags/v1/{tag['id']}") == tag
    assert company.call("POST", "/tags/v1", json={"name": "a"}).json()["detailCode"].startswith("400.1.409")
    assert company.call("POST", "/tags/v1", json={"name": "C"}).status_code == 201
    assert [one["name"] for one in company.get("/tags/v1", sorters="-name")] == ["C", "B", "A"]
    assert company.call("DELETE", f"/tags/v1/{tag['id']}").status_code == 204
    assert company.get(f"/tagged-objects/v1/ROLE/{ref['id']}")["tags"] == ["B"]
    assert company.call("DELETE", f"/tags/v1/{tag['id']}").status_code == 404
