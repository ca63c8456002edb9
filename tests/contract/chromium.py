"""A real browser for tests: Debian's Chromium, driven over its own debugging pipe; nothing to install besides."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--remote-debugging-pipe",
)  # fmt: skip
_KEYS = {"Tab": 9, "Enter": 13, "Space": 32, "Escape": 27}
_PATIENCE_S = 30.0


def binary() -> str | None:
    """Where a Chromium is, if one is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Chromium:
    """One browser with a profile of its own."""

    def __init__(self, path: str, profile: Path) -> None:
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def hand_over() -> None:
            # both ends are moved out of the way first: one of them may be 3 or 4 already
            there, back = os.dup(to_browser), os.dup(from_browser)
            os.dup2(there, 3)
            os.dup2(back, 4)

        self._process = subprocess.Popen(
            [path, *_FLAGS, f"--user-data-dir={profile}", "about:blank"], preexec_fn=hand_over, close_fds=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_browser)
        os.close(from_browser)
        self._unread = b""
        self._number = 0
        self._pages: dict[str, Page] = {}

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def new_page(self, width: int = 1200, height: int = 900, scheme: str = "light", context: str | None = None) -> Page:
        """A tab in a cookie jar of its own, or in the jar of another tab (`context`)."""
        context = context or self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = self._pages[session] = Page(self, session, context)
        for domain in ("Page", "Runtime", "Network", "Log"):
            page.call(f"{domain}.enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        page.call("Emulation.setFocusEmulationEnabled", enabled=True)  # keys reach a tab behind another one too
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        return page

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """One command and its result. Raises RuntimeError for a refused one."""
        self._number += 1
        number, message = self._number, {"id": self._number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read(_PATIENCE_S)
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return dict(answer["result"])

    def read(self, patience_s: float) -> dict[str, Any]:
        """The next message; events are noted on their page. Raises TimeoutError."""
        until = monotonic() + patience_s
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - monotonic()))
            if not ready:
                raise TimeoutError("the browser says nothing")
            part = os.read(self._in, 1 << 20)
            if not part:
                raise RuntimeError("the browser has ended")
            self._unread += part
        text, _, self._unread = self._unread.partition(b"\0")
        message = dict(json.loads(text))
        if "method" in message and (page := self._pages.get(message.get("sessionId", ""))) is not None:
            page.events.append(message)
        return message


class Page:
    """One tab. `events` holds what the browser has told about it."""

    def __init__(self, browser: Chromium, session: str, context: str) -> None:
        self._browser, self._session, self.context = browser, session, context
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def run(self, script: str) -> Any:
        """The value of an expression on the page. Raises RuntimeError when it throws."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"].get("exception", {}).get("description")))
        return answer["result"].get("value")

    def until(self, script: str, patience_s: float = _PATIENCE_S) -> Any:
        """Wait until an expression is true on whichever document is shown; answers its value."""
        end = monotonic() + patience_s
        while monotonic() < end:
            try:
                value = self.run(script)
            except RuntimeError:  # the document is just being replaced
                value = None
            if value:
                return value
            self._look(0.05)
        raise AssertionError(f"never true: {script}\nat {self.address()}:\n{self.text()[:1500]}")

    def open(self, url: str) -> None:
        """Go to an address and wait for its document."""
        self.acts(lambda: self.call("Page.navigate", url=url))

    def acts(self, act: Callable[[], Any]) -> None:
        """Do something that loads another document, and wait for it."""
        self._mark = len(self.events)
        before = self.run("performance.timeOrigin")
        act()
        self.until(f"document.readyState === 'complete' && performance.timeOrigin !== {before!r}")

    def address(self) -> str:
        return str(self.run("location.href"))

    def text(self) -> str:
        return str(self.run("document.body ? document.body.innerText : ''"))

    def type(self, text: str) -> None:
        """Type into the field that has the focus; a page gives it a moment after it is there."""
        self.until("document.activeElement.tagName === 'INPUT'")
        self.call("Input.insertText", text=text)

    def press(self, key: str, times: int = 1, shift: bool = False) -> None:
        """Press a key of the keyboard."""
        code, text = _KEYS[key], {"Enter": "\r", "Space": " "}.get(key, "")
        for _ in range(times):
            facts = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code,
                     "modifiers": 8 if shift else 0}  # fmt: skip
            self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **facts)
            self.call("Input.dispatchKeyEvent", type="keyUp", **facts)

    def focused(self) -> str:
        """The name or text of what has the focus."""
        return str(self.run("(e => e.id || e.name || e.innerText || e.tagName)(document.activeElement)").strip())

    def asked(self) -> list[str]:
        """Every address the page has asked for."""
        sent = [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]
        return [url for url in sent if not url.startswith(("data:", "about:"))]

    def complaints(self) -> list[str]:
        """What the page's console holds: errors, warnings, exceptions."""
        self._look(0.05)
        found = []
        for event in self.events:
            params = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"].get("exception", params["exceptionDetails"])))
            elif event["method"] == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
                found.append(str(params["args"]))
            elif event["method"] == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
                found.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        return found

    def picture(self, to: Path) -> None:
        """A screenshot of the whole page."""
        data = self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        to.write_bytes(base64.b64decode(data))

    def _look(self, patience_s: float) -> None:
        try:
            while True:
                self._browser.read(patience_s)
        except TimeoutError:
            return
