/** Discord's markdown, line by line: headings, quotes, lists, code blocks, small print; the rest is paragraphs. */

import { el } from "./dom.js";
import { inline } from "./inline.js";

/** @typedef {import("./inline.js").Teller} Teller */

const FENCE = /```(?:([\w+#.-]{1,20})\n)?([\s\S]+?)```/g;
const DEEPEST_QUOTE = 4;

/**
 * @param {string} text @param {Teller} tell
 * @returns {HTMLElement} a block with its own direction and width: foreign text cannot affect its surroundings
 */
export function markdown(text, tell) {
  return el("div", { class: "markdown", dir: "auto" }, ...blocks(text, tell, 0));
}

/** Text without its marks, for previews and announcements. @param {string} text @param {Teller} tell */
export function plainText(text, tell) {
  const words = [...markdown(text, tell).children].map((block) => block.textContent);
  return words.join(" ").replace(/\s+/g, " ").trim();
}

/** @param {string} text @param {Teller} tell @param {number} depth @returns {Node[]} */
function blocks(text, tell, depth) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(FENCE)) {
    nodes.push(...lineBlocks(text.slice(from, match.index), tell, depth), codeBlock(match[2]));
    from = match.index + match[0].length;
  }
  return [...nodes, ...lineBlocks(text.slice(from), tell, depth)];
}

/** @param {string} code */
function codeBlock(code) {
  return el("pre", { tabindex: 0, dir: "ltr" }, el("code", {}, code.replace(/^\n|\n$/g, "")));
}

/** @param {string} text @param {Teller} tell @param {number} depth */
function lineBlocks(text, tell, depth) {
  const lines = text.replace(/^\n+|\n+$/g, "").split("\n");
  /** @type {Node[]} */ const nodes = [];
  /** @type {string[]} */ let plain = [];
  const flush = () => {
    const words = plain.join("\n").replace(/^\n+|\n+$/g, "");
    if (words) nodes.push(el("p", {}, ...inline(words, tell)));
    plain = [];
  };
  while (lines.length > 0) {
    const reader = READERS.find(({ starts }) => starts.test(lines[0]));
    if (reader && depth < DEEPEST_QUOTE) {
      flush();
      nodes.push(reader.read(lines, tell, depth));
    } else plain.push(/** @type {string} */ (lines.shift()));
  }
  flush();
  return nodes;
}

/** Take lines off the front while they fit. @param {string[]} lines @param {(line: string) => boolean} fits */
function takeWhile(lines, fits) {
  const end = lines.findIndex((line) => !fits(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

/** @param {string[]} lines @param {Teller} tell */
function heading(lines, tell) {
  const [, marks, words] = /** @type {RegExpExecArray} */ (HEADING.exec(/** @type {string} */ (lines.shift())));
  return el(`h${marks.length + 2}`, {}, ...inline(words, tell)); // the page has h1, messages sit below h2
}

/** @param {string[]} lines @param {Teller} tell */
function smallPrint(lines, tell) {
  return el("p", { class: "small-print" }, ...inline(/** @type {string} */ (lines.shift()).slice(3), tell));
}

/** @param {string[]} lines @param {Teller} tell @param {number} depth */
function quote(lines, tell, depth) {
  const inner = takeWhile(lines, (line) => QUOTE.test(line)).map((line) => line.slice(2));
  return el("blockquote", {}, ...blocks(inner.join("\n"), tell, depth + 1));
}

/** @param {string[]} lines @param {Teller} tell @param {number} depth */
function quoteToEnd(lines, tell, depth) {
  const inner = lines.splice(0).join("\n").slice(4);
  return el("blockquote", {}, ...blocks(inner, tell, depth + 1));
}

/** @param {string[]} lines @param {Teller} tell */
function list(lines, tell) {
  const isNumbered = NUMBERED.test(lines[0]);
  const isOurs = (/** @type {string} */ line) =>
    ITEM.test(line) && (line.startsWith(" ") || NUMBERED.test(line) === isNumbered);
  const taken = takeWhile(lines, isOurs).map((line) => /** @type {RegExpExecArray} */ (ITEM.exec(line)));
  const root = newList(taken[0][2]);
  const open = [{ indent: taken[0][1].length, node: root }];
  for (const [, space, mark, words] of taken) {
    while (open.length > 1 && space.length < open[open.length - 1].indent) open.pop();
    const innermost = open[open.length - 1];
    if (space.length > innermost.indent && innermost.node.lastChild) {
      const node = newList(mark);
      innermost.node.lastChild.appendChild(node);
      open.push({ indent: space.length, node });
    }
    open[open.length - 1].node.append(el("li", {}, ...inline(words, tell)));
  }
  return root;
}

/** @param {string} mark */
function newList(mark) {
  return /\d/.test(mark) ? el("ol", { start: parseInt(mark, 10) }) : el("ul");
}

const HEADING = /^(#{1,3})\s+(\S.*)$/;
const QUOTE = /^> /;
const ITEM = /^( *)([-*]|\d{1,6}\.) +(\S.*)$/;

const NUMBERED = /^ *\d/;

const READERS = [
  { starts: HEADING, read: heading },
  { starts: /^-# \S/, read: smallPrint },
  { starts: /^>>> /, read: quoteToEnd },
  { starts: QUOTE, read: quote },
  { starts: ITEM, read: list },
];
