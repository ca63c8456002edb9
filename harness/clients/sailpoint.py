"""SailPoint Identity Security Cloud's public API, as the owner of a personal access token or an API client uses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from harness.clients.api import BearerApi
from harness.clients.http import Wire, expect
from harness.clock import Clock

_PAGE = 250


@dataclass(frozen=True)
class Credential:
    """A personal access token or API client; `identity_id` is whom it acts as, None for an API client."""

    name: str
    client_id: str
    client_secret: str
    identity_id: str | None = None


class SailPointClient(BearerApi):
    """Calls SailPoint with one credential, with token refresh and paging. Per-service paths."""

    def __init__(self, wire: Wire, credential: Credential, clock: Clock) -> None:
        super().__init__(wire, clock)
        self.credential = credential

    # identities and accounts

    def identities_by_alias(self, filters: str) -> list[dict[str, Any]]:
        """Identities that a filter selects."""
        return self._list("/identities/v1", {"filters": filters})

    def identity(self, id: str) -> dict[str, Any] | None:
        """One identity, or None."""
        return self._maybe(f"/identities/v1/{id}")

    def accounts(self, filters: str) -> list[dict[str, Any]]:
        """Accounts that a filter selects."""
        return self._list("/accounts/v1", {"filters": filters})

    def sources(self) -> list[dict[str, Any]]:
        """All sources."""
        return self._list("/sources/v1")

    def load_accounts(self, source_id: str, csv: bytes) -> str:
        """Upload a delimited file of accounts; answers the id of the aggregation task. Raises Refused."""
        files = {"file": ("feed.csv", csv, "text/csv")}
        answer = self.wire.send("POST", f"/sources/v1/{source_id}/load-accounts", headers=self._headers(), files=files)
        return str(expect(answer, "sailpoint", 202).json()["task"]["id"])

    def task(self, id: str) -> dict[str, Any]:
        """The state of a task."""
        document: dict[str, Any] = expect(self._get(f"/task-status/v1/{id}"), "sailpoint", 200).json()
        return document

    def process(self, identity_ids: list[str]) -> None:
        """Process identities on demand: a nudge."""
        headers = self._headers() | {"X-SailPoint-Experimental": "true"}
        body = {"identityIds": identity_ids}
        answer = self.wire.send("POST", "/identities/v1/process", headers=headers, body=body)
        expect(answer, "sailpoint", 202)

    # access model

    def requestable_id(self, name: str) -> tuple[str, str]:
        """Type and id of the access profile or role with this name. Raises LookupError."""
        for kind, path in (("ACCESS_PROFILE", "/access-profiles/v1"), ("ROLE", "/roles/v1")):
            rows = self._list(path, {"filters": f'name eq "{name}"', "limit": "50"})
            if rows:
                return kind, str(rows[0]["id"])
        raise LookupError(f"the tenant has no access profile or role named {name!r}")

    def entitlements(self, source_id: str) -> list[dict[str, Any]]:
        """Entitlements of one source."""
        return self._list("/entitlements/v1", {"filters": f'source.id eq "{source_id}"'})

    # requests and approvals

    def request_access(self, identity_id: str, kind: str, item_id: str, comment: str, until: str | None) -> None:
        """Submit a request; the tenant answers before it has done anything. Raises Refused."""
        item = {"type": kind, "id": item_id, "comment": comment} | ({"removeDate": until} if until else {})
        body = {"requestedFor": [identity_id], "requestType": "GRANT_ACCESS", "requestedItems": [item]}
        answer = self.wire.send("POST", "/access-requests/v1", headers=self._headers(), body=body)
        expect(answer, "sailpoint", 202)

    def request_status(self, identity_id: str) -> list[dict[str, Any]]:
        """Status rows of what was requested for a person."""
        return self._list("/access-request-status/v1", {"requested-for": identity_id, "sorters": "-created"})

    def pending_approvals(self) -> list[dict[str, Any]]:
        """Approvals waiting for the owner of this credential."""
        return self._list("/access-request-approvals/v1/pending")

    def completed_approvals(self, owner_id: str | None = None) -> list[dict[str, Any]]:
        """Decided approvals."""
        return self._list("/access-request-approvals/v1/completed", {"owner-id": owner_id} if owner_id else None)

    def decide(self, approval_id: str, decision: str, comment: str) -> None:
        """`approve` or `reject` an approval. Raises Refused."""
        path = f"/access-request-approvals/v1/{approval_id}/{decision}"
        answer = self.wire.send("POST", path, headers=self._headers(), body={"comment": comment})
        expect(answer, "sailpoint", 202)

    # provisioning and events

    def activities(self, identity_id: str) -> list[dict[str, Any]]:
        """Account activities about a person, oldest first."""
        return self._list("/account-activities/v1", {"regarding-identity": identity_id, "sorters": "created"})

    def search(self, index: str, query: str, sort: str = "created") -> list[dict[str, Any]]:
        """Documents of one index that a query selects, in the order of `sort`."""
        rows: list[dict[str, Any]] = []
        after: list[str] | None = None
        while True:
            body: dict[str, Any] = {"indices": [index], "query": {"query": query}, "sort": [sort, "id"]}
            if after:
                body["searchAfter"] = after
            answer = self.wire.send(
                "POST", "/search/v1", headers=self._headers(), body=body, params={"limit": str(_PAGE)}
            )
            page = expect(answer, "sailpoint", 200).json()
            rows += page
            if len(page) < _PAGE:
                return rows
            after = [page[-1][sort.lstrip("-")], page[-1]["id"]]

    # changes, for configuring the tenant

    def change(self, method: str, path: str, body: Any, content_type: str = "application/json") -> Any:
        """Make one change and answer its document, {} for none. Raises Refused."""
        headers = self._headers() | {"Content-Type": content_type}
        answer = self.wire.send(method, path, headers=headers, body=body)
        expect(answer, "sailpoint", 200, 201, 202, 204)
        return answer.json() if answer.content else {}

    def read(self, path: str, params: dict[str, str] | None = None) -> Any:
        """Any document of the API. Raises Refused."""
        return expect(self._get(path, params), "sailpoint", 200).json()

    def _list(self, path: str, params: dict[str, str] | None = None) -> list[dict[str, Any]]:
        return list(self._pages(path, dict(params or {})))

    def _pages(self, path: str, params: dict[str, str]) -> Iterator[dict[str, Any]]:
        limit, offset = int(params.setdefault("limit", str(_PAGE))), 0
        while True:
            rows = expect(self._get(path, {**params, "offset": str(offset)}), "sailpoint", 200).json()
            yield from rows
            if len(rows) < limit:
                return
            offset += limit

    def _access_token(self) -> str:
        now = self._clock.latest
        if self._token is None or now >= self._token[1]:
            form = {
                "grant_type": "client_credentials",
                "client_id": self.credential.client_id,
                "client_secret": self.credential.client_secret,
            }
            answer = expect(self.wire.send("POST", "/oauth/token", form=form), "sailpoint", 200).json()
            self._token = answer["access_token"], now + timedelta(seconds=max(answer["expires_in"] - 60, 1))
        return self._token[0]
