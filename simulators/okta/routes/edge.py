"""What is decided about a request before its meaning: size, length, media types, where it came from, its limits.

https://developer.okta.com/docs/reference/core-okta-api/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect, Request

from simulators.okta.domain.errors import (
    BodyTooLarge,
    Forbidden,
    LengthRequired,
    MediaTypeUnsupported,
    Refusal,
    UrlTooLong,
)
from simulators.okta.domain.log import Cause, Party, RequestMark
from simulators.okta.tenant import OktaOrg
from simulators.okta.tenant.access import Caller
from simulators.okta.tenant.limits import Standing

LONGEST_URL, LARGEST_BODY = 16 * 1024, 4 * 1024 * 1024
_DRAINED = 16 * LARGEST_BODY
_WITH_BODY = ("POST", "PUT", "PATCH")
_HOPS = 10


async def body_of(request: Request) -> bytes:
    """The body. Raises UrlTooLong, LengthRequired or BodyTooLarge; never holds more than the largest body."""
    scope = request.scope
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_URL:
        raise UrlTooLong("url", "The URL of the request is too long.")
    if request.method == "GET":
        return b""
    headers = request.headers
    if request.method in ("POST", "PUT") and "content-length" not in headers and "transfer-encoding" not in headers:
        raise LengthRequired()
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size <= LARGEST_BODY:
                parts.append(part)
            elif size > _DRAINED:
                break
    except ClientDisconnect:
        return b""
    if size > LARGEST_BODY:
        raise BodyTooLarge()
    return b"".join(parts)


def expects_json(headers: Mapping[str, str], raw: bytes) -> None:
    """Raise MediaTypeUnsupported for a body that says it is something else than JSON.

    No type at all and `application/octet-stream` pass: the vendor's own SDKs send empty bodies so.
    """
    if not raw:
        return
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind and not kind.endswith("json") and kind != "application/octet-stream":
        raise MediaTypeUnsupported()


def accepts_json(headers: Mapping[str, str]) -> bool:
    """Whether a caller takes JSON: it says so, says nothing, or takes anything.

    >>> accepts_json({"accept": "application/json;q=0.8, */*;q=0.1"}), accepts_json({"accept": "text/csv"})
    (True, False)
    """
    accept = headers.get("accept", "").lower()
    return not accept.strip() or "json" in accept or "*/*" in accept or "application/*" in accept


def came_through(mark: RequestMark, caller: Caller, headers: Mapping[str, str]) -> RequestMark:
    """The mark with the client an API token's owner forwards for: `X-Forwarded-For` is believed with a token only.

    https://developer.okta.com/docs/reference/core-okta-api/#ip-address
    """
    forwarded = headers.get("x-forwarded-for")
    if caller.token_id is None or not forwarded:
        return mark
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()][:_HOPS]
    return replace(mark, ip=hops[0], proxies=(*hops[1:], mark.ip)) if hops else mark


def located(mark: RequestMark, org: OktaOrg) -> tuple[RequestMark, Refusal | None]:
    """The mark with its network zone, and how the org turns away an address on a blocklist."""
    found = org.zones.of(mark.ip)
    mark = replace(mark, zone=found[0].id if found else None)
    if not org.zones.turns_away(mark.ip):
        return mark, None
    nobody = Cause(Party("unknown", "User", "unknown", "unknown"), mark.id, "WEB", mark)
    org.log.emit(nobody, "security.request.blocked", result="DENY", reason="NETWORK_ZONE_BLACKLIST")
    return mark, Forbidden()


def counted(request: Request, org: OktaOrg, caller: Caller, mark: RequestMark) -> Standing | None:
    """Where the caller stands after this request."""
    kind = "SSWS_TOKEN" if caller.kind == "api_token" else "OAUTH_CLIENT"
    standing = org.limits.take(request.method, mark.path, caller.principal, kind, _browser(request, org))
    if mark.path.endswith("/v1/authorize"):
        client = parse_qs(mark.query).get("client_id", [""])[0]
        standing = org.limits.authorizing(client, mark.ip, request.cookies.get("DT", ""), standing)
    return standing


def _browser(request: Request, org: OktaOrg) -> str | None:
    """Whose session cookie came along, whether or not the call reads it."""
    if "cookie" not in request.headers:
        return None
    values = (request.cookies.get(name) for name in ("idx", "sid"))
    session = next((found for value in values if value and (found := org.sessions.by_cookie(value))), None)
    return session.user_id if session is not None else None
