"""The HR system over HTTP: `/workers`, `/workers/{id}`, `/feed.csv`."""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from itertools import islice
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from simulators.hr.system import HrSystem
from simulators.hr.workers import BadRow, Worker
from simulators.switchboard import ShortApp, ShortWay, Switchboard, plain

MEDIA = "application/json"
_PAGE_MOST = 1000


def refusal(status: int) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """An injected error in HR's shape."""
    return [(b"content-type", MEDIA.encode())], _dumps({"error": HTTPStatus(status).phrase})


def create_app(current: Callable[[], HrSystem]) -> FastAPI:
    """The app over whichever HR system is current."""
    app = ShortApp(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)

    @app.get("/workers")
    async def list_workers(request: Request) -> Response:
        hr, query = current(), request.query_params
        limit, offset = _whole(query.get("limit", "250"), "limit"), _whole(query.get("offset", "0"), "offset")
        limit = min(limit, _PAGE_MOST)
        kind = query.get("worker_type")
        workers = hr.state.workers
        found = workers.rows() if kind is None else workers.find("kind", _kind(kind))
        total = len(workers) if kind is None else workers.count("kind", _kind(kind))
        page = [worker.body() for worker in islice(found, offset, offset + limit)]
        return Response(_dumps(page), headers={"x-total-count": str(total)}, media_type=MEDIA)

    @app.get("/workers/{worker_id}")
    async def read_worker(worker_id: str) -> Response:
        return Response(_dumps(_body(current(), worker_id)), media_type=MEDIA)

    @app.put("/workers/{worker_id}")
    async def put_worker(worker_id: str, request: Request) -> Response:
        raw = await request.body()
        try:
            values = json.loads(raw)
        except ValueError:
            raise BadRow("the body is not JSON; send an object of columns") from None
        if not isinstance(values, dict):
            raise BadRow("the body is not an object; send an object of columns")
        hr = current()
        _, new = hr.put(worker_id, values)
        return Response(_dumps(_body(hr, worker_id)), 201 if new else 200, media_type=MEDIA)

    @app.delete("/workers/{worker_id}")
    async def delete_worker(worker_id: str) -> Response:
        if not current().remove(worker_id):
            raise HTTPException(404, f"there is no worker {worker_id}")
        return Response(status_code=204)

    @app.get("/feed.csv")
    async def feed(request: Request) -> Response:
        query = request.query_params
        further = query.get("further", "false")
        if further not in ("true", "false"):
            raise BadRow(f"further {further!r} is unknown; use true or false")
        text = current().feed(_kind(query.get("worker_type", "employee")), further == "true")
        return Response(text.encode(), headers={"content-type": "text/csv; charset=utf-8"})

    app.middleware_stack = ShortWay(Switchboard(plain(app.routes)), _failed)
    return app


def _body(hr: HrSystem, worker_id: str) -> dict[str, Any]:
    """The row that counts now (else the first that will), and the rows that wait."""
    waiting = sorted(hr.state.waiting.find("worker", worker_id), key=lambda row: row.worker.effective_date)
    row: Worker | None = hr.state.workers.get(worker_id) or (waiting[0].worker if waiting else None)
    if row is None:
        raise HTTPException(404, f"there is no worker {worker_id}")
    return {**row.body(), "waiting": [later.worker.body() for later in waiting]}


def _kind(worker_type: str) -> str:
    if worker_type not in ("employee", "contractor"):
        raise BadRow(f"worker_type {worker_type!r} is unknown; use employee or contractor")
    return worker_type


def _whole(text: str, name: str) -> int:
    if not text.isdecimal():
        raise BadRow(f"{name} {text!r} is unusable; use a whole number from 0")
    return int(text)


def _dumps(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


async def _failed(request: Request, error: Exception) -> Response:
    """Whatever goes wrong: one sentence."""
    status, headers = 500, None
    text = "HR failed to answer; this is a defect of the simulator"
    if isinstance(error, BadRow):
        status, text = 400, str(error)
    elif isinstance(error, HTTPException):
        known = {404: f"there is nothing at {request.url.path}", 405: f"{request.method} is not possible here"}
        status, headers = error.status_code, error.headers
        stated = error.detail != HTTPStatus(status).phrase
        text = error.detail if stated else known.get(status, error.detail)
    return Response(_dumps({"error": text}), status, headers=headers, media_type=MEDIA)
