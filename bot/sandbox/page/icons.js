/** Icons, drawn for this page on a 24 × 24 grid with 2-pixel strokes. */

import { pushButton } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  hash: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  thread: "M5 5v8a3 3 0 0 0 3 3h11M15 12l4 4-4 4",
  letter: "M4 6h16v12H4zM4 7l8 6 8-6",
  sun:
    "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21" +
    "M5.6 5.6l1 1M17.4 17.4l1 1M5.6 18.4l1-1M17.4 6.6l1-1",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  help: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM9.6 9.5a2.5 2.5 0 1 1 3.6 2.4c-.8.4-1.2.9-1.2 1.8M12 17h.01",
  restart: "M19 12a7 7 0 1 1-2.2-5.1M17 3v4h-4",
  laptop: "M5 5h14v10H5zM2.5 19h19",
  power: "M12 4v7M7.5 6.8a7 7 0 1 0 9 0",
  send: "M4 12 20 4l-5 16-4-7zM11 13l9-9",
  plus: "M12 5v14M5 12h14",
  picture: "M4 5h16v14H4zM4 16l5-5 5 5 2-2 4 4M15.5 9h.01",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  eye:
    "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z" +
    "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
  open: "M10 5H5v14h14v-5M14 4h6v6M20 4l-9 9",
  down: "M12 5v14M6 13l6 6 6-6",
  slash: "M16 4 8 20",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  play: "M8 5l11 7-11 7z",
  alert: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
};

/**
 * @param {keyof typeof PATHS} name
 * @returns {SVGSVGElement} an icon that screen readers skip
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A button with an icon, labelled `label`. @param {string} label @param {keyof typeof PATHS} symbol */
export function iconButton(label, symbol, /** @type {Record<string, any>} */ props) {
  return pushButton({ class: "icon-button", "aria-label": label, title: label, ...props }, icon(symbol));
}
