// What moves on a page is looked at again: the part `#live` is replaced by what the server draws of it now.
"use strict";

const SECONDS = 1;
const SECONDS_WHERE_ASKED_FOR = 10;
const MOST_LOOKS_BEFORE_IT_MOVES = 60;
const follow = document.querySelector("[data-follow]");
let waiting = 0;
let next;

const following = () => follow?.getAttribute("aria-pressed") === "true";

function lookIn(seconds) {
  clearTimeout(next);
  next = setTimeout(look, seconds * 1000);
}

async function look() {
  const live = document.getElementById("live");
  let moves = true;
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!answer.ok || !fresh) {
      follow?.setAttribute("aria-pressed", "false");
      return;
    }
    if (fresh.dataset.newest !== live.dataset.newest) waiting = 0;
    moves = "moves" in fresh.dataset;
    // Whoever reads or follows a link in it by keyboard is not thrown out of it.
    if (!live.contains(document.activeElement)) {
      live.dataset.newest = fresh.dataset.newest;
      live.replaceChildren(...fresh.cloneNode(true).childNodes);
    }
  } catch {
    // The service is away for a moment: look again.
  }
  if (following()) lookIn(SECONDS_WHERE_ASKED_FOR);
  else if (moves || waiting-- > 0) lookIn(SECONDS);
}

if ("moves" in document.getElementById("live").dataset) lookIn(SECONDS);
document.querySelector("form[data-download]")?.addEventListener("submit", () => {
  waiting = MOST_LOOKS_BEFORE_IT_MOVES;
  lookIn(SECONDS);
});
follow?.addEventListener("click", () => {
  follow.setAttribute("aria-pressed", String(!following()));
  if (following()) look();
  else clearTimeout(next);
});
