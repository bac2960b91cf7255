/** Emoji as pictures, like in Discord: those the bot uses, so that they look the same even without a font for them. */

import { el } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const SQUARE = "M4 1h16a3 3 0 0 1 3 3v16a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V4a3 3 0 0 1 3-3z";
const DISC = "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20z";
const TRAY = "M2 14h5l1.5 3h7L17 14h5v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2z";

const WHITE = "#fff";
const PALE = "#d5dee6";
const GREY = "#9aaab7";
const SLATE = "#6b7b88";
const BLUE = "#3d8fd1";
const SKY = "#a5d6f6";
const GREEN = "#3fa45f";
const RED = "#de3c4b";
const YELLOW = "#fdc844";
const ORANGE = "#f6a231";
const BROWN = "#b3744f";
const TAN = "#e0ac83";
const INK = "#4a3512";

/** A path, its colour, and for lines their width; on a 24 × 24 grid. @typedef {[string, string, number?]} Shape */

const key = (/** @type {string} */ path, /** @type {number} */ width = 0) =>
  /** @type {Shape[]} */ ([[SQUARE, BLUE], [path, WHITE, width]]);

/** @type {Record<string, Shape[]>} without the sign that asks for a picture (U+FE0F) */
const PICTURES = {
  "⏳": [
    ["M7 4h10c0 5-4 5.5-4 8s4 3 4 8H7c0-5 4-5.5 4-8s-4-3-4-8z", SKY],
    ["M9 8h6c-1 2-2.4 2.4-3 4-.6-1.6-2-2-3-4zM12 15c2.5 1.5 4 3 4 5H8c0-2 1.5-3.5 4-5z", ORANGE],
    ["M5 2h14v2.4H5zM5 19.6h14V22H5z", BROWN],
  ],
  "⏸": key("M7 6h3.5v12H7zM13.5 6H17v12h-3.5z"),
  "⏫": key("M12 5l6.5 6.5h-13zM12 12l6.5 6.5h-13z"),
  "▶": key("M8 6l10 6-10 6z"),
  "◀": key("M16 6 6 12l10 6z"),
  "⚠": [["M12 3.5 22 20.5H2z", YELLOW], ["M12 3.5 22 20.5H2z", YELLOW, 2.4], ["M12 9v5.5M12 18h.01", INK, 2.4]],
  "✅": [[SQUARE, GREEN], ["M6 12.5l4.2 4.2L18.5 7.5", WHITE, 3]],
  "✋": [
    ["M8 12V5.5M11.2 11V3.3M14.4 11V4M17.4 12V6.5", YELLOW, 2.6],
    ["M6.7 11h12v5a6 6 0 0 1-6 6h-2a6 6 0 0 1-4.2-1.7L2.8 15.6a1.5 1.5 0 0 1 2.2-2l1.7 1.5z", YELLOW],
  ],
  "✏": [
    ["M4.5 15.5 16 4l4 4L8.5 19.5z", ORANGE],
    ["M16 4l1.7-1.7a1.6 1.6 0 0 1 2.3 0L21.7 4a1.6 1.6 0 0 1 0 2.3L20 8z", RED],
    ["M3 21l1.5-5.5 4 4z", TAN],
  ],
  "❌": [["M5 5l14 14M19 5 5 19", RED, 4.5]],
  "🎥": [
    ["M2 9h13v11H2z", SLATE],
    ["M15 13l7-4v11l-7-4z", GREY],
    ["M6 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM13 3a3 3 0 1 0 0 6 3 3 0 0 0 0-6z", GREY],
  ],
  "🎬": [
    ["M2 10h20v10a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2z", SLATE],
    ["M1.5 6.2 20.8 2l.9 4-19.3 4.2z", PALE],
    ["M5 5.4l2.6 3.6 3-.7L8 4.8zM11 4.1l2.6 3.6 3-.7L14 3.5z", SLATE],
    ["M10 13l5 3-5 3z", WHITE],
  ],
  "🎞": [
    ["M3 2h18v20H3z", SLATE],
    ["M4.5 4h2v2.5h-2zM4.5 10.7h2v2.5h-2zM4.5 17.5h2V20h-2z", WHITE],
    ["M17.5 4h2v2.5h-2zM17.5 10.7h2v2.5h-2zM17.5 17.5h2V20h-2z", WHITE],
    ["M8.5 4h7v7h-7zM8.5 13h7v7h-7z", SKY],
  ],
  "🎲": [[SQUARE, RED], ["M7 7h.01M17 7h.01M12 12h.01M7 17h.01M17 17h.01", WHITE, 3.4]],
  "🧵": [
    ["M6 4h12l-1.5 16h-9z", RED],
    ["M7 8l10 1.5M7.2 12l9.4 1.5M7.5 16l8.8 1.5", WHITE, 1.2],
    ["M4 2h16v3H4zM4 19h16v3H4z", TAN],
    ["M17 13c4 0 4 6 5 8", RED, 1.6],
  ],
  "🗂": [
    ["M2 5h7l2 2.5h11V21H2z", BROWN],
    ["M6 3h6v8H6zM14 4.5h5V11h-5z", SKY],
    ["M2 9.5h20V21H2z", TAN],
  ],
  "🗳": [
    ["M7.5 2h9v12h-9z", PALE],
    ["M9.5 7.5l2 2L15 6", BLUE, 1.8],
    ["M2 12h20v10H2z", SLATE],
    ["M5.5 14.5h13", INK, 1.8],
  ],
  "🚧": [
    ["M5 15v7M19 15v7", SLATE, 2.4],
    ["M1 6h22v10H1z", YELLOW],
    ["M6 6h4.5l-5 10H1zM15 6h4.5l-5 10H10z", INK],
  ],
  "🖼": [["M2 3h20v18H2z", ORANGE], ["M5 6h14v12H5z", SKY], ["M5 18l5-6 3.5 3.5L16 13l3 5z", GREEN]],
  "📤": [[TRAY, GREY], ["M12 2l5 5.5h-3V14h-4V7.5H7z", BLUE]],
  "📥": [[TRAY, GREY], ["M12 14 7 8.5h3V2h4v6.5h3z", BLUE]],
  "📦": [
    ["M2 7l10-5 10 5v11l-10 5L2 18z", BROWN],
    ["M2 7l10-5 10 5-10 5z", TAN],
    ["M6.5 4.7l10 5v4l2.6-1.3v-4l-10-5z", PALE],
  ],
  "🗄": [["M4 2h16v20H4z", GREY], ["M6 4h12v7H6zM6 13h12v7H6z", PALE], ["M10 7.5h4M10 16.5h4", SLATE, 1.8]],
  "📨": [["M6 5h17v14H6z", PALE], ["M6 5.5l8.5 7 8.5-7", SLATE, 1.8], ["M1 8h3.5M2 12h2.5M1 16h3.5", BLUE, 1.8]],
  "📺": [
    ["M8 2l4 5 4-5", GREY, 1.6],
    ["M2 7h20v14H2z", SLATE],
    ["M4 9h12v10H4z", SKY],
    ["M19 11h.01M19 15h.01", WHITE, 2.2],
  ],
  "💰": [
    ["M8.5 2h7l-2 5h-3z", BROWN],
    ["M10 7h4c4.5 3 7 7 7 10.5 0 3-2 4.5-4.5 4.5h-9C5 22 3 20.5 3 17.5 3 14 5.5 10 10 7z", ORANGE],
    ["M14.5 12.2c-1-1.2-4.6-1.2-4.6.7 0 2.3 4.6 1.2 4.6 3.4 0 1.9-3.8 1.9-5 .5M12 10v9", INK, 1.7],
  ],
  "💾": [["M3 3h15l3 3v15H3z", SLATE], ["M7 3h9v6H7z", PALE], ["M6 12h12v9H6z", SKY], ["M13.5 4.5v3", SLATE, 1.8]],
  "🔌": [
    ["M14 3l-3 3M21 10l-3 3", GREY, 2.4],
    ["M10 5l9 9-3 2.5a5 5 0 0 1-6.5-.5L8 14.5A5 5 0 0 1 7.5 8z", SLATE],
    ["M8 16c-2 2-2 4-5 5", SLATE, 2.4],
  ],
  "🔀": key(
    "M5 8h3l7 8h4M16.5 13.5 19 16l-2.5 2.5M5 16h3l2-2.3M13 10.3 15 8h4M16.5 5.5 19 8l-2.5 2.5",
    2,
  ),
  "🔁": key(
    "M6 11V9.5A2.5 2.5 0 0 1 8.5 7H18M15.5 4.5 18 7l-2.5 2.5" +
      "M18 13v1.5a2.5 2.5 0 0 1-2.5 2.5H6M8.5 14.5 6 17l2.5 2.5",
    2,
  ),
  "🔎": [
    ["M9 15l-6 6", SLATE, 3.5],
    ["M14 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", SKY],
    ["M14 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14z", GREY, 2],
  ],
  "🔗": [
    [
      "M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7L12 7M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7L12 17",
      GREY,
      2.4,
    ],
  ],
  "🔔": [
    ["M9.5 19.5a2.5 2.5 0 0 0 5 0z", ORANGE],
    ["M12 2a7 7 0 0 0-7 7v6l-2 3h18l-2-3V9a7 7 0 0 0-7-7z", YELLOW],
  ],
  "🔒": [["M8 10V7a4 4 0 0 1 8 0v3", GREY, 2.4], ["M5 10h14v12H5z", YELLOW]],
  "🔴": [[DISC, RED]],
  "🟠": [[DISC, ORANGE]],
  "🟡": [[DISC, YELLOW]],
  "🟢": [[DISC, GREEN]],
  "⚪": [[DISC, PALE]],
  "⭐": [["M12 1.8l3.1 6.6 7.2.9-5.3 5 1.4 7.1L12 17.9l-6.4 3.5L7 14.3l-5.3-5 7.2-.9z", YELLOW]],
  "🌳": [
    ["M10.5 13h3v9h-3z", BROWN],
    ["M12 1.5a5 5 0 0 0-4.8 3.6A5.2 5.2 0 0 0 7 15.5h10a5.2 5.2 0 0 0-.2-10.4A5 5 0 0 0 12 1.5z", GREEN],
  ],
  "📋": [
    ["M4 3h16v19H4z", BROWN],
    ["M6 5.5h12V20H6z", WHITE],
    ["M8.5 2h7v4h-7z", GREY],
    ["M8 9.5h8M8 12.8h8M8 16h5", GREY, 1.6],
  ],
  "🏆": [
    ["M6 4.5H3v2a4.5 4.5 0 0 0 4.5 4.5M18 4.5h3v2a4.5 4.5 0 0 1-4.5 4.5", ORANGE, 1.6],
    ["M6 2.5h12v6a6 6 0 0 1-12 0z", YELLOW],
    ["M10.8 13.5h2.4v4h-2.4zM7.5 17h9v4h-9z", ORANGE],
  ],
  "🗑": [
    ["M5 7h14l-1.3 14.5H6.3z", GREY],
    ["M3.5 4.5h17V7h-17zM9 2.5h6v2H9z", SLATE],
    ["M9.5 10v8M14.5 10v8", WHITE, 1.6],
  ],
  "🚩": [
    ["M5 2h2.2v20H5z", SLATE],
    ["M7.2 3.5h13l-3.4 4.7 3.4 4.8h-13z", RED],
  ],
  "👍": [
    ["M9 10.5 12.6 3a2.2 2.2 0 0 1 3.2 2.6L14.8 9H20a2 2 0 0 1 2 2.3l-1.3 7.4a2.8 2.8 0 0 1-2.8 2.3H9z", YELLOW],
    ["M3 10.5h4.5V21H3z", ORANGE],
  ],
  "👎": [
    ["M9 13.5 12.6 21a2.2 2.2 0 0 0 3.2-2.6L14.8 15H20a2 2 0 0 0 2-2.3l-1.3-7.4A2.8 2.8 0 0 0 17.9 3H9z", YELLOW],
    ["M3 3h4.5v10.5H3z", ORANGE],
  ],
  "🚫": [["M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12", RED, 3.2]],
};

const TEXT_BY_THEMSELVES = "▶◀⚠✏"; // these are pictures only if U+FE0F follows
const KNOWN = new RegExp(
  `(${Object.keys(PICTURES)
    .map((sign) => (TEXT_BY_THEMSELVES.includes(sign) ? `${sign}\uFE0F` : `${sign}\uFE0F?`))
    .join("|")})`,
  "u",
);

/** A text with its emoji drawn; each is still text for copying and for screen readers. @param {string} text */
export function withEmoji(text) {
  return text.split(KNOWN).filter(Boolean).map((part) => drawing(part) ?? part);
}

/** @param {string} sign @returns {HTMLElement | null} */
export function drawing(sign) {
  const shapes = PICTURES[sign.replace("\uFE0F", "")];
  if (!shapes || !KNOWN.test(sign)) return null;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(...shapes.map(pathOf));
  return el("span", { class: "emoji" }, svg, el("span", { class: "emoji-text" }, sign));
}

/** @param {Shape} shape */
function pathOf([line, colour, width = 0]) {
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", line);
  path.setAttribute("fill", width ? "none" : colour);
  if (width) {
    path.setAttribute("stroke", colour);
    path.setAttribute("stroke-width", String(width));
  }
  return path;
}
