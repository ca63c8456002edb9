"""Configuration objects whose bodies are models: list, create, read, patch, delete."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.responses import Response

from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call, answer, empty
from simulators.sailpoint.routes.listing import Collection, page
from simulators.sailpoint.wire.bodies import Camel, reread
from simulators.sailpoint.wire.lookup import Lookup
from simulators.sailpoint.wire.patch import patched

# Called with the body to be stored and with the document as it was (None: it is new); raises a refusal.
Check = Callable[[Call, dict[str, Any], Document | None], None]
Act = Callable[[Call, Document], None]


def _nothing(call: Call, document: Document) -> None:
    return None


@dataclass(frozen=True)
class Noun:
    """One kind of object. `mutable` names what a patch may change, `aliases` what the vendor also calls it."""

    kind: str
    path: str
    model: type[Camel]
    body: Callable[[Lookup, Document], dict[str, Any]]
    listing: Collection
    check: Check
    mutable: tuple[str, ...] | None
    aliases: Mapping[str, str] = field(default_factory=dict)
    rows: Callable[[Call], Iterable[Document]] | None = None
    facts: Callable[[Lookup, Document], Mapping[str, Any]] | None = None
    created: int = 201
    before_delete: Act = _nothing
    after_delete: Act = _nothing


FIXED = ("id", "created", "modified")


async def changed(call: Call, noun: Noun, document: Document) -> dict[str, Any]:
    """The body of a document with the JSON patch of the request applied, read and checked anew."""
    steps = await call.json()
    if isinstance(steps, list):
        steps = [_renamed(step, noun.aliases) for step in steps]
    body = reread(noun.model, patched(document.body, steps, noun.mutable, FIXED)).stored()
    noun.check(call, body, document)
    return body


def _renamed(step: Any, aliases: Mapping[str, str]) -> Any:
    if not isinstance(step, dict) or not isinstance(step.get("path"), str):
        return step
    first, slash, rest = step["path"].removeprefix("/").partition("/")
    return {**step, "path": f"/{aliases[first]}{slash}{rest}"} if first in aliases else step


def serve(area: Area, noun: Noun) -> None:
    """Register the five operations of a noun."""

    @area.get(noun.path)
    async def list_all(call: Call) -> Response:
        rows = noun.rows(call) if noun.rows is not None else call.tenant.configuration.all(noun.kind)
        facts = partial(noun.facts, call.look) if noun.facts is not None else None
        return page(call, noun.listing, None, partial(noun.body, call.look), rows=rows, facts=facts)

    @area.post(noun.path)
    async def create(call: Call) -> Response:
        body = (await call.model(noun.model)).stored()
        noun.check(call, body, None)
        document = call.tenant.configuration.add(noun.kind, body, actor=call.caller.name)
        return answer(noun.body(call.look, document), noun.created)

    @area.get(f"{noun.path}/{{id}}")
    async def get_one(call: Call) -> Response:
        return answer(noun.body(call.look, call.tenant.configuration.get(noun.kind, call.path("id"))))

    @area.patch(f"{noun.path}/{{id}}")
    async def patch_one(call: Call) -> Response:
        document = call.tenant.configuration.get(noun.kind, call.path("id"))
        body = await changed(call, noun, document)
        updated = call.tenant.configuration.update(document, {**document.body, **body}, call.caller.name)
        return answer(noun.body(call.look, updated))

    @area.delete(f"{noun.path}/{{id}}")
    async def delete_one(call: Call) -> Response:
        document = call.tenant.configuration.get(noun.kind, call.path("id"))
        noun.before_delete(call, document)
        call.tenant.configuration.remove(document, call.caller.name)
        noun.after_delete(call, document)
        return empty()
