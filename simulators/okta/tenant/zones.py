"""Where requests come from: the network zones that hold an address, and those whose addresses are turned away.

https://help.okta.com/oie/en-us/content/topics/security/network/network-zones.htm
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulators.okta.domain.documents import Document
from simulators.okta.domain.zones import holds, is_placed

if TYPE_CHECKING:
    from simulators.okta.tenant.org import OktaOrg


class Zones:
    """Asked of every request, so the zones that can answer at all are kept apart."""

    def __init__(self, org: OktaOrg) -> None:
        self.org = org

    def note(self) -> None:
        """Zones have changed."""
        rows = self.org.documents.rows("zone")
        self.org.state.placed_zones = tuple(z.id for z in rows if z.status == "ACTIVE" and is_placed(z.content))

    def of(self, ip: str) -> tuple[Document, ...]:
        """The active zones that hold an address."""
        state = self.org.state
        return tuple(zone for id in state.placed_zones if holds((zone := state.documents[id]).content, ip))

    def turns_away(self, ip: str) -> bool:
        """Whether a blocklist holds an address, unless an exempt zone does too."""
        found = self.of(ip)
        blocked = any(zone.content.get("usage") == "BLOCKLIST" for zone in found)
        return blocked and not any(zone.content.get("useAsExemptList") is True for zone in found)
