"""The org's pages for people as HTML: templates, their security policy, and what refusals say in plain words."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulators.okta.domain import errors as e
from simulators.okta.domain import protocol_errors as protocol
from simulators.okta.domain import signin_errors as signin
from simulators.okta.wire.errors import ERRORS

if TYPE_CHECKING:
    from jinja2 import Environment

HTML = "text/html;charset=utf-8"
HOME = "/app/UserHome"
SIGN_IN = "/login/login.htm"
ASSETS = {"okta.css": "text/css;charset=utf-8", "session.js": "text/javascript;charset=utf-8"}
_FOLDER = Path(__file__).parents[1] / "pages"
# Nothing from elsewhere, no inline script or style. `form-action` also binds the redirects that follow a form.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
    "form-action 'self'{}; base-uri 'none'; frame-ancestors 'none'"
)
# What a person is told. Whether an account exists, or why exactly it is refused, stays in the log.
_PLAIN: dict[type[e.Refusal], str] = {
    signin.AuthenticationFailed: "Unable to sign in. Check your username and password, or ask an administrator.",
    signin.InvalidPasscode: "That code is not right. Look at your authenticator and try again.",
    signin.PasscodeUsed: "Each code works once only. Wait for the next one, then try again.",
    e.InvalidToken: "This link or sign-in has expired, or it has been used already.",
    e.TooManyRequests: "Too many attempts at once. Wait a minute, then try again.",
    signin.NotInThisState: "This sign-in has moved on. Start again.",
    e.Forbidden: "You do not have access.",
    e.CredentialsUpdateFailed: "The old password is not correct.",
    e.NotFound: "There is nothing at this address.",
}
# Kinds of factor: name, what is asked for, and how it is answered: by digits, by text, by a code that has to be sent
# first, or on a device.
FACTORS: dict[str, tuple[str, str, str]] = {
    "token:software:totp": (
        "Authenticator app",
        "Enter the six-digit code that your authenticator app shows.",
        "digits",
    ),
    "token:hotp": ("Authenticator", "Enter the code that your authenticator shows.", "digits"),
    "token:hardware": ("Security token", "Enter the code that your token shows.", "text"),
    "question": ("Security question", "Enter the answer to your security question.", "text"),
    "email": ("Email", "Enter the code from the message.", "sent"),
    "sms": ("Text message", "Enter the code from the text message.", "sent"),
    "call": ("Phone call", "Enter the code that the call tells.", "sent"),
    "push": ("Notification", "Approve the sign-in on your device, then go on.", "device"),
}


def page_html(template: str, **facts: Any) -> bytes:
    """The page of a template."""
    return _templates().get_template(f"{template}.html").render(**facts).encode()


def policy_headers(posts_to: str = "") -> list[tuple[str, str]]:
    """Headers that keep a page to itself. `posts_to` is the one foreign origin its form may post to."""
    return [
        ("Content-Security-Policy", _POLICY.format(f" {posts_to}" if posts_to else "")),
        ("Referrer-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ]


@lru_cache
def asset(name: str) -> bytes:
    """A style sheet or script of the pages; `name` is one of ASSETS."""
    return (_FOLDER / name).read_bytes()


def plain(refusal: e.Refusal) -> str:
    """A refusal in a sentence for people."""
    if isinstance(refusal, protocol.OAuthRefusal):
        return refusal.description
    told = _PLAIN.get(type(refusal))
    if told is not None:
        return told
    causes = " ".join(refusal.causes)
    return causes or ERRORS[type(refusal)].summary.format(refusal.subject)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address; empty for one without, or with more than that.

    >>> origin_of("https://app.example:8443/acs?x=1"), origin_of("acs"), origin_of("http://a;script-src *")
    ('https://app.example:8443', '', '')
    """
    found = re.match(r"(https?://[A-Za-z0-9.-]+(:[0-9]+)?|https?://\[[0-9A-Fa-f:]+\](:[0-9]+)?)(?=[/?#]|$)", url)
    return found[1] if found else ""


def place_within(text: str, base_url: str) -> str:
    """The path and query of an address inside the org; empty for any other, so that nobody is sent elsewhere.

    >>> place_within("/home/vault/1?a=b", "https://o"), place_within("https://o/app/UserHome", "https://o")
    ('/home/vault/1?a=b', '/app/UserHome')
    >>> [place_within(text, "https://o") for text in ("//evil.example", "https://o.evil/", "/\\\\e", "/login/signout")]
    ['', '', '', '']
    """
    place = text.removeprefix(base_url) if text.startswith(base_url + "/") else text
    odd = any(sign <= " " or sign in '\\"<>' or ord(sign) >= 127 for sign in place)
    if odd or not place.startswith("/") or place.startswith(("//", "/login/", "/signin/")):
        return ""
    return place


@lru_cache(maxsize=1)
def _templates() -> Environment:
    # imported here: most estates never show a page
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
