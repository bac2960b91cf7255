// The player's controls: what the buttons do, and their state. Without this script, the browser's own are shown.

import { clock } from "./clock.js";
import { listenToKeys } from "./keys.js";
import { frameLength } from "./frames.js";
import { showStills } from "./stills.js";

export function takeIntoUse(player) {
  const video = player.querySelector("video");
  const find = (name) => player.querySelector(name);
  const position = find(".timeline input");
  const length = () => (Number.isFinite(video.duration) ? video.duration : Number(player.dataset.seconds));
  const frame = frameLength(video);

  const acts = {
    toggle: () => (video.paused ? video.play().catch(() => {}) : video.pause()),
    seek: (by) => (video.currentTime = Math.min(Math.max(video.currentTime + by, 0), length())),
    step(frames) {
      video.pause();
      const now = Math.floor(video.currentTime / frame() + 0.001);
      video.currentTime = Math.min(Math.max((now + frames + 0.5) * frame(), 0), length());
    },
    mute: () => (video.muted = !video.muted),
    fullScreen,
  };

  video.controls = false;
  for (const part of [".overlay", ".controls", ".keys"]) find(part).hidden = false;
  find(".overlay").addEventListener("click", acts.toggle);
  find(".control.play").addEventListener("click", acts.toggle);
  find(".control.sound")?.addEventListener("click", acts.mute);
  find(".control.loop").addEventListener("click", () => {
    video.loop = !video.loop;
    find(".control.loop").setAttribute("aria-pressed", String(video.loop));
  });
  find(".speed").addEventListener("change", (event) => (video.playbackRate = Number(event.target.value)));
  find(".control.full").hidden = !player.requestFullscreen && !video.webkitEnterFullscreen;
  find(".control.full").addEventListener("click", fullScreen);
  video.addEventListener("click", acts.toggle);
  position.addEventListener("input", () => (video.currentTime = Number(position.value)));
  for (const event of ["play", "pause", "ended", "volumechange"]) video.addEventListener(event, showState);
  for (const event of ["timeupdate", "seeking", "loadedmetadata", "durationchange"])
    video.addEventListener(event, showTime);
  video.addEventListener("play", follow);
  video.addEventListener("error", () => (find(".trouble").hidden = false));
  listenToKeys(player, acts);
  showStills(find(".timeline"), player.dataset.sheet, length);
  showState();
  showTime();

  function fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (player.requestFullscreen) player.requestFullscreen().catch(() => {});
    else video.webkitEnterFullscreen?.(); // iPhones
  }

  function showState() {
    player.classList.toggle("playing", !video.paused);
    if (!video.paused) player.classList.add("begun");
    show(find(".control.play"), !video.paused);
    show(find(".control.sound"), video.muted);
    const overlay = find(".overlay");
    overlay.setAttribute("aria-label", find(".control.play").getAttribute("aria-label"));
  }

  function showTime() {
    const now = video.currentTime;
    position.max = length();
    position.value = now;
    position.style.setProperty("--done", `${length() ? (100 * now) / length() : 0}%`);
    const said = player.dataset.positionOf.replace("{position}", clock(now)).replace("{length}", clock(length()));
    position.setAttribute("aria-valuetext", said);
    find(".time").textContent = `${clock(now)} / ${clock(length())}`;
  }

  function follow() {
    showTime();
    if (!video.paused) requestAnimationFrame(follow);
  }
}

// A button that was used shows its other icon and has its other name.
function show(button, used) {
  if (!button) return;
  const label = used ? button.dataset.other : button.dataset.label;
  button.classList.toggle("used", used);
  button.setAttribute("aria-label", label);
  button.title = label;
}
