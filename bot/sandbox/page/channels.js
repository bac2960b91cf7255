/** The rail with the server, and the list of its channels. */

import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const ICONS = { text: "hash", thread: "thread", dm: "letter" };
const TITLES = { text: "Channels", thread: "Threads", dm: "Direct messages" };

/** @param {HTMLElement} node @param {import("./world.js").World} world @param {(id: string) => void} open */
export function showChannels(node, world, open) {
  const focused = /** @type {HTMLElement | null} */ (node.querySelector(":focus"))?.dataset.id;
  fill(node, ["text", "thread", "dm"].map((kind) => group(kind, world, open)));
  if (focused) /** @type {HTMLElement | null} */ (node.querySelector(`[data-id="${CSS.escape(focused)}"]`))?.focus();
}

/** @param {string} kind @param {import("./world.js").World} world @param {(id: string) => void} open */
function group(kind, world, open) {
  const channels = world.channels.filter((channel) => channel.kind === kind);
  if (channels.length === 0) return null;
  const rows = channels.map((channel) => el("li", {}, channelButton(channel, world, () => open(channel.id))));
  return el("section", {}, el("h2", {}, TITLES[kind]), el("ul", {}, rows));
}

/**
 * @param {import("./world.js").Channel} channel
 * @param {import("./world.js").World} world
 * @param {() => void} onclick
 */
function channelButton({ id, name, kind }, world, onclick) {
  const count = world.unseen.get(id) ?? 0;
  const isHere = world.channelId === id;
  const props = {
    class: world.fresh.has(id) ? "channel fresh" : "channel",
    "aria-current": isHere || null,
    "data-id": id,
    onclick,
  };
  const label = `${count} ${count === 1 ? "mention" : "mentions"}`;
  const badge = count > 0 && el("span", { class: "badge", role: "img", "aria-label": label }, count);
  return pushButton(props, icon(ICONS[kind]), el("bdi", {}, name), badge);
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
  const props = { class: "rail-button", "aria-label": label, title: label, "aria-current": isHere || null, onclick };
  return pushButton(props, symbol);
}
