"""Where an expression may stand, and what it may use there.

https://developer.okta.com/docs/reference/okta-expression-language/#conditional-expressions
"""

from __future__ import annotations

from dataclasses import dataclass

from simulators.okta.domain.functions import FUNCTIONS, GROUP_FUNCTIONS, METHODS, PERSON_FUNCTIONS, Signature
from simulators.okta.domain.syntax import (
    Array,
    Attribute,
    Function,
    Internal,
    Linked,
    Literal,
    Method,
    Node,
    Root,
    Selection,
    Sum,
)

_ALL: dict[str, Signature] = {**FUNCTIONS, **GROUP_FUNCTIONS, **PERSON_FUNCTIONS}
_INTERNAL = frozenset({"id", "status", "created", "lastUpdated", "passwordChanged", "securityQuestion"})
_OF_USER = frozenset({"id", "status"})


@dataclass(frozen=True)
class Place:
    """`subject` and `field` name it in refusals; `roots` are what an expression may start from besides `user`.

    Where the place is `open`, another name is null and not refused. Where there is a `verdict`, a refusal has two
    causes: what is wrong, and the verdict on the field.
    """

    subject: str
    field: str
    functions: frozenset[str]
    roots: frozenset[str]
    methods: bool
    users: bool
    truth: bool
    open: bool = False
    verdict: str = ""

    def causes(self, wrong: str) -> tuple[str, ...]:
        """What a refusal says of a fault."""
        return (wrong, f"{self.field}: {self.verdict}") if self.verdict else (f"{self.field}: {wrong}",)

    def broken(self, text: str, column: int | None) -> str:
        """What is said of a text that is no expression."""
        return f"Invalid expression syntax {text}" if self.verdict else f"Invalid expression at position {column}"

    def problem(self, node: Node, known: frozenset[str]) -> str | None:
        """What is wrong with one node here."""
        match node:
            case Attribute(name=name) if not self.users or (name not in known and not self.methods):
                return f"Invalid property {name} in expression"
            case Internal(name=name) if not self.users or name not in _INTERNAL:
                return f"Invalid internal property {name} in expression"
            case Root(name=name) if name and name not in self.roots and not self.open:
                return f"Invalid property {name} in expression"
            case Linked(name=name) if not self.methods:
                return f"Linked object {name} is not supported in this expression"
            case Selection() if not self.methods:
                return "Selections are not supported in this expression"
            case Method(name=name, arguments=arguments):
                if not self.methods or name not in METHODS:
                    return f"Method {name} is not supported in this expression"
                if not METHODS[name].takes(len(arguments) + 1):
                    return f"Method {name} takes another number of arguments"
            case Function(name=name, arguments=arguments):
                if name not in self.functions:
                    return f"Function {name} is not supported in this expression"
                if not _ALL[name].takes(len(arguments)):
                    return f"Function {name} takes another number of arguments"
        return None

    def unfit(self, tree: Node) -> str | None:
        """Why the whole cannot stand here: a condition has to be true or false."""
        plain = isinstance(tree, Literal) and not isinstance(tree.value, bool)
        if self.truth and (plain or isinstance(tree, Array | Sum)):
            return "The expression must evaluate to true or false"
        return None


_CONDITIONS = frozenset(
    name
    for name in _ALL
    if name.partition(".")[0] not in ("Convert", "Iso3166Convert", "Time", "Groups") and name != "getFilteredGroups"
)
GROUP_RULE = Place(
    "validateRule",
    "conditions",
    _CONDITIONS,
    frozenset(),
    methods=False,
    users=True,
    truth=True,
    verdict="Invalid expression",
)
MAPPING = Place(
    "properties",
    "expression",
    frozenset(_ALL),
    frozenset({"appuser", "source", "app", "org", "session", "idpuser"}),
    methods=True,
    users=True,
    truth=False,
)
CLAIM = Place(
    "value",
    "value",
    frozenset(_ALL),
    frozenset({"user", "appuser", "app", "org", "access", "session"}),
    methods=True,
    users=True,
    truth=False,
    open=True,
)
EVENT_FILTER = Place(
    "events.filter",
    "events.filter.eventFilterMap.condition.expression",
    frozenset(name for name in _ALL if name.startswith(("String.", "Arrays."))),
    frozenset({"event"}),
    methods=True,
    users=False,
    truth=True,
)
