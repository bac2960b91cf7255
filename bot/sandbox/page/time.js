/**
 * Discord's timestamps, `<t:unix:style>`, and the times beside messages. Relative ones are updated.
 * Those in a text use the language of the person's Discord, all others the page's own.
 */

import { languageInAddress } from "./language.js";

const LANGUAGE = navigator.language.startsWith("en") ? navigator.language : "en-GB"; // the page speaks English

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};

/** @type {[Intl.RelativeTimeFormatUnit, number][]} unit, seconds */
const UNITS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];

/** @param {Date} moment @param {string} style one letter of Discord's, without R */
export function written(moment, style, language = LANGUAGE) {
  return new Intl.DateTimeFormat(language, STYLES[style] ?? STYLES.f).format(moment);
}

/** The reader's language; English as in the browser. */
function readersLanguage() {
  const language = languageInAddress();
  return language.startsWith("en") ? LANGUAGE : language;
}

/** "in 3 minutes", "vor 2 Stunden". @param {number} unix seconds @param {number} now milliseconds */
export function relative(unix, now = Date.now()) {
  const seconds = Math.round(unix - now / 1000);
  const [unit, length] = UNITS.find((each) => Math.abs(seconds) >= each[1]) ?? ["second", 1];
  const words = new Intl.RelativeTimeFormat(readersLanguage(), { numeric: "always" });
  return words.format(Math.trunc(seconds / length), unit);
}

/** A `<time>` element for a timestamp in text. @param {number} unix seconds @param {string} [style] */
export function timeElement(unix, style = "f") {
  const moment = new Date(unix * 1000);
  if (Number.isNaN(moment.getTime())) return document.createTextNode(`<t:${unix}>`);
  const node = document.createElement("time");
  node.dateTime = moment.toISOString();
  node.title = written(moment, "F", readersLanguage());
  node.textContent = style === "R" ? relative(unix) : written(moment, style, readersLanguage());
  if (style === "R") node.dataset.unix = String(unix);
  return node;
}

/** "Today", "Yesterday" or the date, for the lines between days. @param {Date} moment */
export function dayName(moment, now = new Date()) {
  const days = Math.round((midnight(now) - midnight(moment)) / 86400000);
  if (days === 0) return "Today";
  return days === 1 ? "Yesterday" : written(moment, "D");
}

/** Update relative times once a second. */
export function startClock() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-unix]")) {
      const words = relative(Number(/** @type {HTMLElement} */ (node).dataset.unix));
      if (node.textContent !== words) node.textContent = words;
    }
  }, 1000);
}

/** @param {Date} moment */
const midnight = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
