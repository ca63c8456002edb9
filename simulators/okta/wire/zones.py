"""Network zones as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/NetworkZone/
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from simulators.kernel.times import iso
from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid, NotWellFormed
from simulators.okta.wire.bodies import Json

_USAGES = ("POLICY", "BLOCKLIST")
_PROXY_TYPES = ("null", "Any", "Tor", "TorAnonymizer", "NotTorAnonymizer", "", None)
_LISTS = ("include", "exclude")
# what each type keeps beyond type, name and usage
_OWN = {
    "IP": ("gateways", "proxies", "useAsExemptList"),
    "DYNAMIC": ("locations", "proxyType", "asns"),
    "DYNAMIC_V2": ("locations", "asns", "ipServiceCategories"),
}
MOST_ADDRESSES = 5000


def zone_body(zone: Document, base_url: str) -> Json:
    """A zone."""
    own = f"{base_url}/api/v1/zones/{zone.id}"
    other = "deactivate" if zone.status == "ACTIVE" else "activate"
    content = dict(zone.content)
    return {
        "type": content.pop("type"),
        "id": zone.id,
        "name": zone.name,
        "status": zone.status,
        "usage": content.pop("usage"),
        "created": iso(zone.created),
        "lastUpdated": iso(zone.last_updated),
        "system": zone.system,
        **content,
        "_links": {
            "self": {"href": own, "hints": {"allow": ["GET", "PUT", "DELETE"]}},
            other: {"href": f"{own}/lifecycle/{other}", "hints": {"allow": ["POST"]}},
        },
    }


def read_zone(body: Json) -> tuple[str, Json]:
    """Name and content. Raises Invalid."""
    kind, name, usage = body.get("type"), body.get("name"), body.get("usage") or "POLICY"
    if not isinstance(kind, str) or kind not in _OWN:
        raise Invalid("type", f"type: The network zone type must be one of {', '.join(_OWN)}")
    if not isinstance(name, str) or not 1 <= len(name) <= 128:
        raise Invalid("name", "name: The field must be between 1 and 128 characters")
    if usage not in _USAGES:
        raise Invalid("usage", f"usage: The usage must be one of {', '.join(_USAGES)}")
    content = {"type": kind, "usage": usage, **{field: body.get(field) for field in _OWN[kind] if field in body}}
    _CHECKS[kind](content)
    return name, content


def _check_ip(content: Json) -> None:
    if not isinstance(content.get("useAsExemptList", False), bool | None):
        raise Invalid("useAsExemptList", "useAsExemptList: The value must be true or false.")
    for field in ("gateways", "proxies"):
        content.setdefault(field, None)
        rows = content[field] or []
        if not isinstance(rows, list) or len(rows) > MOST_ADDRESSES:
            raise Invalid(field, f"{field}: A list of at most {MOST_ADDRESSES} addresses is expected")
        for row in rows:
            if not isinstance(row, dict):
                raise NotWellFormed()
            if not _is_address(row.get("type"), row.get("value")):
                raise Invalid(field, f"{field}: Invalid address: {str(row.get('value'))[:60]}")


def _is_address(kind: Any, value: Any) -> bool:
    if not isinstance(value, str) or kind not in ("CIDR", "RANGE"):
        return False
    try:
        if kind == "CIDR":
            ip_network(value, strict=False)
        else:
            first, _, last = value.partition("-")
            low, high = ip_address(first.strip()), ip_address((last or first).strip())
            return low.version == high.version and int(low) <= int(high)
    except ValueError:
        return False
    return True


def _check_dynamic(content: Json) -> None:
    if content.get("proxyType") not in _PROXY_TYPES:
        raise Invalid("proxyType", f"proxyType: The proxy type must be one of {', '.join(filter(None, _PROXY_TYPES))}")
    locations, asns = content.get("locations") or [], content.pop("asns", None) or []
    if not isinstance(asns, list) or not all(isinstance(asn, str) for asn in asns):
        raise Invalid("asns", "asns: A list of texts is expected")
    _check_places("locations", locations)
    # no place is null, and numbers of networks are there only where some are named
    content.update(locations=_places(locations) or None, proxyType=content.get("proxyType"))
    if asns:
        content["asns"] = asns


def _check_enhanced(content: Json) -> None:
    for field in _OWN["DYNAMIC_V2"]:
        value = content.get(field) or {}
        if not isinstance(value, dict) or not all(isinstance(value.get(end) or [], list) for end in _LISTS):
            raise Invalid(field, f"{field}: An object with include and exclude is expected")
        content[field] = {end: value.get(end) or [] for end in _LISTS}
    for end in _LISTS:
        _check_places("locations", content["locations"][end])
        content["locations"][end] = _places(content["locations"][end])


def _check_places(field: str, rows: Any) -> None:
    if not isinstance(rows, list) or len(rows) > 75:
        raise Invalid(field, f"{field}: A list of at most 75 locations is expected")
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("country"), str):
            raise Invalid(field, f"{field}: A location needs a country")


def _places(rows: list[Json]) -> list[Json]:
    return [{"country": row["country"], "region": row.get("region")} for row in rows]


_CHECKS = {"IP": _check_ip, "DYNAMIC": _check_dynamic, "DYNAMIC_V2": _check_enhanced}
