"""The view over HTTP: JSON under `/control/view`, and the pages that show it. Reading changes nothing."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI, Query, Request, Response
from starlette.exceptions import HTTPException

from simulators.control.bodies import ErrorBody
from simulators.control.view.bodies import LiveBody, OverviewBody, PeopleBody, PersonBody, TimelineBody
from simulators.control.view.overview import counts, live, sample_logins
from simulators.control.view.pages import ASSETS, asset, shown, tagged
from simulators.control.view.people import Person, listed, person
from simulators.control.view.person import detail, sign_in_details
from simulators.control.view.timeline import Filters, timeline
from simulators.control.view.trail import SYSTEMS, Trail
from simulators.control.world import World
from simulators.kernel.times import iso

_WRONG: dict[int | str, dict[str, Any]] = {400: {"model": ErrorBody, "description": "A filter cannot be read"}}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": ErrorBody, "description": "Nobody of that name"}}
_Limit = Query(50, ge=1, le=200)
_PAGE_ROWS, _PERSON_ROWS = 50, 25


class View:
    """Reads the current estate of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.trail = Trail()

    def people(self, q: str, after: str, limit: int) -> dict[str, Any]:
        """A page of people."""
        return listed(self.world.estate, q, after, limit)

    def somebody(self, key: str) -> Person:
        """One person. Raises the 404."""
        found = person(self.world.estate, key)
        if found is None:
            raise HTTPException(404, f"there is nobody {key!r}; give a worker id, a login or an id of any system")
        return found

    def timeline(self, who: str, **filters: Any) -> dict[str, Any]:
        """A page of events; `who` may also be an id or login that no system knows any more."""
        estate, persons = self.world.estate, None
        if who:
            found = person(estate, who)
            persons = frozenset({who.lower()}) if found is None else found.names(estate) | {who.lower()}
        return timeline(estate, self.trail, Filters(persons, **filters))

    def live(self, limit: int) -> dict[str, Any]:
        """Living sessions and tokens."""
        return live(self.world.estate, limit)

    def overview(self) -> dict[str, Any]:
        """The estate at a glance."""
        return {"counts": counts(self.world.estate), "logins": sample_logins(self.world.ready())}

    def frame(self, request: Request, title: str) -> dict[str, Any]:
        """What stands around every page."""
        clock, ready = self.world.estate.clock, self.world.ready()
        return {
            "title": title, "path": request.url.path, "now": iso(clock.now()), "mode": clock.mode,
            "estate": {"seed": ready["seed"], "random_seed": ready["random_seed"], "urls": self.world.links()},
        }  # fmt: skip


def add_view(app: FastAPI, world: World) -> None:
    """Serve the view of `world`."""
    view = View(world)
    _add_data(app, view)
    _add_pages(app, view)


def _add_data(app: FastAPI, view: View) -> None:
    @app.get("/control/view/overview", response_model=OverviewBody)
    async def overview(request: Request) -> Response:
        """How much there is of what, and who can sign in."""
        return _json(request, view.overview())

    @app.get("/control/view/people", response_model=PeopleBody, responses=_WRONG)
    async def people(request: Request, q: str = "", after: str = "", limit: int = _Limit) -> Response:
        """People across HR, SailPoint, Okta and the applications; `q` begins a name or login, or is an id."""
        return _json(request, view.people(q, after, limit))

    @app.get("/control/view/people/{key}", response_model=PersonBody, responses=_UNKNOWN)
    async def one_person(request: Request, key: str) -> Response:
        """One person in every system, by worker id, login, or any system's id."""
        return _json(request, detail(view.world.estate, view.somebody(key)))

    @app.get("/control/view/timeline", response_model=TimelineBody, responses=_WRONG)
    async def events(
        request: Request,
        person: str = "",
        system: str = "",
        kind: str = "",
        text: str = "",
        since: str = "",
        until: str = "",
        before: str = "",
        limit: int = _Limit,
    ) -> Response:
        """Events of all systems, the youngest first. `kind` is a part of the kind, `text` are words to be found."""
        return _json(request, view.timeline(person, system=system, kind=kind, text=text, since=since, until=until,
                                            before=before, limit=limit))  # fmt: skip

    @app.get("/control/view/live", response_model=LiveBody, responses=_WRONG)
    async def sessions(request: Request, limit: int = _Limit) -> Response:
        """Who is signed in, and which tokens live; never their values."""
        return _json(request, view.live(limit))


def _add_pages(app: FastAPI, view: View) -> None:
    @app.get("/", include_in_schema=False)
    async def front_page(request: Request) -> Response:
        faults = [vars(rule) for rule in view.world.estate.faults.rules]
        return shown(request, "overview", view.frame(request, "Estate"), **view.overview(), faults=faults)

    @app.get("/people", include_in_schema=False)
    async def people_page(request: Request) -> Response:
        q, after = request.query_params.get("q", ""), request.query_params.get("after", "")
        found = view.people(q, after, _PAGE_ROWS)
        return shown(request, "people", view.frame(request, "People"), **found, q=q, after=after)

    @app.get("/people/{key}", include_in_schema=False)
    async def person_page(request: Request, key: str) -> Response:
        estate, found = view.world.estate, person(view.world.estate, key)
        if found is None:
            nobody: dict[str, Any] = {"rows": [], "next": None, "more": False, "q": key, "after": ""}
            return shown(request, "people", view.frame(request, "Nobody"), 404, **nobody)
        revealed = request.query_params.get("show") == "sign-in"
        ready = view.world.ready()
        secrets = [sign_in_details(estate, ready, user) for user in found.users] if revealed else None
        recent = view.timeline(key, limit=_PERSON_ROWS)
        facts = detail(estate, found)
        return shown(request, "person", view.frame(request, found.name), who=facts, secrets=secrets, recent=recent)

    @app.get("/timeline", include_in_schema=False)
    async def timeline_page(request: Request) -> Response:
        names = ("person", "system", "kind", "text", "since", "until", "before")
        asked = {name: request.query_params.get(name, "").strip() for name in names}
        filters, problem = dict(asked), ""
        try:
            found = view.timeline(filters.pop("person"), **filters, limit=_PAGE_ROWS)
        except ValueError as wrong:
            found, problem = {"rows": [], "next": None, "behind": False}, str(wrong)
        frame = view.frame(request, "Timeline")
        return shown(request, "timeline", frame, **found, asked=asked, systems=SYSTEMS, problem=problem)

    @app.get("/sessions", include_in_schema=False)
    async def sessions_page(request: Request) -> Response:
        return shown(request, "sessions", view.frame(request, "Sessions"), **view.live(200))

    @app.get("/assets/{name}", include_in_schema=False)
    async def read_asset(request: Request, name: str) -> Response:
        if name not in ASSETS:
            raise HTTPException(404, f"there is nothing at {request.url.path}")
        return tagged(request, asset(name), ASSETS[name], asset(name))


def _json(request: Request, body: Any) -> Response:
    text = json.dumps(body, ensure_ascii=False)
    return tagged(request, text, "application/json", text)
