"""Writes Allure results as a reader of features expects them."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attr
from allure_commons import hookimpl
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Label, Parameter

LABEL_TAGS = ("kpi", "risk", "ctl", "seed", "needs")
EXAMPLE = "_pytest_bdd_example"
_ROOT = f"{Path(__file__).resolve().parents[1]}/"
# Where a traceback comes to our own code, in pytest's form and in Python's.
_OURS = re.compile(r'^(?:(?:steps|harness)/\S+:\d+: in |  File "(?:[^"]*/)?(?:steps|harness)/)', re.MULTILINE)
_CLASS = re.compile(r"^harness\.checks\.(?:Unmet: |(?=\w+: ))")


class Writer(AllureFileLogger):  # type: ignore[misc]
    """Writes results as a reader of features expects them."""

    def _report_item(self, item: Any) -> None:
        """As the original does, in one piece: `json.dump` goes through Python for every comma."""
        name = item.file_pattern.format(prefix=item.uuid)
        text = json.dumps(attr.asdict(item, filter=lambda _, value: value or value is False), ensure_ascii=False)
        unfinished = self._report_dir / f"{name}.tmp"
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(self._report_dir / name)

    @hookimpl  # type: ignore[untyped-decorator]
    def report_result(self, result: Any) -> None:
        """Show outline columns as parameters and in the name, group by feature, never end before the beginning."""
        result.parameters = [plain for parameter in result.parameters for plain in _columns(parameter)]
        result.name = _told_apart(str(result.name), result.parameters)
        result.labels = _labels(result.labels)
        shown = {label.name: label.value for label in result.labels}
        if "feature" in shown:
            result.titlePath = [shown[name] for name in ("epic", "feature", "story") if name in shown]
        _order(result)
        _clear(result)
        super().report_result(result)

    @hookimpl  # type: ignore[untyped-decorator]
    def report_container(self, container: Any) -> None:
        """Leave out fixtures that only worked: each Gherkin step would be one."""
        told = [one for one in (*container.befores, *container.afters) if one.status not in (None, "passed", "skipped")]
        if told:
            super().report_container(container)


def _columns(parameter: Any) -> Iterator[Any]:
    """An outline's row as one parameter per column; any other parameter without the quotes of its repr."""
    try:
        value = ast.literal_eval(parameter.value)
    except (ValueError, SyntaxError):
        value = parameter.value
    if parameter.name == EXAMPLE and isinstance(value, dict):
        yield from (Parameter(name=name, value=text) for name, text in value.items())
    else:
        yield Parameter(name=parameter.name, value=str(value), excluded=parameter.excluded, mode=parameter.mode)


def _told_apart(name: str, parameters: Iterable[Any]) -> str:
    """A row's name with the values it does not say yet, so that rows differ in lists; a number with its column's name.

    >>> _told_apart("To Finance", [Parameter("to", "Finance"), Parameter("site", "NYC"), Parameter("sample", "3")])
    'To Finance (NYC, sample 3)'
    """
    rest = [p for p in parameters if p.value and not re.search(rf"(?<!\w){re.escape(p.value)}(?!\w)", name)]
    told = ", ".join(f"{p.name} {p.value}" if p.value.isdecimal() else p.value for p in rest)
    return f"{name} ({told})" if told else name


def _labels(labels: list[Any]) -> list[Any]:
    """Each label once, no tag that already is a label of its own kind, and not the name of the machine."""
    kept: dict[tuple[str, str], Any] = {}
    for label in labels:
        name, value = str(label.name), str(label.value)
        if name == "host" or (name == "tag" and value.partition(".")[0] in (*LABEL_TAGS, "severity")):
            continue
        kept.setdefault((name, value), Label(name=name, value=value))
    return list(kept.values())


def _order(item: Any, least: int = 0) -> None:
    """No part begins before its whole or ends before it began, whatever clock was asked."""
    item.start = max(item.start or least, least)
    item.stop = max(item.stop or item.start, item.start)
    for step in item.steps:
        _order(step, item.start)


def _clear(item: Any) -> None:
    """Causes as sentences, and tracebacks from our own code on, without the machine's folders."""
    if (details := item.statusDetails) is not None:
        details.message = _CLASS.sub("", details.message or "") or details.message
        if trace := details.trace:
            ours = _OURS.search(trace)
            details.trace = trace[ours.start() if ours else 0 :].replace(_ROOT, "")
    for step in item.steps:
        _clear(step)
