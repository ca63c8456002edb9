"""A harness that cannot fail is worthless: each defect turns its scenarios red, with the cause in observed values."""

from __future__ import annotations

import re

import pytest

from harness.defects import DEFECTS
from tests.run.conftest import Asked

# Which scenario must fail, one row of it that shows the defect, and what the cause must say: who, which object, what.
CAUSES = {
    "SD-01": ("SS-01", "", r"the session on the (laptop|phone) still works at 2026-"),
    "SD-02": ("SS-02", "", r"the refresh token still works at 2026-"),
    "SD-03": ("LV-03", "", r"signed in between the revocation .* and the disable"),
    "SD-41": ("MV-01", "Sales", r"still holds .*SP-APP-CRM-User"),
    "SD-52": ("JN-01", "BLR", r"Okta groups differ from the policy: missing SP-"),
    "SD-53": ("MV-01", "NYC", r"still holds .*SP-APP-"),
    "SD-54": ("BD-01", "", r"Ledger: tier 1 is provisioned by sailpoint, and Okta provisioning is on"),
    "SD-70": ("AR-04", "", r"Okta groups differ from the policy: unexpected SP-APP-CRM-User|Okta was written"),
    "SD-81": ("AU-01", "", r"carries no trackingNumber"),
    "JN-19": ("JN-01", "NYC", r"Okta groups differ from the policy: missing SP-APP-Deskly-Agent"),
}


def _asked(id: str) -> tuple[Asked]:
    scenario, row, _ = CAUSES[id]
    return (Asked(("--defect", id, "-m", scenario, *(("-k", row) if row else ()))),)


@pytest.mark.parametrize(("id", "ran"), [pytest.param(id, _asked(id), id=id) for id in CAUSES], indirect=["ran"])
def test_a_defect_is_seen_for_the_right_reason(id: str, ran) -> None:
    """The scenario that must fail does, and names what was seen; the exit status says so."""
    (done,) = ran
    must_fail, _, cause = CAUSES[id]
    assert done.exit == 1, done.out + done.err
    rows = done.scenario(must_fail)
    assert rows["verdict"] == "failed"
    causes = [row["cause"] for row in (rows["examples"] or [rows]) if row["verdict"] == "failed"]
    assert any(re.search(cause, said) for said in causes), causes


def test_every_defect_has_its_cause() -> None:
    """No defect is listed without the words that prove it was caught."""
    assert set(CAUSES) == set(DEFECTS)
