"""The applications over HTTP: `/{slug}/scim/v2/…` and `/{slug}/write-log`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from simulators.kernel.times import iso, parse_instant
from simulators.scim import discovery, search
from simulators.scim.apps import ScimApps
from simulators.scim.asking import filter_of, json_body, object_body, page_of, projected, read_asked, with_members
from simulators.scim.attributes import Document
from simulators.scim.errors import ScimRefusal, error_body, invalid, missing
from simulators.scim.groups import group_change, patched_group
from simulators.scim.patches import operations, patched
from simulators.scim.records import WITNESS, Account, Group
from simulators.scim.resources import account_body, group_body, list_body, write_body
from simulators.switchboard import ShortApp, ShortWay, Switchboard, plain

MEDIA = "application/scim+json"
_ROWS_MOST = 10_000
# A change answers its status, the resource (None for an empty body) and the resource's id.
Change = tuple[int, Document | None, str]


def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """An injected error in SCIM's shape."""
    return [(b"content-type", MEDIA.encode())], error_body(status)


def create_app(current: Callable[[], ScimApps]) -> FastAPI:
    """The app over whichever applications are current."""
    app = ShortApp(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    _add_users(app, current)
    _add_groups(app, current)
    _add_discovery(app, current)

    @app.get("/{slug}/write-log")
    async def write_log(slug: str, request: Request) -> Response:
        apps = current()
        if _credential(apps, slug, request) != WITNESS:
            raise ScimRefusal(403, "The write log is read with the witness token")
        query = request.query_params
        since, after, limit = query.get("since"), query.get("after", "0"), query.get("limit", str(_ROWS_MOST))
        if not (after.isdecimal() and limit.isdecimal()):
            raise invalid("after and limit are whole numbers")
        try:
            instant = None if since is None else iso(parse_instant(since))
        except ValueError as wrong:
            raise invalid(str(wrong)) from None
        rows: list[Document] = []
        for write in apps.writes(slug, instant, int(after)):
            if len(rows) >= min(int(limit), _ROWS_MOST):
                break
            rows.append(write_body(write))
        return Response(_dumps(rows), media_type="application/json")

    app.middleware_stack = ShortWay(Switchboard(plain(app.routes)), _failed)
    return app


def _add_users(app: FastAPI, current: Callable[[], ScimApps]) -> None:
    path = "/{slug}/scim/v2/Users"

    @app.get(path)
    @app.post(path + "/.search")
    async def list_users(slug: str, request: Request) -> Response:
        asked, apps = await read_asked(request), current()
        _credential(apps, slug, request)
        page, node = page_of(asked), filter_of(asked)
        rows, total = search.accounts(apps.state.accounts, slug, node, page, lambda row: account_body(apps, row))
        return _listed(asked, [account_body(apps, row) for row in rows], total, page.start)

    @app.post(path)
    async def create_user(slug: str, request: Request) -> Response:
        def create(apps: ScimApps, body: Any) -> Change:
            account = apps.create_account(slug, object_body(body))
            return 201, account_body(apps, account), account.id

        return await _write(current, slug, request, None, create)

    @app.get(path + "/{id}")
    async def read_user(slug: str, id: str, request: Request) -> Response:
        apps = current()
        _credential(apps, slug, request)
        return _one(request.query_params, account_body(apps, apps.account(slug, id)))

    @app.put(path + "/{id}")
    async def replace_user(slug: str, id: str, request: Request) -> Response:
        def put(apps: ScimApps, body: Any) -> Change:
            return _ok(apps, apps.replace_account(slug, id, object_body(body)))

        return await _write(current, slug, request, id, put)

    @app.patch(path + "/{id}")
    async def patch_user(slug: str, id: str, request: Request) -> Response:
        def patch(apps: ScimApps, body: Any) -> Change:
            apps.account(slug, id)
            steps = operations(body)
            return _ok(apps, apps.change_account(slug, id, lambda document: patched(document, steps)))

        return await _write(current, slug, request, id, patch)

    @app.delete(path + "/{id}")
    async def delete_user(slug: str, id: str, request: Request) -> Response:
        def delete(apps: ScimApps, body: Any) -> Change:
            apps.delete_account(slug, id)
            return 204, None, id

        return await _write(current, slug, request, id, delete)


def _add_groups(app: FastAPI, current: Callable[[], ScimApps]) -> None:
    path = "/{slug}/scim/v2/Groups"

    @app.get(path)
    @app.post(path + "/.search")
    async def list_groups(slug: str, request: Request) -> Response:
        asked, apps = await read_asked(request), current()
        _credential(apps, slug, request)
        page, node, members = page_of(asked), filter_of(asked), with_members(asked)
        rows, total = search.groups(apps.state.groups, slug, node, page, lambda row: group_body(apps, row))
        return _listed(asked, [group_body(apps, row, members) for row in rows], total, page.start)

    @app.post(path)
    async def create_group(slug: str, request: Request) -> Response:
        def create(apps: ScimApps, body: Any) -> Change:
            group = apps.create_group(slug, group_change(object_body(body)))
            return 201, group_body(apps, group), group.id

        return await _write(current, slug, request, None, create)

    @app.get(path + "/{id}")
    async def read_group(slug: str, id: str, request: Request) -> Response:
        apps = current()
        _credential(apps, slug, request)
        asked = request.query_params
        return _one(asked, group_body(apps, apps.group(slug, id), with_members(asked)))

    @app.put(path + "/{id}")
    async def replace_group(slug: str, id: str, request: Request) -> Response:
        def put(apps: ScimApps, body: Any) -> Change:
            apps.group(slug, id)
            return _ok(apps, apps.change_group(slug, id, group_change(object_body(body))))

        return await _write(current, slug, request, id, put)

    @app.patch(path + "/{id}")
    async def patch_group(slug: str, id: str, request: Request) -> Response:
        def patch(apps: ScimApps, body: Any) -> Change:
            apps.group(slug, id)
            apps.change_group(slug, id, patched_group(operations(body)))
            return 204, None, id

        return await _write(current, slug, request, id, patch)

    @app.delete(path + "/{id}")
    async def delete_group(slug: str, id: str, request: Request) -> Response:
        def delete(apps: ScimApps, body: Any) -> Change:
            apps.delete_group(slug, id)
            return 204, None, id

        return await _write(current, slug, request, id, delete)


def _add_discovery(app: FastAPI, current: Callable[[], ScimApps]) -> None:
    @app.post("/{slug}/scim/v2/.search")
    async def search_everything(slug: str, request: Request) -> Response:
        asked, apps = await read_asked(request), current()
        _credential(apps, slug, request)
        page, node = page_of(asked), filter_of(asked)
        state = apps.state
        users, many = search.accounts(state.accounts, slug, node, page, lambda row: account_body(apps, row))
        rest = search.Page(max(page.start - many, 1), page.count - len(users))
        groups, more = search.groups(state.groups, slug, node, rest, lambda row: group_body(apps, row))
        found = [*(account_body(apps, row) for row in users), *(group_body(apps, row) for row in groups)]
        return _listed(asked, found, many + more, page.start)

    @app.get("/{slug}/scim/v2/ServiceProviderConfig")
    async def configuration(slug: str) -> Response:
        apps = current()
        apps.application(slug)
        return Response(_dumps(discovery.service_provider_config(f"{apps.base_url}/{slug}/scim/v2")), media_type=MEDIA)

    makers = {"ResourceTypes": discovery.resource_types, "Schemas": discovery.schemas}

    def described(slug: str, kind: str) -> list[Document]:
        apps = current()
        apps.application(slug)
        if kind not in makers:
            raise ScimRefusal(404, "Not Found")
        return makers[kind](f"{apps.base_url}/{slug}/scim/v2")

    @app.get("/{slug}/scim/v2/{kind}")
    async def list_described(slug: str, kind: str) -> Response:
        resources = described(slug, kind)
        return Response(_dumps(list_body(resources, len(resources), 1)), media_type=MEDIA)

    @app.get("/{slug}/scim/v2/{kind}/{id}")
    async def read_described(slug: str, kind: str, id: str) -> Response:
        found = next((resource for resource in described(slug, kind) if resource["id"] == id), None)
        if found is None:
            raise missing(id)
        return Response(_dumps(found), media_type=MEDIA)


async def _write(
    current: Callable[[], ScimApps],
    slug: str,
    request: Request,
    id: str | None,
    change: Callable[[ScimApps, Any], Change],
) -> Response:
    raw = await request.body()
    apps, body = current(), None
    credential = _credential(apps, slug, request)
    try:
        if credential == WITNESS:
            raise ScimRefusal(403, "The witness token is read-only")
        if request.method != "DELETE":
            body = json_body(raw)
        status, resource, id = change(apps, body)
    except ScimRefusal as refused:
        apps.note(slug, credential, request.method, request.url.path, id, refused.status, body)
        raise
    apps.note(slug, credential, request.method, request.url.path, id, status, body)
    if resource is None:
        return Response(status_code=status)
    location = {"location": resource["meta"]["location"]}
    return Response(_dumps(resource), status, headers=location, media_type=MEDIA)


def _ok(apps: ScimApps, row: Account | Group) -> Change:
    return 200, account_body(apps, row) if isinstance(row, Account) else group_body(apps, row), row.id


def _credential(apps: ScimApps, slug: str, request: Request) -> str:
    apps.application(slug)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise ScimRefusal(401, "A bearer token is required")
    return apps.credential(slug, token.strip())


def _listed(asked: Mapping[str, str], bodies: list[Document], total: int, start: int) -> Response:
    return Response(_dumps(list_body([projected(asked, body) for body in bodies], total, start)), media_type=MEDIA)


def _one(asked: Mapping[str, str], body: Document) -> Response:
    return Response(_dumps(projected(asked, body)), media_type=MEDIA)


def _dumps(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def _failed(request: Request, error: Exception) -> Response:
    """Whatever goes wrong, in SCIM's shape (RFC 7644, 3.12)."""
    if isinstance(error, ScimRefusal):
        headers = {"www-authenticate": "Bearer"} if error.status == 401 else None
        body = error_body(error.status, error.detail, error.scim_type)
        return Response(body, error.status, headers=headers, media_type=MEDIA)
    if isinstance(error, HTTPException):
        return Response(error_body(error.status_code), error.status_code, headers=error.headers, media_type=MEDIA)
    return Response(error_body(500), 500, media_type=MEDIA)
