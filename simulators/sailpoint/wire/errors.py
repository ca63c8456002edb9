"""The vendor's error bodies, one row for each refusal.

https://developer.sailpoint.com/docs/api/standard-collection-parameters (ErrorResponseDto)
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from simulators.sailpoint.domain import errors


class Row(NamedTuple):
    """How a refusal looks: status, detail code, and the text used when the refusal brings none."""

    status: int
    code: str
    text: str


FORBIDDEN = "The server understood the request but refuses to authorize it."
NOT_FOUND = "The server did not find a current representation for the target resource."
RATE_LIMITED = {"message": " Rate Limit Exceeded "}
INTERNAL = "An internal fault occurred."

REFUSALS: dict[type[errors.Refusal], Row] = {
    errors.NotFound: Row(404, "404 Not found", NOT_FOUND),
    errors.BadContent: Row(
        400,
        "400.1 Bad request content",
        "The request was syntactically correct but its content is semantically invalid.",
    ),
    errors.IllegalValue: Row(400, "400.1.3 Illegal value", "A value is empty or contains invalid data."),
    errors.MissingReference: Row(400, "400.1.404 Referenced object not found", "A referenced object was not found."),
    errors.Conflict: Row(400, "400.1.409 Reference conflict", "An object of that name exists already."),
    errors.LimitViolation: Row(400, "400.1.4 Limit violation", "The limit has been reached."),
    errors.Forbidden: Row(403, "403 Forbidden", FORBIDDEN),
    errors.IllegalUpdate: Row(400, "400.1.1 Illegal update attempt", "A property that cannot be changed was changed."),
    errors.ExperimentalOnly: Row(
        400, "400.1 Bad request content", "This API is experimental: send the header X-SailPoint-Experimental: true."
    ),
    errors.UnsupportedMedia: Row(
        415, "415 Unsupported media type", "The payload format is not supported for the target resource."
    ),
}

STATUSES: dict[int, Row] = {
    400: REFUSALS[errors.BadContent],
    403: REFUSALS[errors.Forbidden],
    404: REFUSALS[errors.NotFound],
    405: Row(405, "405 Method not allowed", "The request method is not supported for the target resource."),
    413: Row(413, "413 Payload too large", "The payload is larger than the server is able to process."),
    415: REFUSALS[errors.UnsupportedMedia],
    500: Row(500, "500.0 Internal fault", INTERNAL),
    503: Row(503, "503 Service unavailable", "The service is temporarily unavailable."),
}


def row_of(refusal: errors.Refusal) -> Row:
    """The row of a refusal, of its nearest ancestor when it has none of its own."""
    for kind in type(refusal).__mro__:
        if kind in REFUSALS:
            return REFUSALS[kind]
    return STATUSES[500]


def error_body(row: Row, text: str, tracking_id: str, locale: str = "") -> dict[str, Any]:
    """An ErrorResponseDto; the text stands twice when the client named a locale."""
    text = text or row.text
    messages = [{"locale": "en-US", "localeOrigin": "DEFAULT", "text": text}]
    if locale:
        messages.append({"locale": locale, "localeOrigin": "REQUEST", "text": text})
    return {"detailCode": row.code, "trackingId": tracking_id, "messages": messages, "causes": []}


def unauthorized(text: str) -> dict[str, str]:
    """The body of a 401, which has another shape."""
    return {"error": text}


def raw_refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Headers and body of a status, for what never reaches a route."""
    headers = [(b"content-type", b"application/json")]
    if status == 429:
        return [*headers, (b"retry-after", b"10")], json.dumps(RATE_LIMITED).encode()
    if status == 401:
        return headers, json.dumps(unauthorized("JWT validation failed: JWT is expired")).encode()
    row = STATUSES.get(status, Row(status, f"{status} Error", INTERNAL))
    return headers, json.dumps(error_body(row, "", "0" * 32)).encode()
