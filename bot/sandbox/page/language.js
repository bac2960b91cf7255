/** The language of the person's Discord. The choice is in the address, so that each window has its own. */

import { el } from "./dom.js";

const FIRST = "en-US";
const LANGUAGES = {
  "en-US": "English",
  de: "Deutsch",
  "es-ES": "Español",
  fr: "Français",
  ja: "日本語",
  "pt-BR": "Português (Brasil)",
};

/** The language of this window, by Discord's name for it. */
export function languageInAddress() {
  const chosen = new URLSearchParams(location.search).get("language") ?? FIRST;
  return chosen in LANGUAGES ? chosen : FIRST;
}

/** @returns {HTMLElement} */
export function languageMenu() {
  const choose = (/** @type {Event} */ event) => {
    const address = new URL(location.href);
    address.searchParams.set("language", /** @type {HTMLSelectElement} */ (event.target).value);
    history.replaceState(null, "", address);
  };
  const chosen = languageInAddress();
  const options = Object.entries(LANGUAGES).map(([value, name]) =>
    el("option", { value, selected: value === chosen, lang: value }, name),
  );
  return el("label", { class: "language" }, "Their language", el("select", { onchange: choose }, options));
}
