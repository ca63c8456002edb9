// Watches the session of this page: when it is dead, says so on the sign-in page. Reading does not prolong it.
"use strict";
const note = document.getElementById("watch");
const say = (text) => { if (note.textContent !== text) note.textContent = text; };
let unreachable = 0;

async function look() {
  try {
    const answer = await fetch("/api/v1/sessions/me", { headers: { Accept: "application/json" }, cache: "no-store" });
    if ([401, 403, 404].includes(answer.status)) {
      say("Your session has ended.");
      location.replace("/login/login.htm?said=ended");
      return;
    }
    unreachable = 0;
    say(answer.ok ? "This page notices by itself when the session ends." : "The org does not answer as it should.");
  } catch {
    unreachable += 1;
    if (unreachable > 1) say("The org cannot be reached.");
  }
  setTimeout(look, 2000);
}

addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
look();
