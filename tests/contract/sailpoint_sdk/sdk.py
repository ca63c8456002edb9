"""One face for both generations of the vendor's Python SDK; knows nothing but the SDK and the standard library.

Generation 2 has one class a service, its functions end in the service's version. Generation 1 has the same classes and
names once in each yearly version, which this takes from the oldest on. Every answer becomes the SDK's own models.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import typing
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import sailpoint
from sailpoint.configuration import Configuration, ConfigurationParams

YEARLY = ("v3", "v2024", "v2025", "v2026", "beta")
FOLDER = Path(sailpoint.__file__).parent
OLD = (FOLDER / "v3").is_dir()


def request(method: str, url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """A request without the SDK, to the systems around the tenant: status and parsed body."""
    data = None if body is None else json.dumps(body).encode()
    named = {"Content-Type": "application/json", **headers}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, named, method=method)) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, text = error.code, error.read()
    try:
        return status, json.loads(text or b"null")
    except ValueError:
        return status, text


class Sdk:
    """The SDK with the credential of one person or client, by its name in the ready object."""

    def __init__(self, ready: dict[str, Any], name: str = "iam-admin") -> None:
        known = (*ready["sailpoint"]["personal_access_tokens"], *ready["sailpoint"]["api_clients"])
        row = next(one for one in known if one["name"] == name)
        params = ConfigurationParams()
        params.base_url = ready["urls"]["sailpoint"]
        params.client_id, params.client_secret = row["client_id"], row["client_secret"]
        self.configuration = Configuration(params)
        self.configuration.experimental = True
        self.identity = row.get("identity_id", "")
        self._clients: dict[str, Any] = {}

    def client(self, version: str = "") -> Any:
        """An ApiClient; of a yearly version in the first generation."""
        if version not in self._clients:
            module = importlib.import_module(f"sailpoint.{version}" if version else "sailpoint")
            self._clients[version] = module.ApiClient(self.configuration)
        return self._clients[version]

    def function(self, api: str, name: str) -> Any:
        """A function of an API class by the name that both generations share. Raises AttributeError."""
        for version in YEARLY if OLD else ("",):
            module = importlib.import_module(f"sailpoint.{version}" if version else "sailpoint")
            made = getattr(module, f"{api}Api", None)
            for suffix in ("",) if OLD else ("_v1", "_v2"):
                if made is not None and hasattr(made, name + suffix):
                    return getattr(made(self.client(version)), name + suffix)
        raise AttributeError(f"the SDK has no {api}Api.{name}")

    def __call__(self, api: str, name: str, *given: Any, body: Any = None, **named: Any) -> Any:
        """Call a function. `body` is JSON that becomes the model which the function takes."""
        return call(self.function(api, name), *given, body=body, **named)


def call(function: Any, *given: Any, body: Any = None, **named: Any) -> Any:
    """Call an SDK function with a body made into its model, and as somebody who takes experimental calls."""
    takes = inspect.signature(function).parameters
    if "x_sail_point_experimental" in takes:
        named.setdefault("x_sail_point_experimental", "true")
    if body is not None:
        hints = typing.get_type_hints(function)
        for name in takes:
            if not name.startswith("_") and name not in named and (kind := _model(hints.get(name))) is not None:
                many = isinstance(body, list)
                named[name] = [kind.from_dict(one) for one in body] if many else kind.from_dict(body)
                break
        else:
            rest = [name for name in takes if not name.startswith("_") and name not in named]
            named[rest[len(given)]] = body
    return function(*given, **named)


def _model(hint: Any) -> Any:
    """The SDK's model somewhere inside an annotation."""
    if hasattr(hint, "from_dict"):
        return hint
    return next((found for one in typing.get_args(hint) if (found := _model(one)) is not None), None)


def table() -> dict[tuple[str, str, str], tuple[str, str]]:
    """Class and function of every operation that the SDK has, by yearly version (or none), method and path."""
    found = {}
    folders = {version: FOLDER / version / "api" for version in YEARLY} if OLD else {"": FOLDER}
    shape = re.compile(r"def _(\w+)_serialize\(.*?method='(\w+)',\s*resource_path='([^']+)'", re.DOTALL)
    for version, folder in folders.items():
        for file in sorted(folder.rglob("*_api.py")):
            text = file.read_text(encoding="utf-8")
            named = re.search(r"^class (\w+)", text, re.MULTILINE)
            for one in shape.finditer(text) if named and "/test/" not in str(file) else ():
                found[version, one[2], one[3]] = (named[1], one[1])
    return found
