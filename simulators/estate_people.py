"""The people of an estate on its day zero: those the seed names, and generated ones over the same tables."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from simulators.estate_seed import Seed
from simulators.kernel.ids import Ids
from simulators.kernel.people import SeedPerson

_TEAM = 12
_FIRST_ID = 100_001
_FIRST_NAMES = (
    "Ada Alan Aisha Amir Anna Arjun Bela Bruno Carla Chen Chidi David Dina Elena Emeka Erik Fatima Femi Frida "
    "Gita Hugo Ines Ivan Jana Joao Kaia Karim Kiri Lars Leila Lina Luca Maja Mei Milan Nadia Nils Noor Olga "
    "Omar Paolo Ravi Rosa Sana Sven Tala Tomas Yuki"
)
_LAST_NAMES = (
    "Abe Adeyemi Ahmed Almeida Andersson Bauer Becker Bianchi Bose Brown Campbell Chang Choi Clarke Cohen "
    "Costa Dahl Das Diaz Dubois Eze Fernandez Fischer Flores Fujita Gomez Gupta Haas Hansen Ito Iyer Jansen "
    "Jensen Joshi Kaur Keller Khan Kim Koch Kowalski Kumar Lang Larsen Lee Lopez Mehta Meier Moreau Mori "
    "Nakamura Nguyen Nilsson Okafor Olsen Park Patel Petrov Rossi Sato Schmidt Silva Singh Suzuki Weber"
)
_LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "ð": "d", "þ": "th"}
    | {"ı": "i"}
)


def people_of(seed: Seed, day_zero: date, ids: Ids) -> list[SeedPerson]:
    """Everybody, the seed's own people first, each with a login and a password."""
    logins: dict[str, int] = {}
    parts: dict[str, list[str]] = {}
    for part, worker in seed.cast.items():
        parts.setdefault(worker, []).append(part)
    found = []
    for row in (*seed.people, *_generated(seed)):
        site = seed.sites[row["location"]]
        found.append(
            SeedPerson(
                worker_id=row["worker_id"],
                first_name=row["first_name"],
                last_name=row["last_name"],
                department=row["department"],
                job_title=row.get("job_title", ""),
                manager_id=row.get("manager_id", ""),
                location=row["location"],
                country=site["country"],
                company=site["company"],
                time_zone=site["time_zone"],
                worker_type=row["worker_type"],
                hire_date=day_zero + timedelta(days=row["hired"]),
                end_date=_day(day_zero, row.get("ends")),
                end_reason=row.get("end_reason", ""),
                leave_start=_day(day_zero, row.get("leave_starts")),
                leave_end=_day(day_zero, row.get("leave_ends")),
                login=_login(row, seed.mail_domain, logins),
                okta_status=row.get("okta_status", "ACTIVE"),
                lifecycle_state=row.get("state", "active"),
                part=",".join(parts.get(row["worker_id"], ())),
                password=f"Pw-{ids.base62('password', 14)}7a",
            )
        )
    return found


def login_stem(first_name: str, last_name: str) -> str:
    """The local part of a login: first.last, folded to ASCII, other signs dropped.

    >>> login_stem("Zoë", "O'Brien-Müller")
    'zoe.obrienmuller'
    """
    return ".".join(_folded(name) for name in (first_name, last_name))


def _folded(name: str) -> str:
    if name.isascii() and name.isalpha():
        return name.lower()
    apart = unicodedata.normalize("NFKD", name.translate(_LETTERS))
    return re.sub("[^a-z0-9]", "", apart.lower())


def _login(row: Mapping[str, Any], domain: str, taken: dict[str, int]) -> str:
    stem = login_stem(row["first_name"], row["last_name"])
    if not all(stem.split(".")):
        stem = row["worker_id"].lower()
    taken[stem] = number = taken.get(stem, 0) + 1
    return f"{stem}{number if number > 1 else ''}@{domain}"


def _day(day_zero: date, days: int | None) -> date | None:
    return None if days is None else day_zero + timedelta(days=days)


def _generated(seed: Seed) -> Iterator[dict[str, Any]]:
    """Teams of twelve in every department with a manager, spread over the sites; no two have the same name."""
    heads = {part.removeprefix("manager."): worker for part, worker in seed.cast.items() if part.startswith("manager.")}
    departments, sites = list(heads), list(seed.sites)
    first_names, last_names = _FIRST_NAMES.split(), _LAST_NAMES.split()
    for number in range(seed.scale):
        turn, place = divmod(number, len(departments))
        lead = number - turn % _TEAM * len(departments)
        rest, first = divmod(number, len(first_names))
        yield {
            "worker_id": f"E{_FIRST_ID + number}",
            "first_name": first_names[first],
            "last_name": "-".join(_digits(rest, last_names)),
            "department": departments[place],
            "job_title": "Team Lead" if lead == number else "Specialist",
            "manager_id": heads[departments[place]] if lead == number else f"E{_FIRST_ID + lead}",
            "location": sites[number % len(sites)],
            "worker_type": "employee",
            "hired": -30 - number % 3000,
        }


def _digits(number: int, names: list[str]) -> Iterator[str]:
    """A number written with names as its digits, so that every number has a name of its own."""
    number, place = divmod(number, len(names))
    yield names[place]
    if number:
        yield from _digits(number - 1, names)
