"""What a `User-Agent` says of browser, operating system and device, in the System Log's words.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/ (client.userAgent, client.device)
"""

from __future__ import annotations

import re
from functools import lru_cache

# the first row that is found counts: the newer browsers name the older ones too
_BROWSERS = (
    ("Edg/", "CHROMIUM_EDGE"), ("Edge/", "EDGE"), ("OPR/", "OPERA"), ("Opera", "OPERA"),
    ("Firefox/", "FIREFOX"), ("FxiOS/", "FIREFOX"), ("Chromium/", "CHROME"), ("Chrome/", "CHROME"),
    ("CriOS/", "CHROME"), ("Safari/", "SAFARI"), ("Trident/", "IE"), ("MSIE ", "IE"),
)  # fmt: skip
_SYSTEMS = (
    (r"Windows NT 10\.0", "Windows 10"), (r"Windows NT 6\.3", "Windows 8.1"), (r"Windows NT 6\.1", "Windows 7"),
    (r"Windows", "Windows"), (r"iPad", "iOS (iPad)"), (r"iPhone|iPod", "iOS (iPhone)"), (r"Android", "Android"),
    (r"Mac OS X|Macintosh", "Mac OS X"), (r"CrOS", "Chrome OS"), (r"Linux|X11", "Linux"),
)  # fmt: skip
_MOBILE = re.compile(r"iPhone|iPod|iPad|Android|Mobile")


@lru_cache(maxsize=1024)
def told_by(agent: str) -> tuple[str, str, str]:
    """Browser, operating system and device.

    >>> told_by("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/84.0 Safari/537.36")
    ('CHROME', 'Linux', 'Computer')
    >>> told_by("python-requests/2.28.1")
    ('UNKNOWN', 'Unknown', 'Unknown')
    """
    if not agent.startswith(("Mozilla/", "Opera/")):
        return "UNKNOWN", "Unknown", "Unknown"
    browser = next((name for mark, name in _BROWSERS if mark in agent), "UNKNOWN")
    system = next((name for pattern, name in _SYSTEMS if re.search(pattern, agent)), "Unknown")
    device = "Mobile" if _MOBILE.search(agent) else "Unknown" if system == "Unknown" else "Computer"
    return browser, system, device
