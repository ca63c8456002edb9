"""What must never be written: known secrets become numbered aliases, hosts become system names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_SECRET_KEYS = frozenset(
    {
        "password",
        "oldpassword",
        "newpassword",
        "temppassword",
        "access_token",
        "refresh_token",
        "id_token",
        "client_secret",
        "client_assertion",
        "sessiontoken",
        "statetoken",
        "activationtoken",
        "recoverytoken",
        "token",
        "secret",
        "code",
        "code_verifier",
        "authorization",
        "cookie",
        "set-cookie",
        "sid",
        "idx",
        "sharedsecret",
        "private_jwk",
        "passcode",
        "answer",
        "apikey",
        "apitoken",
        "accesstoken",
        "refreshtoken",
        "clientsecret",
        "oauthclientsecret",
        "basicauthpassword",
        "bearertoken",
        "api_token",
        "samlresponse",
        "activationurl",
        "resetpasswordurl",
    }
)
_MASKED_KEYS = frozenset(["mobilephone", "secondemail", "primaryphone", "streetaddress"])
_HIDDEN_KEYS = _SECRET_KEYS | _MASKED_KEYS
_IN_QUERY_KEYS = frozenset(
    ("token", "sessiontoken", "code", "code_verifier", "client_secret", "password", "state_token")
)
_IN_QUERY = re.compile(r"(?i)\b(" + "|".join(sorted(_IN_QUERY_KEYS)) + r")=([^&\s\"<>\\]+)")
_QUERY_SIGN = re.compile("(?:" + "|".join(sorted(_IN_QUERY_KEYS)) + ")=").search
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_SCHEME_SIGN = re.compile("(?:ssws|bearer|dpop|basic) ").search
_SCHEME = re.compile(r"(?i)\b(SSWS|Bearer|DPoP|Basic) +[\w~+/.=-]{8,}")
_REMEMBERED = 256
# Signs that a secret known by its whole word may hold; anything else, percent-encoded signs too, ends a word.
_WORD = re.compile(r"(?a:[\w!~-]+)")
_ENCODED = re.compile(rb"%[0-9A-Fa-f]{2}")
_BETWEEN_WORDS = bytes(code if code < 128 and _WORD.match(chr(code)) else 32 for code in range(256))
# Any of the keys to hide, in quotes, in a text of lower case.
_HIDDEN_KEY = re.compile('"(?:' + "|".join(sorted(_HIDDEN_KEYS)) + r')\\*"')
# A JSON member, at any depth of quoting: quotes of a body in a body carry backslashes.
_MEMBER = re.compile(r"(\\*\")(\w[\w-]*)\1(\s*:\s*)\1([^\"\\]+)\1")


def _words(text: str) -> list[bytes]:
    """What a known secret is looked up among. Mapping bytes and splitting costs a tenth of a pattern."""
    data = text.encode(errors="replace")
    if b"%" in data:
        data = _ENCODED.sub(b" ", data)
    return data.translate(_BETWEEN_WORDS).split()


def _members(text: str, lowered: str) -> list[re.Match[str]]:
    """JSON members under a key to hide, in order; the pattern is tried only where such a key stands in quotes."""
    if len(lowered) != len(text):
        return [match for match in _MEMBER.finditer(text) if match[2].lower() in _HIDDEN_KEYS]
    found = []
    for key in _HIDDEN_KEY.finditer(lowered):
        start = key.start()
        while text[start - 1 : start] == "\\":
            start -= 1
        if match := _MEMBER.match(text, start):
            found.append(match)
    return found


class Secrets:
    """Finds secrets by their key, by their form and by having been told.

    >>> s = Secrets({"http://127.0.0.1:8600": "okta:"}); s.learn("s3cret-value")
    >>> s.clean({"url": "http://127.0.0.1:8600/api?x=s3cret-value", "password": "hunter2hunter2"})
    {'url': 'okta:/api?x=<secret 1>', 'password': '<secret 2>'}
    """

    def __init__(self, hosts: dict[str, str] | None = None) -> None:
        self._aliases: dict[str, str] = {}
        self._plain: dict[bytes, str] = {}
        # Secrets of several words, under the longest of those that have others on both sides; and those without one.
        self._inner: dict[bytes, list[str]] = {}
        self._odd: list[str] = []
        self._hosts = dict(hosts or {})
        self._host: re.Pattern[str] | None = None
        # Texts that were cleaned since a secret was learned last: a watch reads the same answer again and again.
        self._cleaned: dict[str, str] = {}

    def learn(self, value: str | None) -> None:
        """Never write `value` from now on; texts shorter than six characters are too common to hide."""
        if value and len(value) >= 6:
            if _WORD.fullmatch(value):
                if self._plain.setdefault(value.encode(), value) is value:
                    self._cleaned.clear()
                return
            inner = max(_words(value)[1:-1], key=len, default=b"")
            known = self._inner.setdefault(inner, []) if len(inner) >= 6 else self._odd
            if value not in known:
                known.append(value)
                self._cleaned.clear()

    def name_host(self, base_url: str, system: str) -> None:
        """Write `base_url` as the system's name."""
        self._hosts[base_url] = f"{system}:"
        self._host = None
        self._cleaned.clear()

    def alias(self, value: str) -> str:
        """The numbered stand-in for a secret, given in order of appearance."""
        self.learn(value)
        if value not in self._aliases:
            self._aliases[value] = f"<secret {len(self._aliases) + 1}>"
        return self._aliases[value]

    def clean(self, value: Any) -> Any:
        """`value` (anything that JSON can hold) without secrets, whatever its depth."""
        return json.loads(self.text(json.dumps(value, ensure_ascii=False)))

    def text(self, text: str) -> str:
        """A text, JSON or not, without secrets and host names."""
        found = self._cleaned.get(text)
        if found is None:
            found = self._clean(text)
            if len(self._cleaned) >= _REMEMBERED:
                self._cleaned.clear()
            self._cleaned[text] = found
        return found

    def _clean(self, text: str) -> str:
        if self._host is None:
            self._host = re.compile("|".join(map(re.escape, sorted(self._hosts, key=len, reverse=True))) or "(?!)")
        text = self._host.sub(lambda match: self._hosts[match[0]], text)
        if not self._plain.keys().isdisjoint(words := _words(text)):
            known = [self._plain[word] for word in self._plain.keys() & words]
            for value in sorted(known, key=text.find):
                text = text.replace(value, self.alias(value))
        held = [value for word in self._inner.keys() & words for value in self._inner[word]]
        for value in sorted((*held, *self._odd), key=lambda value: (-len(value), value)):
            if value in text:
                text = text.replace(value, self.alias(value))
        lowered = text.lower()
        text = _replaced(text, _members(text, lowered), self._hidden_member)
        if "eyJ" in text:
            text = _JWT.sub(lambda match: self.alias(match[0]), text)
        if _SCHEME_SIGN(lowered):
            text = _SCHEME.sub(lambda match: f"{match[1]} {self.alias(match[0].split()[-1])}", text)
        return _IN_QUERY.sub(self._query_value, text) if _QUERY_SIGN(lowered) else text

    def _query_value(self, match: re.Match[str]) -> str:
        if match[2].startswith(("<secret", "%3Csecret")):
            return match[0]
        return f"{match[1]}={self.alias(match[2])}"

    def _hidden_member(self, match: re.Match[str]) -> str:
        quote, key, colon, value = match.groups()
        if value.startswith(("<secret ", "Bearer <secret")):
            return match[0]
        shown = "<masked>" if key.lower() in _MASKED_KEYS else self.alias(value)
        return f"{quote}{key}{quote}{colon}{quote}{shown}{quote}"


def _replaced(text: str, matches: list[re.Match[str]], instead: Callable[[re.Match[str]], str]) -> str:
    """`text` with something instead of each match; matches are in order and do not overlap."""
    if not matches:
        return text
    parts, end = [], 0
    for match in matches:
        if match.start() >= end:
            parts += [text[end : match.start()], instead(match)]
            end = match.end()
    return "".join([*parts, text[end:]])
