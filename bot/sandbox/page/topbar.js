/** The bar above the messages: the channel, the person, and the way to the channels on a small screen. */

import { avatar } from "./avatar.js";
import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const SMALL = matchMedia("(max-width: 820px)"); // as in layout.css

export class TopBar {
  /**
   * @param {HTMLElement} node @param {HTMLElement} drawer holds rail and channels @param {HTMLElement} scrim
   * @param {import("./world.js").World} world
   */
  constructor(node, drawer, scrim, world) {
    Object.assign(this, { node, drawer, scrim, world });
    const props = { class: "icon-button drawer-toggle", "aria-controls": drawer.id, onclick: () => this.#open() };
    this.toggle = pushButton(props, icon("menu"));
    scrim.addEventListener("click", () => this.close());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.#isOpen && this.close());
    SMALL.addEventListener("change", () => this.close());
    this.close();
  }

  /** What the drawer covers. @returns {HTMLElement} */
  get #behind() {
    return this.node.parentElement;
  }

  show() {
    const { channel, me } = this.world;
    const symbol = channel && icon(channel.kind === "dm" ? "letter" : channel.kind === "thread" ? "thread" : "hash");
    fill(
      this.node,
      this.toggle,
      symbol,
      el("h2", { dir: "auto" }, channel?.name ?? ""),
      channel?.topic && el("p", { class: "topic", dir: "auto" }, channel.topic),
      me && this.#personButton(me),
    );
  }

  /** @param {import("./world.js").Me} me */
  #personButton({ id, name, avatar_color: color }) {
    const label = `You are ${name}. Switch person`;
    const props = { class: "me", "aria-label": label, title: label, onclick: () => this.#toPeople() };
    return pushButton(props, avatar({ id, username: name }, color), el("span", {}, name));
  }

  get #isOpen() {
    return this.drawer.classList.contains("open");
  }

  close() {
    const wasOpen = this.#isOpen;
    this.#set(false);
    if (wasOpen && SMALL.matches) this.toggle.focus();
  }

  #open() {
    this.#set(true);
    /** @type {HTMLElement | null} */ (this.drawer.querySelector(".channel[aria-current]"))?.focus();
  }

  #toPeople() {
    if (SMALL.matches) this.#set(true);
    /** @type {HTMLElement | null} */ (this.drawer.querySelector(".people :checked"))?.focus();
  }

  #set(/** @type {boolean} */ isOpen) {
    this.drawer.classList.toggle("open", isOpen);
    this.scrim.classList.toggle("open", isOpen);
    this.drawer.inert = SMALL.matches && !isOpen;
    this.#behind.inert = SMALL.matches && isOpen;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.toggle.setAttribute("aria-label", isOpen ? "Close the channels" : "Channels and people");
  }
}
