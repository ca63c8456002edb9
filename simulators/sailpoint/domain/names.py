"""Logins out of names: folding to ASCII and numbering on collision."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_OTHER = re.compile(r"[^a-z0-9]")
# Letters that Unicode does not take apart into a base letter and a mark.
_LETTERS = str.maketrans(
    {
        "ß": "ss", "ẞ": "SS", "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L",
        "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n", "Ŋ": "N",
        "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E", "ĸ": "k",
    }
)  # fmt: skip


def without_marks(text: str) -> str:
    """`text` with accents taken off its letters.

    >>> without_marks("Zoë Müller-Groß")
    'Zoe Muller-Gross'
    """
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@lru_cache(maxsize=1024)
def login_stem(first: str, last: str, fallback: str) -> str:
    """The local part of a login: first.last in ASCII letters and digits; `fallback` where that leaves nothing usable.

    >>> login_stem("Zoë", "O'Brien-Müller", "E1"), login_stem("伟", "张", "E5001")
    ('zoe.obrienmuller', 'e5001')
    """
    parts = [_OTHER.sub("", without_marks(part).lower()) for part in (first, last)]
    return ".".join(parts) if all(parts) else _OTHER.sub("", fallback.lower()) or "user"


def unique_login(stem: str, domain: str, kept: str, taken: Callable[[str], bool]) -> str:
    """A login nobody else has: the one kept while the name is the same, else the stem, then stem2, stem3, …

    >>> unique_login("maria.garcia", "x.y", "", {"maria.garcia@x.y"}.__contains__)
    'maria.garcia2@x.y'
    """
    local = kept.partition("@")[0]
    if local.startswith(stem) and (local == stem or local[len(stem) :].isdigit()):
        return kept
    login, number = f"{stem}@{domain}", 1
    while taken(login):
        number += 1
        login = f"{stem}{number}@{domain}"
    return login
