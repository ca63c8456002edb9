"""How sources are read and written, each over HTTP with nothing but an address and a credential."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulators.sailpoint.connectors.delimited_file import DelimitedFileConnector
from simulators.sailpoint.connectors.okta import OktaConnector
from simulators.sailpoint.connectors.scim import ScimConnector
from simulators.sailpoint.tenant.settings import Connector

if TYPE_CHECKING:
    from simulators.sailpoint.tenant import SailPointTenant

# By the type of a source.
CONNECTORS: Mapping[str, Callable[[SailPointTenant], Connector]] = {
    "Okta": OktaConnector,
    "SCIM 2.0": ScimConnector,
    "DelimitedFile": DelimitedFileConnector,
}
