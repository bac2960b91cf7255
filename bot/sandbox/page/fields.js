/** The fields of a form (Discord's modal components), each with its label and a way to read it. */

import { el, freshId } from "./dom.js";
import { channelsOf } from "./options.js";

/**
 * @typedef {{customId: string, node: HTMLElement, read: () => any, files?: () => File[], check?: () => string}} Field
 * `check` says what is wrong, or nothing.
 */

/**
 * The nodes of a form in order, and those of them that hold a value.
 * @param {any[]} components @param {import("./world.js").World} world @param {(text: string) => HTMLElement} markdown
 */
export function formFields(components, world, markdown) {
  /** @type {Field[]} */ const fields = [];
  const nodes = components.map((component) => {
    if (component.type === 10) return markdown(component.content);
    const [label, description, inner] = unwrapped(component);
    const field = labelled(label, description, inner, world);
    fields.push(field);
    return field.node;
  });
  return { nodes, fields };
}

/** Forms have Labels, or in older ones a text input in a row. @param {any} component */
function unwrapped(component) {
  if (component.type === 18) return [component.label, component.description, component.component];
  const inner = component.components?.[0] ?? component;
  return [inner.label ?? "", undefined, inner];
}

/**
 * @param {string} label @param {string | undefined} description @param {any} inner
 * @param {import("./world.js").World} world
 */
function labelled(label, description, inner, world) {
  const id = freshId("field");
  const hintId = description ? `${id}-hint` : null;
  const needed = inner.required !== false && inner.type !== 23;
  const field = (BUILDERS[inner.type] ?? textInput)(inner, { id, hintId, label, needed, world });
  const star = needed && el("span", { class: "needed", "aria-hidden": true }, " *");
  const words = el("span", { class: "field-label" }, label, star);
  const hint = description && el("p", { class: "field-hint", id: hintId }, description);
  const isGroup = field.node.matches("[role=group], [role=radiogroup]");
  const title = isGroup || inner.type === 23 ? words : el("label", { for: id }, words);
  const node = el("div", { class: "field" }, inner.type !== 23 && title, hint, field.node, field.counter);
  return { customId: inner.custom_id, ...field, node };
}

/** @type {Record<number, (component: any, around: any) => any>} */
const BUILDERS = {
  3: select,
  4: textInput,
  5: (component, around) => select(preset(component, around.world.people.map(personOption)), around),
  6: (component, around) => select(preset(component, around.world.roles.map(roleOption)), around),
  8: (component, around) => select(preset(component, channelsOf(component.channel_types, around.world).map(roleOption)), around),
  19: fileUpload,
  21: (component, around) => choices(component, around, "radio"),
  22: (component, around) => choices(component, around, "checkbox"),
  23: checkbox,
};

const personOption = (/** @type {any} */ { id, key, name }) => ({ label: name, value: id ?? key });
const roleOption = (/** @type {any} */ { id, name }) => ({ label: name, value: id });

/** With the people, roles or channels that are preselected. @param {any} component @param {any[]} options */
function preset(component, options) {
  const chosen = new Set((component.default_values ?? []).map((/** @type {any} */ { id }) => id));
  return { ...component, options: options.map((each) => ({ ...each, default: chosen.has(each.value) })) };
}

/** @param {any} component @param {any} around */
function textInput({ style, value, min_length: least, max_length: most, placeholder }, { id, hintId, needed }) {
  const counter = most ? el("p", { class: "counter", id: `${id}-count` }) : null;
  const described = [hintId, counter?.id].filter(Boolean).join(" ") || null;
  const limits = { required: needed, minlength: least, maxlength: most };
  const props = { id, placeholder, ...limits, dir: "auto", "aria-describedby": described, oninput: () => count() };
  const node =
    style === 2 ? el("textarea", { ...props, rows: 4 }) : el("input", { ...props, type: "text", autocomplete: "off" });
  node.value = value ?? "";
  const count = () => {
    if (counter) counter.textContent = `${node.value.length} / ${most}`;
  };
  const check = () => (least && node.value && node.value.length < least ? `At least ${least} characters, please.` : "");
  count();
  return { node, counter, check, read: () => node.value };
}

/** @param {any} component @param {any} around */
function select({ options, placeholder, min_values: least = 1, max_values: most = 1 }, around) {
  const { id, hintId, needed } = around;
  if (most > 1) return choices({ options, min_values: least, max_values: most }, around, "checkbox");
  const entries = options.map(({ label, value, description, default: isDefault }) =>
    el("option", { value, selected: isDefault }, description ? `${label} — ${description}` : label),
  );
  const first = el("option", { value: "", selected: !options.some((each) => each.default) }, placeholder || "Choose");
  const node = el("select", { id, class: "select", required: needed, "aria-describedby": hintId }, first, entries);
  return { node, read: () => (node.value ? [node.value] : []) };
}

/** Radio buttons or check boxes. @param {any} component @param {any} around @param {"radio" | "checkbox"} type */
function choices(component, { id, hintId, label, needed }, type) {
  const { options, min_values: least = 1, max_values: most = options.length } = component;
  const inputs = options.map(({ value, default: isDefault }) =>
    el("input", { type, name: id, value, checked: isDefault, required: type === "radio" && needed }),
  );
  const rows = options.map(({ label: words, description }, index) =>
    el("label", { class: "tick" }, inputs[index], el("span", {}, words, description && el("small", {}, description))),
  );
  const role = type === "radio" ? "radiogroup" : "group";
  const node = el("div", { role, id, class: "ticks", "aria-label": label, "aria-describedby": hintId }, rows);
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  if (type === "radio") return { node, read: () => chosen()[0] ?? null };
  const isFitting = () => (!needed && chosen().length === 0) || (chosen().length >= least && chosen().length <= most);
  const rule = `Choose ${least === most ? least : `${least} to ${most}`}.`;
  return { node, read: chosen, check: () => (isFitting() ? "" : rule) };
}

/** @param {any} component @param {any} around */
function checkbox({ default: isDefault }, { id, hintId, label }) {
  const input = el("input", { type: "checkbox", id, checked: isDefault, "aria-describedby": hintId });
  return { node: el("label", { class: "tick" }, input, el("span", {}, label)), read: () => input.checked };
}

/** @param {any} component @param {any} around */
function fileUpload({ min_values: least = 1, max_values: most = 1 }, { id, hintId, needed }) {
  const isNeeded = needed && least > 0;
  const node = el("input", { type: "file", id, required: isNeeded, multiple: most > 1, "aria-describedby": hintId });
  const files = () => [...node.files];
  const check = () => (files().length > most ? `At most ${most} ${most === 1 ? "file" : "files"}, please.` : "");
  return { node, files, check, read: () => files().map((file) => file.name) };
}
