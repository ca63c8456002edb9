"""Answers that are pages: HTML with its policy, forms that only the org's own pages may send, refusals in words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from simulators.okta.domain.errors import Forbidden, Refusal
from simulators.okta.routes.call import Answer, Call, Header
from simulators.okta.wire.errors import error_answer
from simulators.okta.wire.pages import HOME, HTML, page_html, place_within, plain, policy_headers

Handler = Callable[[Call], Awaitable[Answer]]
STATE_COOKIE = "oktaStateToken"


def page(
    call: Call, template: str, status: int = 200, headers: list[Header] | None = None, posts_to: str = "", **facts: Any
) -> Answer:
    """A page of the org. `posts_to` is the one foreign origin that its form may post to."""
    body = page_html(template, org=call.org.settings.name.capitalize(), **facts)
    return Answer(status, body, [*policy_headers(posts_to), *(headers or [])], HTML)


def notice(call: Call, title: str, text: str, status: int = 200, headers: list[Header] | None = None) -> Answer:
    """A page that says one thing and leads back to sign-in."""
    return page(call, "notice", status, headers, title=title, text=text)


def form_of_page(call: Call) -> dict[str, str]:
    """The fields of a form that one of the org's own pages has sent. Raises Forbidden for any other sender.

    Browsers state the page's origin with every form; a form on somebody else's site cannot state ours.
    """
    sender = call.headers.get("origin") or call.headers.get("referer", "")
    if not sender or urlsplit(sender).netloc != call.headers.get("host"):
        raise Forbidden()
    if not call.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(call.raw.decode("utf-8", "replace"), keep_blank_values=True))


def wanted_place(call: Call, form: dict[str, str] | None = None) -> str:
    """Where the person was going (`fromURI`), if that lies within the org; empty else."""
    text = (form or {}).get("fromURI") or call.query.get("fromURI", "")
    place = place_within(text, call.org.base_url)
    return "" if place == HOME else place


def see(place: str, headers: list[Header] | None = None) -> Answer:
    """Send the browser on; after a form it asks for the next page by GET."""
    return Answer(302, None, [("Location", place), *(headers or [])])


def state_cookie(value: str, base_url: str) -> Header:
    """The cookie that names the sign-in under way; empty to take it away."""
    secure = "; Secure" if base_url.startswith("https:") else ""
    end = "" if value else "; Max-Age=0"
    return "Set-Cookie", f"{STATE_COOKIE}={value}; Path=/; HttpOnly{secure}; SameSite=Lax{end}"


def for_people(handler: Handler) -> Handler:
    """A handler whose refusals are told to browsers as pages, and to API clients as ever."""

    @wraps(handler)
    async def answer(call: Call) -> Answer:
        try:
            return await handler(call)
        except Refusal as refusal:
            if "text/html" not in call.headers.get("accept", ""):
                raise
            status, _, _ = error_answer(refusal, call.cause.transaction, call.org.base_url)
            return notice(call, "That did not work", plain(refusal), status)

    return answer
