"""Bodies of requests with property names in camel case, and what a patch has made of an object."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from simulators.sailpoint.wire.bodies import Body, T, read


class CamelBody(Body):
    """A JSON object whose properties stand in camel case, under fields in snake case."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=False)

    def known(self) -> dict[str, Any]:
        """The properties that are named, as the client writes them; further ones at the top are left out."""
        names = {field.alias or name for name, field in type(self).model_fields.items()}
        return {name: value for name, value in self.model_dump(by_alias=True).items() if name in names}


def fitted(kind: type[T], value: Any) -> T:
    """A JSON value read as `kind`. Raises IllegalValue."""
    return read(kind, json.dumps(value).encode())
