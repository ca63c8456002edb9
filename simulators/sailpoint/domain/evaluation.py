"""What every transform needs to be evaluated: what it may look at, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Definition = Mapping[str, Any]
MOST_DEPTH, MOST_TEXT = 40, 10_000


def _no_chance() -> bytes:
    raise ValueError("there is no chance here")


@dataclass(slots=True)
class Context:
    """What a transform may look at. `edges` collects the coming instants at which a comparison with now will turn.

    `accounts` answers all accounts on a source as attributes with `created`, `nativeIdentity` and `displayName`,
    `person` an attribute of somebody by uid, `draw` 64 bytes by chance. `given` is the input of a transform that names
    none of its own, `fields` what a provisioning policy has computed so far, `limits` what its present field says.
    """

    at: datetime
    account: Callable[[str], Mapping[str, Any] | None]
    identity: dict[str, Any]
    previous: Mapping[str, Any]
    named: Callable[[str], Definition | None]
    login_taken: Callable[[str], bool]
    manager: Callable[[str], Any]
    edges: list[datetime] = field(default_factory=list)
    accounts: Callable[[str], Iterable[Mapping[str, Any]]] = lambda source: ()
    person: Callable[[str, str], Any] = lambda uid, attribute: None
    draw: Callable[[], bytes] = _no_chance
    given: Any = None
    depth: int = 0
    fields: dict[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)


OPERATIONS: dict[str, Callable[[Definition, Context], Any]] = {}


def evaluate(definition: Any, context: Context) -> Any:
    """The value of a transform, a plain value or None. Raises ValueError for one that cannot be evaluated."""
    # Most are dictionaries read from JSON: asking for those first spares the slow question about an abstract class.
    if definition.__class__ is not dict and not isinstance(definition, Mapping):
        return definition
    kind = definition.get("type")
    if (operation := OPERATIONS.get(str(kind))) is None:
        raise ValueError(f"unknown transform type {kind!r}")
    if context.depth >= MOST_DEPTH:
        raise ValueError("transforms stand too deep within each other, or refer to themselves")
    context.depth += 1
    try:
        return operation(definition.get("attributes") or {}, context)
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{kind}: {error}") from error
    finally:
        context.depth -= 1


def text_of(value: Any) -> str:
    """A value as text; nothing is the empty text. Raises ValueError for one that no attribute could hold."""
    text = "" if value is None else str(value)
    if len(text) > MOST_TEXT:
        raise ValueError("the text is too long")
    return text


def input_of(a: Definition, c: Context) -> Any:
    """What a transform works on: its own input, else the one it is given by the mapping that refers to it."""
    return evaluate(a["input"], c) if "input" in a else c.given


def input_text(a: Definition, c: Context) -> str:
    """The input as text."""
    return text_of(input_of(a, c))
