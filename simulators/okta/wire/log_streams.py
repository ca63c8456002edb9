"""Log streams as JSON.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/LogStream/
"""

from __future__ import annotations

import re

from simulators.kernel.times import iso
from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.wire.bodies import Json, part

_EDITIONS = ("aws", "aws_govcloud", "gcp")
# of each type: settings with their patterns, and those that never change or are never shown
_SETTINGS: dict[str, dict[str, str]] = {
    "aws_eventbridge": {
        "accountId": r"\d{12}",
        "eventSourceName": r"[.\-_A-Za-z0-9]{1,75}",
        "region": r"[a-z]{2}(-[a-z]+)+-\d",
    },
    "splunk_cloud_logstreaming": {
        "edition": "|".join(_EDITIONS),
        "host": r"[A-Za-z0-9.\-]{1,255}",
        "token": r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    },
}
_HIDDEN = ("token",)


def log_stream_body(stream: Document, base_url: str) -> Json:
    """A log stream, without its secret."""
    own = f"{base_url}/api/v1/logStreams/{stream.id}"
    other = "deactivate" if stream.status == "ACTIVE" else "activate"
    return {
        "id": stream.id,
        "type": stream.content["type"],
        "name": stream.name,
        "lastUpdated": iso(stream.last_updated),
        "created": iso(stream.created),
        "status": stream.status,
        "settings": {key: value for key, value in stream.content["settings"].items() if key not in _HIDDEN},
        "_links": {
            "self": {"href": own, "method": "GET"},
            other: {"href": f"{own}/lifecycle/{other}", "method": "POST"},
        },
    }


def read_log_stream(body: Json, former: Document | None = None) -> tuple[str, Json]:
    """Name and content; a token left out of a replacement stays. Raises Invalid."""
    kind, name, settings = body.get("type"), body.get("name"), part(body, "settings")
    if not isinstance(kind, str) or kind not in _SETTINGS:
        raise Invalid("type", f"type: The log stream type must be one of {', '.join(_SETTINGS)}")
    if former is not None and former.content["type"] != kind:
        raise Invalid("type", "type: The type of a log stream cannot be changed")
    if not isinstance(name, str) or not 1 <= len(name) <= 100:
        raise Invalid("name", "name: The field must be between 1 and 100 characters")
    if former is not None:
        settings = {
            **{key: former.content["settings"][key] for key in _HIDDEN if key in former.content["settings"]},
            **settings,
        }
    for key, pattern in _SETTINGS[kind].items():
        value = settings.get(key)
        if not isinstance(value, str) or re.fullmatch(pattern, value[:300]) is None:
            raise Invalid(f"settings.{key}", f"settings.{key}: The field is missing or does not match its pattern")
    return name, {"type": kind, "settings": {key: settings[key] for key in _SETTINGS[kind]}}


def is_settled(stream: Document, content: Json) -> bool:
    """Whether a replacement leaves alone what cannot change: everything of an AWS stream's settings."""
    return bool(stream.content["type"] != "aws_eventbridge" or stream.content["settings"] == content["settings"])
