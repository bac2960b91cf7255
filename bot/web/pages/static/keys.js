// Keys for the whole page, which can be turned off: people who use voice input may say such letters by accident.

const STEP = 1; // seconds
const SETTING = "kinora keys";
const TYPED_IN = "input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]";
const PRESSED = "button, a, summary, input:not([type=range])"; // for these, space is a click

export function listenToKeys(player, { toggle, seek, step, mute, fullScreen }) {
  const box = player.querySelector(".keys input");
  box.checked = remembered() !== "off";
  box.addEventListener("change", () => remember(box.checked ? "on" : "off"));

  const acts = {
    " ": toggle,
    ArrowLeft: () => seek(-STEP),
    ArrowRight: () => seek(STEP),
    ",": () => step(-1),
    ".": () => step(1),
    m: mute,
    f: fullScreen,
  };
  document.addEventListener("keydown", (event) => {
    const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    const at = event.target;
    if (!act || !box.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.closest?.(TYPED_IN) || (event.key === " " && at.closest?.(PRESSED))) return;
    event.preventDefault();
    act();
  });
}

function remembered() {
  try {
    return localStorage.getItem(SETTING);
  } catch {
    return null; // a browser that stores nothing
  }
}

function remember(value) {
  try {
    localStorage.setItem(SETTING, value);
  } catch {
    // likewise
  }
}
