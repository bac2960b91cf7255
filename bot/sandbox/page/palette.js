/** The command palette: what can be typed after a slash. */

import { isNamed, matching } from "./commands.js";
import { el } from "./dom.js";

export const STILL_STARTING = "No commands yet: the bot is still starting.";

/**
 * The offer for typed text that begins with a slash. Enter takes its first command only if that has the text in its name:
 * one that merely mentions it would be another command than the typed one.
 * @param {import("./commands.js").Command[]} commands
 * @param {string} typed
 * @param {(command: import("./commands.js").Command) => void} onPick
 * @returns {import("./listbox.js").Offer}
 */
export function palette(commands, typed, onPick) {
  const isWaiting = commands.length === 0;
  const found = matching(commands, typed);
  return {
    title: "Commands",
    entries: found.map((command) => ({ label: command.name, value: command, node: row(command) })),
    empty: isWaiting ? STILL_STARTING : "No matching commands.",
    first: found.length && isNamed(found[0], typed) ? 0 : -1,
    onPick: ({ value }) => onPick(value),
  };
}

/** @param {import("./commands.js").Command} command */
function row({ name, description, options }) {
  const hints = options.map((option) => el("span", { class: option.required ? "needed" : "" }, option.name));
  return el(
    "span",
    { class: "command" },
    el("span", { class: "command-line" }, el("b", {}, `/${name}`), hints),
    el("small", {}, description),
  );
}
