"""What transforms do to a text: pure functions of the incoming text and the transform's attributes.

https://developer.sailpoint.com/docs/extensibility/transforms/operations
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

from simulators.sailpoint.domain.names import without_marks
from simulators.sailpoint.domain.places import country, international, language_tag
from simulators.sailpoint.domain.regexes import regex, replaced

Attributes = Mapping[str, Any]
# An identity attribute holds this many characters.
MOST = 450
_LOWER = frozenset({"von", "del", "of", "de", "la", "y"})
_ROMAN = re.compile(r"(?=[ivx])x{0,3}(ix|iv|v?i{0,3})", re.IGNORECASE)


def number(attributes: Attributes, name: str, default: int | None = None) -> int:
    """A whole number, written as one or as text. Raises ValueError."""
    value = attributes.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | str) or len(str(value)) > 9:
        raise ValueError(f"{name} is not a whole number")
    return int(value)


def length(attributes: Attributes, default: int | None = None) -> int:
    """How long a text shall be. Raises ValueError outside 1 to 450."""
    wanted = number(attributes, "length", default)
    if not 1 <= wanted <= MOST:
        raise ValueError(f"length is not between 1 and {MOST}")
    return wanted


def proper_name(text: str) -> str:
    """A name in its usual spelling (SailPoint, Name Normalizer).

    >>> proper_name("jOHN VON SmITh"), proper_name("mary-ann o'brien MCDONALD iii")
    ('John von Smith', "Mary-Ann O'Brien McDonald III")
    """
    return "".join(_proper(part) for part in re.split(r"([ \-'])", text))


def _proper(word: str) -> str:
    low = word.lower()
    if low in _LOWER:
        return low
    if _ROMAN.fullmatch(low):
        return low.upper()
    for prefix, least in (("mc", 4), ("mac", 6)):
        if low.startswith(prefix) and len(low) >= least:
            return prefix.capitalize() + low[len(prefix) :].capitalize()
    return low.capitalize()


def _decoded(text: str, a: Attributes) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise ValueError("the input is not Base64") from error


def _substring(text: str, a: Attributes) -> str:
    """From `begin` to before `end`; each has an offset that counts unless it is -1."""
    begin, end = number(a, "begin"), number(a, "end", -1)
    first = 0 if begin == -1 else begin + number(a, "beginOffset", 0)
    last = len(text) if end == -1 else end + number(a, "endOffset", 0)
    if not 0 <= first <= last <= len(text):
        raise ValueError(f"begin {first}, end {last}, length {len(text)}")
    return text[first:last]


def _split(text: str, a: Attributes) -> str | None:
    parts, place = regex(str(a["delimiter"])).split(text), number(a, "index")
    if 0 <= place < len(parts):
        return parts[place]
    if str(a.get("throws")).lower() == "true":
        raise ValueError(f"IndexOutOfBoundsException: {place}")
    return None


def _replace_all(text: str, a: Attributes) -> str:
    for pattern, replacement in a["table"].items():
        text = replaced(text, str(pattern), str(replacement))
    return text


def _padding(a: Attributes) -> str:
    return str(a.get("padding") or " ")[:1]


def _country(text: str, a: Attributes) -> str | None:
    found = country(text)
    return getattr(found, str(a.get("format") or "alpha2")) if found is not None else None


def _end(text: str, a: Attributes) -> str:
    wanted = number(a, "numChars")
    return text[-wanted:] if wanted > 0 else ""


TEXTS: dict[str, Callable[[str, Attributes], Any]] = {
    "base64Decode": _decoded,
    "base64Encode": lambda text, a: base64.b64encode(text.encode()).decode(),
    "decomposeDiacriticalMarks": lambda text, a: without_marks(text),
    "e164phone": lambda text, a: international(text, str(a.get("defaultRegion") or "US")),
    "indexOf": lambda text, a: str(text.find(str(a["substring"]))),
    "iso3166": _country,
    "lastIndexOf": lambda text, a: str(text.rfind(str(a["substring"]))),
    "leftPad": lambda text, a: text.rjust(length(a), _padding(a)),
    "lower": lambda text, a: text.lower(),
    "normalizeNames": lambda text, a: proper_name(text),
    "replace": lambda text, a: replaced(text, str(a["regex"]), str(a["replacement"])),
    "replaceAll": _replace_all,
    "rfc5646": lambda text, a: language_tag(text),
    "rightPad": lambda text, a: text.ljust(length(a), _padding(a)),
    "split": _split,
    "substring": _substring,
    "trim": lambda text, a: text.strip(),
    "upper": lambda text, a: text.upper(),
    "getEndOfString": _end,
}

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS, _SPECIAL = "0123456789", "!@#$%&*()+<>?"


def _true(a: Attributes, name: str) -> bool:
    return str(a.get(name)).lower() == "true"


ALPHABETS: dict[str, Callable[[Attributes], str]] = {
    "randomAlphaNumeric": lambda a: _LETTERS + _DIGITS,
    "randomNumeric": lambda a: _DIGITS,
    "generateRandomString": lambda a: (
        _LETTERS + _DIGITS * _true(a, "includeNumbers") + _SPECIAL * _true(a, "includeSpecialChars")
    ),
}


def chosen(kind: str, a: Attributes, draw: Callable[[], bytes]) -> str:
    """A text by chance; `draw` answers 64 bytes at a time."""
    alphabet, wanted, text = ALPHABETS[kind](a), length(a, 32), ""
    while len(text) < wanted:
        text += "".join(alphabet[byte % len(alphabet)] for byte in draw())
    return text[:wanted]
