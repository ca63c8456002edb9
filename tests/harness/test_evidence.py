"""The journal: secrets never reach it, hosts are names, an old one can be read again."""

from __future__ import annotations

import io
import json

import pytest

from harness.journal import Intended, Journal, Noted, Observed, read
from harness.secrets import Secrets

TOKEN = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "leak",
    [
        {"Authorization": "SSWS 00abcdefghijklmnop"},
        {"headers": [{"Cookie": "sid=10212345678901234567"}]},
        {"note": f"got {TOKEN} back"},
        {"url": "https://x/login/sessionCookieRedirect?token=20111abcdefg&redirectUrl=y"},
        {"body": {"newPassword": "Hunter2Hunter2"}},
        {"text": "the password is told-before-123"},
        {"deep": [[{"refresh_token": "rt-123456789"}]]},
        {"basic": "Basic Y2xpZW50OnNlY3JldA=="},
        {"steps": {"Ask": {"attributes": {"oAuthClientSecret": "Step-Secret-123"}}}},
    ],
)
def test_no_secret_survives(leak: dict) -> None:
    """By key, by form, by having been told: an alias stands where the secret stood."""
    secrets = Secrets()
    secrets.learn("told-before-123")
    line = json.dumps(secrets.clean(leak))
    hidden = (
        "00abcdefghijklmnop",
        "1021234567",
        TOKEN,
        "20111abcdefg",
        "Hunter2",
        "told-before",
        "rt-123",
        "Y2xpZW",
        "Step-S",
    )
    for text in hidden:
        assert text not in line
    assert "<secret 1>" in line


def test_the_same_secret_has_the_same_alias() -> None:
    """Aliases are numbered in order of appearance, so that two equal runs write the same."""
    secrets = Secrets()
    cleaned = secrets.clean([{"password": "first-secret"}, {"token": "second-secret"}, {"password": "first-secret"}])
    assert [next(iter(row.values())) for row in cleaned] == ["<secret 1>", "<secret 2>", "<secret 1>"]


def test_a_secret_learned_late_is_hidden_from_then_on() -> None:
    """Also in a text that was written before with nothing to hide, as the answers of a watch are."""
    secrets, text = Secrets(), '{"id": "00u1", "note": "learned-later", "further": "two words - learned later"}'
    assert secrets.text(text) == secrets.text(text) == text
    secrets.learn("learned-later")
    assert "learned-later" not in secrets.text(text)
    secrets.learn("two words - learned later")
    assert "two words" not in secrets.text(text)
    secrets.name_host("00u1", "okta")
    assert "00u1" not in secrets.text(text)


def test_secrets_that_differ_in_case_are_two() -> None:
    """Each has an alias of its own; the same letters in yet another case are no secret."""
    secrets = Secrets()
    secrets.learn("AbCdEf-12")
    secrets.learn("abcdef-12")
    assert secrets.text("AbCdEf-12 ABCDEF-12 abcdef-12") == "<secret 1> ABCDEF-12 <secret 2>"


def test_a_journal_reads_back_what_was_written() -> None:
    """Events are typed; unknown lines name their number."""
    file = io.StringIO()
    journal = Journal(file, Secrets({"http://127.0.0.1:8600": "okta"}))
    events = [Intended("hr", "worker", "T1"), Noted("okta", "2026-03-02T14:00:00.000Z", "signed in", "Ada")]
    for event in events:
        journal.write(event)
    assert list(read(file.getvalue().splitlines())) == events
    with pytest.raises(ValueError, match="line 2 of the journal"):
        list(read([*file.getvalue().splitlines()[:1], '{"event":"Unheard"}']))


def test_hosts_are_written_as_system_names() -> None:
    """No address of a tenant or of this machine stands in a journal."""
    file = io.StringIO()
    journal = Journal(file, Secrets())
    journal.secrets.name_host("http://127.0.0.1:39999", "okta")
    journal.write(Observed("link", None, {"href": "http://127.0.0.1:39999/api/v1/users/00u1"}, None))
    assert "127.0.0.1" not in file.getvalue()
    assert "okta:/api/v1/users/00u1" in file.getvalue()
