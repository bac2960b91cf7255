/** Build DOM without ever parsing text as HTML: what people and bots wrote only becomes text nodes. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. Listeners are given as `onclick` and so on, custom properties as `vars`;
 * attributes that are false, null or undefined are omitted (aria-* is set to false).
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Child | Child[])} children
 * @returns {any} the element, of the class its tag has
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  fill(node, ...children);
  return node;
}

/** A button that only calls its listener, and submits nothing. @param {Record<string, any>} props */
export function pushButton(props, /** @type {(Child | Child[])[]} */ ...children) {
  return el("button", { type: "button", ...props }, ...children);
}

/**
 * Replace what an element contains.
 * @param {Element} node
 * @param {...(Child | Child[])} children
 */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter(isShown).map(asNode));
}

/**
 * The address if it may be followed or loaded, else null: `javascript:` and the like may not.
 * @param {unknown} url
 */
export function safeAddress(url) {
  if (!url) return null;
  try {
    const address = new URL(String(url), location.href);
    return ["http:", "https:", "blob:"].includes(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}

let taken = 0;

/** An id no other element has, for labels and descriptions. @param {string} stem */
export function freshId(stem) {
  taken += 1;
  return `${stem}-${taken}`;
}

/** @param {HTMLElement} node @param {string} name @param {any} value */
function set(node, name, value) {
  const isState = name.startsWith("aria-"); // these are written as true and false
  if (value === null || value === undefined || (value === false && !isState)) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "vars") for (const [key, each] of Object.entries(value)) node.style.setProperty(key, String(each));
  else node.setAttribute(name, value === true && !isState ? "" : String(value));
}

/** @param {Child} child */
const isShown = (child) => child !== null && child !== undefined && child !== false;

/** @param {Child} child */
const asNode = (child) => (child instanceof Node ? child : document.createTextNode(String(child)));
