"""`/sp-config`: configuration carried from one tenant to another, by jobs."""

from __future__ import annotations

from starlette.datastructures import UploadFile
from starlette.responses import Response

from simulators.sailpoint.domain.errors import IllegalValue, UnsupportedMedia
from simulators.sailpoint.routes.base import Area, Call, answer
from simulators.sailpoint.wire.bodies import read
from simulators.sailpoint.wire.transfer import (
    ExportBody,
    ImportFile,
    ImportOptions,
    config_object_bodies,
    export_body,
    import_body,
    job_body,
    options_of,
)

area = Area()


@area.get("/sp-config/v1/config-objects")
async def list_types(call: Call) -> Response:
    """Types of objects that can be carried."""
    return answer(config_object_bodies())


@area.post("/sp-config/v1/export")
async def export(call: Call) -> Response:
    """Begin an export."""
    body = await call.model(ExportBody)
    return answer(job_body(call.tenant.transfer.export(options_of(body), body.description, call.caller.name)), 202)


@area.get("/sp-config/v1/export/{id}")
async def get_export(call: Call) -> Response:
    """Where an export stands."""
    return answer(job_body(call.tenant.transfer.job("EXPORT", call.path("id"))))


@area.get("/sp-config/v1/export/{id}/download")
async def download_export(call: Call) -> Response:
    """The file of an export that is complete."""
    return answer(export_body(call.look, call.tenant.transfer.finished("EXPORT", call.path("id"))))


@area.post("/sp-config/v1/import")
async def import_(call: Call) -> Response:
    """Begin an import of a file, or with `preview=true` tell what would come of it."""
    preview = call.flag("preview")
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise UnsupportedMedia
    async with call.request.form() as form:
        data, options = form.get("data"), form.get("options")
        content = await data.read() if isinstance(data, UploadFile) else str(data or "").encode()
        text = await options.read() if isinstance(options, UploadFile) else str(options or "{}").encode()
    if not content.strip():
        raise IllegalValue('Value of "data" is empty or contains invalid data.')
    asked, file = read(ImportOptions, text), read(ImportFile, content)
    objects = [one.model_dump(by_alias=True) for one in file.objects]
    job = call.tenant.transfer.bring(objects, options_of(asked), call.caller.name, preview=preview)
    return answer(job_body(job), 202)


@area.get("/sp-config/v1/import/{id}")
async def get_import(call: Call) -> Response:
    """Where an import stands."""
    return answer(job_body(call.tenant.transfer.job("IMPORT", call.path("id"))))


@area.get("/sp-config/v1/import/{id}/download")
async def download_import(call: Call) -> Response:
    """The results of an import that is complete."""
    return answer(import_body(call.tenant.transfer.finished("IMPORT", call.path("id"))))
