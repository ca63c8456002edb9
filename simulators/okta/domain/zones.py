"""Network zones: which addresses are inside.

https://help.okta.com/oie/en-us/content/topics/security/network/network-zones.htm
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

Address = IPv4Address | IPv6Address


def is_placed(content: Mapping[str, Any]) -> bool:
    """Whether a zone names addresses. Zones of places, networks and services say nothing of an address here."""
    return content.get("type") == "IP" and bool(content.get("gateways"))


def holds(content: Mapping[str, Any], ip: str) -> bool:
    """Whether an address is one of a zone's gateways.

    >>> office = {"type": "IP", "gateways": [{"type": "CIDR", "value": "10.1.0.0/16"}]}
    >>> holds(office, "10.1.2.3"), holds(office, "10.2.2.3"), holds(office, "nowhere")
    (True, False, False)
    """
    asked = _address(ip)
    return asked is not None and is_placed(content) and any(_inside(asked, row) for row in _rows(content))


def _rows(content: Mapping[str, Any]) -> Iterable[str]:
    return (row["value"] for row in content["gateways"])


def _inside(asked: Address, text: str) -> bool:
    first, last = _ends(text)
    return first.version == asked.version and int(first) <= int(asked) <= int(last)


@lru_cache(maxsize=8192)
def _ends(text: str) -> tuple[Address, Address]:
    """First and last address of `10.0.0.0/8`, of `10.0.0.1-10.0.0.9` or of a single address."""
    if "/" in text:
        network = ip_network(text, strict=False)
        return network[0], network[-1]
    first, _, last = text.partition("-")
    return ip_address(first.strip()), ip_address((last or first).strip())


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
