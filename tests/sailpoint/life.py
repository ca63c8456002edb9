"""A company's life as chance has it, with an account of its own of who should hold what.

The account is kept from what was sent and decided, by the tables of the reference estate; none of it is read from the
tenant. Rows of HR are the truth about people; a request counts from its approval until its revocation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from simulators.kernel.times import iso
from tests.sailpoint.reasons import ITEMS, Person

ZONES = {"NYC": "America/New_York", "BER": "Europe/Berlin", "AKL": "Pacific/Auckland"}
MANAGERS = {"Sales": "E1006", "Engineering": "E1019", "Finance": "E1012", "Support": "E1008"}
SOURCES = {"employee": "HR Feed", "contractor": "Contractors"}
UNDER_WAY = timedelta(minutes=30)
ENDED = {"COMPLETED", "TERMINATED"}


class Life:
    """A company and the people whom chance sends through it."""

    def __init__(self, company: Any) -> None:
        self.company = company
        self.people: dict[str, Person] = {}
        columns = list(next(iter(company.feed.values())))
        source = company.tenant.configuration.source_named("Contractors")
        self.contractors: dict[str, dict[str, str]] = {
            account.attributes["worker_id"]: {name: str(account.attributes.get(name) or "") for name in columns}
            for account in company.tenant.state.accounts.find("source", source.id)
        }
        self.items = {
            row["name"]: {"id": row["id"], "type": kind}
            for path, kind in (("/access-profiles/v1", "ACCESS_PROFILE"), ("/roles/v1", "ROLE"))
            for row in company.get(path)
        }

    def today(self) -> str:
        """The day of the tenant."""
        return str(self.company.estate.clock.now().date().isoformat())

    def hire(self, kind: str, department: str, place: str) -> str:
        """Somebody new, from today on."""
        id = f"{'E' if kind == 'employee' else 'C'}7{len(self.people):03}"
        first = str(date.fromisoformat(self.today()) - timedelta(days=1))
        row = {
            "worker_id": id, "first_name": "Kim", "last_name": f"Life{len(self.people)}", "department": department,
            "job_title": "Specialist", "manager_id": MANAGERS[department], "location": place, "time_zone": ZONES[place],
            "worker_type": kind, "hire_date": first, "end_date": "", "end_reason": "", "effective_date": "",
        }  # fmt: skip
        self.people[id] = Person(id, row)
        self.load(kind)
        return id

    def change(self, id: str, **columns: str) -> None:
        """HR corrects a row, and sends the file."""
        person = self.people[id]
        person.row |= columns
        if person.row["end_reason"]:
            person.granted.clear()  # the states of leavers take everything
        self.load(person.row["worker_type"])

    def vanish(self, id: str) -> None:
        """The row is no longer in the file."""
        self.people[id].here = False
        self.load(self.people[id].row["worker_type"])

    def convert(self, id: str) -> None:
        """An employee becomes a contractor, or the other way round: the same person, in the other file."""
        person = self.people[id]
        before = person.row["worker_type"]
        person.row["worker_type"] = "contractor" if before == "employee" else "employee"
        self.load(person.row["worker_type"])
        self.company.wait("PT30M")
        self.load(before)

    def load(self, kind: str) -> None:
        """Send a file, whole as it is now, once the one before it has been read: a second one would be refused."""
        self.company.wait("PT10M")
        rows = dict(self.company.feed if kind == "employee" else self.contractors)
        for person in self.people.values():
            if person.here and person.row["worker_type"] == kind:
                rows[person.id] = person.row
        columns = list(next(iter(self.people.values())).row)
        text = "\r\n".join([",".join(columns), *(",".join(row[name] for name in columns) for row in rows.values())])
        answer = self.company.load(text.encode(), SOURCES[kind])
        assert answer.status_code == 202, answer.text

    def ask(self, id: str, item: str, kind: str = "GRANT_ACCESS") -> None:
        """Request something for somebody, or its end."""
        person = self.people[id]
        body = {
            "requestedFor": [self.company.identity(id)["id"]],
            "requestType": kind,
            "requestedItems": [{**self.items[item], "comment": "as chance has it"}],
        }
        answer = self.company.call("POST", "/access-requests/v1", json=body)
        if answer.status_code != 202:
            assert answer.status_code in (400, 403), answer.text
            return
        self.company.wait("PT2M")
        self._note(person, item, kind)

    def _note(self, person: Person, item: str, kind: str) -> None:
        if kind == "REVOKE_ACCESS":
            person.granted.discard(item)
        elif not ITEMS[item][1] and person.works:
            person.granted.add(item)

    def decide(self, verdict: str) -> None:
        """The oldest open decision is made by who is asked; a yes counts once it was the last one asked for."""
        for by in ("E1006", "E1019", "E1012", "E1008", "E1002"):
            for row in self.company.get("/access-request-approvals/v1/pending", by=by):
                found = [one for one in self.people.values() if self._is(one, row["requestedFor"]["id"])]
                if not found or row.get("actionInProcess"):
                    continue
                path = f"/access-request-approvals/v1/{row['id']}/{verdict}"
                answer = self.company.call("POST", path, by=by, json={"comment": verdict})
                assert answer.status_code == 202, answer.text
                item = row["requestedObject"]["name"]
                last = ITEMS[item][1][-1]
                if verdict == "approve" and (last in (by, "MANAGER")) and found[0].works:
                    found[0].granted.add(item)
                return

    def certify(self, id: str) -> None:
        """The governance officer reviews a person's access and revokes what was requested."""
        person, call = self.people[id], self.company.call
        found = self._identities(person)
        if not found:
            return
        (reviewer,) = self.company.get("/identities/v1", filters='alias eq "E1009"')
        scope = {
            "type": "IDENTITY",
            "description": "one person",
            "query": f'id:"{found[0].id}"',
            "reviewer": {"type": "IDENTITY", "id": reviewer["id"]},
        }
        deadline = iso(self.company.estate.clock.now() + timedelta(days=14))
        body = {"name": f"Access of {id}", "description": "all", "type": "SEARCH", "deadline": deadline}
        made = call("POST", "/campaigns/v1", json={**body, "searchCampaignInfo": scope})
        assert made.status_code == 202, made.text
        self.company.wait("PT1H")
        begun = call("POST", f"/campaigns/v1/{made.json()['id']}/activate", json={"timeZone": "Z"})
        assert begun.status_code == 202, begun.text
        self.company.wait("PT1H")
        for share in self.company.get("/certifications/v1", by="E1009", **{"reviewer-identity": "me"}):
            if share["campaign"]["id"] == made.json()["id"]:
                self._review(person, f"/certifications/v1/{share['id']}")

    def _review(self, person: Person, share: str) -> None:
        items = self.company.get(f"{share}/access-review-items", by="E1009")
        names = {one["id"]: one["accessSummary"]["access"]["name"] for one in items}
        taken = {name for name in names.values() if name in person.granted}
        decisions = [
            {"id": id, "decision": "REVOKE" if name in taken else "APPROVE", "bulk": False}
            for id, name in names.items()
        ]
        for path, body in ((f"{share}/decide", decisions), (f"{share}/sign-off", None)):
            answer = self.company.call("POST", path, by="E1009", json=body)
            assert answer.status_code == 200, answer.text
        person.granted -= taken

    def _is(self, person: Person, identity_id: str) -> bool:
        known = self.company.tenant.state.identities.get(identity_id)
        return known is not None and known.attributes.get("workerId") == person.id

    def held(self, person: Person) -> set[str]:
        """What a person's accounts hold now: groups at the directory and rights at Ledger."""
        found: set[str] = set()
        for account in self.accounts(person):
            if account.source_id == self._source("Okta"):
                if account.native in self.company.estate.okta.state.users:
                    found |= self.company.groups(account.native)
            elif account.source_id == self._source("Ledger") and not account.disabled:
                found |= set(account.entitlements)
        return found

    def accounts(self, person: Person) -> Iterator[Any]:
        """Accounts of whoever carries the person's number."""
        state = self.company.tenant.state
        for identity in state.identities.find("match", f"workerId={person.id}"):
            yield from state.accounts.find("identity", identity.id)

    def _source(self, name: str) -> str:
        return str(self.company.tenant.configuration.source_named(name).id)

    def settle(self) -> None:
        """Let everything that is under way come to its end."""
        self.company.wait("PT3H")

    # What always holds, once things have settled.

    def nobody_holds_without_a_reason(self) -> None:
        """Access comes from who somebody is, or from a request; who left has none, who works has all of it."""
        for person in self.people.values():
            held = self.held(person)
            if person.works:
                assert held >= person.reasons(), (person, sorted(person.reasons() - held), "is missing")
            allowed = person.reasons() if not person.row["end_reason"] else set()
            assert held <= allowed, (person, sorted(held - allowed), "has no reason")

    def processing_again_changes_nothing(self) -> None:
        """Two processings in a row plan nothing and write nothing."""
        company = self.company
        ids = [one.id for person in self.people.values() for one in self._identities(person)]
        if not ids:
            return
        for _ in range(2):
            answer = company.call("POST", "/identities/v1/process", json={"identityIds": ids})
            assert answer.status_code == 202, answer.text
            company.wait("PT5M")
            company.directory.calls.clear()
            before = self._activities(ids)
        company.call("POST", "/identities/v1/process", json={"identityIds": ids})
        company.wait("PT5M")
        assert self._activities(ids) == before, (set(self._activities(ids)) - set(before), "is not at rest")
        writes = [call for call in company.directory.writes() if "/groups/" in call[1] or "/lifecycle/" in call[1]]
        assert [call for call in writes if any(native in call[1] for native in self._natives())] == []

    def _natives(self) -> list[str]:
        return [account.native for person in self.people.values() for account in self.accounts(person)]

    def _identities(self, person: Person) -> list[Any]:
        return list(self.company.tenant.state.identities.find("match", f"workerId={person.id}"))

    def _activities(self, ids: list[str]) -> list[str]:
        return sorted(
            one["id"] for id in ids for one in self.company.get("/account-activities/v1", **{"requested-for": id})
        )

    def no_activity_is_lost(self) -> None:
        """Every account activity has ended, or is open for a decision or a task that somebody has."""
        company = self.company
        for one in company.get("/account-activities/v1"):
            if one["executionStatus"] in ENDED:
                assert one["completionStatus"] in ("SUCCESS", "FAILURE", "INCOMPLETE"), one
                continue
            items = one.get("items") or []
            begun = datetime.fromisoformat(one["created"])
            if company.estate.clock.now() - begun < UNDER_WAY:
                continue  # begun by the clock just now
            waits = [item for item in items if item.get("approvalStatus") == "PENDING"]
            tasks = company.tenant.state.work_items.rows()
            assert waits or any(not task.completed for task in tasks), one

    def every_right_has_a_trace(self) -> None:
        """What somebody came to hold stands in a finished item of an activity, which the audit trail knows."""
        company = self.company
        for person in self.people.values():
            for identity in self._identities(person):
                rows = company.get("/account-activities/v1", **{"requested-for": identity.id})
                given = {
                    item["value"]
                    for row in rows
                    for item in row.get("items") or ()
                    if item["operation"] in ("ADD", "CREATE", "SET") and item.get("provisioningStatus") == "FINISHED"
                }
                for account in company.tenant.state.accounts.find("identity", identity.id):
                    values = set(account.entitlements)
                    assert values <= given, (person, account.native, values - given, "came from nowhere")
                for row in rows[-1:]:
                    tracking = company.tenant.state.activities[row["id"]].tracking
                    assert company.search("events", f'trackingNumber:"{tracking}"', limit=1), (row, "left no event")

    def holds(self) -> None:
        """All of it."""
        self.settle()
        self.nobody_holds_without_a_reason()
        self.no_activity_is_lost()
        self.every_right_has_a_trace()
        self.processing_again_changes_nothing()
