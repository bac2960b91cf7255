/** The message field: a slash opens the palette, a chosen command shows its options, Enter sends it. */

import { Kind, slashCommands, typedCommand, whyUnknown } from "./commands.js";
import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";
import { Listbox } from "./listbox.js";
import { NotFitting } from "./options.js";
import { Order } from "./order.js";
import { STILL_STARTING, palette } from "./palette.js";
import { Words } from "./words.js";

const NO_SUCH_COMMAND = "No such command. Type / to see them all.";

export class Composer {
  #list = new Listbox();
  /** @type {Order | null} */ #order = null;
  #isSending = false;

  /**
   * @param {HTMLElement} node
   * @param {import("./world.js").World} world
   * @param {import("./calls.js").Calls} calls
   * @param {(answer: import("./calls.js").Answer) => void} onSent
   * @param {() => void} onPlainWords also after a message without a file, which no bot here reads
   */
  constructor(node, world, calls, onSent, onPlainWords) {
    Object.assign(this, { node, world, calls, onSent, onPlainWords });
    this.words = new Words({
      onChange: () => this.#typed(),
      onLeave: () => this.#list.hide(),
      onHandOver: (file) => this.#startFrom(file),
    });
    this.trouble = el("p", { class: "composer-trouble", role: "alert", hidden: true });
    this.box = el("div", {
      class: "composer-box",
      oninput: () => this.#complain(""),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
      onpaste: (/** @type {ClipboardEvent} */ event) => this.#takeFile(event, event.clipboardData),
    });
    this.sendButton = pushButton({ class: "send", "aria-label": "Send", onclick: () => this.send() }, icon("send"));
    fill(node, this.#list.node, this.trouble, this.box, footnote());
    this.#draw();
  }

  get #commands() {
    return slashCommands(this.world.commands);
  }

  /** Show who writes where, and the current commands. */
  refresh() {
    const { channel, me } = this.world;
    const isClosed = channel?.can_write === false;
    this.words.field.placeholder = isClosed ? "You can't send messages here" : `Type / or write as ${me?.name ?? "…"}`;
    this.node.inert = isClosed;
    this.node.classList.toggle("closed", isClosed);
    if (document.activeElement === this.words.field) this.#typed();
  }

  focus() {
    if (!this.#order) this.words.field.focus();
    else this.#order.focus();
  }

  /** Put a line such as `/create prompt: a fox ` into the composer, ready to be sent. @param {string} line */
  fill(line) {
    this.#leave();
    this.words.write(line);
    this.words.field.focus();
    if (!this.#order) this.#typed();
  }

  /** Discard the draft. */
  clear() {
    this.#leave();
  }

  /** A file that was dropped or pasted: for the current command, or to be posted. @param {File} file */
  offer(file) {
    if (!this.#order) this.words.hold(file);
    else if (!this.#order.offer(file)) return this.#complain(`/${this.#order.command.name} takes no file.`);
    this.focus();
  }

  async send() {
    if (this.#isSending) return;
    if (!this.#order) return this.#sendWords();
    try {
      const { values, files } = this.#order.read();
      await this.#sending(() => this.calls.command(/** @type {Order} */ (this.#order).command.name, values, files));
    } catch (error) {
      if (!(error instanceof NotFitting)) throw error;
      this.#complain(error.message);
    }
  }

  async #sendWords() {
    const { text, file } = this.words;
    const words = text.trim();
    const command = this.#commands.find((each) => `/${each.name}` === words);
    if (command) this.#choose(command);
    else if (words.startsWith("/")) this.#complain(this.#whyNone(words));
    else if (words || file) {
      const isSent = await this.#sending(() => this.calls.words(words, file ? [file] : []));
      if (isSent && !file) this.onPlainWords();
    }
  }

  /** Why a line that begins with a slash is not a command. @param {string} words */
  #whyNone(words) {
    if (this.#isWithheld(words)) return `Only managers of the server have /${rootOf(words)}; Discord hides it from others.`;
    return this.#commands.length ? (whyUnknown(this.#commands, words) ?? NO_SUCH_COMMAND) : STILL_STARTING;
  }

  /** Whether others have the command that a line begins with. @param {string} line */
  #isWithheld(line) {
    return this.world.withheld.includes(rootOf(line));
  }

  /** @param {() => Promise<import("./calls.js").Answer>} call @returns {Promise<boolean>} whether it was sent */
  async #sending(call) {
    this.#complain("");
    this.#list.hide();
    this.#setSending(true);
    const order = this.#order;
    const answer = await call();
    this.#setSending(false);
    if (this.#order !== order) return answer.ok;
    if (!answer.ok) {
      this.#complain(answer.error ?? "That didn't work.");
      return false;
    }
    this.#leave(true);
    this.onSent(answer);
    return true;
  }

  /** The command that starts from a picture, with this file. @param {File} file */
  #startFrom(file) {
    const takers = this.#commands.filter((each) => each.options.some((option) => option.type === Kind.FILE));
    const command = takers.find((each) => each.name === "create") ?? takers[0];
    if (!command) return this.#complain("No command here takes a picture.");
    this.words.hold(file);
    this.#choose(command);
  }

  #typed() {
    const { text, field } = this.words;
    this.words.resize();
    const line = typedCommand(this.#commands, text);
    if (line) return this.#choose(line.command, line.values, line.rest);
    if (!text.startsWith("/") || text.includes("\n") || this.#isWithheld(text)) return this.#list.hide();
    this.#list.show(field, palette(this.#commands, text, (command) => this.#choose(command)));
  }

  /** @param {import("./commands.js").Command} command @param {Map<string, string>} [values] */
  #choose(command, values = new Map(), rest = "") {
    const { world, calls } = this;
    this.#list.hide();
    this.#complain("");
    const onFill = () => this.#complain("");
    this.#order = new Order(command, { world, calls, list: this.#list, leave: () => this.#leave(true), onFill });
    for (const [name, text] of values) this.#order.write(name, text);
    if (rest) this.#order.writeRest(rest);
    if (this.words.file) this.#order.offer(this.words.file);
    this.#draw();
    this.focus();
  }

  #leave(isFocused = false) {
    this.#order = null;
    this.#list.hide();
    this.#complain("");
    this.words.clear();
    this.#draw();
    if (isFocused) this.words.field.focus();
  }

  #draw() {
    fill(this.box, this.#order ? this.#order.node : this.words.node, this.sendButton);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const field = /** @type {HTMLElement} */ (event.target);
    if (event.isComposing) return;
    const isField = field.matches("textarea, input");
    if (isField && this.#list.takes(event)) event.preventDefault();
    else if (this.#does(event, field, isField)) event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {HTMLElement} field @param {boolean} isField @returns {boolean} */
  #does({ key, shiftKey }, field, isField) {
    if (key === "Escape" && this.#order) this.#leave(true);
    else if (key === "Enter" && isField && !shiftKey) void this.send();
    else return key === "Backspace" && this.#order !== null && this.#order.backspace(field);
    return true;
  }

  /** @param {Event} event @param {DataTransfer | null} data */
  #takeFile(event, data) {
    const file = data?.files[0];
    if (!file) return;
    event.preventDefault();
    this.offer(file);
  }

  #setSending(/** @type {boolean} */ isSending) {
    this.#isSending = isSending;
    this.box.setAttribute("aria-busy", String(isSending));
    this.sendButton.disabled = isSending;
  }

  #complain(/** @type {string} */ sentence) {
    this.trouble.hidden = !sentence;
    if (sentence) fill(this.trouble, icon("alert"), sentence);
    else this.#order?.forgive();
  }
}

/** The first word of a line that begins with a slash. @param {string} line */
function rootOf(line) {
  return line.slice(1).split(/\s/)[0];
}

function footnote() {
  const keys = el("span", { class: "keys" }, el("kbd", {}, "/"), " commands · ", el("kbd", {}, "Enter"), " send · ");
  return el("p", { class: "footnote" }, keys, "Everything here is simulated and runs on this machine.");
}
