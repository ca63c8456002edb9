"""The control plane's page: where the estate's systems are and where its clock stands. Loads nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Estate {seed}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 3rem auto; padding: 0 1rem; color: #1d2433 }}
h1 {{ font-size: 1.4rem }} td, th {{ padding: .3rem 1.2rem .3rem 0; text-align: left }}
code, time {{ font-family: ui-monospace, monospace }} time {{ font-size: 1.6rem }}
a {{ color: #1d4ed8 }} small {{ color: #5b6475 }}
</style></head><body>
<h1>Estate <code>{seed}</code>, random seed {random_seed}</h1>
<p><time id="now">{now}</time><br><small id="mode">{mode}</small></p>
<table><tr><th>System</th><th>Base URL</th></tr>
{rows}
</table>
<p><a href="/control/estate">Credentials and people</a> ·
<a href="/control/clock">Clock</a> · <a href="/control/faults">Faults</a> · <a href="/openapi.json">Contract</a></p>
<script>
setInterval(async () => {{
  const clock = await (await fetch("/control/clock")).json();
  document.getElementById("now").textContent = clock.now;
  document.getElementById("mode").textContent =
    clock.mode + (clock.mode === "following" ? " at speed " + clock.speed : "") +
    (clock.next ? ", next job due " + clock.next : "");
}}, 1000);
</script></body></html>
"""


def page(seed: str, random_seed: int, now: str, mode: str, urls: Mapping[str, str]) -> str:
    """The page as HTML."""
    rows = "\n".join(
        f'<tr><td>{escape(name)}</td><td><a href="{escape(url)}"><code>{escape(url)}</code></a></td></tr>'
        for name, url in urls.items()
    )
    return _PAGE.format(seed=escape(seed), random_seed=random_seed, now=escape(now), mode=escape(mode), rows=rows)
