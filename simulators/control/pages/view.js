// Keeps the page as the estate is: asks for it again with its entity tag, and swaps in what has changed.
"use strict";
const said = document.getElementById("said");
const say = (text) => { if (said.textContent !== text) said.textContent = text; };
let tag = "", waiting = null;

function keyOf(element) {
  if (!element || element === document.body) return null;
  const row = element.closest("[data-key]");
  return [row ? row.dataset.key : "", element.tagName, element.getAttribute("href") || element.textContent].join("|");
}

function swap(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live");
  const live = document.getElementById("live");
  if (!fresh || !live || fresh.innerHTML === live.innerHTML) return false;
  const rows = new Set([...live.querySelectorAll("tr[data-key]")].map((row) => row.dataset.key));
  const open = new Set([...live.querySelectorAll("details[open]")].map((one) => keyOf(one.querySelector("summary"))));
  const focus = live.contains(document.activeElement) ? keyOf(document.activeElement) : null;
  for (const row of fresh.querySelectorAll("tr[data-key]")) if (!rows.has(row.dataset.key)) row.classList.add("new");
  live.replaceWith(fresh);
  for (const one of fresh.querySelectorAll("details")) one.open = open.has(keyOf(one.querySelector("summary")));
  if (focus) [...fresh.querySelectorAll("a, summary, button")].find((one) => keyOf(one) === focus)?.focus();
  return true;
}

function tell(clock) {
  const now = document.getElementById("now");
  now.dateTime = clock.now;
  now.textContent = `${clock.now.slice(0, 10)} ${clock.now.slice(11, 19)} UTC`;
  document.getElementById("mode").textContent =
    clock.mode === "following" ? (clock.speed === 1 ? "follows the wall" : `follows the wall at speed ${clock.speed}`) : "paused";
}

async function look() {
  clearTimeout(waiting);
  if (!document.hidden) {
    try {
      const [clock, page] = await Promise.all([
        fetch("/control/clock", { cache: "no-store" }),
        fetch(location.href, { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} }),
      ]);
      if (clock.ok) tell(await clock.json());
      if (page.status === 200) {
        const first = !tag;
        tag = page.headers.get("ETag") || "";
        if (swap(await page.text()) && !first) say("The page has changed.");
      } else if (page.status === 304) {
        if (said.textContent === "The estate does not answer.") say("");
      } else {
        say("This is not there any more.");
      }
    } catch {
      say("The estate does not answer.");
    }
  }
  waiting = setTimeout(look, 2000);
}

for (const button of document.querySelectorAll("[data-by]")) {
  button.addEventListener("click", async () => {
    say("The clock moves…");
    const answer = await fetch("/control/clock/advance", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ by: button.dataset.by }),
    });
    const body = await answer.json();
    say(answer.ok ? `The clock stands at ${body.now.slice(0, 19).replace("T", " ")}; ${body.ran} jobs ran.` : body.error);
    look();
  });
}
document.querySelector(".moves").hidden = false;
document.addEventListener("visibilitychange", look);
look();
