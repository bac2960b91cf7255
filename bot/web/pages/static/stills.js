// Previews for the time line, from the contact sheet: nine stills of nine equal parts of the video.

import { clock } from "./clock.js";

const COLUMNS = 3;
const GAP = 4; // pixels of the sheet between two stills
const SIDE = 176; // pixels; the longer side of a still on the page
const HALF_THUMB = 8; // pixels

export function showStills(timeline, address, length) {
  const preview = timeline.querySelector(".preview");
  const [still, time] = preview.children;
  const sheet = new Image();
  let under = null; // where the pointer is

  function lay() {
    const width = (sheet.naturalWidth - GAP * (COLUMNS - 1)) / COLUMNS;
    const height = (sheet.naturalHeight - GAP * (COLUMNS - 1)) / COLUMNS;
    const scale = SIDE / Math.max(width, height);
    return { width: width * scale, height: height * scale, gap: GAP * scale, whole: sheet.naturalWidth * scale };
  }

  function show(event) {
    under = event;
    if (!sheet.src) sheet.src = address;
    if (!sheet.naturalWidth) return; // called again when the sheet is loaded
    const box = timeline.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientX - box.left - HALF_THUMB) / (box.width - 2 * HALF_THUMB), 0), 1);
    const number = Math.min(Math.floor(share * COLUMNS ** 2), COLUMNS ** 2 - 1);
    const { width, height, gap, whole } = lay();
    Object.assign(still.style, {
      width: `${width}px`,
      height: `${height}px`,
      backgroundImage: `url("${sheet.src}")`,
      backgroundSize: `${whole}px auto`,
      backgroundPosition: `${-(number % COLUMNS) * (width + gap)}px ${-Math.floor(number / COLUMNS) * (height + gap)}px`,
    });
    time.textContent = clock(share * length());
    preview.hidden = false;
    const middle = HALF_THUMB + share * (box.width - 2 * HALF_THUMB);
    const room = Math.max(0, box.width - preview.offsetWidth);
    preview.style.left = `${Math.min(Math.max(middle - preview.offsetWidth / 2, 0), room)}px`;
  }

  function hide() {
    under = null;
    preview.hidden = true;
  }

  sheet.addEventListener("load", () => under && show(under));
  timeline.addEventListener("pointerenter", show);
  timeline.addEventListener("pointermove", show);
  for (const event of ["pointerleave", "pointercancel"]) timeline.addEventListener(event, hide);
  timeline.addEventListener("pointerup", (event) => event.pointerType !== "mouse" && hide());
}
