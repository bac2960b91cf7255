/** The rail with the server, and the list of its channels. */

import { el, fill } from "./dom.js";
import { icon } from "./icons.js";

const ICONS = { text: "hash", thread: "thread", dm: "letter" };
const TITLES = { text: "Channels", thread: "Threads", dm: "Direct messages" };

/** @param {HTMLElement} node @param {import("./world.js").World} world @param {(id: string) => void} open */
export function showChannels(node, world, open) {
  const focused = node.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.id : null;
  const groups = ["text", "thread", "dm"].map((kind) => group(kind, world, open));
  fill(node, groups);
  if (focused) /** @type {HTMLElement | null} */ (node.querySelector(`[data-id="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {string} kind @param {import("./world.js").World} world @param {(id: string) => void} open */
function group(kind, world, open) {
  const channels = world.channels.filter((channel) => channel.kind === kind);
  if (channels.length === 0) return null;
  return el("section", {}, el("h2", {}, TITLES[kind]), el("ul", {}, channels.map((channel) => el("li", {}, channelButton(channel, world, open)))));
}

/** @param {import("./world.js").Channel} channel @param {import("./world.js").World} world @param {(id: string) => void} open */
function channelButton({ id, name, kind }, world, open) {
  const count = world.unseen.get(id) ?? 0;
  const isHere = world.channelId === id;
  const props = {
    type: "button",
    class: world.fresh.has(id) ? "channel fresh" : "channel",
    "aria-current": isHere ? "true" : null,
    "data-id": id,
    onclick: () => open(id),
  };
  const badge = count > 0 && el("span", { class: "badge", "aria-label": `${count} ${count === 1 ? "mention" : "mentions"}` }, count);
  return el("button", props, icon(ICONS[kind]), el("bdi", {}, name), badge);
}

/**
 * @param {HTMLElement} node @param {import("./world.js").World} world
 * @param {{toServer: () => void, toDirect: (() => void) | null, toWelcome: () => void, theme: HTMLElement}} go
 */
export function showRail(node, world, { toServer, toDirect, toWelcome, theme }) {
  const isDirect = world.channel?.kind === "dm";
  const entries = [
    railButton(world.guild.name, el("span", { class: "guild-icon" }, world.guild.icon_text), toServer, !isDirect),
    toDirect && railButton("Direct messages", icon("letter"), toDirect, isDirect),
  ];
  fill(
    node,
    entries,
    el("span", { class: "rail-space" }),
    railButton("What is this?", icon("help"), toWelcome, false),
    theme,
  );
}

/** @param {string} label @param {Node} symbol @param {() => void} onclick @param {boolean} isHere */
function railButton(label, symbol, onclick, isHere) {
  const props = { type: "button", class: "rail-button", "aria-label": label, title: label, "aria-current": isHere ? "true" : null, onclick };
  return el("button", props, symbol);
}
