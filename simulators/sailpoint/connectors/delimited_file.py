"""Delimited files as sources: read when somebody loads a file, written by people who complete work items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulators.sailpoint.domain.configuration import Source
from simulators.sailpoint.domain.records import Account, Operation
from simulators.sailpoint.tenant import SailPointTenant
from simulators.sailpoint.tenant.outcomes import Outcome, Page

NO_CONNECTION = Page(error="A delimited file source has no connection; load a file instead.")


class DelimitedFileConnector:
    """Hands every change to a person."""

    def __init__(self, tenant: SailPointTenant) -> None:
        self._tenant = tenant

    async def perform(self, source: Source, operation: Operation, account: Account | None) -> Outcome:
        """A work item for the owner of the source."""
        return Outcome("manual")

    async def read(self, source: Source, native: str) -> Page:
        """Nothing can be read."""
        return NO_CONNECTION

    async def scan(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Nothing can be read."""
        return NO_CONNECTION

    async def entitlements(self, source: Source, cursor: Mapping[str, Any]) -> Page:
        """Nothing can be read."""
        return NO_CONNECTION

    async def check(self, source: Source) -> str:
        """Nothing to connect to, nothing to go wrong."""
        return ""
