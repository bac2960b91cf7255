/** Who one is: the people of the pretend server, in plain words. The choice is in the address, so each window has its own. */

import { avatar } from "./avatar.js";
import { el, fill } from "./dom.js";

const FIRST = "ann";

/** Who this window is, by key. */
export function personInAddress() {
  return new URLSearchParams(location.search).get("as") ?? FIRST;
}

/**
 * @param {HTMLElement} node a fieldset
 * @param {import("./world.js").World} world
 * @param {(key: string) => void} become
 */
export function showPeople(node, world, become) {
  const hadFocus = node.contains(document.activeElement);
  fill(
    node,
    el("legend", {}, "You are"),
    world.people.map((person) => personRow(person, world.me?.key === person.key, choose)),
    el("p", { class: "people-hint" }, "Switch at any time. A second window can be somebody else."),
  );
  if (hadFocus) /** @type {HTMLElement | null} */ (node.querySelector(":checked"))?.focus();

  /** @param {string} key */
  function choose(key) {
    const address = new URL(location.href);
    address.searchParams.set("as", key);
    history.replaceState(null, "", address);
    become(key);
  }
}

/** @param {import("./world.js").Person} person @param {boolean} isMe @param {(key: string) => void} choose */
function personRow({ key, name, note, avatar_color: color }, isMe, choose) {
  const input = el("input", { type: "radio", name: "person", value: key, checked: isMe, onchange: () => choose(key) });
  return el("label", { class: "person" }, input, avatar({ username: name }, color), el("span", {}, el("b", {}, name), " ", el("small", {}, note)));
}
