// SPDX-License-Identifier: EUPL-1.2
// Keeps a form as a draft while it is filled in, warns before leaving with
// unsaved changes, and hides questions that do not apply. Nothing is kept in
// the browser. Without this script the button "Speichern" does it.
// @ts-check
"use strict";

/**
 * Saves the form two seconds after the last change and when a field is left.
 * The server answers {"saved": "14:32 Uhr", "version": 7, "fields": {…}}, where
 * the fields are what follows from others, or {"error": "…"}.
 * @param {HTMLFormElement} form
 */
function autosave(form) {
  const address = form.dataset.draft || "";
  if (!address.startsWith("/") || address.startsWith("//")) return;
  let line = form.querySelector(".mw-saved");
  if (!line) {
    line = document.createElement("p");
    line.className = "mw-saved";
    line.setAttribute("role", "status");
    form.append(line);
  }
  const status = line;
  let timer = 0;
  let dirty = false;
  let running = false;
  let stopped = false;
  let waiting = false;
  /** @type {HTMLElement | null} */
  let pressed = null;

  /** @param {string} sentence @param {boolean} bad */
  const say = (sentence, bad) => {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("mw-saved--bad", bad);
  };

  const save = async () => {
    window.clearTimeout(timer);
    if (!dirty || stopped) return;
    if (running) {
      timer = window.setTimeout(save, 500);
      return;
    }
    running = true;
    dirty = false;
    const body = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string") body.append(name, value);
    }
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      const result = await answer.json().catch(() => ({}));
      if (answer.status === 409) {
        stopped = true;
        say(result.error || "Diese Angaben wurden inzwischen an anderer Stelle geändert.", true);
        if (result.compare) {
          const both = document.createElement("button");
          both.type = "submit";
          both.className = "mw-saved__both";
          both.textContent = "Beide Fassungen vergleichen";
          status.append(" ", both);
        }
      } else if (!answer.ok) {
        throw new Error(String(answer.status));
      } else {
        const version = form.elements.namedItem("version");
        if (version instanceof HTMLInputElement && result.version !== undefined) version.value = String(result.version);
        for (const [name, value] of Object.entries(result.fields || {})) {
          const field = form.elements.namedItem(name);
          if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field !== document.activeElement) field.value = String(value);
        }
        say(`Entwurf gespeichert um ${result.saved || ""}`, false);
      }
    } catch {
      dirty = true;
      say("Nicht gespeichert – Verbindung prüfen", true);
      timer = window.setTimeout(save, 10000);
    } finally {
      running = false;
      if (waiting) {
        waiting = false;
        form.removeAttribute("data-sent");
        form.requestSubmit(pressed);
      }
    }
  };

  form.addEventListener("input", () => {
    dirty = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 2000);
  });
  form.addEventListener("change", () => { dirty = true; void save(); });
  // A submit waits for a save on its way, or it would meet its own draft as
  // somebody else's change.
  form.addEventListener("submit", (event) => {
    if (running) {
      event.preventDefault();
      waiting = true;
      pressed = event.submitter;
      return;
    }
    dirty = false;
    stopped = true;
  });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  window.addEventListener("pageshow", () => { stopped = false; });
}

/**
 * Shows a block only while a field has one of the named values:
 * <div data-if="grade" data-is="1 2">. The server decides all the same.
 * @param {HTMLElement} block
 */
function conditional(block) {
  const form = block.closest("form");
  const name = block.dataset.if || "";
  const wanted = (block.dataset.is || "").split(" ");
  if (!form || !name) return;
  const update = () => {
    const values = new FormData(form).getAll(name);
    block.hidden = !values.some((value) => wanted.includes(String(value)));
  };
  form.addEventListener("change", update);
  update();
}

/**
 * Enter sends the form from a select too, as it does from every other field,
 * unless it has just chosen from the opened list.
 * @param {HTMLSelectElement} select
 */
function enterSends(select) {
  let opened = false;
  let typed = 0; // a blank within typed words does not open the list
  select.addEventListener("mousedown", () => { opened = true; });
  select.addEventListener("change", () => { opened = false; });
  select.addEventListener("blur", () => { opened = false; });
  select.addEventListener("keydown", (event) => {
    const typing = event.timeStamp - typed < 1000;
    if (event.key.length === 1 && (event.key !== " " || typing)) typed = event.timeStamp;
    if ((event.key === " " && !typing) || event.key === "F4" || (event.altKey && event.key.startsWith("Arrow"))) opened = true;
    if (event.key === "Escape") opened = false;
    if (event.key !== "Enter") return;
    if (!opened) {
      event.preventDefault();
      const first = select.form?.querySelector('button[type="submit"]');
      select.form?.requestSubmit(first instanceof HTMLElement ? first : null);
    }
    opened = false;
  });
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  autosave(form);
  for (const select of form.querySelectorAll("select")) enterSends(select);
}
for (const block of document.querySelectorAll("[data-if]")) {
  if (block instanceof HTMLElement) conditional(block);
}
