/** Files dragged over the page: a hint that they may be dropped, and the file for the composer. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * The whole page accepts files, so that the browser opens none by mistake; forms handle their own.
 * @param {HTMLElement} node where the hint appears @param {(file: File) => void} onFile
 */
export function acceptFiles(node, onFile) {
  const words = "Drop the file here";
  const sign = el("div", { class: "drop-sign", hidden: true, "aria-hidden": true }, icon("picture"), words);
  node.append(sign);
  let depth = 0; // enters minus leaves: children send both
  const show = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    sign.hidden = depth === 0;
  };
  document.addEventListener("dragenter", (event) => isForUs(event) && show(1));
  document.addEventListener("dragleave", (event) => isForUs(event) && show(-1));
  document.addEventListener("dragover", (event) => isForUs(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    show(-depth);
    if (!isForUs(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  });
}

/** @param {DragEvent} event */
function isForUs({ dataTransfer, target }) {
  return dataTransfer?.types.includes("Files") === true && !(/** @type {Element} */ (target).closest?.("dialog"));
}
