/** Forms the bot asks to fill in (Discord's modals), as a dialog. */

import { el, fill, freshId, pushButton } from "./dom.js";
import { formFields } from "./fields.js";
import { icon, iconButton } from "./icons.js";

/**
 * Open a form; it stays until it is accepted or closed.
 * @param {any} modal the form as the bot sent it
 * @param {{world: import("./world.js").World, calls: import("./calls.js").Calls,
 *   markdown: (text: string) => HTMLElement, focusElsewhere: () => void}} around
 */
export function openForm(modal, { world, calls, markdown, focusElsewhere }) {
  const { nodes, fields } = formFields(modal.components, world, markdown);
  const trouble = el("p", { class: "trouble", role: "alert" });
  const submit = el("button", { type: "submit", class: "button primary" }, "Submit");
  const form = el("form", {}, nodes, trouble, buttons(submit, () => dialog.close()));
  const title = el("h2", { id: freshId("title") }, modal.title);
  const head = el("header", {}, title, iconButton("Close", "close", { onclick: () => dialog.close() }));
  const dialog = el("dialog", { class: "form", "aria-labelledby": title.id }, head, form);

  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (submit.getAttribute("aria-busy") === "true") return;
    const wrong = firstWrong(fields);
    if (wrong) return fill(trouble, icon("alert"), wrong);
    submit.setAttribute("aria-busy", "true");
    const answer = await calls.form(modal.id, valuesOf(fields), filesOf(fields));
    submit.setAttribute("aria-busy", "false");
    if (answer.ok) dialog.close();
    else fill(trouble, icon("alert"), answer.error ?? "That didn't work.");
  });
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (document.activeElement === document.body) focusElsewhere(); // the focused element is gone
  });
  document.body.append(dialog);
  dialog.showModal();
  form.querySelector("input, textarea, select")?.focus();
}

/** @param {HTMLElement} submit @param {() => void} close */
function buttons(submit, close) {
  return el("footer", {}, pushButton({ class: "button secondary", onclick: close }, "Cancel"), submit);
}

/** @param {import("./fields.js").Field[]} fields */
function firstWrong(fields) {
  return fields.map((field) => field.check?.()).find(Boolean);
}

/** @param {import("./fields.js").Field[]} fields */
function valuesOf(fields) {
  return Object.fromEntries(fields.filter((field) => !field.files).map((field) => [field.customId, field.read()]));
}

/** @param {import("./fields.js").Field[]} fields */
function filesOf(fields) {
  const uploads = fields.filter((field) => field.files?.().length);
  return new Map(uploads.map((field) => [field.customId, field.files?.() ?? []]));
}
