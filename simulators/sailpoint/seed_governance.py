"""What watches over a seed's access model: policies, campaign templates and workflows, written as documents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulators.sailpoint.domain.sod import CONFLICTING
from simulators.sailpoint.domain.workflow_steps import listens_to
from simulators.sailpoint.seed_documents import SEEDS, DocumentPlanter
from simulators.sailpoint.seed_sources import of
from simulators.sailpoint.tenant.sod import KIND as POLICY
from simulators.sailpoint.wire.bodies import reread
from simulators.sailpoint.wire.campaign_models import TemplateModel
from simulators.sailpoint.wire.sod import PolicyModel, query_text

TEMPLATE = "campaign-template"
# The personal access token that workflows call SailPoint itself with, where the seed has one.
CREDENTIAL = "svc-workflows"
_KEYS: Mapping[str, frozenset[str]] = {
    "sod_policies": frozenset(
        ["name", "description", "owner", "state", "level", "left", "right", "advice", "compensating_controls"]
    ),
    "campaign_templates": frozenset(["name", "description", "owner", "deadline", "campaign", "sources"]),
}


class GovernancePlanter:
    """Writes policies, templates and workflows, which refer to the access model by id."""

    def __init__(self, documents: DocumentPlanter) -> None:
        self._documents, self._tenant = documents, documents.tenant

    def _rows(self, name: str) -> Iterator[Mapping[str, Any]]:
        for row in self._documents.table.get(name, ()):
            if unknown := set(row) - _KEYS[name]:
                raise ValueError(f"sailpoint.{name}: unknown key {sorted(unknown)[0]!r}")
            yield row

    def _right(self, source: str, value: str) -> dict[str, str]:
        source_id = self._documents.source_ids[source]
        for right in self._tenant.state.entitlements.find("source", source_id):
            if right.name == value:
                return {"type": "ENTITLEMENT", "id": right.id, "name": right.name}
        raise ValueError(f"sailpoint.sod_policies: {source} has no entitlement {value!r}")

    def policies(self) -> None:
        """Policies of two sides, each a list of sources with one of their entitlements.

        A seed begins without violations: nobody holds both sides on day zero, so nothing is evaluated.
        """
        for row in self._rows("sod_policies"):
            owner = self._documents.ids[row["owner"]]
            sides = {
                f"{side}Criteria": {"name": side, "criteriaList": [self._right(*right) for right in row[side]]}
                for side in ("left", "right")
            }
            given = {
                "name": row["name"],
                "description": row.get("description"),
                "ownerRef": {"type": "IDENTITY", "id": owner},
                "level": row.get("level", "HIGH"),
                "state": row.get("state", "ENFORCED"),
                "type": CONFLICTING,
                "correctionAdvice": row.get("advice"),
                "compensatingControls": row.get("compensating_controls"),
                "conflictingAccessCriteria": sides,
            }
            body = reread(PolicyModel, given).stored() | {"creatorId": owner, "modifierId": None}
            body["policyQuery"] = query_text(body)
            self._tenant.configuration.add(POLICY, body, id=self._tenant.ids.uuid(POLICY))

    def templates(self) -> None:
        """Templates of campaigns; `sources` names those of a source owner campaign."""
        for row in self._rows("campaign_templates"):
            campaign = {"name": row["name"], "description": row["description"], **row["campaign"]}
            if row.get("sources"):
                ids = [self._documents.source_ids[name] for name in row["sources"]]
                campaign["sourceOwnerCampaignInfo"] = {"sourceIds": ids}
            given = {
                "name": row["name"],
                "description": row["description"],
                "deadlineDuration": row["deadline"],
                "campaign": campaign,
            }
            model = reread(TemplateModel, given)
            body = model.stored() | {"ownerId": self._documents.ids[row["owner"]]}
            self._tenant.configuration.add(TEMPLATE, body)

    def workflows(self, tokens: Iterable[Mapping[str, Any]]) -> None:
        """The workflows of the seed, with the token of the directory's service account and one of `tokens`."""
        links = self._documents.links
        own: Mapping[str, Any] = next((one for one in tokens if one["name"] == CREDENTIAL), {})
        places = {
            "%%OKTA_URL%%": links.okta_url.rstrip("/"),
            "%%OKTA_TOKEN%%": str(of(links.okta, "api_tokens").get("svc-sailpoint-workflow", "")),
            "%%SAILPOINT_URL%%": self._tenant.base_url.rstrip("/"),
            "%%SAILPOINT_CLIENT_ID%%": str(own.get("client_id", "")),
            "%%SAILPOINT_CLIENT_SECRET%%": str(own.get("client_secret", "")),
        }
        for path in self._documents.table.get("workflows", ()):
            text = (SEEDS / path).read_text(encoding="utf-8")
            for place, value in places.items():
                text = text.replace(place, value)
            body = json.loads(text)
            owner = {"type": "IDENTITY", "id": self._documents.ids[body["owner"]]}
            people = {"owner": owner, "creator": owner, "modifiedBy": owner}
            counts = {"executionCount": 0, "failureCount": 0}
            self._tenant.configuration.add("workflow", {**body, **people, **counts}, listens_to(body))
