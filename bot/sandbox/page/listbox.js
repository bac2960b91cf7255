/** The list above the composer: commands, or values for an option. The text field keeps the keyboard focus. */

import { el, fill, freshId } from "./dom.js";
import { withEmoji } from "./emoji.js";

/**
 * @typedef {{label: string, value: any, node?: HTMLElement, note?: string}} Entry
 * @typedef {{title: string, entries: Entry[], empty?: string, onPick: (entry: Entry) => void, first?: number}} Offer
 */

export class Listbox {
  node = el("div", { class: "listbox", hidden: true });
  #list = el("div", { role: "listbox", "aria-label": "Choices", id: freshId("list") });
  /** @type {HTMLElement | null} */ #owner = null;
  /** @type {Offer | null} */ #offer = null;
  #active = -1;

  get isOpen() {
    return !this.node.hidden;
  }

  get hasActive() {
    return this.isOpen && this.#active >= 0;
  }

  /**
   * Show entries for a text field. The one with index `first` is chosen unless the person moves on.
   * @param {HTMLElement} owner @param {Offer} offer
   */
  show(owner, offer) {
    this.hide();
    const { title, entries, empty, first = 0 } = offer;
    if (entries.length === 0 && !empty) return;
    this.#owner = owner;
    this.#offer = offer;
    fill(this.#list, entries.map((entry, index) => this.#row(entry, index)));
    const isEmpty = entries.length === 0;
    const head = el("p", { class: "listbox-title" }, title);
    fill(this.node, head, this.#list, isEmpty && el("p", { class: "listbox-empty" }, empty));
    this.node.hidden = false;
    owner.setAttribute("aria-controls", this.#list.id);
    if (owner.getAttribute("role") === "combobox") owner.setAttribute("aria-expanded", "true");
    this.#activate(isEmpty ? -1 : first);
  }

  /** The entries answer an older query: none is chosen unless the person moves to it. */
  age() {
    this.#activate(-1);
    this.#owner?.removeAttribute("aria-activedescendant");
  }

  hide() {
    this.node.hidden = true;
    this.#offer = null;
    this.#active = -1;
    this.#owner?.removeAttribute("aria-activedescendant");
    if (this.#owner?.getAttribute("role") === "combobox") this.#owner.setAttribute("aria-expanded", "false");
  }

  /**
   * Pass the list a key that was pressed in its text field.
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the list has used it
   */
  takes({ key, shiftKey }) {
    if (!this.isOpen) return false;
    const length = this.#offer?.entries.length ?? 0;
    if (key === "Escape") this.hide();
    else if (key === "ArrowDown" && length) this.#activate((this.#active + 1) % length);
    else if (key === "ArrowUp" && length) this.#activate((Math.max(this.#active, 0) - 1 + length) % length);
    else if ((key === "Enter" || (key === "Tab" && !shiftKey)) && this.hasActive) this.#pick(this.#active);
    else return false;
    return true;
  }

  /** @param {Entry} entry @param {number} index */
  #row({ label, node, note }, index) {
    return el(
      "div",
      {
        role: "option",
        id: `${this.#list.id}-${index}`,
        class: "option-row",
        "aria-selected": "false",
        onpointerdown: (/** @type {Event} */ event) => event.preventDefault(), // the text keeps the focus
        onclick: () => this.#pick(index),
      },
      node ?? el("bdi", {}, withEmoji(label)),
      note && el("small", {}, note),
    );
  }

  /** @param {number} index */
  #activate(index) {
    const rows = [...this.#list.children];
    rows[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const row = rows[index];
    if (!row) return;
    row.setAttribute("aria-selected", "true");
    row.scrollIntoView({ block: "nearest" });
    this.#owner?.setAttribute("aria-activedescendant", row.id);
  }

  /** @param {number} index */
  #pick(index) {
    const offer = this.#offer;
    this.hide();
    offer?.onPick(offer.entries[index]);
  }
}
