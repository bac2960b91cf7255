/** A picture in full size over the page. */

import { el, fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const dialog = el("dialog", { class: "lightbox", "aria-label": "Picture", onclick: () => dialog.close() });

/** @param {string} src @param {string} alt */
export function openPicture(src, alt) {
  const close = pushButton({ class: "icon-button", "aria-label": "Close" }, icon("close"));
  fill(dialog, el("img", { src, alt }), alt && el("p", {}, el("bdi", {}, alt)), close);
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.showModal();
}
