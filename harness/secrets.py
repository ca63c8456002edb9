"""What must never be written: known secrets become numbered aliases, hosts become system names."""

from __future__ import annotations

import re
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
_IN_QUERY = re.compile(
    r"(?i)\b(token|sessionToken|code|code_verifier|client_secret|password|state_token)=([^&\s\"<>]+)"
)
_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]+\.[\w-]*")
_SCHEME = re.compile(r"(?i)\b(SSWS|Bearer|DPoP|Basic) +[\w~+/.=-]{8,}")


class Secrets:
    """Finds secrets by their key, by their form and by having been told.

    >>> s = Secrets({"http://127.0.0.1:8600": "okta:"}); s.learn("s3cret-value")
    >>> s.clean({"url": "http://127.0.0.1:8600/api?x=s3cret-value", "password": "hunter2hunter2"})
    {'url': 'okta:/api?x=<secret 1>', 'password': '<secret 2>'}
    """

    def __init__(self, hosts: dict[str, str] | None = None) -> None:
        self._aliases: dict[str, str] = {}
        self._known: list[str] = []
        self._hosts = dict(hosts or {})

    def learn(self, value: str | None) -> None:
        """Never write `value` from now on; texts shorter than six characters are too common to hide."""
        if value and len(value) >= 6 and value not in self._known:
            self._known.append(value)
            self._known.sort(key=len, reverse=True)

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
        """`value` without secrets, whatever its depth."""
        if isinstance(value, dict):
            return {key: self._clean_field(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(inner) for inner in value]
        return self.text(value) if isinstance(value, str) else value

    def text(self, text: str) -> str:
        """A text without secrets and host names."""
        for host, system in self._hosts.items():
            text = text.replace(host, system)
        # A search for each is C's and quick; one pattern of them all would try every secret at every place.
        for value in self._known:
            if value in text:
                text = text.replace(value, self.alias(value))
        text = _JWT.sub(lambda match: self.alias(match[0]), text)
        text = _SCHEME.sub(lambda match: f"{match[1]} {self.alias(match[0].split()[-1])}", text)
        return _IN_QUERY.sub(
            lambda match: (
                match[0] if match[2].startswith(("<secret", "%3Csecret")) else f"{match[1]}={self.alias(match[2])}"
            ),
            text,
        )

    def _clean_field(self, key: str, value: Any) -> Any:
        name = key.lower().replace("_", "").replace("-", "")
        secret = key.lower() in _SECRET_KEYS or name in _SECRET_KEYS
        if secret and isinstance(value, str) and value:
            return value if value.startswith("<secret ") else self.alias(value)
        if name in _MASKED_KEYS and isinstance(value, str) and value:
            return "<masked>"
        return self.clean(value)
