"""Seeds: an estate's starting state as TOML, by name or from a customer's file that extends a named one."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from simulators.kernel.times import parse_instant

SEEDS = Path(__file__).parent / "seeds"
_PARTS = ("estate", "okta", "sailpoint")
# What identifies a row of a list of tables, so that a file can change one row of the seed it extends.
_ROW_KEYS = ("worker_id", "label", "login", "id", "name")

_ESTATE_KEYS = {
    "name", "starts", "day_zero", "time_zone", "mail_domain", "request_cost_ms", "scale",
    "sites", "cast", "apps", "grants", "people",
}  # fmt: skip
_ROWS: dict[str, tuple[frozenset[str], frozenset[str]]] = {  # required, optional
    "apps": (frozenset({"label", "tier", "provisioned_by"}), frozenset()),
    "grants": (frozenset({"worker_id", "item"}), frozenset({"until", "account"})),
    "people": (
        frozenset({"worker_id", "first_name", "last_name", "department", "location", "worker_type", "hired"}),
        frozenset({"job_title", "manager_id", "ends", "end_reason", "leave_starts", "leave_ends", "okta_status"})
        | {"state"},
    ),
}
_SITE_KEYS = {"country", "time_zone", "company"}


@dataclass(frozen=True)
class Seed:
    """A checked seed. `okta` and `sailpoint` are read by their own packages."""

    name: str
    starts: datetime
    day_zero: date
    time_zone: str
    mail_domain: str
    request_cost_ms: tuple[int, int]
    scale: int
    sites: Mapping[str, Mapping[str, str]]
    cast: Mapping[str, str]
    apps: tuple[Mapping[str, Any], ...]
    grants: tuple[Mapping[str, Any], ...]
    people: tuple[Mapping[str, Any], ...]
    okta: Mapping[str, Any] = field(repr=False)
    sailpoint: Mapping[str, Any] = field(repr=False)
    digest: str = ""


def load_seed(name: str) -> Seed:
    """The seed of that name, or in that file. Raises ValueError with one sentence."""
    if re.fullmatch(r"[a-z0-9_-]+", name) and (SEEDS / name / "estate.toml").exists():
        return _checked(_named(name))
    path = Path(name)
    if not path.is_file():
        known = ", ".join(sorted(folder.name for folder in SEEDS.iterdir() if (folder / "estate.toml").exists()))
        raise ValueError(f"there is no seed {name!r}; use {known} or a TOML file")
    return _checked(_file(path))


def _named(name: str) -> dict[str, Any]:
    return {part: _toml(SEEDS / name / f"{part}.toml") for part in _PARTS}


def _file(path: Path) -> dict[str, Any]:
    tables = _toml(path)
    base = tables.pop("extends", "empty")
    if unknown := set(tables) - set(_PARTS):
        raise ValueError(f"{path}: unknown table {sorted(unknown)[0]!r}; use extends, {', '.join(_PARTS)}")
    if not isinstance(base, str) or not (SEEDS / base / "estate.toml").exists():
        raise ValueError(f"{path}: extends names the unknown seed {base!r}")
    merged = _named(base)
    for part, table in tables.items():
        if not isinstance(table, dict):
            raise ValueError(f"{path}: {part} must be a table")
        merged[part] = _merged(merged[part], table)
    merged["estate"]["name"] = tables.get("estate", {}).get("name", path.stem)
    return merged


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"{path} is missing") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise ValueError(f"{path} is not TOML: {wrong}") from None


def _merged(base: Any, over: Any) -> Any:
    """Tables are merged key by key, lists of named tables row by row; anything else is replaced."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}
    name = _row_key(base, over)
    if name is None:
        return over
    rows = {row[name]: row for row in base}
    for row in over:
        rows[row[name]] = _merged(rows.get(row[name]), row)
    return list(rows.values())


def _row_key(base: Any, over: Any) -> str | None:
    if not (isinstance(base, list) and isinstance(over, list) and base and over):
        return None
    rows = [*base, *over]
    if not all(isinstance(row, dict) for row in rows):
        return None
    for name in _ROW_KEYS:
        values = [row.get(name) for row in base]
        # A key that repeats (grants of one worker) identifies no row.
        if all(name in row for row in rows) and len(set(map(str, values))) == len(values):
            return name
    return None


def _checked(tables: Mapping[str, dict[str, Any]]) -> Seed:
    estate = tables["estate"]
    _keys("estate", estate, _ESTATE_KEYS)
    sites = estate.get("sites", {})
    for code, site in sites.items():
        _keys(f"site {code}", site, _SITE_KEYS, _SITE_KEYS)
        _zone(f"site {code}", site["time_zone"])
    rows = {kind: tuple(estate.get(kind, ())) for kind in _ROWS}
    for kind, (required, optional) in _ROWS.items():
        for number, row in enumerate(rows[kind], 1):
            title = f"{kind} {row.get('worker_id') or row.get('label') or number}"
            _keys(title, row, set(required | optional), set(required))
    _check_references(estate, rows, sites)
    _zone("estate", estate.get("time_zone", "UTC"))
    cost = estate.get("request_cost_ms", [0, 0])
    if len(cost) != 2 or not all(isinstance(part, int) for part in cost) or not 0 <= cost[0] <= cost[1]:
        raise ValueError("request_cost_ms must be two whole numbers, least and most")
    scale = estate.get("scale", 0)
    if not isinstance(scale, int) or isinstance(scale, bool) or not 0 <= scale <= 1_000_000:
        raise ValueError("scale must be a whole number of people from 0 to 1000000")
    if scale and not (estate.get("cast") and sites):
        raise ValueError("scale needs sites and a cast with managers; extend acme for that")
    text = json.dumps(tables, sort_keys=True, default=str)
    return Seed(
        name=estate.get("name", "estate"),
        starts=_instant(estate["starts"]),
        day_zero=_day(estate["day_zero"]),
        time_zone=estate.get("time_zone", "UTC"),
        mail_domain=estate.get("mail_domain", "example.com"),
        request_cost_ms=(cost[0], cost[1]),
        scale=scale,
        sites=sites,
        cast=estate.get("cast", {}),
        apps=rows["apps"],
        grants=rows["grants"],
        people=rows["people"],
        okta=tables["okta"],
        sailpoint=tables["sailpoint"],
        digest=blake2b(text.encode(), digest_size=16).hexdigest(),
    )


def _check_references(
    estate: Mapping[str, Any], rows: Mapping[str, tuple[Mapping[str, Any], ...]], sites: Mapping[str, Any]
) -> None:
    workers = [person["worker_id"] for person in rows["people"]]
    if len(set(workers)) < len(workers):
        raise ValueError(f"the worker id {next(w for w in workers if workers.count(w) > 1)!r} is there twice")
    for person in rows["people"]:
        if person["location"] not in sites:
            raise ValueError(f"people {person['worker_id']}: there is no site {person['location']!r}")
    for part, worker in estate.get("cast", {}).items():
        if worker not in workers:
            raise ValueError(f"cast {part}: there is no worker {worker!r}")
    for grant in rows["grants"]:
        if grant["worker_id"] not in workers:
            raise ValueError(f"grants: there is no worker {grant['worker_id']!r}")


def _keys(title: str, table: Any, known: set[str], required: set[str] | None = None) -> None:
    if not isinstance(table, dict):
        raise ValueError(f"{title} must be a table")
    if unknown := set(table) - known:
        raise ValueError(f"{title}: unknown key {sorted(unknown)[0]!r}; use {', '.join(sorted(known))}")
    if missing := (required or set()) - set(table):
        raise ValueError(f"{title}: {sorted(missing)[0]} is missing")


def _zone(title: str, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise ValueError(f"{title}: the time zone {name!r} is unknown; use an IANA name") from None


def _instant(value: Any) -> datetime:
    try:
        return parse_instant(value.isoformat() if isinstance(value, datetime) else str(value))
    except ValueError as wrong:
        raise ValueError(f"starts: {wrong}") from None


def _day(value: Any) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"day_zero {value!r} is no date; write it as 2026-03-02") from None
