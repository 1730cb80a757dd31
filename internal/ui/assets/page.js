// SPDX-License-Identifier: EUPL-1.2
// Small comforts on every page. Without this script everything still works.
// @ts-check
"use strict";

/** Puts the focus on the summary of errors after a refused post. */
function focusProblems() {
  const box = document.getElementById("fehler");
  if (box) box.focus();
}

/** Shows and hides a password; the switch is invisible without this script. */
function passwordSwitches() {
  for (const button of document.querySelectorAll("button[data-shows]")) {
    const input = document.getElementById(button.getAttribute("data-shows") || "");
    const word = button.querySelector(".kern-label");
    const icon = button.querySelector(".kern-icon");
    if (!(input instanceof HTMLInputElement) || !(button instanceof HTMLElement) || !word || !icon) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = input.type === "password";
      input.type = show ? "text" : "password";
      button.setAttribute("aria-pressed", String(show));
      word.textContent = show ? "Verbergen" : "Anzeigen";
      icon.classList.toggle("kern-icon--visibility", !show);
      icon.classList.toggle("kern-icon--visibility-off", show);
    });
    // The browser's own password memory must see a password field.
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }
}

/** Pasting 03.11.2025 into the first field of a date fills all three. */
function datePaste() {
  for (const set of document.querySelectorAll("fieldset[data-date]")) {
    const fields = Array.from(set.querySelectorAll("input"));
    const first = fields[0];
    if (fields.length !== 3 || !first) continue;
    first.addEventListener("paste", (event) => {
      const text = event.clipboardData ? event.clipboardData.getData("text").trim() : "";
      const german = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
      const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
      const parts = german ? german.slice(1) : iso ? [iso[3], iso[2], iso[1]] : null;
      if (!parts) return;
      event.preventDefault();
      fields.forEach((field, i) => {
        field.value = parts[i] || "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
      fields[2]?.focus();
    });
  }
}

/** Keeps a form from being sent twice by a double click. */
function sendOnce() {
  for (const form of document.querySelectorAll('form[method="post"]')) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.hasAttribute("data-sent")) event.preventDefault();
      form.setAttribute("data-sent", "");
    });
  }
  // Coming back with the browser's button must find a form that can be sent.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
  });
}

/** Warns two minutes before the session ends and prolongs it on request. */
function sessionWarning() {
  const box = document.getElementById("sitzung");
  const form = box ? box.querySelector("form") : null;
  if (!box || !form) return;
  let timer = 0;
  /** @param {number} seconds */
  const arm = (seconds) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      box.hidden = false;
      form.querySelector("button")?.focus();
    }, Math.max(0, seconds - 120) * 1000);
  };
  arm(Number(box.dataset.seconds));
  // A draft that was saved has prolonged the session: nobody is interrupted while typing.
  document.addEventListener("mw-active", () => { box.hidden = true; arm(Number(box.dataset.seconds)); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const answer = await fetch(form.action, { method: "POST", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      box.hidden = true;
      form.removeAttribute("data-sent");
      arm(Number(box.dataset.seconds));
    } catch {
      window.location.reload();
    }
  });
}

focusProblems();
passwordSwitches();
datePaste();
sendOnce();
sessionWarning();
