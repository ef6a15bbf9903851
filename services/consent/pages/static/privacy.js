// A request that is under way is looked at again, and its part of the page is replaced when something has changed.
"use strict";

const SECONDS = 2;

async function look() {
  const live = document.getElementById("live");
  try {
    const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) return;
    if (fresh.querySelector(".tag").textContent !== live.querySelector(".tag").textContent) {
      document.getElementById("cancel")?.closest("form").remove();
      live.replaceChildren(...fresh.cloneNode(true).childNodes);
    }
    if ("moves" in fresh.dataset) setTimeout(look, SECONDS * 1000);
  } catch {
    setTimeout(look, 5 * SECONDS * 1000);
  }
}

setTimeout(look, SECONDS * 1000);
