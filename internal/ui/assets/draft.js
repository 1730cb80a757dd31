// SPDX-License-Identifier: EUPL-1.2
// Keeps a form as a draft while it is filled in, warns before leaving with unsaved changes,
// hides questions that do not apply. Nothing is kept in the browser. Without it "Speichern" does it.
// @ts-check
"use strict";

/**
 * Takes over what follows from other fields, but not where somebody has typed since
 * the form was sent. A field is emptied once it is left.
 * @param {HTMLFormElement} form @param {Record<string, unknown>} fields @param {URLSearchParams} sent
 */
function fill(form, fields, sent) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    const text = String(value);
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || field.value !== (sent.get(name) || "")) continue;
    if (!text && field === document.activeElement) continue;
    field.value = text;
    if (field.value !== text && field instanceof HTMLSelectElement) field.add(new Option(text, text, true, true));
  }
}

const retryFor = 300000; // ms after the last key stroke: each refused request prolongs the session of who may have left

/**
 * Saves the form two seconds after the last change and when a field is left.
 * The server answers {"saved": "14:32 Uhr", "version": 7, "fields": {…}}, where
 * the fields are what follows from others, or {"error": "…"}.
 * @param {HTMLFormElement} form
 */
function autosave(form) {
  const address = form.dataset.draft || "";
  if (!address.startsWith("/") || address.startsWith("//")) return;
  const status = form.querySelector(".mw-saved") || document.createElement("p");
  if (!status.parentNode) {
    status.className = "mw-saved";
    status.setAttribute("role", "status");
    form.append(status);
  }
  let timer = 0;
  let dirty = false;
  let typed = 0; // when somebody typed last
  let running = false;
  let stopped = false;
  let waiting = false;
  let stays = false; // nobody would take what is typed: signed out, no connection, refused
  /** @type {HTMLElement | null} */
  let pressed = null;

  /** @param {string} sentence @param {boolean} bad */
  const say = (sentence, bad) => {
    if (status.textContent !== sentence) status.textContent = sentence;
    status.classList.toggle("mw-saved--bad", bad);
  };

  const signedOut = () => {
    const sentence = "Nicht gespeichert: Ihre Sitzung ist beendet. Lassen Sie diese Seite offen und melden Sie sich in einem neuen Fenster an, dann wird hier weiter gespeichert.";
    if (status.textContent?.startsWith(sentence)) return; // said once, the link keeps its focus
    say(sentence, true);
    const link = document.createElement("a");
    link.href = "/anmelden";
    link.target = "_blank";
    link.className = "kern-link";
    link.textContent = "Anmelden (neues Fenster)";
    status.append(" ", link);
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
    let [refused, code] = ["", 0]; // sentence and status of the answer; 0: none came
    stays = true;
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
      code = answer.status;
      stays = !answer.ok && code !== 409;
      const result = await answer.json().catch(() => ({}));
      refused = result.error || "";
      if (code === 409) {
        stopped = true;
        say(refused || "Diese Angaben wurden inzwischen an anderer Stelle geändert.", true);
        if (result.compare) {
          const both = document.createElement("button");
          both.type = "submit";
          both.className = "mw-saved__both";
          both.textContent = "Beide Fassungen vergleichen";
          status.append(" ", both);
        }
      } else if (stays) {
        throw new Error(refused);
      } else {
        const version = form.elements.namedItem("version");
        if (version instanceof HTMLInputElement && result.version !== undefined) version.value = String(result.version);
        fill(form, result.fields || {}, body);
        say(`Entwurf gespeichert um ${result.saved || ""}`, false);
        document.dispatchEvent(new Event("mw-active"));
      }
    } catch {
      dirty = true;
      if (code === 401) signedOut();
      else say(refused ? `Nicht gespeichert: ${refused}` : "Nicht gespeichert – Verbindung prüfen", true);
      if (code === 0 || code === 401 || Date.now() - typed < retryFor) timer = window.setTimeout(save, 10000);
    } finally {
      running = false;
      if (waiting) {
        waiting = false;
        form.removeAttribute("data-sent");
        if (!stays) {
          dirty = false;
          form.requestSubmit(pressed);
        }
      }
    }
  };

  form.addEventListener("input", () => {
    [dirty, typed] = [true, Date.now()];
    window.clearTimeout(timer);
    timer = window.setTimeout(save, 2000);
  });
  form.addEventListener("change", () => { [dirty, typed] = [true, Date.now()]; void save(); });
  // A submit waits for a save on its way, or it would meet its own draft as another's
  // change. What is not saved is saved first: leaving for the sign-in would lose it.
  form.addEventListener("submit", (event) => {
    if (running || (dirty && !stopped)) {
      event.preventDefault();
      waiting = true;
      pressed = event.submitter;
      void save();
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
