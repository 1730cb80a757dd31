// SPDX-License-Identifier: EUPL-1.2
// Asks the browser for a passkey and sends its answer with the form. Without
// this script the form says that it is needed; codes work without it.
// @ts-check
"use strict";

/** @param {string} text base64url @returns {Uint8Array<ArrayBuffer>} */
function bytesOf(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

/** @param {ArrayBuffer | null} buffer @returns {string | undefined} base64url */
function textOf(buffer) {
  if (!buffer) return undefined;
  let raw = "";
  for (const b of new Uint8Array(buffer)) raw += String.fromCharCode(b);
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** @param {any} options as JSON @returns {any} as the browser wants them */
function decoded(options) {
  const out = { ...options, challenge: bytesOf(options.challenge) };
  if (options.user) out.user = { ...options.user, id: bytesOf(options.user.id) };
  for (const list of ["allowCredentials", "excludeCredentials"]) {
    if (options[list]) out[list] = options[list].map((/** @type {any} */ c) => ({ ...c, id: bytesOf(c.id) }));
  }
  return out;
}

/** @param {any} credential @returns {string} JSON for the server */
function encoded(credential) {
  const r = credential.response;
  return JSON.stringify({
    id: credential.id,
    rawId: textOf(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: {
      clientDataJSON: textOf(r.clientDataJSON),
      attestationObject: textOf(r.attestationObject || null),
      transports: r.getTransports ? r.getTransports() : undefined,
      authenticatorData: r.attestationObject ? undefined : textOf(r.authenticatorData || null),
      signature: textOf(r.signature || null),
      userHandle: textOf(r.userHandle || null),
    },
  });
}

/** @param {unknown} error @returns {string} what to tell */
function sentenceFor(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "InvalidStateError") return "Dieses Gerät hat schon einen Passkey für Ihren Zugang. Nehmen Sie ein anderes.";
  if (name === "SecurityError") return "Unter dieser Adresse gelten Ihre Passkeys nicht. Öffnen Sie das Haus unter seiner gewohnten Adresse.";
  if (name === "NotAllowedError") return "Der Passkey hat nicht geantwortet, oder der Vorgang wurde abgebrochen. Versuchen Sie es noch einmal.";
  if (error instanceof Error && error.message.startsWith("!")) return error.message.slice(1);
  return "Der Passkey konnte nicht gefragt werden. Versuchen Sie es noch einmal.";
}

/** @param {HTMLFormElement} form @returns {Promise<string>} the answer */
async function ask(form) {
  if (!navigator.credentials || !window.PublicKeyCredential) {
    throw new Error("!Dieser Browser kennt keine Passkeys. Nehmen Sie die neueste Fassung von Firefox, Chrome, Edge oder Safari.");
  }
  const answer = await fetch(form.dataset.ask || "", {
    method: "POST", body: new URLSearchParams(), headers: { Accept: "application/json" },
  });
  const options = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error("!" + (options.error || "Die Anmeldung ist abgelaufen. Laden Sie die Seite neu."));
  const publicKey = decoded(options.publicKey);
  const credential = form.dataset.passkey === "create"
    ? await navigator.credentials.create({ publicKey })
    : await navigator.credentials.get({ publicKey });
  if (!credential) throw new Error();
  return encoded(credential);
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!(form instanceof HTMLFormElement)) continue;
  const field = form.elements.namedItem("passkey");
  const label = form.elements.namedItem("label");
  if (!(field instanceof HTMLInputElement)) continue;
  const line = document.createElement("p");
  line.className = "kern-body mw-passkey";
  line.setAttribute("role", "alert");
  form.append(line);
  let running = false;
  form.addEventListener("submit", (event) => {
    if (field.value) return;
    if (label instanceof HTMLInputElement && !label.value.trim()) return; // the server says what is missing
    event.preventDefault();
    if (running) return;
    running = true;
    line.textContent = "Der Browser fragt jetzt nach Ihrem Passkey.";
    ask(form).then((answer) => {
      field.value = answer;
      form.submit();
    }).catch((error) => {
      running = false;
      line.textContent = sentenceFor(error);
    });
  });
}
