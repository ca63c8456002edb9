"""SCIM resources as JSON: users, groups, list responses, rows of the write log."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from simulators.kernel.times import iso
from simulators.scim.apps import ScimApps
from simulators.scim.attributes import ENTERPRISE, GROUP, USER, Document
from simulators.scim.records import Account, Group, Write

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"


def account_body(apps: ScimApps, account: Account) -> Document:
    """A SCIM user."""
    document = json.loads(account.document)
    schemas = [USER, ENTERPRISE] if ENTERPRISE in document else [USER]
    body: Document = {"schemas": schemas, "id": account.id, **document}
    url = f"{apps.base_url}/{account.app}/scim/v2"
    groups = [
        {"value": group.id, "display": group.display_name, "$ref": f"{url}/Groups/{group.id}"}
        for group in apps.groups_of(account)
    ]
    if groups:
        body["groups"] = groups
    body["meta"] = {
        "resourceType": "User",
        "created": iso(account.created),
        "lastModified": iso(account.modified),
        "location": f"{url}/Users/{account.id}",
    }
    return body


def group_body(apps: ScimApps, group: Group, members: bool = True) -> Document:
    """A SCIM group; its members are left out where nobody asks for them."""
    url = f"{apps.base_url}/{group.app}/scim/v2"
    body: Document = {"schemas": [GROUP], "id": group.id, "displayName": group.display_name}
    if group.external_id:
        body["externalId"] = group.external_id
    if members:
        body["members"] = [
            {"value": account.id, "$ref": f"{url}/Users/{account.id}"} for account in apps.members(group)
        ]
    body["meta"] = {
        "resourceType": "Group",
        "created": iso(group.created),
        "lastModified": iso(group.modified),
        "location": f"{url}/Groups/{group.id}",
    }
    return body


def list_body(resources: list[Document], total: int, start: int) -> Document:
    """A page of resources."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def write_body(write: Write) -> dict[str, Any]:
    """One row of the write log."""
    return {
        "number": write.number,
        "time": iso(write.time),
        "credential": write.credential,
        "verb": write.verb,
        "path": write.path,
        "resource_id": write.resource_id,
        "status": write.status,
        "body": None if write.body is None else json.loads(write.body),
    }


def chosen(body: Document, attributes: Iterable[str], excluded: Iterable[str]) -> Document:
    """The resource with the attributes a client asked for; `schemas`, `id` and `meta` always stay.

    >>> chosen({"schemas": [], "id": "1", "title": "x", "active": True}, ["active"], [])
    {'schemas': [], 'id': '1', 'active': True}
    """
    wanted = {name.split(".")[0].rpartition(":")[2].lower() for name in attributes}
    unwanted = {name.split(".")[0].rpartition(":")[2].lower() for name in excluded} - {"id", "schemas"}
    if wanted:
        return {name: body[name] for name in body if name in ("schemas", "id", "meta") or name.lower() in wanted}
    return {name: body[name] for name in body if name.lower() not in unwanted}
