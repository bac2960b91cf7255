/** The text field for a message or the beginning of a command, and a file that goes with it. */

import { el, fill, pushButton } from "./dom.js";
import { icon, iconButton } from "./icons.js";

export class Words {
  /** @type {File | null} */ file = null;
  #chip = el("div", { class: "attached", hidden: true });

  /**
   * @param {{onChange: () => void, onLeave: () => void, onHandOver: (file: File) => void}} around
   * `onHandOver`: the file is for a command instead
   */
  constructor({ onChange, onLeave, onHandOver }) {
    this.onHandOver = onHandOver;
    this.field = el("textarea", {
      rows: 1,
      class: "text",
      "aria-label": "Message or command",
      "aria-autocomplete": "list",
      autocomplete: "off",
      maxlength: 4000,
      dir: "auto",
      oninput: onChange,
      onfocus: onChange,
      onblur: onLeave,
    });
    this.grow = el("span", { class: "grow" }, this.field);
    const line = el("div", { class: "words-line" }, this.#attachButton(), this.grow);
    this.node = el("div", { class: "words" }, this.#chip, line);
  }

  get text() {
    return this.field.value;
  }

  /** @param {string} text */
  write(text) {
    this.field.value = text;
    this.resize();
  }

  resize() {
    this.grow.dataset.text = this.text;
  }

  clear() {
    this.write("");
    this.hold(null);
  }

  /** Attach a file, or none. @param {File | null} file */
  hold(file) {
    this.file = file;
    this.#chip.hidden = !file;
    if (!file) return;
    const onclick = () => this.onHandOver(file);
    const handOver = pushButton({ class: "add", onclick }, icon("slash"), "Start a video from it");
    const remove = iconButton("Remove the file", "close", { onclick: () => this.hold(null) });
    fill(this.#chip, filePreview(file), file.type.startsWith("image/") && handOver, remove);
  }

  #attachButton() {
    const onchange = () => {
      this.hold(input.files[0] ?? null);
      input.value = "";
      this.field.focus();
    };
    const input = el("input", { type: "file", class: "visually-hidden", tabindex: -1, "aria-hidden": true, onchange });
    return [input, iconButton("Attach a file", "plus", { class: "icon-button attach", onclick: () => input.click() })];
  }
}

/** A file before it is sent: a small picture or an icon, and its name. @param {File} file */
export function filePreview(file) {
  const isPicture = file.type.startsWith("image/");
  const sign = isPicture ? el("img", { src: URL.createObjectURL(file), alt: "", onload: forget }) : icon("file");
  return el("span", { class: "file-preview" }, sign, el("bdi", {}, file.name));
}

/** @param {Event} event */
const forget = ({ target }) => URL.revokeObjectURL(/** @type {HTMLImageElement} */ (target).src);
