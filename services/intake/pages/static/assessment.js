// Makes the form better where scripts run; without them everything works by its buttons.
//
// Here its steps follow each other within one page, so that the browser's Back and Forward lead from step to step and
// no answer is lost. The answers lie in the form alone: the history knows the steps, and the device keeps nothing.

const MOVED = "go";
let sending = false;
let filled = false;
let leaving = false;
let last = null;

const theForm = () => document.getElementById("answers");

function answersOf(form) {
  return new URLSearchParams(new FormData(form));
}

// What the server draws takes the place of what is shown.
function take(page) {
  const before = document.body;
  document.title = page.title;
  document.documentElement.lang = page.documentElement.lang;
  for (const { src } of page.head.querySelectorAll("script[src]")) {
    if ([...document.scripts].some((script) => script.src === src)) continue;
    document.head.append(Object.assign(document.createElement("script"), { type: "module", src }));
  }
  before.replaceWith(page.body);
  scrollTo(0, 0);
  (document.querySelector(".mistakes") ?? document.getElementById("main")).focus({ preventScroll: true });
}

const where = (form) => `${form?.elements.step.value} ${form?.elements.saving?.value ?? ""}`;

async function show(sent, action, travelled) {
  const before = where(theForm());
  document.body.setAttribute("aria-busy", "true");
  sending = true;
  try {
    const answer = await fetch(action, { method: "POST", body: sent, redirect: "manual" });
    if (answer.type === "opaqueredirect") {
      leaving = true;
      location.assign(theForm().dataset.done);
      return;
    }
    last = { sent, action };
    take(new DOMParser().parseFromString(await answer.text(), "text/html"));
    begin(!travelled && where(theForm()) !== before);
  } finally {
    sending = false;
    document.body.removeAttribute("aria-busy");
  }
}

async function send(event) {
  event.preventDefault();
  const { target: form, submitter } = event;
  if (sending) return;
  const sent = answersOf(form);
  if (submitter?.name) sent.append(submitter.name, submitter.value);
  filled = true;
  try {
    await show(sent, form.action, false);
  } catch {
    // The network is away: the browser itself says so, and sends the form again when asked to.
    leaving = true;
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter?.name ?? MOVED, value: submitter?.value ?? "" }));
    form.submit();
  }
}

addEventListener("popstate", ({ state }) => {
  if (!state?.step || sending) return;
  const form = theForm();
  const { sent, action } = form ? { sent: answersOf(form), action: form.action } : last;
  for (const name of [MOVED, "lang", "saving"]) sent.delete(name);
  sent.set("step", state.step);
  show(sent, action, true).catch(() => {});
});

addEventListener("beforeunload", (event) => {
  if (filled && !leaving && theForm()) event.preventDefault();
});

// The shares of several occupations: their sum, while one types.
function sumShares() {
  const total = document.querySelector("[data-total]");
  const shares = [...document.querySelectorAll("[data-share]")];
  if (!total) return;
  const sum = () => {
    const all = shares.reduce((found, field) => found + (parseInt(field.value, 10) || 0), 0);
    total.textContent = `${total.dataset.total}: ${all} %`;
    total.classList.toggle("off", all !== 100);
  };
  shares.forEach((field) => field.addEventListener("input", sum));
  sum();
}

// The mix of tasks: what part of the work each becomes.
function followMixes() {
  const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });
  for (const mix of document.querySelectorAll(".mix")) {
    const tasks = [...mix.querySelectorAll("[data-typical]")];
    mix.addEventListener("change", () => {
      const weights = tasks.map((task) => task.dataset.typical * task.querySelector("input:checked").value);
      const whole = weights.reduce((found, weight) => found + weight, 0);
      tasks.forEach((task, place) => {
        task.querySelector("[data-part]").textContent = percent.format(whole ? weights[place] / whole : 0);
      });
    });
  }
}

// Occupations, while one types. The look-up is public and goes without cookies.
function foundRow(one, search) {
  const item = document.createElement("li");
  const words = document.createElement("div");
  const title = document.createElement("strong");
  const [first, ...others] = one.title.split("/");
  title.append(first, ...others.flatMap((part) => ["/", document.createElement("wbr"), part]));
  words.append(title);
  if (one.found_by !== one.title) {
    const other = document.createElement("small");
    other.className = "muted";
    other.lang = one.found_in;
    other.textContent = ` ${one.found_by}`;
    words.append(other);
  }
  if (one.status !== "direct") {
    const note = document.createElement("small");
    note.className = "muted note";
    note.textContent = one.note;
    words.append(note);
  }
  item.append(words);
  if (one.status !== "without_figures") {
    const choose = document.createElement("button");
    choose.className = "button small quiet";
    choose.name = "go";
    choose.value = `add:${one.code}`;
    choose.textContent = search.dataset.choose;
    choose.setAttribute("aria-label", `${search.dataset.choose} ${one.title}`);
    item.append(choose);
  }
  return item;
}

function searchWhileTyping() {
  const search = document.querySelector("[data-search]");
  const found = document.getElementById("found");
  let latest = 0;
  let waiting;
  async function look() {
    const mine = ++latest;
    const query = search.value.trim();
    if (query.length < 2) return found.replaceChildren();
    const asked = new URLSearchParams({ q: query, limit: "8", lang: document.documentElement.lang });
    const answer = await fetch(`${search.dataset.search}?${asked}`, { credentials: "omit" }).catch(() => null);
    if (mine !== latest || !answer?.ok) return;
    const { occupations } = await answer.json();
    if (mine !== latest) return;
    const told = document.createElement(occupations.length ? "ul" : "p");
    told.className = occupations.length ? "found" : "notice warn";
    told.append(...(occupations.length ? occupations.map((one) => foundRow(one, search)) : [search.dataset.nothing]));
    found.replaceChildren(told);
  }
  search?.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 200);
  });
}

function begin(moved) {
  const form = theForm();
  if (!form) return;
  form.addEventListener("submit", send);
  form.addEventListener("input", () => { filled = true; });
  history[moved ? "pushState" : "replaceState"]({ step: form.elements.step.value }, "");
  sumShares();
  followMixes();
  searchWhileTyping();
}

begin(false);
