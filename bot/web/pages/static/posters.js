// A poster plays, muted, while the pointer or the focus is on its tile, unless the visitor prefers reduced motion.

const WAIT = 150; // milliseconds; the pointer may just be passing
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function playPosters(grid) {
  let playing = null;

  function begin(tile) {
    const picture = tile?.querySelector("[data-video]");
    if (!picture || calm.matches || playing?.picture === picture) return;
    end();
    playing = { picture, timer: setTimeout(() => show(picture), WAIT) };
  }

  function end() {
    if (!playing) return;
    clearTimeout(playing.timer);
    const video = playing.picture.querySelector("video");
    if (video) {
      video.removeAttribute("src");
      video.load(); // releases the connection
      video.remove();
    }
    playing = null;
  }

  const tileOf = (event) => event.target.closest?.(".tile");
  grid.addEventListener("pointerover", (event) => event.pointerType === "mouse" && begin(tileOf(event)));
  grid.addEventListener("pointerout", (event) => {
    if (event.pointerType === "mouse" && !tileOf(event)?.contains(event.relatedTarget)) end();
  });
  grid.addEventListener("focusin", (event) => begin(tileOf(event)));
  grid.addEventListener("focusout", end);
  document.addEventListener("keydown", (event) => event.key === "Escape" && end());
  addEventListener("pagehide", end);
}

function show(picture) {
  const video = document.createElement("video");
  Object.assign(video, { src: picture.dataset.video, muted: true, loop: true, playsInline: true });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("playing", () => video.classList.add("plays"));
  picture.append(video);
  video.play().catch(() => video.remove()); // the poster stays
}
