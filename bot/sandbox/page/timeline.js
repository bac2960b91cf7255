/** The messages of the open channel, oldest first; it stays at the newest while the reader is there. */

import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";
import { messageNode } from "./message.js";
import { dayName } from "./time.js";
import { startOf } from "./welcome.js";

const NEAR = 80; // pixels from the end that still count as the end

export class Timeline {
  #list = el("div", { class: "messages" });
  #latest = pushButton({ class: "latest", hidden: true, onclick: () => this.toEnd() }, "New messages", icon("down"));
  #isAtEnd = true;

  /**
   * @param {HTMLElement} node the part of the page that scrolls
   * @param {import("./message.js").Stage} stage
   * @param {(command: string) => void} fillCommand
   */
  constructor(node, stage, fillCommand) {
    Object.assign(this, { node, stage, fillCommand, world: stage.world });
    fill(node, this.#list);
    node.after(this.#latest);
    node.addEventListener("scroll", () => this.#noticeScroll(), { passive: true });
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(this.#list);
    new ResizeObserver(() => this.#isAtEnd && this.toEnd()).observe(node);
  }

  /** Draw the whole channel, scrolled to the newest. */
  show() {
    const { world } = this;
    this.node.setAttribute("aria-label", world.channel ? `Messages in ${world.channel.name}` : "Messages");
    fill(this.#list);
    this.showStart();
    /** @type {any} */ let earlier = null;
    for (const message of world.messagesIn(world.channelId)) {
      this.#append(message, earlier);
      earlier = message;
    }
    this.toEnd();
  }

  /** Draw the welcome, which lists the available commands. */
  showStart() {
    const { channel } = this.world;
    this.#list.querySelector(".welcome")?.remove();
    if (channel) this.#list.prepend(startOf(channel, this.world, this.fillCommand));
  }

  /** Draw one new or changed message. @param {any} message */
  update(message) {
    if (message.channel_id !== this.world.channelId) return;
    const messages = this.world.messagesIn(message.channel_id);
    const index = messages.findIndex((each) => each.id === message.id);
    const old = this.#find(message.id);
    if (index === -1) return;
    if (old) this.#replace(old, messages[index], old.classList.contains("compact") ? messages[index - 1] : null);
    else {
      this.#append(message, messages[index - 1]);
      this.#latest.hidden = this.#isAtEnd;
    }
    if (this.#isAtEnd) this.toEnd();
  }

  /** Remove a message; the next one may then need its own heading. @param {string} id */
  remove(id) {
    const node = this.#find(id);
    if (!node) return;
    const { previousElementSibling: above, nextElementSibling: below } = node;
    const hadFocus = node.contains(document.activeElement);
    node.remove();
    if (hadFocus) stay(above?.matches("article") ? above : below);
    if (below?.matches("article")) this.#headAgain(below, above);
    else if (above?.matches(".day")) above.remove();
  }

  /** @param {HTMLElement} node @param {Element | null} above what is before it now */
  #headAgain(node, above) {
    const messages = this.world.messagesIn(this.world.channelId);
    const index = messages.findIndex((each) => each.id === node.dataset.id);
    if (index !== -1) this.#replace(node, messages[index], above?.matches("article") ? messages[index - 1] : null);
  }

  /**
   * Scroll to a message and highlight it for a moment.
   * @param {string} id @returns {boolean} whether it is there
   */
  jump(id) {
    const node = this.#find(id);
    if (!node) return false;
    this.#isAtEnd = false;
    node.scrollIntoView({ block: "center", behavior: isCalm() ? "auto" : "smooth" });
    node.classList.remove("found");
    void node.offsetWidth; // restarts the animation
    node.classList.add("found");
    return true;
  }

  /** The welcome, at the start of a channel. */
  toStart() {
    this.#isAtEnd = false;
    this.node.scrollTo({ top: 0, behavior: isCalm() ? "auto" : "smooth" });
  }

  toEnd() {
    this.#isAtEnd = true;
    this.node.scrollTop = this.node.scrollHeight;
    this.#latest.hidden = true;
  }

  /** @param {any} message @param {any} earlier */
  #append(message, earlier) {
    const day = dayName(new Date(message.timestamp));
    const isNewDay = !earlier || dayName(new Date(earlier.timestamp)) !== day;
    if (isNewDay) this.#list.append(el("p", { class: "day" }, el("span", {}, day)));
    this.#list.append(messageNode(message, isNewDay ? null : earlier, this.stage));
  }

  /** Preserve the playing video and the focused button. */
  #replace(/** @type {HTMLElement} */ old, /** @type {any} */ message, /** @type {any} */ earlier) {
    const node = messageNode(message, earlier, this.stage);
    const hadFocus = old.contains(document.activeElement);
    const focused = hadFocus ? keyOf(document.activeElement) : null;
    const playing = keepMedia(old, node);
    old.replaceWith(node);
    for (const video of playing) void video.play();
    if (hadFocus) stay(focused ? node.querySelector(`[data-key="${CSS.escape(focused)}"]`) ?? node : node);
  }

  /** @param {string} id @returns {HTMLElement | null} */
  #find(id) {
    return this.#list.querySelector(`article[data-id="${CSS.escape(id)}"]`);
  }

  #noticeScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    this.#isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.#isAtEnd) this.#latest.hidden = true;
  }
}

/**
 * Reuse the old message's videos and pictures in the new one: loaded ones do not flicker.
 * Their links are signed anew each time, so only the paths are compared.
 * @param {Element} old @param {Element} node @returns {HTMLVideoElement[]} the videos that were playing
 */
function keepMedia(old, node) {
  const playing = [];
  const had = [...old.querySelectorAll(".player, img")];
  for (const fresh of node.querySelectorAll(".player, img")) {
    const place = had.findIndex((each) => each.tagName === fresh.tagName && pathOf(each) === pathOf(fresh));
    if (place === -1) continue;
    const [kept] = had.splice(place, 1);
    const video = kept.querySelector("video");
    if (video && !video.paused) playing.push(video);
    fresh.replaceWith(kept);
  }
  return playing;
}

/** @param {Element} medium a picture, or a player around its video */
const pathOf = (medium) => /** @type {HTMLImageElement} */ (medium.querySelector("video") ?? medium).src.split("?")[0];

/** @param {Element | null} element */
const keyOf = (element) => /** @type {HTMLElement | null} */ (element?.closest("[data-key]"))?.dataset.key ?? null;

/** The focused element is gone: continue from here, so that Tab does not start over. @param {Element | null} element */
function stay(element) {
  if (element?.matches("article")) element.setAttribute("tabindex", "-1");
  const target = element?.matches("details") ? element.querySelector("summary") : element;
  /** @type {HTMLElement | null} */ (target)?.focus({ preventScroll: true });
}

const isCalm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
