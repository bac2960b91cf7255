/** Buttons and menus in messages. They notify the bot, and look pressed until it answers. */

import { el, pushButton, safeAddress } from "./dom.js";
import { drawing, withEmoji } from "./emoji.js";
import { icon } from "./icons.js";

const OPENING = new Set([" ", "F4"]); // keys that open a list of choices
const STYLES = ["", "primary", "secondary", "success", "danger", "link"];

/**
 * What a message's controls need from their context.
 * @typedef {{press: (customId: string, values?: string[]) => void, isPressed: (customId: string) => boolean,
 *   people: {id?: string, key: string, name: string}[], roles: {id: string, name: string}[],
 *   channels: (types?: number[]) => {id: string, name: string}[]}} Desk
 */

/** @param {any} component @param {Desk} desk */
export function button(component, desk) {
  const { style = 2, label = "", custom_id: customId, url, disabled, emoji } = component;
  const sign = emoji?.name && !emoji.id && el("span", { "aria-hidden": true }, drawing(emoji.name) ?? emoji.name);
  const words = [sign, label && el("span", {}, withEmoji(label))];
  const look = `button ${STYLES[style] ?? "secondary"}`;
  if (style === 5) {
    const href = disabled ? null : safeAddress(url);
    return el("a", { class: look, href, target: "_blank", rel: "noopener noreferrer" }, words, icon("open"));
  }
  const isPressed = desk.isPressed(customId);
  const props = {
    class: look,
    disabled,
    "aria-disabled": isPressed, // not `disabled`, which would take the focus away
    "aria-busy": isPressed,
    "aria-label": label ? null : emoji?.name,
    "data-key": customId,
    onclick: () => desk.press(customId),
  };
  return pushButton(props, words, isPressed && el("span", { class: "spinner", "aria-hidden": true }));
}

/** A menu of a message: text, people or roles. @param {any} component @param {Desk} desk */
export function select(component, desk) {
  const options = optionsOf(component, desk);
  return (component.max_values ?? 1) > 1 ? several(component, options, desk) : one(component, options, desk);
}

/** @param {any} component @param {Desk} desk @returns {any[]} */
function optionsOf(component, { people, roles, channels }) {
  const { type, options = [], default_values: before = [], channel_types: types } = component;
  const chosen = new Set(before.map((/** @type {any} */ { id }) => id));
  const option = (/** @type {any} */ { id, key, name }) => {
    const value = id ?? key;
    return { label: name, value, default: chosen.has(value) };
  };
  if (type === 5) return people.map(option);
  if (type === 6) return roles.map(option);
  if (type === 8) return channels(types).map(option);
  return options;
}

/** @param {any} component @param {any[]} options @param {Desk} desk */
function one({ custom_id: customId, placeholder, disabled }, options, desk) {
  const isPressed = desk.isPressed(customId);
  const title = placeholder || "Choose";
  const entries = options.map(({ label, value, description, default: isDefault }) =>
    el("option", { value, selected: isDefault }, description ? `${label} — ${description}` : label),
  );
  const first = el("option", { value: "", disabled: true, selected: !options.some((each) => each.default) }, title);
  const props = { class: "select", "aria-label": title, "data-key": customId, disabled, "aria-busy": isPressed };
  const node = el("select", props, first, entries);
  return el("div", { class: "choosing" }, node, chosenWith(node, () => desk.press(customId, [node.value])));
}

/**
 * Report the choice. A closed list changes with every arrow key: there Enter chooses, and leaving the list cancels.
 * @param {HTMLSelectElement} node @param {() => void} choose @returns {HTMLElement} says so
 */
function chosenWith(node, choose) {
  const hint = el("small", { class: "select-hint", role: "status", hidden: true }, "Press Enter to choose it.");
  const before = node.selectedIndex;
  let isSteered = false;
  const leave = () => {
    if (!hint.hidden) node.selectedIndex = before;
    hint.hidden = true;
  };
  node.addEventListener("pointerdown", () => (isSteered = false));
  node.addEventListener("blur", leave);
  node.addEventListener("change", () => (isSteered ? (hint.hidden = false) : choose()));
  node.addEventListener("keydown", (event) => {
    isSteered = !OPENING.has(event.key) && !event.altKey;
    if (event.key === "Escape") leave();
    if (event.key !== "Enter" || hint.hidden) return;
    event.preventDefault();
    hint.hidden = true;
    choose();
  });
  return hint;
}

/** @param {any} component @param {any[]} options @param {Desk} desk */
function several(component, options, desk) {
  const { custom_id: customId, placeholder, disabled, min_values: least = 1, max_values: most } = component;
  const boxes = options.map(({ value, default: isDefault }) =>
    el("input", { type: "checkbox", value, checked: isDefault, disabled, onchange: () => check() }),
  );
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const done = pushButton({ class: "button secondary", onclick: () => desk.press(customId, chosen()) }, "Done");
  const check = () => {
    done.disabled = disabled || chosen().length < least || chosen().length > most || desk.isPressed(customId);
  };
  check();
  const rows = options.map(({ label, description }, index) =>
    el("label", { class: "tick" }, boxes[index], el("span", {}, label, description && el("small", {}, description))),
  );
  return el("details", { class: "several", "data-key": customId }, el("summary", {}, placeholder || "Choose some"), rows, done);
}
