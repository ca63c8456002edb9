"""What a log stream of each type is made of, as JSON schemas.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Schema/#tag/Schema/operation/listLogStreamSchemas
"""

from __future__ import annotations

from simulators.okta.domain.errors import NotFound
from simulators.okta.wire.bodies import Json

_REGIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "ca-central-1": "Canada (Central)",
    "eu-central-1": "Europe (Frankfurt)",
    "eu-north-1": "Europe (Stockholm)",
    "eu-west-1": "Europe (Ireland)",
    "eu-west-2": "Europe (London)",
    "eu-west-3": "Europe (Paris)",
    "ap-northeast-1": "Asia Pacific (Tokyo)",
    "ap-northeast-2": "Asia Pacific (Seoul)",
    "ap-northeast-3": "Asia Pacific (Osaka)",
    "ap-south-1": "Asia Pacific (Mumbai)",
    "ap-southeast-1": "Asia Pacific (Singapore)",
    "ap-southeast-2": "Asia Pacific (Sydney)",
    "sa-east-1": "South America (São Paulo)",
}
_EDITIONS = {"aws": "AWS", "aws_govcloud": "AWS GovCloud", "gcp": "GCP"}


def _text(title: str, description: str, once: bool, pattern: str) -> Json:
    return {"title": title, "description": description, "type": "string", "writeOnce": once, "pattern": pattern}


def _choice(title: str, description: str, once: bool, named: dict[str, str]) -> Json:
    rows = [{"title": name, "const": value} for value, name in named.items()]
    return {"title": title, "description": description, "type": "string", "writeOnce": once, "oneOf": rows}


# title, settings, what is said of a setting that does not fit
_TYPES: dict[str, tuple[str, dict[str, Json], dict[str, str]]] = {
    "aws_eventbridge": (
        "AWS EventBridge",
        {
            "accountId": _text("AWS Account ID", "The account that receives the events", True, r"^\d{12}$"),
            "eventSourceName": _text(
                "AWS Event Source Name", "What the source is called in EventBridge", True, r"^[\.\-_A-Za-z0-9]{1,75}$"
            ),
            "region": _choice("AWS Region", "The region that receives the events", True, _REGIONS),
        },
        {"accountId": "Twelve digits.", "eventSourceName": "At most 75 letters, digits, dots, hyphens, underscores."},
    ),
    "splunk_cloud_logstreaming": (
        "Splunk Cloud",
        {
            "host": _text(
                "Host",
                "The domain name of the Splunk Cloud instance",
                False,
                r"^([a-z0-9]+(-[a-z0-9]+)*){1,100}\.splunkcloud(gc|fed)?\.com$",
            ),
            "edition": _choice("Splunk Cloud edition", "Where the instance runs", False, _EDITIONS),
            "token": _text(
                "HEC token",
                "The token of the HTTP event collector",
                False,
                r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
            ),
        },
        {"host": "A name under splunkcloud.com, splunkcloudgc.com or splunkcloudfed.com."},
    ),
}  # fmt: skip
LOG_STREAM_TYPES = tuple(_TYPES)


def log_stream_schema(type: str, base_url: str) -> Json:
    """The schema of one type of log stream. Raises NotFound."""
    if type not in _TYPES:
        raise NotFound(type, "LogStreamSchema")
    title, settings, complaints = _TYPES[type]
    own = f"{base_url}/api/v1/meta/schemas/logStream/{type}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": own,
        "title": title,
        "type": "object",
        "properties": {
            "settings": {
                "description": f"Settings of {title} alone",
                "type": "object",
                "properties": settings,
                "required": list(settings),
                "errorMessage": {"properties": complaints},
            },
            "name": _text("Name", "What the log stream is called in Okta", False, "^.{1,100}$"),
        },
        "required": ["name", "settings"],
        "errorMessage": {"properties": {"name": "At most 100 characters."}},
        "_links": {"self": {"href": own, "method": "GET"}},
    }
