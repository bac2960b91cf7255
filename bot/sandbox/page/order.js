/** A command being filled in: its name, the pills of its options, and the options that may be added. */

import { Kind } from "./commands.js";
import { el, fill, freshId, pushButton } from "./dom.js";
import { icon } from "./icons.js";
import { FilePill, pillFor } from "./pills.js";
import { Rest } from "./rest.js";

export class Order {
  /** @type {Map<string, import("./pills.js").TextPill | FilePill>} */ #pills = new Map();
  #line = el("div", { class: "order-line" });
  #more = el("div", { class: "order-more" });
  #hint = el("p", { class: "order-hint", id: freshId("hint") });
  node = el("div", { class: "order" }, this.#hint, this.#line, this.#more);

  /**
   * @param {import("./commands.js").Command} command
   * @param {{world: import("./world.js").World, calls: import("./calls.js").Calls,
   *   list: import("./listbox.js").Listbox, leave: () => void, onFill: () => void}} around
   */
  constructor(command, { world, calls, list, leave, onFill }) {
    this.command = command;
    this.leave = leave;
    this.around = {
      world,
      list,
      hintId: this.#hint.id,
      suggest: (option, typed) => calls.suggestions(command.name, this.#soFar({ [option.name]: typed }), option.name),
      explain: (option) => this.#explain(option),
      turn: (name) => this.#turn(name),
      remove: (option) => this.remove(option.name),
      onFill,
    };
    this.rest = new Rest(command, {
      list,
      hintId: this.#hint.id,
      left: () => this.#left,
      add: (name) => this.#pill(name)?.focus(),
      onFocus: () => this.#explain(null),
    });
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", `/${command.name}`);
    const required = command.options.filter((option) => option.required);
    for (const option of required) this.#pills.set(option.name, pillFor(option, this.around));
    this.#draw();
    this.#explain(null);
  }

  /** Focus what is still missing, or the field for option names. */
  focus() {
    const pills = [...this.#pills.values()];
    const next = pills.find((pill) => !pill.typed) ?? pills[pills.length - 1];
    (this.rest.typed || !next ? this.rest : next).focus();
  }

  /** Typed text that belongs to no option. @param {string} text */
  writeRest(text) {
    this.rest.write(text);
    this.#draw();
  }

  /** @param {string} name @param {string} text */
  write(name, text) {
    this.#pill(name)?.write(text);
  }

  /** Take a dropped or pasted file. @param {File} file @returns {boolean} whether the command takes one */
  offer(file) {
    const option = this.command.options.find((each) => each.type === Kind.FILE);
    const pill = option && this.#pill(option.name);
    if (!(pill instanceof FilePill)) return false;
    pill.hold(file);
    return true;
  }

  /** @param {string} name */
  remove(name) {
    const pill = this.#pills.get(name);
    if (!pill || pill.option.required) return;
    this.#pills.delete(name);
    this.#draw();
    this.focus();
  }

  /** Backspace in an empty field removes the option, or the whole command. @param {Element} field */
  backspace(field) {
    if (field === this.rest.input && !this.rest.typed) {
      this.leave();
      return true;
    }
    const pill = [...this.#pills.values()].find((each) => each.input === field);
    if (!pill || pill.typed) return false;
    if (pill.option.required) this.leave();
    else this.remove(pill.option.name);
    return true;
  }

  /**
   * What to send.
   * @returns {{values: Record<string, any>, files: Map<string, File[]>}}
   * @throws {import("./options.js").NotFitting} after focusing the field concerned
   */
  read() {
    const values = {};
    const files = new Map();
    for (const [name, pill] of this.#pills) {
      try {
        if (pill.value !== undefined) values[name] = pill.value;
      } catch (error) {
        pill.input.setAttribute("aria-invalid", "true");
        pill.focus();
        throw error;
      }
      if (pill instanceof FilePill && pill.file) files.set(name, [pill.file]);
    }
    this.rest.check();
    return { values, files };
  }

  /** Remove all error marks. */
  forgive() {
    for (const { input } of [...this.#pills.values(), this.rest]) input.removeAttribute("aria-invalid");
  }

  /** The pill of an option; an optional one is added first. @param {string} name */
  #pill(name) {
    const option = this.command.options.find((each) => each.name === name);
    if (!option) return null;
    if (!this.#pills.has(name)) {
      this.#pills.set(name, pillFor(option, this.around));
      this.#draw();
    }
    return this.#pills.get(name) ?? null;
  }

  /** @param {string} name @returns {boolean} whether it is an option still to fill in */
  #turn(name) {
    const isKnown = this.command.options.some((option) => option.name === name);
    if (!isKnown || this.#pills.get(name)?.typed) return false;
    this.#pill(name)?.focus();
    return true;
  }

  /** All values filled in so far, for suggestions that depend on them. @param {Record<string, string>} newest */
  #soFar(newest) {
    const values = [...this.#pills].filter(([, pill]) => pill.typed).map(([name, pill]) => [name, pill.raw]);
    return { ...Object.fromEntries(values), ...newest };
  }

  #draw() {
    const { name } = this.command;
    const props = { class: "order-name", "aria-label": `/${name}: put it away`, title: "Put it away (Esc)" };
    const title = pushButton({ ...props, onclick: () => this.leave() }, `/${name}`);
    const hasRest = this.#pills.size === 0 || this.rest.typed !== "";
    fill(this.#line, title, [...this.#pills.values()].map((pill) => pill.node), hasRest && this.rest.node);
    fill(this.#more, this.#left.map((option) => this.#addButton(option)));
    this.#more.hidden = this.#left.length === 0;
  }

  /** The options that can still be added. */
  get #left() {
    return this.command.options.filter((option) => !this.#pills.has(option.name));
  }

  /** @param {import("./commands.js").Option} option */
  #addButton({ name, description }) {
    const add = () => this.#pill(name)?.focus();
    const props = { class: "add", title: description, "aria-label": `Add ${name}`, onclick: add };
    return pushButton(props, icon("plus"), name);
  }

  /** @param {import("./commands.js").Option | null} option */
  #explain(option) {
    if (!option) return fill(this.#hint, this.command.description);
    fill(this.#hint, el("b", {}, option.name), " ", option.description, !option.required && el("i", {}, " optional"));
  }
}
