/** Discord's Components V2: the tree a card is made of, by Discord's type numbers. */

import { button, select } from "./controls.js";
import { el } from "./dom.js";
import { covered, file, gallery, thumbnail } from "./media.js";

/**
 * What a card needs from its context.
 * @typedef {import("./controls.js").Desk & {markdown: (text: string) => HTMLElement}} Around
 */

/** @param {any[]} components @param {Around} around @returns {HTMLElement[]} */
export function componentNodes(components, around) {
  return components.map((component) => (KINDS[component.type] ?? unknown)(component, around));
}

/** All text of a message, its content and its cards. @param {any} message @returns {string} */
export function wordsOf({ content, components = [] }) {
  return [content, ...components.flatMap(texts)].filter(Boolean).join("\n");
}

/** @param {any} component @returns {string[]} */
function texts({ type, content, components = [] }) {
  return type === 10 ? [content] : components.flatMap(texts);
}

/** @type {Record<number, (component: any, around: Around) => HTMLElement>} */
const KINDS = {
  1: (row, around) => el("div", { class: "row" }, componentNodes(row.components, around)),
  2: button,
  3: select,
  5: select,
  6: select,
  8: select,
  9: section,
  10: (text, around) => around.markdown(text.content),
  11: thumbnail,
  12: ({ items }) => gallery(items),
  13: file,
  14: separator,
  17: container,
};

/** @param {any} component @param {Around} around */
function section({ components, accessory }, around) {
  const words = el("div", { class: "section-text" }, componentNodes(components, around));
  return el("div", { class: "section" }, words, accessory && componentNodes([accessory], around));
}

/** @param {any} component */
function separator({ divider = true, spacing = 1 }) {
  const classes = ["separator", divider && "divider", spacing === 2 && "wide"].filter(Boolean).join(" ");
  return el("div", { class: classes, role: divider ? "separator" : null });
}

/** @param {any} component @param {Around} around */
function container({ accent_color: accent, components, spoiler }, around) {
  const vars = accent === undefined ? {} : { "--accent": `#${accent.toString(16).padStart(6, "0")}` };
  return covered(el("div", { class: "card", vars }, componentNodes(components, around)), spoiler === true);
}

function unknown() {
  return el("p", { class: "small-print" }, "This part can't be shown here.");
}
