/** The round picture of a person or of the bot. */

import { el } from "./dom.js";
import { nameOf } from "./world.js";

/** @param {import("./world.js").Author} user @param {string} [color] a CSS colour */
export function avatar(user, color) {
  if (user.bot) return el("img", { class: "avatar", src: "/page/kinora.svg", alt: "" });
  const letter = [...nameOf(user).trim()][0]?.toUpperCase() ?? "?";
  return el("span", { class: "avatar", "aria-hidden": true, vars: { "--color": color ?? "var(--faint)" } }, letter);
}
