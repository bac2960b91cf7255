/** Chooses the person to act as. The choice is in the address, so that each window has its own. */

import { avatar } from "./avatar.js";
import { el, fill } from "./dom.js";
import { languageMenu } from "./language.js";

const FIRST = "ann";

/** The key of this window's person. */
export function personInAddress() {
  return new URLSearchParams(location.search).get("as") ?? FIRST;
}

/**
 * @param {HTMLElement} node a fieldset
 * @param {import("./world.js").World} world
 * @param {(key: string) => void} become
 */
export function showPeople(node, world, become) {
  const keys = world.people.map((person) => person.key).join(" ");
  if (node.dataset.keys !== keys) draw(node, world.people, become); // redrawing would lose the focus
  node.dataset.keys = keys;
  for (const input of node.querySelectorAll("input")) input.checked = input.value === world.me?.key;
}

/** @param {HTMLElement} node @param {import("./world.js").Person[]} people @param {(key: string) => void} become */
function draw(node, people, become) {
  const choose = (/** @type {string} */ key) => {
    const address = new URL(location.href);
    address.searchParams.set("as", key);
    history.replaceState(null, "", address);
    become(key);
  };
  fill(
    node,
    el("legend", {}, "You are"),
    people.map((person) => personRow(person, choose)),
    languageMenu(),
    el("p", { class: "people-hint" }, "Switch at any time. A second window can be somebody else."),
  );
}

/** @param {import("./world.js").Person} person @param {(key: string) => void} choose */
function personRow({ key, name, note, avatar_color: color }, choose) {
  const input = el("input", { type: "radio", name: "person", value: key, onchange: () => choose(key) });
  const words = el("span", {}, el("b", {}, name), " ", el("small", {}, note));
  return el("label", { class: "person" }, input, avatar({ id: key, username: name }, color), words);
}
