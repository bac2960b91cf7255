/**
 * Markdown within a line: bold, links, mentions, times. Each rule tries one position of the text and returns
 * what it parsed there, or null; everything else is plain text. An unclosed mark is searched for only once
 * and nesting is limited, so a hostile prompt cannot stall the page.
 */

import { el, pushButton, safeAddress } from "./dom.js";
import { withEmoji } from "./emoji.js";
import { timeElement } from "./time.js";

const DEEPEST = 8; // levels of nesting; deeper marks stay plain text
const PLACE = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/(?:@me|\d{1,20})\/(\d{1,20})(?:\/(\d{1,20}))?$/;
const STARTS = /[\\`*_~|<[h]/; // characters that may start a rule

/** @typedef {{end: number, nodes: (Node | string)[]}} Read */
/** @typedef {{text: string, at: number, depth: number, tell: Teller, dead: Set<string>}} Place */
/**
 * What text may refer to; `channel` includes its sign, such as #studio.
 * @typedef {{user: (id: string) => string, role: (id: string) => string, channel: (id: string) => string,
 *   openMessage: (channelId: string, messageId?: string) => void, fillCommand: (name: string) => void}} Teller
 */

/** @param {string} text @param {Teller} tell @returns {(Node | string)[]} */
export function inline(text, tell, depth = 0) {
  if (depth > DEEPEST) return [text];
  const nodes = [];
  const dead = new Set();
  let plain = 0;
  for (let at = 0; at < text.length; ) {
    const read = STARTS.test(text[at]) ? readAt({ text, at, depth, tell, dead }) : null;
    if (!read) {
      at += 1;
      continue;
    }
    nodes.push(text.slice(plain, at), ...read.nodes);
    at = plain = read.end;
  }
  nodes.push(text.slice(plain));
  return nodes.flatMap((node) => (typeof node === "string" ? withEmoji(node) : [node]));
}

/** @param {Place} place @returns {Read | null} */
function readAt(place) {
  for (const rule of RULES[place.text[place.at]] ?? []) {
    const read = rule(place);
    if (read) return read;
  }
  return null;
}

/** @param {string} mark @param {(inner: (Node | string)[]) => Node} build */
function marked(mark, build) {
  return (/** @type {Place} */ { text, at, depth, tell, dead }) => {
    if (dead.has(mark) || !text.startsWith(mark, at)) return null;
    const from = at + mark.length;
    if (mark.length === 1 && (/\s/.test(text[from] ?? " ") || (mark === "_" && isWord(text[at - 1])))) return null;
    const end = closing(text, from, mark);
    if (end === -1) {
      dead.add(mark);
      return null;
    }
    return { end: end + mark.length, nodes: [build(inline(text.slice(from, end), tell, depth + 1))] };
  };
}

/** Where a mark is closed, or -1. A doubled mark inside a single one belongs to something nested. */
function closing(/** @type {string} */ text, /** @type {number} */ from, /** @type {string} */ mark) {
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (mark.length === 1 && text.startsWith(mark + mark, at)) at += 1;
    else if (at > from && text.startsWith(mark, at) && closes(text, at, mark)) return at;
  }
  return -1;
}

/** @param {string} text @param {number} at @param {string} mark */
function closes(text, at, mark) {
  const next = text[at + mark.length];
  if (mark.length === 2) return next !== mark[0];
  return !/\s/.test(text[at - 1]) && !(mark === "_" && isWord(next));
}

const isWord = (/** @type {string | undefined} */ letter) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** @param {Place} place */
function escaped({ text, at }) {
  const next = text[at + 1];
  return next !== undefined && /[^\s\p{L}\p{N}]/u.test(next) ? { end: at + 2, nodes: [next] } : null;
}

/** @param {Place} place a run of backticks closes at the next run of the same length */
function code({ text, at }) {
  const length = runLength(text, at);
  for (let end = text.indexOf("`", at + length); end !== -1; end = text.indexOf("`", end + runLength(text, end))) {
    if (runLength(text, end) !== length) continue;
    return { end: end + length, nodes: [el("code", {}, text.slice(at + length, end).trim())] };
  }
  return { end: at + length, nodes: ["`".repeat(length)] };
}

/** @param {string} text @param {number} at */
function runLength(text, at) {
  let end = at;
  while (text[end] === "`") end += 1;
  return end - at;
}

/** @param {RegExp} pattern sticky @param {(match: RegExpExecArray, tell: Teller) => Node | string} build */
function shaped(pattern, build) {
  return (/** @type {Place} */ { text, at, tell }) => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    return match && { end: pattern.lastIndex, nodes: [build(match, tell)] };
  };
}

/**
 * A link; links to messages stay on the page.
 * @param {string} address @param {string} words @param {Teller} tell
 */
function link(address, words, tell) {
  const [isPlace, channelId, messageId] = PLACE.exec(address) ?? [];
  if (isPlace) {
    const name = words === address ? `${tell.channel(channelId)} › message` : words;
    return mention(name, () => tell.openMessage(channelId, messageId));
  }
  const href = safeAddress(address);
  return href ? el("a", { href, target: "_blank", rel: "noopener noreferrer", title: href }, words) : words;
}

/** @param {string} words @param {(() => void) | null} [onclick] */
function mention(words, onclick = null) {
  const label = el("bdi", {}, words);
  return onclick ? pushButton({ class: "mention", onclick }, label) : el("span", { class: "mention" }, label);
}

/** @param {(Node | string)[]} inner */
function spoiler(inner) {
  const show = () => {
    node.classList.add("open");
    for (const name of ["role", "tabindex", "aria-label"]) node.removeAttribute(name);
  };
  const onkeydown = (/** @type {KeyboardEvent} */ event) => ["Enter", " "].includes(event.key) && show();
  const asButton = { role: "button", tabindex: 0, "aria-label": "Spoiler: show it", onclick: show, onkeydown };
  const node = el("span", { class: "spoiler", ...asButton }, el("span", {}, ...inner));
  return node;
}

/** @type {Record<string, ((place: Place) => Read | null)[]>} rules by the character they begin with, in order */
const RULES = {
  "\\": [escaped],
  "`": [code],
  "*": [marked("**", (inner) => el("strong", {}, ...inner)), marked("*", (inner) => el("em", {}, ...inner))],
  _: [marked("__", (inner) => el("u", {}, ...inner)), marked("_", (inner) => el("em", {}, ...inner))],
  "~": [marked("~~", (inner) => el("s", {}, ...inner))],
  "|": [marked("||", spoiler)],
  "[": [
    shaped(/\[((?:[^[\]\\\n]|\\.){1,400})\]\(\s*<?(https?:\/\/[^\s)>]{1,2048})>?\s*\)/y, (match, tell) =>
      link(match[2], match[1].replace(/\\(.)/g, "$1"), tell),
    ),
  ],
  "<": [
    shaped(/<(https?:\/\/[^\s<>]{1,2048})>/y, (match, tell) => link(match[1], match[1], tell)),
    shaped(/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (match) => timeElement(Number(match[1]), match[2])),
    shaped(/<@!?(\d{1,20})>/y, (match, tell) => mention(`@${tell.user(match[1])}`)),
    shaped(/<@&(\d{1,20})>/y, (match, tell) => mention(`@${tell.role(match[1])}`)),
    shaped(/<#(\d{1,20})>/y, ({ 1: id }, tell) => mention(tell.channel(id), () => tell.openMessage(id))),
    shaped(/<\/([^:<>\n]{1,100}):\d{1,20}>/y, ({ 1: name }, tell) => mention(`/${name}`, () => tell.fillCommand(name))),
    shaped(/<a?:(\w{2,32}):\d{1,20}>/y, (match) => `:${match[1]}:`),
  ],
  h: [shaped(/https?:\/\/[^\s<>]{1,2047}[^\s<>"').,:;\]!?*_~|]/y, (match, tell) => link(match[0], match[0], tell))],
};
