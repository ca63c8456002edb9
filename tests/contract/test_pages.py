"""The pages in a real browser: signing in and being thrown out, and the administrator's view following the estate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from simulators.server import Server, wall
from tests.contract.chromium import Chromium, Page, binary

pytestmark = pytest.mark.contract
NOAH, JAMAL = "E1021", "E1015"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """A browser."""
    path = binary()
    if path is None:
        pytest.skip("no Chromium is installed; on Debian: apt-get install chromium")
    browser = Chromium(path, tmp_path_factory.mktemp("profile"))
    yield browser
    browser.close()


@pytest.fixture
def company() -> Iterator[dict[str, Any]]:
    """The reference estate on the wall's time."""
    server = Server("acme", port=0, opens=wall, follows=wall)
    try:
        yield server.start()
    finally:
        server.stop()


def known(company: dict[str, Any], worker_id: str) -> dict[str, Any]:
    return next(person for person in company["people"] if person["worker_id"] == worker_id)


def sign_in(page: Page, company: dict[str, Any], worker_id: str) -> None:
    """By keyboard alone: the first field of every page has the focus."""
    who = known(company, worker_id)
    page.open(f"{company['urls']['okta']}/")
    page.type(who["login"])
    page.acts(lambda: page.press("Enter"))
    page.type(who["password"])
    page.acts(lambda: page.press("Enter"))


def code_of(company: dict[str, Any], worker_id: str) -> str:
    """The code that the administrator's page shows now."""
    text = httpx.get(f"{company['urls']['control']}/people/{worker_id}?show=sign-in", trust_env=False).text
    return text.partition('<code class="code">')[2].partition("<")[0]


def revoke(company: dict[str, Any], worker_id: str) -> None:
    """What an administrator, or a SailPoint workflow, does through the API."""
    headers, url = {"Authorization": f"SSWS {company['okta']['api_token']}"}, company["urls"]["okta"]
    login = known(company, worker_id)["login"]
    user = httpx.get(f"{url}/api/v1/users/{login}", headers=headers, trust_env=False).json()["id"]
    assert httpx.delete(f"{url}/api/v1/users/{user}/sessions", headers=headers, trust_env=False).status_code == 204


def at_peace(page: Page, company: dict[str, Any], *expected: str) -> None:
    """Nothing but the estate has been asked for, and the console is empty but for `expected`."""
    assert {url for url in page.asked() if not url.startswith(tuple(company["urls"].values()))} == set()
    assert [line for line in page.complaints() if not any(part in line for part in expected)] == []


def test_signing_in_and_being_thrown_out(chromium: Chromium, company: dict[str, Any], tmp_path: Path) -> None:
    """Password and code, the dashboard with its applications; a revocation throws the open page out by itself."""
    page = chromium.new_page()
    sign_in(page, company, NOAH)
    assert page.focused() == "passCode"
    page.type(code_of(company, NOAH))
    page.acts(lambda: page.press("Enter"))
    assert page.address().endswith("/app/UserHome")
    tiles = page.run("[...document.querySelectorAll('.tiles a')].map(a => a.innerText.split('\\n').pop())")
    assert tiles == ["Acme Portal", "Atlas", "Vault"]
    assert page.run("document.cookie") == ""  # the session is out of reach of scripts
    page.until("document.getElementById('watch').textContent.startsWith('This page notices')")
    page.picture(tmp_path / "home.png")
    at_peace(page, company)
    page.acts(lambda: revoke(company, NOAH))
    assert "Your session has ended." in page.text()
    assert page.focused() == "username"
    at_peace(page, company, "404 (Not Found)")
    page.open(f"{company['urls']['okta']}/app/UserHome")
    assert "Sign in" in page.text()


def test_signing_out_by_keyboard(chromium: Chromium, company: dict[str, Any]) -> None:
    """Tab reaches everything in order, the focus can be seen, and Enter opens a tile and signs out."""
    page = chromium.new_page()
    sign_in(page, company, JAMAL)
    order = []
    for _ in range(4):
        page.press("Tab")
        order.append(page.focused().split("\n")[-1])
    assert order[0] == "Sign out"
    assert "Atlas" in order
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.run("[...document.querySelectorAll('.tiles a')].find(a => a.innerText.includes('Atlas')).focus()")
    page.acts(lambda: page.press("Enter"))
    assert "Signed on to Atlas" in page.text()
    page.run("document.querySelector('.aside a').focus()")
    page.acts(lambda: page.press("Enter"))
    page.press("Tab")
    page.acts(lambda: page.press("Enter"))
    assert page.address().endswith("/login/login.htm")
    at_peace(page, company)


def test_a_second_tab_is_thrown_out_too(chromium: Chromium, company: dict[str, Any]) -> None:
    """Signing out in one tab ends the dashboard in the other."""
    one = chromium.new_page()
    sign_in(one, company, JAMAL)
    other = chromium.new_page(context=one.context)
    other.open(f"{company['urls']['okta']}/app/UserHome")
    one.acts(lambda: one.run("document.querySelector('header .button').click()"))
    other.until("location.pathname === '/login/login.htm'")
    assert "Your session has ended." in other.text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_small_screens(chromium: Chromium, company: dict[str, Any], scheme: str) -> None:
    """At 320 pixels nothing is cut off, each field has a label, and what is written can be read."""
    page = chromium.new_page(320, 640, scheme)
    sign_in(page, company, JAMAL)
    okta, control = company["urls"]["okta"], company["urls"]["control"]
    for url in (f"{okta}/app/UserHome", f"{okta}/login/login.htm?said=ended", f"{control}/", f"{control}/people",
                f"{control}/people/{NOAH}", f"{control}/timeline", f"{control}/sessions"):  # fmt: skip
        page.open(url)
        assert page.run("document.documentElement.scrollWidth") <= 320, url
        assert page.run(_UNLABELLED) == [], url
        assert page.run(_FAINT) == [], url
        assert page.run("[document.documentElement.lang, document.querySelectorAll('main').length]") == ["en", 1]


def test_the_view_follows_the_estate(chromium: Chromium, company: dict[str, Any], tmp_path: Path) -> None:
    """A person stands in four systems side by side; a sign-in and its revocation appear without a reload."""
    control = company["urls"]["control"]
    page = chromium.new_page()
    page.open(f"{control}/people/{JAMAL}")
    headings = page.run("[...document.querySelectorAll('.grid h2')].map(h => h.innerText)")
    assert headings == ["HR", "SailPoint", "Okta", "Applications"]
    assert "0 live sessions" in page.text()
    visitor = chromium.new_page()
    began = page.run("performance.timeOrigin")
    sign_in(visitor, company, JAMAL)
    page.until("document.body.innerText.includes('1 live session,')")
    page.until("document.body.innerText.includes('User login to Okta')")
    assert "The page has changed." in page.text()
    revoke(company, JAMAL)
    page.until("document.body.innerText.includes('0 live sessions')")
    visitor.until("location.pathname === '/login/login.htm'")
    assert page.run("performance.timeOrigin") == began
    page.picture(tmp_path / "person.png")
    at_peace(page, company)


def test_the_timeline_is_filtered_and_follows(chromium: Chromium, company: dict[str, Any]) -> None:
    """A filter is typed and sent by keyboard; what it leaves out stays out when the page follows."""
    page = chromium.new_page()
    page.open(f"{company['urls']['control']}/timeline")
    page.run("document.getElementById('kind').focus()")
    page.type("user.session")
    page.acts(lambda: page.press("Enter"))
    assert "kind=user.session" in page.address()
    assert "Nothing of that kind has happened." in page.text()
    sign_in(chromium.new_page(), company, JAMAL)
    page.until("document.querySelectorAll('.events tbody tr').length === 1")
    assert "user.session.start" in page.text()
    page.run("document.querySelector('.events summary').focus()")
    page.press("Space")
    revoke(company, JAMAL)
    page.until("document.querySelectorAll('.events tbody tr').length === 3")
    assert page.run("document.querySelectorAll('.events details[open]').length") == 1
    assert "user.session.start" in page.run("document.activeElement.innerText")
    assert "policy.evaluate_sign_on" not in page.text()
    at_peace(page, company)


def test_the_clock_is_advanced_by_its_button(chromium: Chromium, company: dict[str, Any]) -> None:
    """A button moves the estate's time and the page says where it stands."""
    page = chromium.new_page()
    page.open(f"{company['urls']['control']}/")
    day = page.run("document.getElementById('now').textContent.slice(0, 10)")
    page.run("document.querySelector('[data-by=P1D]').focus()")
    page.press("Enter")
    page.until("document.getElementById('said').textContent.startsWith('The clock stands at')")
    page.until(f"document.getElementById('now').textContent.slice(0, 10) > {day!r}")
    at_peace(page, company)


_UNLABELLED = """
[...document.querySelectorAll('input:not([type=hidden]), select')]
  .filter(one => !one.labels.length).map(one => one.name)
"""
# Contrast of every text with its background, by WCAG 2: 4.5 to 1.
_FAINT = """
(() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  return [...document.querySelectorAll('body *')].filter(one => one.offsetParent &&
      [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())).filter(one => {
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    return (a + .05) / (b + .05) < 4.5;
  }).map(one => one.outerHTML.slice(0, 120));
})()
"""
