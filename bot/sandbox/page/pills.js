/** One option of a command in the composer: its name and a field for its value. */

import { Kind } from "./commands.js";
import { el, fill, freshId } from "./dom.js";
import { icon } from "./icons.js";
import { NotFitting, Suggestions, fixedChoices, narrowed, valueOf } from "./options.js";
import { filePreview } from "./words.js";

/**
 * What a pill needs from the composer.
 * @typedef {object} Around
 * @property {import("./world.js").World} world
 * @property {import("./listbox.js").Listbox} list
 * @property {string} hintId where the option in hand is explained
 * @property {(option: import("./commands.js").Option, typed: string) => Promise<import("./commands.js").Choice[]>} suggest
 * @property {(option: import("./commands.js").Option) => void} explain
 * @property {(option: import("./commands.js").Option) => void} remove
 */

/** @param {import("./commands.js").Option} option @param {Around} around */
export function pillFor(option, around) {
  return option.type === Kind.FILE ? new FilePill(option, around) : new TextPill(option, around);
}

export class TextPill {
  /** @type {import("./commands.js").Choice | null} */ #picked = null;

  /** @param {import("./commands.js").Option} option @param {Around} around */
  constructor(option, around) {
    this.option = option;
    this.around = around;
    this.choices = fixedChoices(option, around.world);
    this.suggestions = new Suggestions((typed) => around.suggest(option, typed));
    this.input = this.#textarea();
    this.node = el("div", { class: "pill" }, nameLabel(option, this.input), el("span", { class: "grow" }, this.input), removeButton(option, around));
  }

  get typed() {
    return this.input.value;
  }

  /** What stands here, checked or not. */
  get raw() {
    return this.#picked ? this.#picked.value : this.typed;
  }

  /** What to send. @throws {NotFitting} */
  get value() {
    return this.#picked ? this.#picked.value : valueOf(this.option, this.typed, this.choices);
  }

  /** @param {string} text */
  write(text) {
    this.input.value = text;
    this.#grow();
  }

  focus() {
    this.input.focus();
  }

  #textarea() {
    const hasList = this.choices || this.option.autocomplete;
    return el("textarea", {
      id: freshId("option"),
      rows: 1,
      spellcheck: "false",
      autocomplete: "off",
      maxlength: this.option.max_length,
      role: hasList ? "combobox" : null,
      "aria-expanded": hasList ? "false" : null,
      "aria-autocomplete": hasList ? "list" : null,
      "aria-describedby": this.around.hintId,
      "aria-required": this.option.required === true,
      inputmode: this.option.type === Kind.INTEGER ? "numeric" : null,
      onfocus: () => this.#focused(),
      onblur: () => this.#blurred(),
      oninput: () => this.#changed(),
    });
  }

  #focused() {
    this.around.explain(this.option);
    this.#offer({ isEager: false, pause: 0 });
  }

  #blurred() {
    this.suggestions.stop();
    this.around.list.hide();
  }

  #changed() {
    this.#picked = null;
    this.#grow();
    this.#offer({ isEager: this.typed !== "" });
  }

  /** @param {{isEager: boolean, pause?: number}} how */
  #offer({ isEager, pause }) {
    if (this.choices) this.#show(this.#picked ? this.choices : narrowed(this.choices, this.typed), isEager);
    else if (this.option.autocomplete && !this.#picked) this.suggestions.after(this.typed, (choices) => this.#show(choices, isEager), pause);
  }

  /** @param {import("./commands.js").Choice[]} choices @param {boolean} isEager */
  #show(choices, isEager) {
    if (document.activeElement !== this.input) return;
    this.around.list.show(this.input, {
      title: this.option.name,
      entries: choices.map((choice) => ({ label: choice.name, value: choice })),
      empty: "Nothing to suggest for this.",
      isEager,
      onPick: ({ value: choice }) => {
        this.write(choice.name);
        this.#picked = choice;
      },
    });
  }

  // The shadow text behind the field gives it its size; CSS cannot measure a textarea everywhere yet.
  #grow() {
    if (this.input.parentElement) this.input.parentElement.dataset.text = this.typed;
  }
}

export class FilePill {
  /** @type {File | null} */ file = null;

  /** @param {import("./commands.js").Option} option @param {Around} around */
  constructor(option, around) {
    this.option = option;
    this.around = around;
    this.input = el("input", {
      type: "file",
      id: freshId("option"),
      class: "visually-hidden",
      "aria-describedby": around.hintId,
      onfocus: () => around.explain(option),
      onchange: () => this.input.files[0] && this.hold(this.input.files[0]),
    });
    this.shown = el("button", { type: "button", class: "file-pick", tabindex: -1, onclick: () => this.input.click() });
    this.node = el("div", { class: "pill" }, nameLabel(option, this.input), this.input, this.shown, removeButton(option, around));
    this.#draw();
  }

  get typed() {
    return this.file?.name ?? "";
  }

  get raw() {
    return this.typed;
  }

  /** Files travel beside the values. @throws {NotFitting} */
  get value() {
    if (this.option.required && !this.file) throw new NotFitting(`“${this.option.name}” needs a file. ${this.option.description}`);
    return undefined;
  }

  /** @param {File} file */
  hold(file) {
    this.file = file;
    this.#draw();
  }

  write() {}

  focus() {
    this.input.focus();
  }

  #draw() {
    fill(this.shown, this.file ? filePreview(this.file) : [icon("picture"), "Choose a file, drop or paste it"]);
  }
}

/** @param {import("./commands.js").Option} option @param {HTMLElement} input */
const nameLabel = ({ name }, { id }) => el("label", { for: id }, name);

/** @param {import("./commands.js").Option} option @param {Around} around */
function removeButton(option, around) {
  if (option.required) return null;
  const props = { type: "button", class: "pill-remove", "aria-label": `Remove ${option.name}`, onclick: () => around.remove(option) };
  return el("button", props, icon("close"));
}
