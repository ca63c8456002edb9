"""What the control plane needs of whoever holds the estate."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from simulators.hr.system import HrSystem
from simulators.kernel.clock import VirtualClock
from simulators.kernel.faults import Faults
from simulators.okta.tenant import OktaOrg
from simulators.sailpoint.tenant import SailPointTenant
from simulators.scim.apps import ScimApps


class Estate(Protocol):
    """One seeded company on one clock, and its systems."""

    clock: VirtualClock
    faults: Faults
    okta: OktaOrg
    sailpoint: SailPointTenant
    apps: ScimApps
    hr: HrSystem

    def messages(self, login: str | None) -> list[dict[str, Any]]:
        """What Okta sent to people, oldest first."""
        ...

    def answer_push(self, factor_id: str, approve: bool) -> None:
        """What a person does with a push. Raises KeyError when none waits."""
        ...


class World(Protocol):
    """The current estate, and what replaces or keeps it."""

    @property
    def estate(self) -> Estate:
        """The estate behind the systems' addresses."""
        ...

    def ready(self) -> dict[str, Any]:
        """The estate's addresses, credentials and people."""
        ...

    def links(self) -> Mapping[str, str]:
        """Base URL of each system."""
        ...

    async def advance(self, to: datetime) -> int:
        """Move the clock; answers how many jobs ran. Raises ValueError for an instant in the past."""
        ...

    async def reset(self, seed: str, random_seed: int) -> None:
        """Put a fresh estate in place. Raises ValueError for an unknown seed."""
        ...

    async def save(self, name: str) -> None:
        """Keep the present state under a name."""
        ...

    async def restore(self, name: str) -> None:
        """Return to a kept state. Raises KeyError for an unknown name."""
        ...
