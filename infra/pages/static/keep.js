// A claim code is copied or printed by a press; without scripts it is written down.

document.addEventListener("click", async ({ target }) => {
  const copying = target.closest("[data-copy]");
  if (target.closest("[data-print]")) window.print();
  if (!copying) return;
  const code = document.getElementById(copying.dataset.copy);
  getSelection().selectAllChildren(code);
  await navigator.clipboard?.writeText(code.textContent);
  if (navigator.clipboard) copying.textContent = copying.dataset.done;
});
