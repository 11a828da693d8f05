// The review queue by keyboard, and the claim of the open item. Without it every button still works.
"use strict";

(() => {
  const page = document.querySelector(".rv");
  if (!page) return;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j" || event.key === "k") {
      if (move(event.key === "j" ? 1 : -1)) event.preventDefault();
      return;
    }
    const wanted = page.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (wanted && !wanted.disabled) {
      event.preventDefault();
      wanted.click();
    }
  });

  function move(step) {
    const items = [...page.querySelectorAll("[data-item]")];
    if (items.length === 0) return false;
    const at = items.indexOf(document.activeElement);
    const next = at < 0 ? (step > 0 ? 0 : items.length - 1) : at + step;
    items[Math.min(Math.max(next, 0), items.length - 1)].focus();
    return true;
  }

  // A second press while the first is on its way would decide the next item unseen.
  const form = page.querySelector("[data-decide]");
  form?.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });

  if (!page.dataset.claim) return;
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  const timer = setInterval(renew, Number(page.dataset.renew) * 1000);

  async function renew() {
    let answer;
    try {
      const response = await fetch(page.dataset.claim, {
        method: "POST",
        headers: { "X-CSRFToken": token },
      });
      if (!response.ok) return;
      answer = await response.json();
    } catch {
      return; // the next one may get through; deciding asks anyway
    }
    if (answer.mine) return;
    clearInterval(timer);
    const taken = page.querySelector("[data-taken]");
    taken.textContent = answer.gone
      ? "Somebody has decided about this."
      : `${answer.by || "Somebody"} is looking at this now.`;
    taken.hidden = false;
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }
})();
