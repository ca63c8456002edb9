"""Criteria as people write them: how deep they may nest, and what each operation needs beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.errors import IllegalValue

# Levels of criteria, leaves included (SailPoint API, Roles and Access Profiles).
DEEPEST = 3
GROUPS = frozenset({"AND", "OR"})
# Operations of provisioning criteria that compare with nothing.
_BARE = frozenset({"HAS"})


def _illegal(place: str, why: str) -> IllegalValue:
    return IllegalValue(f'Value of "{place}" is empty or contains invalid data: {why}.')


def check_membership(criteria: Mapping[str, Any] | None, place: str = "membership.criteria") -> None:
    """Raise IllegalValue unless a tree of role criteria is well formed: groups have children, leaves key and value.

    >>> check_membership({"operation": "AND", "children": []})
    Traceback (most recent call last):
        ...
    simulators.sailpoint.domain.errors.IllegalValue: ...AND needs children.
    """
    for one, at in _walk(criteria, place):
        operation, key = one.get("operation"), one.get("key")
        if operation in GROUPS:
            if not one.get("children"):
                raise _illegal(f"{at}.children", f"{operation} needs children")
            if key is not None:
                raise _illegal(f"{at}.key", f"{operation} has no key")
        else:
            if one.get("children"):
                raise _illegal(f"{at}.children", f"{operation} has no children")
            if key is None:
                raise _illegal(f"{at}.key", f"{operation} needs a key")
            if one.get("stringValue") is None:
                raise _illegal(f"{at}.stringValue", f"{operation} needs a value")
            if key["type"] != "IDENTITY" and not key.get("sourceId"):
                raise _illegal(f"{at}.key.sourceId", f"{key['type']} needs a source")


def check_selector(criteria: Mapping[str, Any] | None, place: str = "provisioningCriteria") -> None:
    """Raise IllegalValue unless the criteria that choose an account are well formed."""
    for one, at in _walk(criteria, place):
        operation = one.get("operation")
        if operation in GROUPS:
            if not one.get("children"):
                raise _illegal(f"{at}.children", f"{operation} needs children")
            if one.get("attribute") or one.get("value"):
                raise _illegal(f"{at}.attribute", f"{operation} has no attribute")
        else:
            if one.get("children"):
                raise _illegal(f"{at}.children", f"{operation} has no children")
            if not one.get("attribute"):
                raise _illegal(f"{at}.attribute", f"{operation} needs an attribute")
            if (one.get("value") is None) != (operation in _BARE):
                raise _illegal(f"{at}.value", f"{operation} {'has no' if operation in _BARE else 'needs a'} value")


def sources_in(criteria: Mapping[str, Any] | None) -> Iterator[str]:
    """Ids of the sources that role criteria name."""
    if criteria:
        source = (criteria.get("key") or {}).get("sourceId")
        if source:
            yield str(source)
        for child in criteria.get("children") or ():
            yield from sources_in(child)


def check_expression(expression: Mapping[str, Any] | None, place: str = "visibilityCriteria.expression") -> None:
    """Raise IllegalValue unless a segment's expression is well formed: one EQUALS, or an AND of them."""
    if not expression:
        return
    if expression.get("operator") == "AND":
        if not expression.get("children"):
            raise _illegal(f"{place}.children", "AND needs children")
        for number, child in enumerate(expression["children"]):
            if child.get("operator") != "EQUALS":
                raise _illegal(f"{place}.children.{number}.operator", "children are EQUALS")
            check_expression(child, f"{place}.children.{number}")
        return
    if expression.get("children"):
        raise _illegal(f"{place}.children", "EQUALS has no children")
    if not expression.get("attribute"):
        raise _illegal(f"{place}.attribute", "EQUALS needs an attribute")
    if not (expression.get("value") or {}).get("value"):
        raise _illegal(f"{place}.value", "EQUALS needs a value")


def selects(criteria: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    """Whether an account with these attributes is the one an access profile is meant for.

    >>> selects({"operation": "HAS", "attribute": "mail"}, {"mail": "a@b"})
    True
    """
    operation = criteria["operation"]
    if operation in GROUPS:
        met = (selects(child, attributes) for child in criteria.get("children") or ())
        return all(met) if operation == "AND" else any(met)
    have, want = attributes.get(criteria["attribute"]), str(criteria.get("value") or "").lower()
    if operation == "HAS":
        return have not in (None, "", [])
    held = [str(one).lower() for one in (have if isinstance(have, list | tuple) else [have]) if one is not None]
    if operation == "CONTAINS":
        return any(want in one for one in held)
    return bool((want in held) == (operation == "EQUALS"))


def _walk(criteria: Mapping[str, Any] | None, place: str, level: int = 1) -> Iterator[tuple[Mapping[str, Any], str]]:
    if not criteria:
        return
    if level > DEEPEST:
        raise _illegal(place, f"there are at most {DEEPEST} levels of criteria")
    yield criteria, place
    for number, child in enumerate(criteria.get("children") or ()):
        yield from _walk(child, f"{place}.children.{number}", level + 1)
