/** Announces news: text for screen readers, and a count in the title. */

import { wordsOf } from "./components.js";
import { nameOf } from "./world.js";

const LONGEST = 160; // characters read aloud

export class News {
  #title = document.title;

  /**
   * @param {HTMLElement} node a polite live region
   * @param {import("./world.js").World} world
   * @param {(text: string) => string} plainText
   */
  constructor(node, world, plainText) {
    Object.assign(this, { node, world, plainText });
    document.addEventListener("visibilitychange", () => this.#seen());
  }

  /** @param {any} message one that was not there before */
  announce(message) {
    if (message.channel_id !== this.world.channelId || message.thinking) return;
    const words = this.plainText(wordsOf(message));
    this.node.textContent = `${nameOf(message.author)}: ${words.slice(0, LONGEST) || "a picture or video"}`;
  }

  /** The number of unseen mentions. */
  count() {
    const total = [...this.world.unseen.values()].reduce((sum, each) => sum + each, 0);
    document.title = total > 0 ? `(${total}) ${this.#title}` : this.#title;
  }

  #seen() {
    if (document.hidden || !this.world.channelId || !this.world.unseen.has(this.world.channelId)) return;
    this.world.openChannel(this.world.channelId);
  }
}
