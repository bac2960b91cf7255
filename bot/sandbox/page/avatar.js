/** The round picture of a person or of the bot. */

import { el } from "./dom.js";

/** @param {{username: string, bot?: boolean}} user @param {string} [color] a CSS colour */
export function avatar({ username, bot }, color) {
  if (bot) return el("img", { class: "avatar", src: "/page/kinora.svg", alt: "" });
  const letter = [...username.trim()][0]?.toUpperCase() ?? "?";
  return el("span", { class: "avatar", "aria-hidden": true, vars: { "--color": color ?? "var(--faint)" } }, letter);
}
