/** Dark or light: the system's setting, unless the person chose otherwise. Loaded first, so nothing flashes. */

import { fill, pushButton } from "./dom.js";
import { icon } from "./icons.js";

const KEY = "kinora-theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const chosen = read();

if (chosen) document.documentElement.dataset.theme = chosen;

/** A button that switches to the other theme and remembers it. */
export function themeSwitch() {
  const button = pushButton({ class: "rail-button", onclick: () => show(isDark() ? "light" : "dark") });
  const label = () => {
    const other = isDark() ? "light" : "dark";
    button.setAttribute("aria-label", `Use the ${other} theme`);
    button.title = `Use the ${other} theme`;
    fill(button, icon(isDark() ? "sun" : "moon"));
  };
  /** @param {string} theme */
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    remember(theme);
    label();
  };
  systemIsDark.addEventListener("change", label);
  label();
  return button;
}

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : systemIsDark.matches;
}

// A browser may forbid storage; the switch still works, but is forgotten.
function read() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** @param {string} theme */
function remember(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // forgotten when the page closes
  }
}
