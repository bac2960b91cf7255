/** One option of a command in the composer: its name and a field for its value. */

import { JUST_NAMED, Kind } from "./commands.js";
import { el, fill, freshId, pushButton } from "./dom.js";
import { icon, iconButton } from "./icons.js";
import { NotFitting, Suggestions, emptiness, fixedChoices, narrowed, valueOf } from "./options.js";
import { filePreview } from "./words.js";

/**
 * @typedef {import("./commands.js").Choice} Choice
 *
 * What a pill needs from the composer.
 * @typedef {object} Around
 * @property {import("./world.js").World} world
 * @property {import("./listbox.js").Listbox} list
 * @property {string} hintId where the current option is explained
 * @property {(option: import("./commands.js").Option, typed: string) => Promise<Choice[]>} suggest
 * @property {(option: import("./commands.js").Option) => void} explain
 * @property {(option: import("./commands.js").Option) => void} remove
 * @property {(name: string) => boolean} turn go on with another option, if the command has one that is empty
 * @property {() => void} onFill a value was chosen rather than typed
 */

/** @param {import("./commands.js").Option} option @param {Around} around */
export function pillFor(option, around) {
  return option.type === Kind.FILE ? new FilePill(option, around) : new TextPill(option, around);
}

export class TextPill {
  /** @type {Choice | null} */ #picked = null;

  /** @param {import("./commands.js").Option} option @param {Around} around */
  constructor(option, around) {
    this.option = option;
    this.around = around;
    this.choices = fixedChoices(option, around.world);
    this.suggestions = new Suggestions((typed) => around.suggest(option, typed));
    this.input = this.#textarea();
    this.grow = el("span", { class: "grow" }, this.input);
    this.node = pill(option, around, this.input, this.grow);
  }

  get typed() {
    return this.input.value;
  }

  /** The current text, checked or not. */
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
    this.#offer(0);
  }

  #blurred() {
    this.suggestions.stop();
    this.around.list.hide();
  }

  #changed() {
    this.#picked = null;
    if (this.input.value.startsWith(`${this.option.name}: `)) this.#dropName();
    const typed = this.typed.trimStart();
    if (typed !== this.typed) this.input.value = typed;
    this.#grow();
    if (!this.#turns()) this.#offer();
  }

  /** Whether the text goes on with the name of another option, as in a whole line; the name leaves the text. */
  #turns() {
    const named = this.typed.match(JUST_NAMED);
    if (!named || this.input.selectionEnd !== this.typed.length || !this.around.turn(named[1])) return false;
    this.write(this.typed.slice(0, named.index).trimEnd());
    return true;
  }

  /** Somebody also typed the name, like in a whole line; the field already has it. */
  #dropName() {
    this.input.value = this.input.value.slice(this.option.name.length + 2);
  }

  /** @param {number} [pause] */
  #offer(pause) {
    if (this.choices) this.#show(this.#picked ? this.choices : narrowed(this.choices, this.typed));
    else if (this.option.autocomplete && !this.#picked) {
      this.around.list.age();
      this.suggestions.after(this.typed, (choices) => this.#show(choices), pause);
    }
  }

  /** @param {Choice[]} choices */
  #show(choices) {
    if (document.activeElement !== this.input) return;
    this.around.list.show(this.input, {
      title: this.option.name,
      entries: choices.map((choice) => ({ label: choice.name, value: choice })),
      empty: "No matches.",
      first: Math.max(0, this.#picked ? choices.indexOf(this.#picked) : 0),
      onPick: ({ value: choice }) => {
        this.write(choice.name);
        this.#picked = choice;
        this.around.onFill();
      },
    });
  }

  // The shadow text behind the field determines its size; not all browsers can size a textarea by its content yet.
  #grow() {
    this.grow.dataset.text = this.typed;
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
    this.shown = pushButton({ class: "file-pick", tabindex: -1, onclick: () => this.input.click() });
    this.node = pill(option, around, this.input, this.input, this.shown);
    this.#draw();
  }

  get typed() {
    return this.file?.name ?? "";
  }

  get raw() {
    return this.typed;
  }

  /** Files are sent separately from the values. @throws {NotFitting} */
  get value() {
    if (!this.file) throw new NotFitting(emptiness(this.option));
    return undefined;
  }

  /** @param {File} file */
  hold(file) {
    this.file = file;
    this.#draw();
    this.around.onFill();
  }

  write() {}

  focus() {
    this.input.focus();
  }

  #draw() {
    fill(this.shown, this.file ? filePreview(this.file) : [icon("picture"), "Choose a file, drop or paste it"]);
  }
}

/**
 * What all pills have: the name as the input's label, and a button to remove an optional one.
 * @param {import("./commands.js").Option} option @param {Around} around
 * @param {HTMLElement} input @param {HTMLElement[]} parts
 */
function pill(option, around, { id }, ...parts) {
  const { name, required } = option;
  const remove = () => around.remove(option);
  const cross = !required && iconButton(`Remove ${name}`, "close", { class: "pill-remove", onclick: remove });
  return el("div", { class: "pill" }, el("label", { for: id }, name), parts, cross);
}
