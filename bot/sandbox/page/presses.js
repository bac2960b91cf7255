/** Pressed buttons without an answer yet, and the latest error, by message. */

const SHOWN_FOR = 10_000; // milliseconds that an error stays below a message

export class Presses {
  /** @type {Set<string>} */ #open = new Set();
  /** @type {Map<string, string>} */ #trouble = new Map();

  /** @param {(message: any) => void} redraw */
  constructor(redraw) {
    this.redraw = redraw;
  }

  /** @param {any} message @param {string} key of the button */
  isOpen(message, key) {
    return this.#open.has(`${message.id} ${key}`);
  }

  /** @param {any} message @returns {string | undefined} */
  trouble(message) {
    return this.#trouble.get(message.id);
  }

  /**
   * Show a button as pressed until it is answered. A second press meanwhile does nothing.
   * @param {any} message @param {string} key
   * @param {() => Promise<import("./calls.js").Answer>} call
   * @returns {Promise<import("./calls.js").Answer | null>}
   */
  async during(message, key, call) {
    const name = `${message.id} ${key}`;
    if (this.#open.has(name)) return null;
    this.#open.add(name);
    this.#trouble.delete(message.id);
    this.redraw(message);
    const answer = await call();
    this.#open.delete(name);
    if (!answer.ok) this.#complain(message, answer.error ?? "That didn't work.");
    this.redraw(message);
    return answer;
  }

  /** @param {any} message @param {string} sentence */
  #complain(message, sentence) {
    this.#trouble.set(message.id, sentence);
    setTimeout(() => {
      if (this.#trouble.get(message.id) !== sentence) return;
      this.#trouble.delete(message.id);
      this.redraw(message);
    }, SHOWN_FOR);
  }
}
