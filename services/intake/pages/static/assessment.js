// Makes the form better where scripts run; without them everything works by its buttons.

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 1 });

// The shares of several occupations: their sum, while one types.
const shares = [...document.querySelectorAll("[data-share]")];
const total = document.querySelector("[data-total]");
function sum() {
  const all = shares.reduce((found, field) => found + (parseInt(field.value, 10) || 0), 0);
  total.textContent = `${total.dataset.total}: ${all} %`;
  total.classList.toggle("off", all !== 100);
}
if (total) {
  shares.forEach((field) => field.addEventListener("input", sum));
  sum();
}

// The mix of tasks: what part of the work each becomes.
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

// Occupations, while one types. The look-up is public and goes without cookies.
const search = document.querySelector("[data-search]");
const found = document.getElementById("found");
let latest = 0;
function row(one) {
  const item = document.createElement("li");
  const words = document.createElement("div");
  const title = document.createElement("strong");
  title.textContent = one.title;
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
async function look() {
  const mine = ++latest;
  const query = search.value.trim();
  if (query.length < 2) return;
  const asked = new URLSearchParams({ q: query, limit: "8", lang: document.documentElement.lang });
  const answer = await fetch(`${search.dataset.search}?${asked}`, { credentials: "omit" }).catch(() => null);
  if (mine !== latest || !answer?.ok) return;
  const list = document.createElement("ul");
  list.className = "found";
  list.append(...(await answer.json()).occupations.map(row));
  found.replaceChildren(list);
}
let waiting;
search?.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, 200);
});
