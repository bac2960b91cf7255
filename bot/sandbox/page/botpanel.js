/** The bot's state, and a switch to restart it: cards, queue and buttons survive that. */

import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

export class BotPanel {
  #isBusy = false;
  #isComing = false;
  #canRestart = true;
  #trouble = "";

  /** @param {HTMLElement} node @param {import("./world.js").World} world @param {import("./calls.js").Calls} calls */
  constructor(node, world, calls) {
    Object.assign(this, { node, world, calls });
  }

  show() {
    const { name, online } = this.world.bot;
    fill(
      this.node,
      el(
        "p",
        { class: online ? "bot-state online" : "bot-state" },
        el("img", { class: "avatar", src: "/page/kinora.svg", alt: "" }),
        el("span", {}, el("b", {}, name), el("small", { role: "status" }, this.#state(online))),
      ),
      this.#canRestart && this.#controls(online),
      this.#trouble && el("p", { class: "trouble", role: "alert" }, this.#trouble),
    );
  }

  /** @param {boolean} online */
  #state(online) {
    if (this.#isBusy) return "One moment…";
    if (online) return "Online";
    return this.#isComing ? "Starting…" : "Offline";
  }

  /** @param {boolean} online */
  #controls(online) {
    const restart = this.#button("Restart the bot", "restart", "restart");
    restart.title = "Old buttons keep working, and videos go on rendering: try it";
    const [label, action] = online ? ["Stop the bot", "stop"] : ["Start the bot", "start"];
    const other = this.#button(label, "power", /** @type {"stop" | "start"} */ (action));
    return el("div", { class: "bot-controls" }, restart, other);
  }

  /** @param {string} label @param {any} symbol @param {"restart" | "stop" | "start"} action */
  #button(label, symbol, action) {
    const isMain = action === "restart";
    const props = {
      class: isMain ? "button secondary" : "icon-button",
      "aria-label": isMain ? null : label,
      title: label,
      disabled: this.#isBusy,
      "aria-busy": this.#isBusy && isMain,
      onclick: () => this.#act(action),
    };
    return pushButton(props, icon(symbol), isMain && el("span", {}, label));
  }

  /** @param {"restart" | "stop" | "start"} action */
  async #act(action) {
    this.#isBusy = true;
    this.#trouble = "";
    this.show();
    const answer = await this.calls.bot(action);
    this.#isBusy = false;
    this.#isComing = answer.ok && action !== "stop";
    this.#canRestart = !answer.missing;
    if (!answer.ok && !answer.missing) this.#trouble = answer.error ?? "That didn't work.";
    this.show();
  }
}
