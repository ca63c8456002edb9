"""What must never be written: known secrets become numbered aliases, hosts become system names."""

from __future__ import annotations

import json
import re
from functools import cache
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
        "api_token",
        "samlresponse",
        "activationurl",
        "resetpasswordurl",
    }
)
_MASKED_KEYS = frozenset(["mobilephone", "secondemail", "primaryphone", "streetaddress"])
_IN_QUERY_KEYS = frozenset(
    ("token", "sessiontoken", "code", "code_verifier", "client_secret", "password", "state_token")
)
_IN_QUERY = re.compile(r"(?i)\b(" + "|".join(sorted(_IN_QUERY_KEYS)) + r")=([^&\s\"<>\\]+)")
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_SCHEMES = frozenset(("ssws", "bearer", "dpop", "basic"))
_SCHEME = re.compile(r"(?i)\b(SSWS|Bearer|DPoP|Basic) +[\w~+/.=-]{8,}")
# A word that may be a secret or a key; percent-encoded signs end one.
_WORD = re.compile(r"%[0-9A-Fa-f]{2}|[\w!~-]{3,}")


@cache
def _member(keys: frozenset[str]) -> re.Pattern[str]:
    """A JSON member under one of `keys`, at any depth of quoting: quotes of a body in a body carry backslashes."""
    return re.compile(r"(\\*\")((?i:" + "|".join(sorted(keys)) + r"))\1(\s*:\s*)\1([^\"\\]+)\1")


class Secrets:
    """Finds secrets by their key, by their form and by having been told.

    >>> s = Secrets({"http://127.0.0.1:8600": "okta:"}); s.learn("s3cret-value")
    >>> s.clean({"url": "http://127.0.0.1:8600/api?x=s3cret-value", "password": "hunter2hunter2"})
    {'url': 'okta:/api?x=<secret 1>', 'password': '<secret 2>'}
    """

    def __init__(self, hosts: dict[str, str] | None = None) -> None:
        self._aliases: dict[str, str] = {}
        self._plain: set[str] = set()
        self._odd: list[str] = []
        self._hosts = dict(hosts or {})

    def learn(self, value: str | None) -> None:
        """Never write `value` from now on; texts shorter than six characters are too common to hide."""
        if value and len(value) >= 6:
            if _WORD.fullmatch(value):
                self._plain.add(value)
            elif value not in self._odd:
                self._odd.append(value)
                self._odd.sort(key=len, reverse=True)

    def name_host(self, base_url: str, system: str) -> None:
        """Write `base_url` as the system's name."""
        self._hosts[base_url] = f"{system}:"

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
        """A text, JSON or not, without secrets and host names. Its words decide which patterns are worth trying."""
        words = set(_WORD.findall(text))
        folded = {word.lower() for word in words}
        for host, system in self._hosts.items():
            if host in text:
                text = text.replace(host, system)
        for value in sorted(self._plain & words, key=text.find):
            text = text.replace(value, self.alias(value))
        for value in self._odd:
            if value in text:
                text = text.replace(value, self.alias(value))
        if keys := folded & _SECRET_KEYS:
            text = _member(frozenset(keys)).sub(self._secret_member, text)
        if keys := folded & _MASKED_KEYS:
            text = _member(frozenset(keys)).sub(r"\1\2\1\3\1<masked>\1", text)
        if "eyJ" in text:
            text = _JWT.sub(lambda match: self.alias(match[0]), text)
        if folded & _SCHEMES:
            text = _SCHEME.sub(lambda match: f"{match[1]} {self.alias(match[0].split()[-1])}", text)
        return _IN_QUERY.sub(self._query_value, text) if folded & _IN_QUERY_KEYS else text

    def _query_value(self, match: re.Match[str]) -> str:
        if match[2].startswith(("<secret", "%3Csecret")):
            return match[0]
        return f"{match[1]}={self.alias(match[2])}"

    def _secret_member(self, match: re.Match[str]) -> str:
        quote, key, colon, value = match.groups()
        if value.startswith(("<secret ", "Bearer <secret")):
            return match[0]
        return f"{quote}{key}{quote}{colon}{quote}{self.alias(value)}{quote}"
