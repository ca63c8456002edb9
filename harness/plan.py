"""What a run is asked to do, read and checked before anything is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from harness import feed as feeds
from harness.defects import DEFECTS, Defect
from harness.policy import Policy, load_policy
from harness.sla import Sla, load_slas
from harness.targets import load_targets
from harness.times import parse_duration


class RunRefused(Exception):
    """The run cannot begin; the text is one sentence that names what is wrong and the remedy."""


@dataclass(frozen=True)
class Settings:
    """What was asked for. `root` is the clone: features, steps and targets.toml lie there."""

    root: Path
    out: Path
    target: str = "simulated"
    estate: str | None = None
    hr_feed: Path | None = None
    samples: int = 30
    random_seed: int = 1
    defect: str | None = None
    command: str = ""

    @classmethod
    def of(cls, option: Any, root: Path) -> Settings:
        """The settings in pytest's options."""
        target = "attached" if option.estate and option.target == "simulated" else option.target
        return cls(
            root=root,
            out=Path(option.out),
            target=target,
            estate=option.estate,
            hr_feed=Path(option.hr_feed) if option.hr_feed else None,
            samples=option.samples,
            random_seed=option.random_seed,
            defect=option.defect,
            command=option.command_line or "pytest",
        )


@dataclass(frozen=True)
class Plan:
    """Everything read and checked before anything is written."""

    policy: Policy
    slas: dict[str, Sla]
    feed: feeds.Feed | None
    defect: Defect | None
    table: dict[str, Any] | None


def check(settings: Settings) -> Plan:
    """Read and check every input file and option. Raises RunRefused."""
    if settings.samples < 1:
        raise RunRefused(f"--samples is {settings.samples}; it must be 1 or more")
    try:
        policy = _policy(settings.root / "features" / "policy.toml")
        slas = load_slas(settings.root / "features" / "slas.toml")
        path = settings.hr_feed
        feed = None if path is None else feeds.read_feed(path, policy.company.mail_domain)
        tables = load_targets(settings.root / "targets.toml")
    except OSError as problem:
        raise RunRefused(f"{problem.filename} cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise RunRefused(sentence(problem)) from None
    table = None
    if settings.target not in ("simulated", "attached"):
        if settings.target not in tables:
            known = ", ".join(["simulated", "attached", *sorted(tables)])
            raise RunRefused(f"there is no target {settings.target!r}; targets.toml and the product know {known}")
        table = tables[settings.target]
    if settings.target == "attached" and not settings.estate:
        raise RunRefused("the target attached needs --estate with the control URL of a running estate")
    if settings.estate and settings.target != "attached":
        raise RunRefused(f"--estate goes with the target attached, not with {settings.target!r}")
    defect = None
    if settings.defect is not None:
        defect = DEFECTS.get(settings.defect)
        if defect is None:
            raise RunRefused(f"there is no defect {settings.defect!r}; the known ones are {', '.join(DEFECTS)}")
        if table is not None:
            raise RunRefused("--defect breaks a tenant on purpose and works on simulated and attached estates only")
    return Plan(policy, slas, feed, defect, table)


def check_marks(marks: str, root: Path) -> None:
    """Refuse a selection by a tag that no scenario carries. Raises RunRefused."""
    known = tags_of(root / "features") | {"feed", *feeds.TITLES}
    asked = set(re.findall(r"[\w.:+-]+", marks)) - {"and", "or", "not", "True", "False"}
    if unknown := sorted(asked - known):
        raise RunRefused(f"no scenario was selected: the features know no tag {unknown[0]!r}; see the @ lines there")


def tags_of(features: Path) -> set[str]:
    """Every tag in the feature files; they become pytest markers."""
    lines = (line for path in sorted(features.rglob("*.feature")) for line in path.read_text("utf-8").splitlines())
    return {word[1:] for line in lines if line.strip().startswith("@") for word in line.split() if word.startswith("@")}


def _policy(path: Path) -> Policy:
    """The policy, its time zones and durations tried. Raises ValueError, OSError."""
    policy = load_policy(path)
    try:
        parse_duration(policy.company.processing_spread)
    except ValueError as problem:
        raise ValueError(f"the policy file {path}: company.processing_spread: {problem}") from None
    for name, site in policy.sites.items():
        try:
            ZoneInfo(site.time_zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError(
                f"the policy file {path}: sites.{name}.time_zone: {site.time_zone!r} is no IANA time zone"
            ) from None
    return policy


def sentence(problem: Exception) -> str:
    """A problem as one line of text."""
    text = " ".join(str(problem).split())
    return text if not isinstance(problem, KeyError) else f"something is missing: {text}"
