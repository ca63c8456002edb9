"""The people of scenarios: made by Faker from the random seed, or rows of an HR feed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import blake2b
from zoneinfo import ZoneInfo

from faker import Faker

COLUMNS = (
    "worker_id",
    "first_name",
    "last_name",
    "department",
    "job_title",
    "manager_id",
    "location",
    "time_zone",
    "worker_type",
    "hire_date",
    "end_date",
    "end_reason",
    "effective_date",
)
_LOCALES = {"NYC": "en_US", "HNL": "en_US", "BER": "de_DE", "BLR": "en_IN", "AKL": "en_NZ"}
_SPECIAL = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "æ": "ae", "Æ": "Ae",
                          "œ": "oe", "Œ": "Oe", "ı": "i", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D"})  # fmt: skip


@dataclass(frozen=True)
class Person:
    """A worker as HR describes one. Dates are local to `time_zone`; `end_date` is the last day of work."""

    worker_id: str
    first_name: str
    last_name: str
    department: str
    job_title: str
    manager_id: str
    location: str
    time_zone: str
    worker_type: str
    hire_date: date
    end_date: date | None = None
    end_reason: str = ""
    effective_date: date | None = None

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def zone(self) -> ZoneInfo:
        """The person's time zone."""
        return ZoneInfo(self.time_zone)

    def row(self) -> dict[str, str]:
        """The HR row: text by column."""
        return {column: _text(getattr(self, column)) for column in COLUMNS}

    def changed(self, **values: object) -> Person:
        """The same person with other values."""
        return replace(self, **values)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale)


def chance(random_seed: int, scenario: str, ordinal: int, purpose: str = "") -> int:
    """A number that follows from the random seed, the scenario's id and the ordinal, the same in every run."""
    text = f"{random_seed}/{scenario}/{ordinal}/{purpose}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest())


def persona(
    random_seed: int,
    scenario: str,
    ordinal: int,
    *,
    department: str,
    manager_id: str,
    location: str,
    time_zone: str,
    hire_date: date,
    worker_type: str = "employee",
) -> Person:
    """A person nobody knows yet, with a name usual at the site."""
    number = chance(random_seed, scenario, ordinal)
    faker = _faker(_LOCALES.get(location, "en_US"))
    faker.seed_instance(number)
    return Person(
        worker_id=f"T{number % 10**8:08d}",
        first_name=faker.first_name(),
        last_name=faker.last_name(),
        department=department,
        job_title=faker.job().split(",")[0][:60],
        manager_id=manager_id,
        location=location,
        time_zone=time_zone,
        worker_type=worker_type,
        hire_date=hire_date,
    )


def login_base(person: Person) -> str:
    """The part of the login that follows from the name: folded to ASCII, other signs dropped; '' when nothing is left.

    >>> from datetime import date
    >>> p = persona(1, "x", 1, department="Sales", manager_id="", location="NYC", time_zone="UTC", hire_date=date.min)
    >>> login_base(p.changed(first_name="Zoë", last_name="O'Brien-Müller"))
    'zoe.obrienmuller'
    """
    first, last = (_folded(part) for part in (person.first_name, person.last_name))
    return f"{first}.{last}" if first and last else ""


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_SPECIAL)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)
