"""Who should hold what at the reference estate: by being who he is, and by what was granted."""

from __future__ import annotations

from dataclasses import dataclass, field

# What a person has by being who he is: role criteria of the reference estate, as Okta groups and Ledger rights.
OF_ALL = {"employee": {"SP-BR-Employees", "SP-APP-Atlas-User"}, "contractor": {"SP-BR-Contractors"}}
OF_REGION = {"NYC": {"SP-BR-Region-AMER"}, "BER": {"SP-BR-Region-EMEA"}, "AKL": {"SP-BR-Region-APAC"}}
OF_ENTITY = {"BER": {"SP-BR-Entity-DE"}}
OF_DEPARTMENT = {
    "Sales": {"SP-APP-CRM-User"},
    "Engineering": {"SP-APP-Atlas-Editor"},
    "Finance": {"SP-APP-Ledger-User", "viewer"},
    "Support": {"SP-APP-Deskly-Agent"},
}
# What may be asked for, what it gives, and who decides about it, in order; a manager is looked up.
ITEMS = {
    "AP-Atlas-Editor": ({"SP-APP-Atlas-Editor"}, ()),
    "AP-CRM-User": ({"SP-APP-CRM-User"}, ("MANAGER",)),
    "AP-Deskly-Admin": ({"SP-APP-Deskly-Admin"}, ("E1008",)),
    "R-Ledger-Payables": ({"SP-APP-Ledger-User", "payables.create"}, ("MANAGER", "E1002")),
}


@dataclass
class Person:
    """What HR and the deciders said about somebody."""

    id: str
    row: dict[str, str]
    here: bool = True
    # Approved and not revoked since, by name of the item.
    granted: set[str] = field(default_factory=set)

    @property
    def works(self) -> bool:
        """Whether HR says that the person works here today."""
        return self.here and not self.row["end_reason"]

    def birthright(self) -> set[str]:
        """What the person has by being who he is."""
        kind, place = self.row["worker_type"], self.row["location"]
        own = OF_ALL[kind] | OF_REGION[place]
        return own | OF_ENTITY.get(place, set()) | OF_DEPARTMENT[self.row["department"]] if kind == "employee" else own

    def reasons(self) -> set[str]:
        """Everything that the person may hold."""
        return self.birthright() | {right for item in self.granted for right in ITEMS[item][0]}
