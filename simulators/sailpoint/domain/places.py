"""Countries, their calling codes, and languages, as transforms know them. Read when first asked for."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

# Languages whose tags keep the older ISO 639 code, as in Java.
_OLDER = {"he": "iw", "id": "in", "yi": "ji"}
_WITH_COUNTRY = re.compile(r"(.+?) \((.+)\)")
_COUNTRIES_OTHERWISE = {"u.a.e.": "AE", "korea": "KR", "czech republic": "CZ", "russia": "RU", "turkey": "TR"}
_WRITTEN_OTHERWISE = {"chinese (s)": "zh_CN", "chinese (t)": "zh_TW"}


class Country(NamedTuple):
    """One row of ISO 3166, with how its telephone numbers are dialled."""

    alpha2: str
    alpha3: str
    numeric: str
    calling: str
    trunk: str
    least: int
    most: int


def _rows(name: str) -> list[list[str]]:
    text = (files(__package__) / "tables" / name).read_text("utf-8")
    return list(csv.reader(text.splitlines()))[1:]


@cache
def _countries() -> dict[str, Country]:
    known: dict[str, Country] = {}
    for alpha2, alpha3, numeric, calling, trunk, lengths, names in _rows("countries.csv"):
        least, _, most = lengths.partition("-")
        country = Country(alpha2, alpha3, numeric, calling, trunk, int(least or 0), int(most or 0))
        for word in (alpha2, alpha3, numeric, str(int(numeric)), *names.split("|")):
            known.setdefault(word.lower(), country)
    return known


def country(word: str) -> Country | None:
    """The country of a code, or of its English or native name.

    >>> country("España").alpha3, country("840").alpha2
    ('ESP', 'US')
    """
    return _countries().get(word.strip().lower())


@cache
def _languages() -> dict[str, str]:
    known: dict[str, str] = {}
    for alpha2, alpha3, names in _rows("languages.csv"):
        for word in (alpha3, *names.split("|")):
            known.setdefault(word.lower(), _OLDER.get(alpha2, alpha2))
    return known


def language_tag(word: str) -> str | None:
    """The tag of a language by its name or three letters, with the country where the name has one.

    >>> language_tag("SPA"), language_tag("German (Austria)"), language_tag("Klingon")
    ('es', 'de_AT', None)
    """
    text = word.strip().lower()
    if text in _WRITTEN_OTHERWISE:
        return _WRITTEN_OTHERWISE[text]
    if match := _WITH_COUNTRY.fullmatch(text):
        tag, land = _languages().get(match[1]), _COUNTRIES_OTHERWISE.get(match[2])
        where = country(land or match[2])
        return f"{tag}_{where.alpha2}" if tag and where is not None else None
    return _languages().get(text)


def international(number: str, region: str) -> str | None:
    """A telephone number in E.164 form; None when it cannot be one.

    >>> international("0412 345 678", "AU"), international("(512) 777-2222", "US"), international("12", "US")
    ('+61412345678', '+15127772222', None)
    """
    digits = re.sub(r"[\s().\-/]", "", number)
    if re.fullmatch(r"\+\d{7,15}", digits):
        return digits
    where = country(region)
    if where is None or not where.calling or not digits.isascii() or not digits.isdigit():
        return None
    local = digits.removeprefix(where.trunk) if where.trunk and len(digits) > where.least else digits
    return f"+{where.calling}{local}" if max(where.least, 5) <= len(local) <= where.most else None
