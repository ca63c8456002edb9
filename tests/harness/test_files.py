"""Files that people write: unknown keys, missing parts and wrong values are one sentence that names the place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harness.personas import persona
from harness.policy import Policy, PolicyError, load_policy
from harness.sla import load_slas
from harness.targets import TargetError, from_table, load_targets

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(ROOT / "features" / "policy.toml")


@pytest.mark.parametrize(
    ("department", "site", "worker_type", "groups"),
    [
        (
            "Sales",
            "HNL",
            "employee",
            "SP-BR-Employees SP-APP-Atlas-User SP-APP-CRM-User SP-BR-Region-AMER OKTA-Policy-Workforce",
        ),
        (
            "People",
            "BER",
            "employee",
            "SP-BR-Employees SP-APP-Atlas-User SP-APP-Payroll-User SP-BR-Region-EMEA SP-BR-Entity-DE "
            "OKTA-Policy-Workforce",
        ),
        (
            "Engineering",
            "BER",
            "contractor",
            "SP-BR-Contractors SP-BR-Region-EMEA OKTA-Policy-Workforce OKTA-Policy-Contractor",
        ),
        ("Executive", "NYC", "employee", "SP-BR-Employees SP-APP-Atlas-User SP-BR-Region-AMER OKTA-Policy-Workforce"),
    ],
)
def test_expected_sets_follow_from_the_policy(
    policy: Policy, department: str, site: str, worker_type: str, groups: str
) -> None:
    """Birthright by attributes, rule groups by membership: worked out by hand here."""
    zone = policy.sites[site].time_zone
    facts = {"department": department, "manager_id": "E1001", "location": site, "time_zone": zone}
    person = persona(1, "JN-01", 1, hire_date=date(2026, 3, 2), worker_type=worker_type, **facts)
    assert policy.expected(person).groups == set(groups.split())


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("[company]", "[firm]", "company: Field required"),
        ('mail_domain = "acme.example"', 'mail_domain = "acme.example"\nmood = 1', "company.mood: Extra inputs"),
        ('access = ["AP-Region-AMER"]', 'access = ["AP-Nowhere"]', "grants 'AP-Nowhere'"),
        ('exception = "EX-07"', 'exception = "EX-99"', "claims the exception 'EX-99'"),
        ("[company]", "[company", "is not valid TOML"),
    ],
)
def test_a_wrong_policy_is_one_sentence(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """The sentence names the file and the place."""
    text = (ROOT / "features" / "policy.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "policy.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError, match=reason):
        load_policy(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[T1]\ntitle="x"\nlimit="15 minutes"\nsettle="PT1M"', "the duration '15 minutes' is not ISO 8601"),
        ('[T1]\ntitle="x"\nlimit="PT1M"', "lacks 'settle'"),
        ('[T1]\ntitle="x"\nlimit="PT1M"\nsettle="PT1M"\nmood="PT1M"', "unknown key 'mood'"),
    ],
)
def test_a_wrong_promise_is_one_sentence(tmp_path: Path, text: str, reason: str) -> None:
    """Unknown keys are errors, not silence."""
    path = tmp_path / "slas.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=reason):
        load_slas(path)


SANDBOX = {
    "kind": "tenants",
    "time_zone": "UTC",
    "okta": {
        "url": "https://example.okta.example",
        "observer": {"client_id": "0oa1", "private_jwk_env": "OBSERVER_JWK", "scopes": ["okta.users.read"]},
    },
    "sailpoint": {
        "url": "https://example.api.sailpoint.example",
        "hr_source_id": "1",
        "okta_source_id": "2",
        "loader": {"client_id_env": "LOADER_ID", "client_secret_env": "LOADER_SECRET"},
        "credentials": {"iam-admin": {"client_id_env": "ADMIN_ID", "client_secret_env": "ADMIN_SECRET"}},
    },
    "capabilities": ["LOGIN"],
}
ENVIRONMENT = {
    "OBSERVER_JWK": '{"kty": "RSA", "n": "x", "e": "AQAB", "d": "y"}',
    "LOADER_ID": "loader-id",
    "LOADER_SECRET": "loader-secret",
    "ADMIN_ID": "admin-id",
    "ADMIN_SECRET": "admin-secret",
}


def test_a_real_target_takes_secrets_from_the_environment_only() -> None:
    """Each secret is named by its variable; a missing one is named in the refusal."""
    target = from_table("sandbox", SANDBOX, ENVIRONMENT)
    assert target.capabilities == {"login"}
    assert set(target.secrets) >= {"loader-secret", "admin-secret"}
    assert "secrets" not in repr(target)
    with pytest.raises(TargetError, match="needs the environment variable ADMIN_SECRET"):
        from_table("sandbox", SANDBOX, {**ENVIRONMENT, "ADMIN_SECRET": ""})


def test_an_unknown_key_of_a_target_is_an_error(tmp_path: Path) -> None:
    """A typing mistake in targets.toml does not run somewhere else."""
    with pytest.raises(TargetError, match=r"okta\.urll"):
        from_table("sandbox", {**SANDBOX, "okta": {**SANDBOX["okta"], "urll": "x"}}, ENVIRONMENT)
    path = tmp_path / "targets.toml"
    path.write_text("[sandbox", encoding="utf-8")
    with pytest.raises(TargetError, match="is not valid TOML"):
        load_targets(path)
