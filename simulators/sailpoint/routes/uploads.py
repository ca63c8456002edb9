"""Files that clients upload as multipart forms."""

from __future__ import annotations

from dataclasses import dataclass, field

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from simulators.sailpoint.domain.errors import BadContent
from simulators.sailpoint.routes.base import Call


@dataclass(frozen=True)
class Upload:
    """The file of a form, if it has one, and its other fields."""

    content: bytes | None = None
    name: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def needed(self) -> bytes:
        """The content. Raises BadContent when there is no file."""
        if self.content is None:
            raise BadContent("A file is required.")
        return self.content


async def uploaded(call: Call) -> Upload:
    """The form of a request; empty when it has none. Raises BadContent for one that cannot be read."""
    if not call.request.headers.get("content-type", "").startswith("multipart/form-data"):
        return Upload()
    try:
        async with call.request.form() as form:
            file = form.get("file")
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            if isinstance(file, UploadFile):
                return Upload(await file.read(), file.filename or "", fields)
            return Upload(None, "", fields)
    except HTTPException as error:
        raise BadContent("The form cannot be read.") from error
