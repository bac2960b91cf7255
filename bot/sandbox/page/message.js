/** One message as an article: who, when, what it answers, and what it says. */

import { avatar } from "./avatar.js";
import { componentNodes, wordsOf } from "./components.js";
import { el, pushButton } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { icon, iconButton } from "./icons.js";
import { attachment } from "./media.js";
import { channelsOf } from "./options.js";
import { written } from "./time.js";
import { nameOf } from "./world.js";

const CLOSE = 7 * 60 * 1000; // milliseconds; messages of one author nearer than this share one head
const COMPONENTS_V2 = 1 << 15; // a flag: attachments show only where components name them

/**
 * What messages need from around them.
 * @typedef {object} Stage
 * @property {import("./world.js").World} world
 * @property {(text: string) => HTMLElement} markdown
 * @property {(text: string) => string} plainText
 * @property {(message: any, customId: string, values?: string[]) => void} press
 * @property {(message: any, customId: string) => boolean} isPressed
 * @property {(message: any) => string | undefined} trouble what went wrong with its buttons last
 * @property {(id: string) => void} jump
 * @property {(message: any, anchor: Element, at?: {x: number, y: number}) => void} openMenu
 */

/** @param {any} message @param {any} earlier the message above, if any @param {Stage} stage */
export function messageNode(message, earlier, stage) {
  const isCompact = follows(message, earlier);
  const trouble = stage.trouble(message);
  return el(
    "article",
    {
      class: classes(message, isCompact),
      "aria-label": `Message from ${nameOf(message.author)}`,
      "data-id": message.id,
      oncontextmenu: (/** @type {MouseEvent} */ event) => openAtPointer(event, message, stage),
    },
    contextLine(message, stage),
    isCompact ? shortTime(message) : avatar(message.author, stage.world.colorOf(message.author)),
    el(
      "div",
      { class: "body" },
      !isCompact && head(message),
      content(message, stage),
      trouble && el("p", { class: "trouble", role: "alert" }, icon("alert"), trouble),
      message.ephemeral && privateNote(message, stage),
    ),
    moreButton(message, stage),
  );
}

/** @param {any} message @param {boolean} isCompact */
function classes({ ephemeral, for_me: forMe }, isCompact) {
  return ["message", isCompact && "compact", ephemeral && "private", forMe && "for-me"].filter(Boolean).join(" ");
}

/** @param {any} message @param {any} earlier */
function follows(message, earlier) {
  if (!earlier || message.interaction || message.message_reference) return false;
  if (message.author.id !== earlier.author.id || message.ephemeral !== earlier.ephemeral) return false;
  return Date.parse(message.timestamp) - Date.parse(earlier.timestamp) < CLOSE;
}

/** What a message answers: a command or another message. @param {any} message @param {Stage} stage */
function contextLine({ interaction, message_reference: isAnswer, referenced_message: answered }, stage) {
  if (interaction) {
    const { user, name } = interaction;
    const isSlash = stage.world.commands.some((each) => (each.type ?? 1) === 1 && each.name === name.split(" ")[0]);
    const used = el("b", {}, `${isSlash ? "/" : ""}${name}`);
    return el("p", { class: "context" }, small(user, stage), el("bdi", {}, nameOf(user)), " used ", used);
  }
  if (!isAnswer) return null;
  if (!answered) return el("p", { class: "context" }, el("i", {}, "Original message was deleted"));
  const words = stage.plainText(wordsOf(answered)) || "a picture or video";
  const onclick = () => stage.jump(answered.id);
  const label = `Go to the message this answers, from ${nameOf(answered.author)}`;
  return pushButton(
    { class: "context", onclick, "aria-label": label },
    small(answered.author, stage),
    el("bdi", {}, nameOf(answered.author)),
    el("span", { class: "context-text", dir: "auto" }, withEmoji(words)),
  );
}

/** @param {any} user @param {Stage} stage */
const small = (user, stage) => avatar(user, stage.world.colorOf(user));

/** @param {any} message */
function head({ author, timestamp }) {
  return el(
    "header",
    { class: "head" },
    el("bdi", { class: "author" }, nameOf(author)),
    author.bot && el("span", { class: "tag" }, "Bot"),
    el("time", { datetime: timestamp, title: written(new Date(timestamp), "F") }, written(new Date(timestamp), "t")),
  );
}

/** @param {any} message */
function shortTime({ timestamp }) {
  return el("time", { class: "short-time", datetime: timestamp }, written(new Date(timestamp), "t"));
}

/** @param {any} message @param {Stage} stage */
function content(message, stage) {
  if (message.thinking) return thinking(nameOf(message.author));
  const { world, markdown } = stage;
  const around = {
    markdown,
    people: world.people,
    roles: world.roles,
    channels: (/** @type {number[] | undefined} */ types) => channelsOf(types, world),
    press: (/** @type {string} */ customId, /** @type {string[]} */ values) => stage.press(message, customId, values),
    isPressed: (/** @type {string} */ customId) => stage.isPressed(message, customId),
  };
  return [
    message.content && markdown(message.content),
    ...(message.flags & COMPONENTS_V2 ? [] : (message.attachments ?? [])).map(attachment),
    ...componentNodes(message.components ?? [], around),
    message.edited_timestamp && !message.thinking && edited(message.edited_timestamp),
  ];
}

/** @param {string} name */
function thinking(name) {
  const dots = el("span", { class: "dots", "aria-hidden": true }, el("i"), el("i"), el("i"));
  return el("p", { class: "thinking" }, dots, `${name} is thinking…`);
}

/** @param {string} timestamp */
function edited(timestamp) {
  return el("small", { class: "edited", title: written(new Date(timestamp), "F") }, "(edited)");
}

/** @param {any} message @param {Stage} stage */
function privateNote(message, { world }) {
  const dismiss = pushButton({ class: "text-button", onclick: () => world.dismiss(message) }, "Dismiss");
  return el("p", { class: "private-note" }, icon("eye"), "Only you can see this · ", dismiss);
}

/** @param {any} message @param {Stage} stage */
function moreButton(message, stage) {
  if (message.thinking) return null;
  const onclick = () => stage.openMenu(message, button);
  const props = { class: "more", "aria-haspopup": "menu", "data-key": "more", onclick };
  const button = iconButton("Message menu", "more", props);
  return button;
}

/** @param {MouseEvent} event @param {any} message @param {Stage} stage */
function openAtPointer(event, message, stage) {
  const target = /** @type {Element} */ (event.target);
  if (event.shiftKey || target.closest("a") || String(getSelection())) return; // the browser's own menu helps there
  event.preventDefault();
  const { clientX: x, clientY: y } = event;
  const isKeyboard = x === 0 && y === 0;
  stage.openMenu(message, target.closest("article") ?? target, isKeyboard ? undefined : { x, y });
}
