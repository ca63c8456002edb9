"""The org's settings and its plain collections: zones, log streams, inline hooks, features, subscriptions."""

from __future__ import annotations

from typing import Any

import pytest


def test_org_settings(okta: Any) -> None:
    """POST changes what it names, PUT everything; read-only fields stay."""
    before = okta.get("/api/v1/org").json()
    assert set(before["_links"]) == {
        "preferences",
        "uploadLogo",
        "oktaCommunication",
        "logo",
        "oktaSupport",
        "contacts",
    }
    okta.advance(60)
    after = okta.post("/api/v1/org", {"city": "Bern", "id": "x"}).json()
    assert (after["city"], after["id"], after["website"]) == ("Bern", before["id"], before["website"])
    assert after["lastUpdated"] > before["lastUpdated"]
    assert okta.put("/api/v1/org", {"companyName": "Acme"}).json()["city"] is None
    assert okta.put("/api/v1/org", {"city": "Bern"}).status_code == 400
    assert okta.post("/api/v1/org", {"city": 1}).status_code == 400
    told = okta.get("/.well-known/okta-organization", auth=None).json()
    assert (told["id"], told["pipeline"]) == (before["id"], "idx")
    assert told["cell"]
    assert told["settings"].keys() >= {"analyticsCollectionEnabled", "bugReportingEnabled", "omEnabled"}


def test_org_contacts(okta: Any) -> None:
    """The first super administrator is asked until somebody else is named."""
    where = "/api/v1/org/contacts"
    assert [row["contactType"] for row in okta.get(where).json()] == ["BILLING", "TECHNICAL"]
    first = okta.get(f"{where}/BILLING").json()["userId"]
    user = okta.new_user()
    assert okta.put(f"{where}/TECHNICAL", {"userId": user}).json()["userId"] == user
    assert okta.get(f"{where}/BILLING").json()["userId"] == first != user
    assert okta.get(f"{where}/NOBODY").status_code == 404
    assert okta.put(f"{where}/BILLING", {"userId": "00u0"}).status_code == 404


def test_org_privacy_and_preferences(okta: Any) -> None:
    """Support access lasts eight hours and is extended by days; each setting links to its opposite."""
    support = "/api/v1/org/privacy/oktaSupport"
    assert okta.get(support).json()["support"] == "DISABLED"
    assert okta.post(f"{support}/extend").status_code == 400
    granted = okta.post(f"{support}/grant").json()
    assert granted["expiration"] == "2026-03-02T22:00:00.000Z"
    assert okta.post(f"{support}/extend").json()["expiration"] == "2026-03-03T22:00:00.000Z"
    okta.advance(33 * 3600)
    assert okta.get(support).json()["support"] == "DISABLED"
    assert okta.post("/api/v1/org/privacy/oktaCommunication/optIn").json()["optOutEmailUsers"] is False
    assert "optOut" in okta.get("/api/v1/org/privacy/oktaCommunication").json()["_links"]
    assert okta.post("/api/v1/org/preferences/hideEndUserFooter").json()["showEndUserFooter"] is False
    assert okta.post("/api/v1/org/preferences/paintItBlack").json()["errorCode"] == "E0000008"
    switch = "/api/v1/org/settings/clientPrivilegesSetting"
    assert okta.put(switch, {"clientPrivilegesSetting": False}).json() == {"clientPrivilegesSetting": False}
    assert okta.put(switch, {}).status_code == 400


def test_zones(okta: Any) -> None:
    """A zone is deleted once it is inactive; a new org's own zones never."""
    own = okta.get("/api/v1/zones").json()
    assert [(row["name"], row["usage"], row["system"]) for row in own] == [
        ("BlockedIpZone", "BLOCKLIST", True),
        ("LegacyIpZone", "POLICY", True),
        ("DefaultEnhancedDynamicZone", "BLOCKLIST", True),
    ]
    body = {"type": "IP", "name": "Office", "gateways": [{"type": "CIDR", "value": "1.2.3.4/24"}]}
    made = okta.post("/api/v1/zones", body).json()
    assert (made["status"], made["usage"], made["proxies"], made["system"]) == ("ACTIVE", "POLICY", None, False)
    where = f"/api/v1/zones/{made['id']}"
    refused = okta.delete(where).json()
    assert refused["errorCauses"][0]["errorSummary"].endswith("is an active zone. Active zones cannot be deleted.")
    assert set(okta.post(f"{where}/lifecycle/deactivate").json()["_links"]) == {"self", "activate"}
    changed = {**body, "gateways": [{"type": "RANGE", "value": "1.2.3.4-1.2.3.9"}]}
    assert okta.put(where, changed).json()["gateways"] == changed["gateways"]
    assert okta.put(where, {"type": "DYNAMIC", "name": "Office"}).status_code == 400
    assert okta.delete(where).status_code == 204
    assert okta.delete(f"/api/v1/zones/{own[0]['id']}").status_code == 400
    assert len(okta.get("/api/v1/zones", params={"filter": 'usage eq "BLOCKLIST"'}).json()) == 2
    assert "zone.create" in okta.types()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"type": "DYNAMIC", "locations": [{"country": "CH", "region": None}], "proxyType": "Any"}, 200),
        ({"type": "DYNAMIC_V2", "locations": {"include": [{"country": "CH"}]}, "asns": {"exclude": ["23457"]}}, 200),
        ({"type": "DYNAMIC", "proxyType": "Some"}, 400),
        ({"type": "DYNAMIC_V2", "asns": ["1"]}, 400),
        ({"type": "MOON"}, 400),
        ({"type": "IP", "usage": "FUN"}, 400),
        ({"type": "IP", "gateways": [{"type": "CIDR", "value": "1.2.3"}]}, 400),
        ({"type": "IP", "gateways": [{"type": "RANGE", "value": "1.2.3.9-1.2.3.4"}]}, 400),
        ({"type": "IP", "gateways": ["1.2.3.4"]}, 400),
        ({"type": "IP", "name": "LegacyIpZone"}, 400),
        ({"type": "IP", "name": ""}, 400),
    ],
)
def test_kinds_of_zones(okta: Any, body: dict[str, Any], status: int) -> None:
    """Each kind of zone has fields of its own."""
    assert okta.post("/api/v1/zones", {"name": "Zone", **body}).status_code == status


AWS = {
    "type": "aws_eventbridge",
    "name": "To AWS",
    "settings": {"accountId": "123456789012", "eventSourceName": "okta", "region": "us-east-1"},
}
SPLUNK = {
    "type": "splunk_cloud_logstreaming",
    "name": "To Splunk",
    "settings": {"edition": "aws", "host": "acme.splunkcloud.com", "token": "58a7c8d6-4e2e-4b18-a4b0-4fb1a9c7f0c1"},
}


def test_log_streams(okta: Any) -> None:
    """A stream begins ACTIVE, hides its token, and its lifecycle answers 200 with nothing."""
    aws = okta.post("/api/v1/logStreams", {**AWS, "status": "INACTIVE"}).json()
    splunk = okta.post("/api/v1/logStreams", SPLUNK).json()
    assert aws["status"] == "ACTIVE"
    assert splunk["settings"] == {"edition": "aws", "host": "acme.splunkcloud.com"}
    where = f"/api/v1/logStreams/{aws['id']}"
    answer = okta.post(f"{where}/lifecycle/deactivate")
    assert (answer.status_code, answer.content) == (200, b"")
    assert okta.get(where).json()["_links"]["activate"]["method"] == "POST"
    assert okta.put(where, {**AWS, "name": "Other"}).json()["name"] == "Other"
    assert okta.put(where, {**AWS, "settings": {**AWS["settings"], "region": "eu-west-1"}}).status_code == 400  # type: ignore[dict-item]
    moved = {**SPLUNK, "settings": {"edition": "aws", "host": "other.splunkcloud.com"}}
    assert okta.put(f"/api/v1/logStreams/{splunk['id']}", moved).json()["settings"]["host"] == "other.splunkcloud.com"
    listed = okta.get("/api/v1/logStreams", params={"filter": 'type eq "aws_eventbridge"'}).json()
    assert [row["id"] for row in listed] == [aws["id"]]
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json()["errorSummary"] == f"Not found: Resource not found: {aws['id']} (AppInstance)"
    for bad in ({**AWS, "type": "kafka"}, {**AWS, "settings": {}}, {**AWS, "settings": []}, {**SPLUNK, "name": 1}):
        assert okta.post("/api/v1/logStreams", bad).status_code == 400


def test_log_stream_schemas(okta: Any) -> None:
    """Each type has a schema, which asks for the settings that a stream of that type needs."""
    where = "/api/v1/meta/schemas/logStream"
    listed = okta.get(where).json()
    assert [row["title"] for row in listed] == ["AWS EventBridge", "Splunk Cloud"]
    assert [okta.get(f"{where}/{kind['type']}").json() for kind in (AWS, SPLUNK)] == listed
    for row, body in zip(listed, (AWS, SPLUNK), strict=True):
        assert set(row["properties"]["settings"]["required"]) == set(body["settings"])
    unknown = okta.get(f"{where}/kafka")
    assert (unknown.status_code, unknown.json()["errorCode"]) == (404, "E0000007")


def test_inline_hooks(okta: Any) -> None:
    """Registered per type, never showing a secret; type and version are fixed; deleted once inactive."""
    body = {
        "name": "Tokens",
        "type": "com.okta.oauth2.tokens.transform",
        "version": "1.0.0",
        "channel": {
            "type": "OAUTH",
            "version": "1.0.0",
            "config": {"uri": "https://a.example/", "clientId": "c", "clientSecret": "hush", "tokenUrl": "https://b/"},
        },
    }
    made = okta.post("/api/v1/inlineHooks", body).json()
    assert made["channel"]["config"]["clientId"] == "c"
    assert "clientSecret" not in made["channel"]["config"]
    where = f"/api/v1/inlineHooks/{made['id']}"
    assert okta.put(where, {**body, "type": "com.okta.import.transform"}).status_code == 400
    assert okta.put(where, {**body, "name": "Other"}).json()["name"] == "Other"
    assert okta.delete(where).status_code == 400
    assert okta.post(f"{where}/lifecycle/deactivate").json()["status"] == "INACTIVE"
    assert okta.get("/api/v1/inlineHooks?type=com.okta.import.transform").json() == []
    assert okta.get("/api/v1/inlineHooks?type=x").status_code == 400
    assert okta.delete(where).status_code == 204
    assert okta.get(where).json()["errorSummary"].endswith("(InlineHook)")


def test_features(okta: Any) -> None:
    """A feature that needs another is switched on after it, or together by force."""
    rows = {row["name"]: row for row in okta.get("/api/v1/features").json()}
    needing = rows["Resource set conditions"]
    where = f"/api/v1/features/{needing['id']}"
    needed = okta.get(f"{where}/dependencies").json()
    assert [row["name"] for row in needed] == ["Custom administrator role conditions"]
    dependents = okta.get(f"/api/v1/features/{needed[0]['id']}/dependents").json()
    assert [row["id"] for row in dependents] == [needing["id"]]
    assert okta.post(f"{where}/enable").status_code == 400
    assert okta.post(f"{where}/enable?mode=force").json()["status"] == "ENABLED"
    assert okta.get(f"/api/v1/features/{needed[0]['id']}").json()["status"] == "ENABLED"
    assert okta.post(f"/api/v1/features/{needed[0]['id']}/disable").status_code == 400
    assert okta.post(f"{where}/explode").status_code == 400
    assert "disable" in okta.get(where).json()["_links"]


def test_subscriptions(okta: Any) -> None:
    """A role's and one's own notifications; nobody asks for somebody else's."""
    me = okta.get("/api/v1/users/me").json()["id"]
    for where in (f"/api/v1/users/{me}/subscriptions", "/api/v1/roles/SUPER_ADMIN/subscriptions"):
        answer = okta.post(f"{where}/OKTA_UPDATE/subscribe")
        assert (answer.status_code, answer.content) == (200, b"")
        assert okta.get(f"{where}/OKTA_UPDATE").json()["status"] == "subscribed"
        okta.post(f"{where}/OKTA_UPDATE/unsubscribe")
        body = okta.get(f"{where}/OKTA_UPDATE").json()
        assert (body["status"], set(body["_links"])) == ("unsubscribed", {"subscribe", "self"})
        assert len(okta.get(where).json()) == 13
        assert okta.get(f"{where}/NONSENSE").status_code == 404
    assert okta.get(f"/api/v1/users/{okta.new_user()}/subscriptions").status_code == 403
    assert okta.get("/api/v1/roles/NOBODY/subscriptions").status_code == 404


@pytest.mark.parametrize(
    "path", ["zones", "logStreams", "eventHooks", "inlineHooks", "iam/roles", "iam/resource-sets", "org"]
)
def test_bad_bodies(okta: Any, path: str) -> None:
    """A body that is no object, or of wrong types, is refused in the vendor's shape."""
    for content in (b"", b"[]", b"{", b'{"name": [], "label": {}, "type": 7, "channel": 1, "city": []}'):
        answer = okta.ask("POST", f"/api/v1/{path}", content=content)
        assert (answer.status_code, answer.json()["errorCode"][:7]) == (400, "E000000"), content
