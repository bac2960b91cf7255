/** Text outside a command's options: the beginning of an option's name, or invalid text. */

import { NAMED } from "./commands.js";
import { el } from "./dom.js";
import { NotFitting } from "./options.js";

export class Rest {
  /**
   * @param {import("./commands.js").Command} command
   * @param {{list: import("./listbox.js").Listbox, hintId: string, left: () => import("./commands.js").Option[],
   *   add: (name: string) => void, onFocus: () => void}} around `left`: the options that can still be added
   */
  constructor(command, { list, hintId, left, add, onFocus }) {
    Object.assign(this, { command, list, left, add });
    this.input = el("textarea", {
      rows: 1,
      spellcheck: "false",
      autocomplete: "off",
      role: "combobox",
      "aria-label": `Options of /${command.name}`,
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-describedby": hintId,
      onfocus: () => (onFocus(), this.#offer()),
      onblur: () => list.hide(),
      oninput: () => this.#typed(),
    });
    this.node = el("span", { class: "grow rest" }, this.input);
  }

  get typed() {
    return this.input.value.trim();
  }

  /** @param {string} text */
  write(text) {
    this.input.value = text;
    this.node.dataset.text = text;
  }

  focus() {
    this.input.focus();
  }

  /** @throws {NotFitting} after focusing the field, if it contains text */
  check() {
    if (!this.typed) return;
    this.input.setAttribute("aria-invalid", "true");
    this.focus();
    throw new NotFitting(this.#trouble());
  }

  #trouble() {
    const { name, options } = this.command;
    if (!options.length) return `/${name} takes no options. Remove “${this.typed}” and send it again.`;
    const usable = `You can use: ${options.map((each) => each.name).join(", ")}.`;
    const named = this.typed.match(NAMED)?.[1];
    if (named) return `/${name} takes no option called “${named}”. ${usable}`;
    return `“${this.typed}” is not an option of /${name}. ${usable}`;
  }

  #typed() {
    this.write(this.input.value);
    const named = this.left().find(({ name }) => `${name}:` === this.typed);
    if (named) this.#take(named.name);
    else this.#offer();
  }

  #offer() {
    if (!this.typed || !this.command.options.length) return this.list.hide();
    const options = this.left().filter(({ name }) => name.startsWith(this.typed.toLowerCase()));
    this.list.show(this.input, {
      title: "Options",
      entries: options.map(({ name, description }) => ({ label: name, note: description, value: name })),
      empty: "No such option.",
      onPick: ({ value: name }) => this.#take(name),
    });
  }

  /** @param {string} name */
  #take(name) {
    this.write("");
    this.list.hide();
    this.add(name);
  }
}
