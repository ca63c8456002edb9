"""The pages for people, walked through as a browser without script does."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from simulators.okta.domain.sessions import passcode, step_of

BASE = "http://127.0.0.1:8600"
SECRET = "Autumn-2026x"
NEW = "Winter-2026y"
Walk = Callable[..., "Tab"]


class Tab:
    """A browser tab: cookies, the page shown, and its first form."""

    def __init__(self, okta: Any) -> None:
        self.okta = okta
        self.cookies: dict[str, str] = {}
        self.shown: httpx.Response

    def go(self, path: str, form: dict[str, str] | None = None, **headers: str) -> Tab:
        """Ask for a page and follow redirects inside the org, as a browser does."""
        method, body = ("GET", None) if form is None else ("POST", form)
        for _ in range(6):
            sent = {"Accept": "text/html", "Origin": BASE, **headers}
            if self.cookies:
                sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            answer = self.okta.ask(method, path, auth=None, headers=sent, data=body)
            for cookie in answer.headers.get_list("set-cookie"):
                name, _, value = cookie.partition(";")[0].partition("=")
                self.cookies.pop(name, None)
                if value and "Max-Age=0" not in cookie:
                    self.cookies[name] = value
            self.shown, self.path = answer, path
            target = answer.headers.get("location")
            if target is None:
                return self
            path, method, body = target.removeprefix(BASE), "GET", None
        raise AssertionError("the org sends its visitors round in circles")

    def send(self, **fields: str) -> Tab:
        """Fill the first form and send it; a field that it lacks is a mistake."""
        form = re.search(r'<form method="post"(?: action="([^"]*)")?>(.*?)</form>', self.shown.text, re.DOTALL)
        assert form is not None, self.shown.text
        inputs = re.findall(r"<input\b[^>]*>", form[2])
        known = {name: unescape(_attribute(tag, "value")) for tag in inputs if (name := _attribute(tag, "name"))}
        assert not set(fields) - set(known), (fields, known)
        return self.go(form[1] or self.path, {**known, **fields})

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?) ·", self.shown.text)
        return unescape(found[1]) if found else ""

    @property
    def said(self) -> str:
        """What stands out: the page's alert or status."""
        found = re.search(r'<p[^>]*role="(?:alert|status)"[^>]*>([^<]*)', self.shown.text)
        return unescape(found[1]) if found else ""

    def sign_in(self, login: str = "ann@example.com", password: str = SECRET) -> Tab:
        return self.go("/").send(username=login).send(password=password)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


@pytest.fixture
def tab(okta: Any) -> Tab:
    """A tab before an org with Ann in it."""
    okta.ann = okta.new_user()
    return Tab(okta)


def test_name_password_dashboard_sign_out(tab: Tab) -> None:
    """A sign-in by the pages is one as any other: cookies that only the server reads, and the same events."""
    assert tab.sign_in().title == "My apps"
    assert tab.path == "/app/UserHome"
    assert {"sid", "idx"} <= set(tab.cookies)
    assert tab.okta.is_signed_in(tab.cookies)
    assert tab.go("/").path == "/app/UserHome"
    assert tab.go("/login/signout").title == "Sign in"
    assert not {"sid", "idx"} & set(tab.cookies)
    types = [type for type in tab.okta.types() if type.startswith(("user.session", "policy"))]
    assert types == ["policy.evaluate_sign_on", "user.session.start", "user.session.end"]
    assert tab.go("/app/UserHome").title == "Sign in"


def test_cookies_are_out_of_reach_of_scripts(tab: Tab) -> None:
    """HttpOnly, Lax, and Secure only where the org is served over TLS."""
    for base, secure in ((BASE, False), ("https://acme.example", True)):
        tab.okta.org.base_url = base
        token = tab.okta.sign_in("ann@example.com")["sessionToken"]
        answer = tab.okta.get(f"/login/sessionCookieRedirect?token={token}&redirectUrl={BASE}", auth=None)
        made = [c for c in answer.headers.get_list("set-cookie") if c.startswith(("sid=", "idx="))]
        assert [("HttpOnly" in c, "SameSite=Lax" in c, "Secure" in c) for c in made] == [(True, True, secure)] * 2


@pytest.mark.parametrize("login", ["ann@example.com", "nobody@example.com"])
def test_a_refusal_does_not_tell_who_exists(tab: Tab, login: str) -> None:
    """The password is asked for whoever is named, and both are refused with the same words."""
    tab.go("/").send(username=login)
    assert tab.title == "Password"
    tab.send(password="wrong")
    assert (tab.shown.status_code, tab.title) == (401, "Error: Password")
    assert tab.said.startswith("Unable to sign in.")
    assert "session" not in "".join(tab.cookies)


def test_an_empty_name_is_asked_for_again(tab: Tab) -> None:
    """With the field marked and the reason tied to it."""
    tab.go("/").send(username="  ")
    assert (tab.shown.status_code, tab.said) == (400, "Enter your username.")
    assert 'aria-invalid="true"' in tab.shown.text


def test_a_revoked_session_leads_to_a_sentence_and_the_form(tab: Tab) -> None:
    """Whatever a dead session's browser opens next, it says so and offers to sign in."""
    tab.sign_in()
    tab.okta.delete(f"/api/v1/users/{tab.okta.ann}/sessions")
    assert tab.go("/app/UserHome").title == "Sign in"
    assert tab.said.startswith("Your session has ended.")
    assert tab.sign_in().title == "My apps"


def test_the_dashboard_does_not_prolong_a_session(tab: Tab) -> None:
    """Looking is no use: an idle session runs out although its page is open."""
    tab.sign_in()
    for _ in range(5):
        tab.okta.advance(30 * 60)
        tab.go("/app/UserHome")
    assert tab.title == "Sign in"


def test_factor(make_okta: Any, worker: Any) -> None:
    """Where policy wants a factor its code is asked for; a wrong one is told, a right one goes on."""
    login = "noah.feldman@acme.example"
    okta = make_okta("acme", [worker("E1021", "Noah", "Feldman")], {login: ["OKTA-Policy-Privileged"]})
    tab = Tab(okta).sign_in(login)
    assert (tab.path, tab.title) == ("/signin/verify", "Authenticator app")
    assert "sid" not in tab.cookies
    tab.send(passCode="000000")
    assert (tab.shown.status_code, tab.title) == (403, "Error: Authenticator app")
    code = okta.totp(login)
    assert tab.send(passCode=f"{code[:3]} {code[3:]}").title == "My apps"
    assert "password and a second factor" in tab.shown.text
    okta.advance(5)
    assert "user.authentication.auth_via_mfa" in okta.types()
    assert tab.go("/signin/verify").path.startswith("/login/login.htm")


def test_a_sign_in_can_be_given_up(make_okta: Any, worker: Any) -> None:
    """Cancelled or expired, it starts again."""
    login = "noah.feldman@acme.example"
    okta = make_okta("acme", [worker("E1021", "Noah", "Feldman")], {login: ["OKTA-Policy-Privileged"]})
    tab = Tab(okta).sign_in(login)
    tab.go("/signin/cancel", {})
    assert tab.title == "Sign in"
    assert "oktaStateToken" not in tab.cookies
    tab.sign_in(login)
    okta.advance(600)
    assert tab.send(passCode=okta.totp(login)).said.startswith("Your sign-in took too long")


def test_enrolment_where_policy_demands_a_factor(tab: Tab) -> None:
    """Somebody without a factor sets one up with its code, and then signs in again."""
    okta = tab.okta
    tab.cookies["oktaStateToken"] = okta.org.sign_ins.begin(okta.org.state.users[okta.ann], "MFA_ENROLL").value
    assert tab.go("/signin/enroll").title == "Set up an authenticator"
    assert "<code>" not in tab.shown.text
    tab.send()
    secret = "".join(re.search(r"<code>(.*?)</code>", tab.shown.text)[1].split())  # type: ignore[index]
    assert tab.send(passCode="000000").shown.status_code == 403
    tab.send(passCode=passcode(secret, step_of(okta.clock.now())))
    assert (tab.title, tab.said[:29]) == ("Sign in", "Your authenticator is set up.")
    factors = okta.get(f"/api/v1/users/{okta.ann}/factors").json()
    assert {"token:software:totp": "ACTIVE"}.items() <= {one["factorType"]: one["status"] for one in factors}.items()
    assert tab.go("/signin/enroll").said.startswith("Your sign-in took too long")


def test_an_expired_password_is_changed(tab: Tab) -> None:
    """With the old one, and a new one that is entered twice and strong enough."""
    tab.okta.post(f"/api/v1/users/{tab.okta.ann}/lifecycle/expire_password")
    tab.sign_in()
    assert tab.path == "/signin/password-expired"
    assert tab.send(oldPassword=SECRET, newPassword=NEW, again="other").said.startswith("The two new passwords differ.")
    assert tab.send(oldPassword="wrong", newPassword=NEW, again=NEW).said == "The old password is not correct."
    assert tab.send(oldPassword=SECRET, newPassword="weak", again="weak").said.startswith("Password requirements")
    assert tab.send(oldPassword=SECRET, newPassword=NEW, again=NEW).title == "My apps"
    assert tab.okta.status(tab.okta.ann) == "ACTIVE"


def test_activation_link(okta: Any) -> None:
    """`activationUrl` leads to a page that sets the first password; looking at it does not use it up."""
    user = okta.new_user(query="?activate=false", password=None)
    link = okta.post(f"/api/v1/users/{user}/lifecycle/activate?sendEmail=false").json()["activationUrl"]
    tab = Tab(okta).go(link.removeprefix(BASE)).go(link.removeprefix(BASE))
    assert "Welcome, ann Lee" in tab.shown.text
    assert tab.send(newPassword="short", again="short").said.startswith("Password requirements")
    assert tab.send(newPassword=NEW, again=NEW).title == "My apps"
    assert okta.status(user) == "ACTIVE"
    assert Tab(okta).go(link.removeprefix(BASE)).shown.status_code == 401


def test_recovery_link(tab: Tab) -> None:
    """`resetPasswordUrl` leads to a page that sets another password."""
    link = tab.okta.post(f"/api/v1/users/{tab.okta.ann}/lifecycle/reset_password?sendEmail=false").json()
    path = link["resetPasswordUrl"].removeprefix(BASE)
    assert tab.go(path).send(newPassword=NEW, again=SECRET).said.startswith("The two passwords differ.")
    assert tab.send(newPassword=NEW, again=NEW).title == "My apps"
    assert tab.okta.status(tab.okta.ann) == "ACTIVE"
    assert tab.go("/login/signout").sign_in(password=NEW).title == "My apps"


def test_an_activation_link_of_somebody_with_a_password(okta: Any) -> None:
    """They have nothing to choose: it leads to sign-in with their name filled in."""
    user = okta.new_user(query="?activate=false")
    link = okta.post(f"/api/v1/users/{user}/lifecycle/activate?sendEmail=false").json()["activationUrl"]
    tab = Tab(okta).go(link.removeprefix(BASE))
    assert (tab.title, 'value="ann@example.com"' in tab.shown.text) == ("Sign in", True)


def test_applications_open_from_the_dashboard(tab: Tab) -> None:
    """A tile signs on and leaves its events; somebody without the application reads why not."""
    body = {
        "label": "Atlas <b>",
        "signOnMode": "SAML_2_0",
        "settings": {"signOn": {"ssoAcsUrl": "https://a.example/acs"}},
    }
    app = tab.okta.post("/api/v1/apps", body).json()
    tab.okta.post(f"/api/v1/apps/{app['id']}/users", {"id": tab.okta.ann})
    tab.sign_in()
    (link,) = re.findall(r'<li><a href="([^"]+)"', tab.shown.text)
    assert "Atlas &lt;b&gt;" in tab.shown.text
    tab.go(unescape(link))
    assert "SAMLResponse" in tab.shown.text
    assert "form-action 'self' https://a.example;" in tab.shown.headers["content-security-policy"]
    assert "user.authentication.sso" in tab.okta.types()
    tab.okta.delete(f"/api/v1/apps/{app['id']}/users/{tab.okta.ann}")
    tab.go(unescape(link))
    assert (tab.shown.status_code, tab.said) == (403, "You do not have access.")
    plain = tab.okta.get(unescape(link), auth=None, headers={"Cookie": f"sid={tab.cookies['sid']}"})
    assert plain.json()["errorCode"] == "E0000006"


def test_an_application_that_wants_a_factor_steps_up(make_okta: Any, worker: Any) -> None:
    """Whoever signed in with a password alone is asked for a code and then reaches the application."""
    login = "jamal.carter@acme.example"
    okta = make_okta("acme", [worker("E1015", "Jamal", "Carter")], {login: ["SP-APP-Ledger-User"]})
    okta.advance(60)
    app = okta.org.apps.labelled("Ledger")
    tab = Tab(okta).sign_in(login).go(f"/app/{app.name}/{app.id}/sso/saml")
    assert tab.path.startswith("/signin/verify")
    tab.send(passCode=okta.totp(login))
    assert "Signed on to Ledger" in tab.shown.text


def test_authorize_without_a_session_comes_back(tab: Tab) -> None:
    """A client's request waits while the person signs in, and goes on by a page: a form's redirect may not leave."""
    client, _ = tab.okta.new_client(tab.okta.ann)
    query = {"client_id": client, "response_type": "code", "scope": "openid", "state": "s",
             "redirect_uri": "http://127.0.0.1/acme-portal/callback"}  # fmt: skip
    tab.go(f"/oauth2/v1/authorize?{urlencode(query)}").send(username="ann@example.com").send(password=SECRET)
    target = unescape(re.search(r'content="0;url=([^"]+)"', tab.shown.text)[1])  # type: ignore[index]
    assert target.startswith("/oauth2/v1/authorize/redirect?")
    cookies = {"Cookie": f"sid={tab.cookies['sid']}"}
    answer = tab.okta.get(target, auth=None, headers=cookies)
    assert "code=" in urlsplit(answer.headers["location"]).query


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "http://127.0.0.1:8600@evil.example/",
     "javascript:1", "/login/signout", "/a\r\nSet-Cookie: x=1"],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(tab: Tab, target: str) -> None:
    """`fromURI` counts inside the org only, at sign-in and at sign-out."""
    query = urlencode({"fromURI": target})
    tab.go(f"/login/login.htm?{query}").send(username="ann@example.com").send(password=SECRET)
    assert tab.path == "/app/UserHome"
    assert tab.go(f"/login/signout?{query}").path == "/login/login.htm"


def test_from_uri_inside_the_org(tab: Tab) -> None:
    """By path, or with the org's own address."""
    for target in ("/nosuch?a=b", f"{BASE}/nosuch?a=b"):
        tab.go("/login/signout").go(f"/login/login.htm?{urlencode({'fromURI': target})}")
        assert tab.send(username="ann@example.com").send(password=SECRET).path == "/nosuch?a=b"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:8601"])
def test_forms_of_other_sites_are_refused(tab: Tab, origin: str) -> None:
    """No other site signs anybody in, changes a password or cancels."""
    form = {"username": "ann@example.com", "password": SECRET}
    for path in ("/login/login.htm", "/signin/verify", "/signin/password-expired", "/signin/enroll", "/signin/cancel",
                 "/welcome/x", "/signin/reset-password/x"):  # fmt: skip
        assert tab.go(path, form, Origin=origin).shown.status_code == 403
    nobody = tab.okta.ask("POST", "/login/login.htm", auth=None, data=form)
    assert nobody.status_code == 403
    assert "user.session.start" not in tab.okta.types()


def test_pages_keep_to_themselves(tab: Tab) -> None:
    """Style and script come from the org, inline ones are forbidden, and no address leads elsewhere."""
    pages = [tab.go("/").shown, tab.send(username="a").shown, tab.sign_in().shown]
    for answer in pages:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert "<style" not in answer.text
        assert re.findall(r"<script(?! src=\"/assets/pages/)|\son\w+=|https?://", answer.text) == []
        for path in re.findall(r'(?:href|src)="(/assets[^"]+)"', answer.text):
            assert tab.okta.get(path, auth=None).status_code == 200
    assert tab.okta.get("/assets/pages/base.html", auth=None).json()["errorCode"] == "E0000008"


def test_what_people_enter_is_shown_as_text(tab: Tab) -> None:
    """A name with markup in it stays a name."""
    name = '"><script>alert(1)</script>'
    tab.go("/").send(username=name)
    assert "<script>alert" not in tab.shown.text
    assert "&lt;script&gt;" in tab.shown.text


@pytest.mark.parametrize("path", ["/signin/verify", "/signin/password-expired", "/signin/enroll"])
def test_steps_without_a_sign_in_start_again(tab: Tab, path: str) -> None:
    """Opened by hand, or after the transaction's end."""
    assert tab.go(path).said.startswith("Your sign-in took too long")
    tab.cookies["oktaStateToken"] = "00made-up"
    assert tab.go(path, {"passCode": "1", "newPassword": "x"}).title == "Sign in"
    assert tab.go("/login/step-up/redirect?stateToken=a;b").title == "Sign in"
