"""Passwords: what a password policy demands of one, and how the org words its refusal.

https://developer.okta.com/docs/reference/api/policy/#password-complexity-object
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 72
_COMMON = frozenset(
    {"password", "password1", "password1!", "welcome1", "qwerty123", "letmein1", "abcd1234", "passw0rd"}
)
_CLASSES = (
    ("minLowerCase", "[a-z]", "a lowercase letter"),
    ("minUpperCase", "[A-Z]", "an uppercase letter"),
    ("minNumber", "[0-9]", "a number"),
    ("minSymbol", r"[^a-zA-Z0-9\s]", "a symbol"),
)
_ATTRIBUTES = {"firstName": "first name", "lastName": "last name"}


@dataclass(frozen=True, slots=True)
class Requirements:
    """The parts of a password policy's settings that act on a password."""

    complexity: Mapping[str, Any]
    history: int = 0

    def wording(self) -> str:
        """What the org tells somebody whose password is refused."""
        asked = [f"at least {self.complexity.get('minLength', 8)} characters"]
        asked += [text for name, _, text in _CLASSES if self.complexity.get(name)]
        if self.complexity.get("excludeUsername"):
            asked.append("no parts of your username")
        asked += [f"does not include your {_ATTRIBUTES[name]}" for name in self._excluded()]
        text = f"Password requirements were not met. Password requirements: {', '.join(asked)}."
        if self.history:
            text += f" Your password cannot be any of your last {self.history} passwords."
        return text

    def refuses(self, password: str, login: str, profile: Mapping[str, Any]) -> bool:
        """Whether a password breaks the policy; history aside.

        >>> rules = Requirements({"minLength": 8, "minUpperCase": 1, "excludeUsername": True})
        >>> [rules.refuses(text, "ann.lee@acme.example", {}) for text in ("Autumn-26", "autumn-26", "Mister-lee1")]
        [False, True, False]
        """
        if not self.complexity.get("minLength", 8) <= len(password) <= LONGEST:
            return True
        if any(len(re.findall(kind, password)) < (self.complexity.get(name) or 0) for name, kind, _ in _CLASSES):
            return True
        lower = password.lower()
        if self.complexity.get("excludeUsername") and any(part in lower for part in username_parts(login)):
            return True
        if any(len(own := str(profile.get(name) or "").lower()) > 2 and own in lower for name in self._excluded()):
            return True
        return bool(_given(self.complexity, "dictionary", "common", "exclude")) and lower in _COMMON

    def _excluded(self) -> list[str]:
        names = self.complexity.get("excludeAttributes") or ()
        return [name for name in names if name in _ATTRIBUTES]


def username_parts(login: str) -> list[str]:
    """What of a username must not come up in its password: its parts of four characters and more before the `@`.

    The mail domain is everybody's and no part of a person's name (Okta help, password policies).

    >>> username_parts("jean-luc.picard@enterprise.example")
    ['jean', 'picard']
    """
    name = login.lower().partition("@")[0]
    return [part for part in re.split(r"[,._#-]", name) if len(part) >= 4]


def _given(document: Mapping[str, Any], *path: str) -> Any:
    for name in path:
        found = document.get(name) if isinstance(document, Mapping) else None
        document = found if found is not None else {}
    return document
