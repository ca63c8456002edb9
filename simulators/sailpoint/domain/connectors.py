"""The connectors a tenant offers: what each is called, what it can do, and the account schema it brings along.

Names, classes and features as in the vendor's connector list (SailPoint API, connectors); the choice of rows is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ConnectorKind:
    """One connector. `columns` is its account schema, whose first is the native identity, the second the display."""

    script: str
    name: str
    type: str
    java_class: str
    features: tuple[str, ...]
    columns: tuple[str, ...]
    held: str = "groups"
    direct: bool = True
    category: str = "directories"

    @property
    def connection(self) -> str:
        """How it is reached: `direct` or by `file`."""
        return "direct" if self.direct else "file"


_READS = ("DISCOVER_SCHEMA", "AUTHENTICATE", "SEARCH")
_WRITES = ("PROVISIONING", "ENABLE", "SYNC_PROVISIONING")
_FULL = (*_WRITES, "UNLOCK", "PASSWORD", *_READS)
_PERSON = ("firstName", "lastName", "email")

KINDS: tuple[ConnectorKind, ...] = (
    ConnectorKind(
        "delimited-file-angularsc",
        "Delimited File",
        "DelimitedFile",
        "sailpoint.connector.DelimitedFileConnector",
        ("DIRECT_PERMISSIONS", "NO_RANDOM_ACCESS", "DISCOVER_SCHEMA"),
        ("id", "name", "givenName", "familyName", "e-mail", "location", "manager", "groups"),
        direct=False,
        category="files",
    ),
    ConnectorKind(
        "okta-angularsc",
        "Okta",
        "Okta",
        "sailpoint.connector.OktaConnector",
        (*_WRITES, "UNLOCK", "PASSWORD", "DISCOVER_SCHEMA", "AUTHENTICATE", "DELETE"),
        ("id", "login", *_PERSON, "displayName", "secondEmail", "mobilePhone", "title", "department", "groups"),
    ),
    ConnectorKind(
        "scim2-angularsc",
        "SCIM 2.0",
        "SCIM 2.0",
        "sailpoint.connector.SCIM2Connector",
        (*_WRITES, "DISCOVER_SCHEMA", "DELETE"),
        ("id", "userName", "externalId", "displayName", "givenName", "familyName", "email", "entitlements"),
        held="entitlements",
        category="applications",
    ),
    ConnectorKind(
        "active-directory-angularsc",
        "Active Directory",
        "Active Directory - Direct",
        "sailpoint.connector.ADLDAPConnector",
        (*_FULL, "GROUP_PROVISIONING", "CURRENT_PASSWORD", "MANAGER_LOOKUP", "DELETE"),
        ("distinguishedName", "sAMAccountName", "givenName", "sn", "mail", "department", "memberOf"),
        held="memberOf",
    ),
    ConnectorKind(
        "azure-ad-angularsc",
        "Microsoft Entra ID",
        "Azure Active Directory",
        "sailpoint.connector.AzureADConnector",
        (*_FULL, "GROUP_PROVISIONING"),
        ("objectId", "userPrincipalName", "givenName", "surname", "mail", "groups"),
    ),
    ConnectorKind(
        "generic-ldap-angularsc",
        "LDAP",
        "LDAP",
        "sailpoint.connector.LDAPConnector",
        _FULL,
        ("dn", "uid", "givenName", "sn", "mail", "groups"),
    ),
    ConnectorKind(
        "jdbc-angularsc",
        "JDBC",
        "JDBC",
        "sailpoint.connector.JDBCConnector",
        (*_WRITES, "DISCOVER_SCHEMA", "SEARCH", "DIRECT_PERMISSIONS"),
        ("id", "name", *_PERSON, "groups"),
        category="databases",
    ),
    ConnectorKind(
        "salesforce-angularsc",
        "Salesforce",
        "Salesforce",
        "sailpoint.connector.SalesforceConnector",
        (*_WRITES, "PASSWORD"),
        ("Id", "Username", "FirstName", "LastName", "Email", "groups"),
        category="applications",
    ),
    ConnectorKind(
        "servicenow-angularsc",
        "ServiceNow",
        "ServiceNow",
        "sailpoint.connector.ServiceNowConnector",
        (*_WRITES, "PASSWORD"),
        ("sys_id", "user_name", "first_name", "last_name", "email", "groups"),
        category="applications",
    ),
    ConnectorKind(
        "web-services-angularsc",
        "Web Services",
        "Web Services",
        "sailpoint.connector.webservices.WebServicesConnector",
        (*_WRITES, "PASSWORD"),
        ("id", "name", *_PERSON, "groups"),
        category="applications",
    ),
    ConnectorKind(
        "workday-angularsc",
        "Workday",
        "Workday",
        "sailpoint.connector.WorkdayConnector",
        ("DISCOVER_SCHEMA", "PROVISIONING", "SYNC_PROVISIONING"),
        ("FILENUMBER", "USERID", "FIRST_NAME", "LAST_NAME", "EMAIL_ADDRESS_WORK", "groups"),
        category="human resources",
    ),
)
BY_SCRIPT: Mapping[str, ConnectorKind] = {
    name: kind for kind in KINDS for name in (kind.script, kind.script.removesuffix("-angularsc"))
}
BY_TYPE: Mapping[str, ConnectorKind] = {kind.type: kind for kind in KINDS}
DELIMITED = BY_TYPE["DelimitedFile"]


def schema_of(kind: ConnectorKind) -> dict[str, object]:
    """The account schema a new source starts with.

    >>> schema_of(DELIMITED)["identityAttribute"], schema_of(DELIMITED)["displayAttribute"]
    ('id', 'name')
    """
    return account_schema(kind.columns, kind.columns[0], kind.columns[1], kind.held)


def account_schema(names: tuple[str, ...], key: str, display: str, held: str) -> dict[str, object]:
    """An account schema of text attributes, one of them multi-valued: what can be held."""
    return {
        "name": "account",
        "nativeObjectType": "User",
        "identityAttribute": key,
        "displayAttribute": display,
        "hierarchyAttribute": None,
        "includePermissions": False,
        "features": [],
        "configuration": {},
        "attributes": [attribute(name, held=name == held) for name in names],
    }


def attribute(name: str, *, held: bool = False) -> dict[str, object]:
    """One text attribute of a schema; `held` marks what can be held on the source."""
    return {
        "name": name,
        "nativeName": None,
        "type": "STRING",
        "schema": None,
        "isMulti": held,
        "isEntitlement": held,
        "isGroup": held,
    }
