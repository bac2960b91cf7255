/** Files dragged over the messages: a sign where to let go, and the file for the composer. */

import { el } from "./dom.js";
import { icon } from "./icons.js";

/** @param {HTMLElement} node @param {(file: File) => void} onFile */
export function acceptFiles(node, onFile) {
  const words = "Let go to take this file along";
  const sign = el("div", { class: "drop-sign", hidden: true, "aria-hidden": true }, icon("picture"), words);
  node.append(sign);
  let depth = 0; // enters minus leaves: children send both
  const show = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    sign.hidden = depth === 0;
  };
  node.addEventListener("dragenter", (event) => hasFiles(event) && show(1));
  node.addEventListener("dragleave", (event) => hasFiles(event) && show(-1));
  node.addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  node.addEventListener("drop", (event) => {
    show(-depth);
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    onFile(file);
  });
}

/** @param {DragEvent} event */
const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes("Files") === true;
