// SPDX-License-Identifier: EUPL-1.2
// Makes a combobox of every input with data-search: typing asks the server for
// codes and words. Without this script the button "Suchen" leads to a page.
// The server answers {"hits": [{"code": "C50.4", "label": "…"}]}.
// @ts-check
"use strict";

/** @typedef {{code: string, label: string}} Hit */

/** @param {HTMLInputElement} input */
function combobox(input) {
  const frame = input.parentElement;
  const address = input.dataset.search || "";
  if (!frame || !address.startsWith("/") || address.startsWith("//")) return;
  const list = document.createElement("ul");
  list.className = "mw-list";
  list.id = `${input.id}-list`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Vorschläge");
  list.hidden = true;
  const count = document.createElement("p");
  count.className = "mw-heard";
  count.setAttribute("role", "status");
  frame.append(list, count);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  // What the chosen code means stands below the field.
  const said = document.getElementById(`${input.id}-said`);
  const button = frame.parentElement?.querySelector('button[name="search"]');
  if (button instanceof HTMLElement) button.hidden = true;

  /** @type {Hit[]} */
  let hits = [];
  let active = -1;
  let timer = 0;
  /** @type {AbortController | null} */
  let asking = null;

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  /** @param {number} index */
  const move = (index) => {
    if (hits.length === 0) return;
    active = (index + hits.length) % hits.length;
    Array.from(list.children).forEach((item, i) => {
      item.setAttribute("aria-selected", String(i === active));
      if (i === active) {
        input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    });
  };

  /** @param {number} index */
  const choose = (index) => {
    const hit = hits[index];
    if (!hit) return;
    input.value = hit.code;
    if (said) said.textContent = hit.label;
    count.textContent = `Gewählt: ${hit.code} ${hit.label}`;
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const show = () => {
    list.replaceChildren(...hits.map((hit, i) => {
      const item = document.createElement("li");
      item.id = `${list.id}-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const code = document.createElement("strong");
      code.textContent = hit.code;
      item.append(code, ` ${hit.label}`);
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(i); });
      return item;
    }));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = hits.length === 0;
    input.setAttribute("aria-expanded", String(hits.length > 0));
    count.textContent = hits.length === 0 ? "Keine Vorschläge" : `${hits.length} Vorschläge`;
  };

  // An empty field asks only by the arrow key: for the codes used last.
  const ask = async (recent = false) => {
    const text = input.value.trim();
    if (text.length < 2 && !(recent && text === "")) { close(); return; }
    asking?.abort();
    asking = new AbortController();
    try {
      const target = address + (address.includes("?") ? "&" : "?") + new URLSearchParams({ q: text });
      const answer = await fetch(target, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      hits = (await answer.json()).hits || [];
      if (document.activeElement === input) show();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      close();
      count.textContent = "Die Suche ist gerade nicht erreichbar. Der Code kann eingetippt werden.";
    }
  };

  input.addEventListener("input", () => {
    if (said) said.textContent = "";
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), 200);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && list.hidden) { event.preventDefault(); void ask(true); return; }
    if (list.hidden) return;
    switch (event.key) {
      case "ArrowDown": move(active + 1); break;
      case "ArrowUp": move(active < 0 ? hits.length - 1 : active - 1); break;
      case "Home": move(0); break;
      case "End": move(hits.length - 1); break;
      case "Enter": if (active < 0) return; choose(active); break;
      case "Escape": close(); break;
      default: return;
    }
    event.preventDefault();
  });
}

for (const input of document.querySelectorAll("input[data-search]")) {
  if (input instanceof HTMLInputElement) combobox(input);
}
