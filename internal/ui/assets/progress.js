// SPDX-License-Identifier: EUPL-1.2
// Upload with a transfer bar, and polling of long work. Without this script
// the form is sent the plain way and the processing page reloads itself.
// @ts-check
"use strict";

const number = new Intl.NumberFormat("de-DE");

/**
 * Builds the transfer bar under the form.
 * @param {HTMLFormElement} form
 */
function buildBar(form) {
  const box = document.createElement("div");
  box.className = "kern-progress mw-block mw-progress";
  const label = document.createElement("label");
  label.className = "kern-label";
  label.htmlFor = "transfer";
  label.textContent = "Übertragung";
  const bar = document.createElement("progress");
  bar.id = "transfer";
  bar.max = 100;
  bar.value = 0;
  const text = document.createElement("p");
  text.className = "kern-body";
  text.setAttribute("role", "status");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "kern-btn kern-btn--secondary";
  const stopLabel = document.createElement("span");
  stopLabel.className = "kern-label";
  stopLabel.textContent = "Übertragung abbrechen";
  stop.append(stopLabel);
  box.append(label, bar, text, stop);
  form.append(box);
  return { box, bar, text, stop };
}

/**
 * Sends the form in the background and shows how far it has come.
 * @param {HTMLFormElement} form
 */
function sendWithBar(form) {
  const { box, bar, text, stop } = buildBar(form);
  const buttons = Array.from(form.querySelectorAll('button[type="submit"]'));
  const request = new XMLHttpRequest();
  const body = new FormData(form);
  /** @param {boolean} busy */
  const lock = (busy) => { for (const b of buttons) b.toggleAttribute("disabled", busy); };
  /** @param {string} sentence */
  const giveUp = (sentence) => {
    lock(false);
    form.removeAttribute("data-sent");
    bar.remove();
    stop.remove();
    text.textContent = sentence;
    box.setAttribute("data-over", "");
  };
  lock(true);
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    const percent = Math.floor((event.loaded / event.total) * 100);
    bar.value = percent;
    const megabytes = number.format(Math.round(event.loaded / 100000) / 10);
    const all = number.format(Math.round(event.total / 100000) / 10);
    text.textContent = percent < 100
      ? `${percent}\u00a0% übertragen (${megabytes} von ${all}\u00a0MB)`
      : "Übertragen. Das Paket wird geprüft.";
    if (percent === 100) stop.remove();
  });
  request.addEventListener("load", () => {
    if (request.status >= 200 && request.status < 300) {
      window.location.assign(request.responseURL);
      return;
    }
    let sentence = "Die Übertragung ist nicht gelungen. Versuchen Sie es noch einmal.";
    try {
      const answer = JSON.parse(request.responseText);
      if (typeof answer.error === "string") sentence = answer.error;
    } catch { /* a page instead of JSON: the sentence above stays */ }
    giveUp(sentence);
  });
  request.addEventListener("error", () => giveUp("Die Verbindung ist unterbrochen. Prüfen Sie die Verbindung und laden Sie das Paket noch einmal hoch."));
  request.addEventListener("abort", () => giveUp("Sie haben die Übertragung abgebrochen. Es wurde nichts angenommen."));
  stop.addEventListener("click", () => request.abort());
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json, text/html");
  request.send(body);
  stop.focus();
}

/**
 * Asks for the state of long work until it is finished.
 * @param {HTMLElement} box
 */
function poll(box) {
  const bar = box.querySelector("progress");
  const text = box.querySelector('[role="status"]');
  const address = box.dataset.status || "";
  if (!bar || !text || !address.startsWith("/") || address.startsWith("//")) return;
  let pause = 1000;
  const ask = async () => {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      /** @type {{done?: number, total?: number, text?: string, finished?: boolean, next?: string}} */
      const state = await answer.json();
      if (state.total) {
        bar.max = state.total;
        bar.value = state.done || 0;
      }
      if (state.text && text.textContent !== state.text) text.textContent = state.text;
      if (state.finished) {
        if (state.next && state.next.startsWith("/") && !state.next.startsWith("//")) window.location.assign(state.next);
        else window.location.reload();
        return;
      }
      pause = Math.min(pause * 1.3, 10000);
    } catch {
      text.textContent = "Der Stand ist gerade nicht abrufbar. Die Arbeit läuft weiter.";
      pause = 10000;
    }
    window.setTimeout(ask, pause);
  };
  window.setTimeout(ask, pause);
}

/**
 * Makes the drop zone show that a file may be let go here.
 * @param {HTMLElement} zone
 */
function dropZone(zone) {
  const input = zone.querySelector('input[type="file"]');
  if (!(input instanceof HTMLInputElement)) return;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("mw-drop--over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("mw-drop--over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("mw-drop--over");
    if (event.dataTransfer && event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const old of form.querySelectorAll(".mw-progress")) old.remove();
    sendWithBar(form);
  });
}
for (const box of document.querySelectorAll("[data-status]")) {
  if (box instanceof HTMLElement) poll(box);
}
for (const zone of document.querySelectorAll(".mw-drop")) {
  if (zone instanceof HTMLElement) dropZone(zone);
}
