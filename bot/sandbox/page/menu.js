/** The context menu of a message: the bot's actions for it. */

import { menuCommands } from "./commands.js";
import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const EDGE = 8; // pixels kept free at the edge of the window

export class MessageMenu {
  #node = el("div", {
    class: "menu",
    role: "menu",
    "aria-label": "Message menu",
    popover: "auto",
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.#steer(event),
    ontoggle: (/** @type {ToggleEvent} */ { newState }) => newState === "closed" && this.#closed(),
  });
  /** @type {Element | null} */ #anchor = null;

  /**
   * @param {import("./world.js").World} world
   * @param {(message: any, name: string) => void} run
   */
  constructor(world, run) {
    this.world = world;
    this.run = run;
    document.body.append(this.#node);
  }

  /** @param {any} message @param {Element} anchor @param {{x: number, y: number}} [at] the pointer, if used */
  open(message, anchor, at) {
    this.#anchor = anchor.matches("button") ? anchor : anchor.querySelector(".more");
    fill(this.#node, this.#entries(message));
    this.#node.showPopover();
    this.#place(at ?? below(anchor));
    this.#items[0]?.focus();
  }

  /** @param {any} message */
  #entries(message) {
    const commands = menuCommands(this.world.commands);
    const entries = commands.map(({ name, label }) => this.#entry(label, "slash", () => this.run(message, name)));
    if (commands.length === 0) entries.push(el("p", { class: "menu-note" }, "No commands for messages right now."));
    if (navigator.clipboard) {
      const copy = () => void navigator.clipboard.writeText(textOf(message, this.#anchor));
      entries.push(el("div", { role: "separator", class: "menu-line" }), this.#entry("Copy text", "copy", copy));
    }
    return entries;
  }

  /** @param {string} label @param {any} symbol @param {() => void} onChoose */
  #entry(label, symbol, onChoose) {
    const choose = () => {
      this.#node.hidePopover();
      onChoose();
    };
    return pushButton({ role: "menuitem", tabindex: -1, onclick: choose }, el("span", {}, label), icon(symbol));
  }

  /** @returns {HTMLElement[]} */
  get #items() {
    return [...this.#node.querySelectorAll("[role=menuitem]")];
  }

  /** @param {KeyboardEvent} event */
  #steer(event) {
    const items = this.#items;
    const now = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const next = { ArrowDown: now + 1, ArrowUp: now - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Tab") this.#node.hidePopover();
    if (next === undefined || items.length === 0) return;
    event.preventDefault();
    items[next % items.length].focus();
  }

  /** @param {{x: number, y: number}} at */
  #place({ x, y }) {
    const { offsetWidth, offsetHeight } = this.#node;
    this.#node.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - offsetWidth - EDGE))}px`;
    this.#node.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - offsetHeight - EDGE))}px`;
  }

  #closed() {
    if (this.#node.contains(document.activeElement) || document.activeElement === document.body) {
      /** @type {HTMLElement | null} */ (this.#anchor)?.focus({ preventScroll: true });
    }
  }
}

/** @param {Element} anchor */
function below(anchor) {
  const { left, bottom } = anchor.getBoundingClientRect();
  return { x: left, y: bottom };
}

/** @param {any} message @param {Element | null} anchor */
function textOf(message, anchor) {
  const texts = anchor?.closest("article")?.querySelectorAll(".markdown") ?? [];
  return [...texts].map((each) => each.textContent).join("\n") || message.content;
}
