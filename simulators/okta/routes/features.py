"""/api/v1/features: what an administrator may switch on early. Switching one changes its status and nothing else."""

from __future__ import annotations

from simulators.okta.domain.documents import Document
from simulators.okta.domain.errors import Invalid
from simulators.okta.routes.call import Answer, Call
from simulators.okta.routes.endpoint import Endpoints
from simulators.okta.wire.features import feature_body

features = Endpoints("/api/v1/features")
_READ, _MANAGE = "okta.features.read", "okta.features.manage"
_WORDS = ("DISABLED", "ENABLED")


def _feature(call: Call) -> Document:
    return call.org.documents.find("feature", call.parts["feature"])


def _needed(call: Call, feature: Document) -> list[Document]:
    return [found for name in feature.content["needs"] if (found := call.org.documents.named("feature", name))]


def _needing(call: Call, feature: Document) -> list[Document]:
    return [other for other in call.org.documents.rows("feature") if feature.name in other.content["needs"]]


def _listed(call: Call, rows: list[Document]) -> Answer:
    return Answer(200, [feature_body(row, call.org.base_url) for row in rows])


@features.on("GET", "", _READ, "org.read")
async def list_features(call: Call) -> Answer:
    """All features."""
    return _listed(call, list(call.org.documents.rows("feature")))


@features.on("GET", "/{feature}", _READ, "org.read")
async def read_feature(call: Call) -> Answer:
    """One feature."""
    return Answer(200, feature_body(_feature(call), call.org.base_url))


@features.on("GET", "/{feature}/dependencies", _READ, "org.read")
async def list_dependencies(call: Call) -> Answer:
    """What it needs."""
    return _listed(call, _needed(call, _feature(call)))


@features.on("GET", "/{feature}/dependents", _READ, "org.read")
async def list_dependents(call: Call) -> Answer:
    """What needs it."""
    return _listed(call, _needing(call, _feature(call)))


@features.on("POST", "/{feature}/{lifecycle}", _MANAGE, "org.write")
async def change_feature(call: Call) -> Answer:
    """`enable` or `disable`, with `mode=force` also what it needs or what needs it."""
    feature, lifecycle = _feature(call), call.parts["lifecycle"].lower()
    if lifecycle not in ("enable", "disable"):
        raise Invalid("lifecycle", "lifecycle: The lifecycle must be ENABLE or DISABLE")
    on = lifecycle == "enable"
    others = [row for row in (_needed if on else _needing)(call, feature) if row.status != _WORDS[on]]
    if others and call.query.get("mode") != "force":
        names = ", ".join(row.name for row in others)
        raise Invalid("feature", f"feature: These features have to be changed first: {names}")
    for row in (*others, feature):
        changed = call.org.documents.switch(row, on, call.cause, _WORDS)
    return Answer(200, feature_body(changed, call.org.base_url))
