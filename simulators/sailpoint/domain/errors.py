"""Refusals: the tenant declining a command. How each looks to a client stands in `wire/errors.py`."""

from __future__ import annotations


class Refusal(Exception):
    """A command the tenant declines; `text` says why in the vendor's manner."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self.text = text


class NotFound(Refusal):
    """The object of the path does not exist."""


class BadContent(Refusal):
    """The request cannot be understood or carried out."""


class IllegalValue(Refusal):
    """One value of the request is empty or out of its range."""


class MissingReference(Refusal):
    """The request names another object that does not exist, or that the caller may not see."""


class Conflict(Refusal):
    """Something of that name or relation exists already."""


class LimitViolation(Refusal):
    """More of something than the vendor allows."""


class Forbidden(Refusal):
    """The caller lacks the right."""


class ExperimentalOnly(Refusal):
    """The operation wants the header `X-SailPoint-Experimental: true`."""


class Owning(Refusal):
    """The identity cannot go: it is protected, or `associations` depend on it."""

    def __init__(
        self, text: str = "", associations: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = ()
    ) -> None:
        super().__init__(text)
        self.associations = associations


class IllegalUpdate(Refusal):
    """A patch of a property that cannot be changed."""


class UnsupportedMedia(Refusal):
    """The body is of a kind that the operation does not read."""
