// What moves on a page is looked at again: the part `#live` is replaced by what the server draws of it now.
"use strict";

const SECONDS = 1;
const MOST_LOOKS_BEFORE_IT_MOVES = 60;
let waiting = 0;

async function look() {
  const live = document.getElementById("live");
  let moves = true;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!answer.ok || !fresh) return;
    if (fresh.dataset.newest !== live.dataset.newest) waiting = 0;
    moves = "moves" in fresh.dataset;
    live.dataset.newest = fresh.dataset.newest;
    live.replaceChildren(...fresh.cloneNode(true).childNodes);
  } catch {
    // The service is away for a moment: look again.
  }
  if (moves || waiting-- > 0) setTimeout(look, SECONDS * 1000);
}

if ("moves" in document.getElementById("live").dataset) setTimeout(look, SECONDS * 1000);
document.querySelector("form[data-download]")?.addEventListener("submit", () => {
  waiting = MOST_LOOKS_BEFORE_IT_MOVES;
  setTimeout(look, SECONDS * 1000);
});
