"""Groups and group rules as JSON."""

from __future__ import annotations

from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.domain.groups import Group, GroupRule, Owner
from simulators.okta.wire.bodies import Json, part, texts


def group_body(group: Group, base_url: str) -> Json:
    """A group."""
    own = f"{base_url}/api/v1/groups/{group.id}"
    logo = f"{base_url}/assets/img/logos/groups/odyssey/{group.logo}"
    body: Json = {
        "id": group.id,
        "created": iso(group.created),
        "lastUpdated": iso(group.last_updated),
        "lastMembershipUpdated": iso(group.last_membership_updated),
        "objectClass": [group.object_class],
        "type": group.type,
        "profile": {"name": group.name, "description": group.description, **dict(group.attributes)},
        "_links": {
            "logo": [
                {"name": "medium", "href": f"{logo}-medium.png", "type": "image/png"},
                {"name": "large", "href": f"{logo}-large.png", "type": "image/png"},
            ],
            # orgs whose groups can have owners link to them
            "owners": {"href": f"{own}/owners"},
            "users": {"href": f"{own}/users"},
            "apps": {"href": f"{own}/apps"},
        },
    }
    if group.source_id is not None:
        body["source"] = {"id": group.source_id}
        body["_links"]["source"] = {"href": f"{base_url}/api/v1/apps/{group.source_id}"}
    return body


def owner_body(owner: Owner) -> Json:
    """An owner of a group."""
    return {
        "id": owner.owner_id,
        "type": owner.kind,
        "resolved": True,
        "originId": None,
        "originType": "OKTA_DIRECTORY",
        "displayName": owner.name,
        "lastUpdated": iso(owner.last_updated),
    }


def read_group(body: Json) -> tuple[str, str | None, dict[str, Any]]:
    """Name, description and further attributes. Raises NotWellFormed without a profile."""
    if "profile" not in body:
        raise NotWellFormed()
    profile = part(body, "profile")
    name, description = profile.get("name"), profile.get("description")
    if not isinstance(name, str | None) or not isinstance(description, str | None):
        raise NotWellFormed()
    more = {key: value for key, value in profile.items() if key not in ("name", "description") and value is not None}
    return name or "", description, more


def rule_body(rule: GroupRule, all_groups: bool) -> Json:
    """A group rule."""
    return {
        "type": "group_rule",
        "id": rule.id,
        "status": rule.status,
        "name": rule.name,
        "created": iso(rule.created),
        "lastUpdated": iso(rule.last_updated),
        "conditions": {
            "people": {"users": {"exclude": sorted(rule.excluded)}, "groups": {"exclude": []}},
            "expression": {"value": rule.expression, "type": "urn:okta:expression:1.0"},
        },
        "actions": {"assignUserToGroups": {"groupIds": list(rule.group_ids)}},
        "allGroupsValid": all_groups,
    }


def read_rule(body: Json) -> tuple[str, str, list[str], list[str]]:
    """Name, expression, target groups and excluded users. Raises Invalid or NotWellFormed."""
    if body.get("type", "group_rule") != "group_rule":
        raise Invalid("type", "type: The type must be group_rule")
    if not isinstance(body.get("name"), str | None):
        raise NotWellFormed()
    conditions, actions = part(body, "conditions"), part(body, "actions")
    people, expression = part(conditions, "people"), part(conditions, "expression")
    if texts(part(people, "groups").get("exclude")):
        raise Invalid("conditions", "conditions.people.groups.exclude: Excluding groups is not supported")
    text = expression.get("value")
    if not isinstance(text, str) or not text:
        raise Invalid("conditions", "conditions.expression.value: The field cannot be left blank")
    group_ids = texts(part(actions, "assignUserToGroups").get("groupIds"))
    return str(body.get("name") or ""), text, group_ids, texts(part(people, "users").get("exclude"))
