/** Pictures, videos and files in messages. */

import { el, pushButton, safeAddress } from "./dom.js";
import { icon } from "./icons.js";
import { openPicture } from "./lightbox.js";

const VIDEO_NAME = /\.(mp4|webm|mov|m4v)(\?|#|$)/i;
const TALLEST = 420; // pixels
const STEP = 1; // seconds per arrow key; the clips last four to twelve

/**
 * @typedef {{url: string, content_type?: string, width?: number, height?: number}} Medium
 * @typedef {{media: Medium, description?: string, spoiler?: boolean}} Item
 */

/** @param {Item[]} items one to ten */
export function gallery(items) {
  const figures = items.map((item) => covered(shown(item), item.spoiler === true));
  return el("div", { class: "gallery", "data-count": Math.min(items.length, 4) }, figures);
}

/** @param {Item} thumbnail */
export function thumbnail({ media, description, spoiler }) {
  return covered(picture(media, description ?? "", "thumbnail"), spoiler === true);
}

/** @param {{file: Medium, name?: string, size?: number, spoiler?: boolean}} component */
export function file({ file: { url }, name, size, spoiler }) {
  const title = name ?? "file";
  const card = el(
    "a",
    { class: "file", href: safeAddress(url), download: title, target: "_blank", rel: "noopener" },
    icon("file"),
    el("span", { class: "file-name" }, el("bdi", {}, title), size ? el("small", {}, inWords(size)) : null),
    icon("download"),
  );
  return covered(card, spoiler === true);
}

/** Attachments of a plain message. @param {any} attachment */
export function attachment({ url, filename, size, content_type, width, height, description }) {
  const media = { url, content_type, width, height };
  if (isVideo(media) || content_type?.startsWith("image/")) return gallery([{ media, description }]);
  return file({ file: media, name: filename, size });
}

/** A hidden element, until it is clicked. @param {HTMLElement} node @param {boolean} isSpoiler */
export function covered(node, isSpoiler) {
  if (!isSpoiler) return node;
  const lift = () => {
    box.classList.add("open");
    node.inert = false;
    lid.remove();
  };
  const lid = pushButton({ class: "lid", onclick: lift }, "Spoiler");
  const box = el("div", { class: "covered" }, node, lid);
  node.inert = true;
  return box;
}

/** @param {Item} item */
function shown({ media, description }) {
  return isVideo(media) ? player(media, description ?? "") : picture(media, description ?? "", "picture");
}

/** A picture until play is pressed; then the browser's own player. @param {Medium} media @param {string} description */
function player(media, description) {
  const node = video(media, description);
  const play = pushButton({ class: "play", "aria-label": "Play", onclick: () => void start(node) }, icon("play"));
  const frame = el("div", { class: "player", vars: shape(media) }, node, play);
  node.addEventListener("play", () => frame.classList.add("begun"));
  node.addEventListener("loadedmetadata", () => {
    const known = shape({ width: node.videoWidth, height: node.videoHeight });
    for (const [name, value] of Object.entries(known)) frame.style.setProperty(name, value);
  });
  return frame;
}

/** @param {HTMLVideoElement} node */
async function start(node) {
  node.focus({ preventScroll: true }); // it now gets the arrow keys and the space bar
  await node.play();
}

/** @param {Medium} media @param {string} description */
function video(media, description) {
  return el("video", {
    class: "video",
    src: safeAddress(media.url),
    controls: true,
    playsinline: true,
    preload: "metadata", // enough to show the first frame
    "aria-label": description || "Video",
    onkeydown: seek,
  });
}

/** ← and → seek in a focused video. @param {KeyboardEvent} event */
function seek(event) {
  const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
  const node = /** @type {HTMLVideoElement} */ (event.currentTarget);
  if (step === undefined || event.altKey || event.ctrlKey || event.metaKey || !Number.isFinite(node.duration)) return;
  event.preventDefault(); // the browser's own slider would move as well
  node.currentTime = Math.min(Math.max(node.currentTime + step, 0), node.duration);
}

/** Custom properties that reserve its space before it has loaded. @param {Partial<Medium>} media */
function shape({ width, height }, widest = Infinity) {
  if (!width || !height) return {};
  const fitting = Math.round(Math.min((TALLEST * width) / height, widest));
  return { "--ratio": `${width} / ${height}`, "--widest": `${fitting}px` };
}

/** @param {Medium} media @param {string} alt @param {string} kind */
function picture(media, alt, kind) {
  const src = safeAddress(media.url) ?? "";
  const image = el("img", { src, alt, loading: "lazy", decoding: "async" });
  const onclick = () => openPicture(src, alt);
  const label = alt ? `Enlarge: ${alt}` : "Enlarge the picture";
  return pushButton({ class: kind, onclick, "aria-label": label, vars: shape(media, media.width) }, image);
}

/** @param {Medium} media */
function isVideo({ url, content_type }) {
  return content_type ? content_type.startsWith("video/") : VIDEO_NAME.test(url);
}

/** @param {number} bytes */
function inWords(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}
