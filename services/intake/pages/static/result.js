// Makes the result better where scripts run; without them everything works by its buttons.

// What if: the server computes, and the page takes over what it answers, without losing the slider in hand.
const tries = document.querySelector("[data-live]");
let latest = 0;
tries?.addEventListener("change", async () => {
  const mine = ++latest;
  const answer = await fetch(tries.action, { method: "POST", body: new URLSearchParams(new FormData(tries)) }).catch(() => null);
  if (mine !== latest || !answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("outcome")) return location.reload(); // the session is over
  for (const fresh of page.querySelectorAll("#outcome, .try .hint")) {
    document.getElementById(fresh.id).innerHTML = fresh.innerHTML;
  }
});
