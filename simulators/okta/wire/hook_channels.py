"""The channel of a hook: where it calls, with which headers and secret. Event hooks and inline hooks share it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from simulators.okta.domain.errors import Invalid
from simulators.okta.wire.bodies import Json, part

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_OAUTH = ("clientId", "tokenUrl", "authType", "scope", "hookKeyId")
_FORBIDDEN = frozenset(
    {"accept", "accept-charset", "cache-control", "connection", "content-type", "host", "x-okta-verification-challenge"}
)


def read_channel(body: Json, plain_loopback: bool) -> Json:
    """A channel with every optional part spelled out, secrets included. Raises Invalid."""
    channel = part(body, "channel")
    config = part(channel, "config")
    if channel.get("type", "HTTP") not in ("HTTP", "OAUTH"):
        raise Invalid("channel.type", "channel.type: The channel type must be HTTP or OAUTH")
    uri = config.get("uri")
    if not isinstance(uri, str) or not _may_be_called(uri, plain_loopback):
        raise Invalid("channel.config.uri", "channel.config.uri: 'uri' must be a valid HTTPS address")
    read: Json = {"uri": uri, "headers": _headers(config.get("headers")), "method": "POST"}
    scheme = part(config, "authScheme")
    if scheme:
        if not isinstance(scheme.get("key"), str) or not isinstance(scheme.get("value", ""), str):
            raise Invalid("channel.config.authScheme", "channel.config.authScheme: A key and a value are expected")
        read["authScheme"] = {
            "type": str(scheme.get("type") or "HEADER"),
            "key": scheme["key"],
            "value": scheme.get("value"),
        }
    else:
        read["authScheme"] = None
    read.update({key: config[key] for key in (*_OAUTH, "clientSecret") if key in config})
    return {"type": channel.get("type") or "HTTP", "version": str(channel.get("version") or "1.0.0"), "config": read}


def shown_channel(channel: Json) -> Json:
    """A channel without its secrets."""
    config = {key: value for key, value in channel["config"].items() if key != "clientSecret"}
    scheme = config["authScheme"]
    config["authScheme"] = {"type": scheme["type"], "key": scheme["key"]} if scheme else None
    return {**channel, "config": config}


def call_headers(channel: Json) -> dict[str, str]:
    """What a call carries: the hook's own headers and its secret."""
    config = channel["config"]
    headers = {row["key"]: row["value"] for row in config["headers"]}
    if (scheme := config["authScheme"]) and scheme["value"]:
        headers[scheme["key"]] = scheme["value"]
    return headers


def _may_be_called(uri: str, plain_loopback: bool) -> bool:
    try:
        url = urlsplit(uri)
        host = url.hostname
    except ValueError:
        return False
    if not host or any(character.isspace() for character in uri) or len(uri) > 1024:
        return False
    return url.scheme == "https" or (url.scheme == "http" and plain_loopback and host in _LOOPBACK)


def _headers(rows: Any) -> list[Json]:
    if rows is None:
        return []
    if not isinstance(rows, list) or len(rows) > 50:
        raise Invalid("channel.config.headers", "channel.config.headers: A list of headers is expected")
    read = []
    for row in rows:
        key, value = (row.get("key"), row.get("value")) if isinstance(row, dict) else (None, None)
        if not isinstance(key, str) or not isinstance(value, str) or not _is_header(key, value):
            raise Invalid("channel.config.headers", "channel.config.headers: A header needs a valid key and a value")
        read.append({"key": key, "value": value})
    return read


def _is_header(key: str, value: str) -> bool:
    named = key.isascii() and key.replace("-", "").replace("_", "").isalnum() and key.lower() not in _FORBIDDEN
    return named and value.isascii() and value.isprintable()
