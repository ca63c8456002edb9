"""`/segments`: parts of the organisation that see access others do not."""

from __future__ import annotations

from typing import Any

from simulators.sailpoint.domain.criteria import check_expression
from simulators.sailpoint.domain.values import Document
from simulators.sailpoint.routes.base import Area, Call
from simulators.sailpoint.routes.listing import collection
from simulators.sailpoint.routes.objects import Noun, serve
from simulators.sailpoint.wire.segments import SegmentBody, segment_body

area = Area()


def _check(call: Call, body: dict[str, Any], before: Document | None) -> None:
    call.tenant.configuration.check_name("segment", body["name"], before)
    call.tenant.access.check_owner(body.get("owner"))
    check_expression((body.get("visibilityCriteria") or {}).get("expression"))


serve(
    area,
    Noun(
        "segment",
        "/segments/v1",
        SegmentBody,
        segment_body,
        collection("GET", "/segments/v1"),
        _check,
        None,
        after_delete=lambda call, document: call.tenant.segments.forget(document.id),
    ),
)
