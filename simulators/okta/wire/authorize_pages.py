"""The pages of the authorization servers: errors, consent, and answers that a browser carries to a client."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape
from urllib.parse import urlsplit


def error_page(code: str, description: str) -> str:
    """Why a request to authorize went nowhere."""
    return _page(
        "Error",
        f"<h1>400 Bad Request</h1><p>Your request resulted in an error.</p>"
        f'<dl><dt>Error Code</dt><dd class="error-code">{escape(code)}</dd>'
        f'<dt>Description</dt><dd class="error-description">{escape(description)}</dd></dl>',
    )


def consent_page(label: str, scopes: Iterable[str], action: str, key: str) -> str:
    """Asks a person whether a client may have scopes."""
    rows = "".join(f"<li>{escape(scope)}</li>" for scope in scopes)
    return _page(
        "Consent",
        f'<form method="post" action="{escape(action)}"><h1>{escape(label)} would like to access:</h1><ul>{rows}</ul>'
        f'<input type="hidden" name="okta_key" value="{escape(key)}"/>'
        '<button name="consent" value="allow">Allow Access</button>'
        """<button name="consent" value="deny">Don't Allow</button></form>""",
    )


def form_page(uri: str, values: Mapping[str, str]) -> str:
    """Posts the answer to the client by itself."""
    fields = "".join(f'<input type="hidden" name="{escape(k)}" value="{escape(v)}"/>' for k, v in values.items())
    send = "<script>document.forms[0].submit()</script>"
    return _page("Sign in", f'<form method="post" action="{escape(uri)}">{fields}</form>{send}')


def message_page(uri: str, values: Mapping[str, str]) -> str:
    """Hands the answer to the window that opened this one."""
    parts = urlsplit(uri)
    data = json.dumps(dict(values)).replace("<", "\\u003c")
    origin = json.dumps(f"{parts.scheme}://{parts.netloc}").replace("<", "\\u003c")
    return _page("Sign in", f"<script>(window.opener || window.parent).postMessage({data}, {origin})</script>")


def _page(title: str, body: str) -> str:
    return f'<!DOCTYPE html><html><head><meta charset="utf-8"/><title>{title}</title></head><body>{body}</body></html>'
