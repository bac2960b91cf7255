/** A sentence about what just happened; it disappears automatically. */

const SHOWN = 5000; // milliseconds

export class Notice {
  /** @type {number | undefined} */ #timer;

  /** @param {HTMLElement} node a polite live region */
  constructor(node) {
    this.node = node;
  }

  /** @param {string} sentence */
  say(sentence) {
    clearTimeout(this.#timer);
    this.node.hidden = false;
    this.node.textContent = sentence;
    this.#timer = setTimeout(() => (this.node.hidden = true), SHOWN);
  }
}
