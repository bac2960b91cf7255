// The length of a frame: measured while the video plays if the browser supports it; until then as in most films.

const USUAL = 1 / 24; // seconds
const SHORTEST = 1 / 120;
const LONGEST = 1 / 5; // longer times between two frames come from seeking

export function frameLength(video) {
  let measured = Infinity;
  let last = null;

  function see(_now, shown) {
    const passed = last ? shown.mediaTime - last.mediaTime : 0;
    const isNext = last && shown.presentedFrames === last.presentedFrames + 1;
    if (isNext && !video.paused && !video.seeking && passed >= SHORTEST && passed <= LONGEST)
      measured = Math.min(measured, passed);
    last = shown;
    video.requestVideoFrameCallback(see);
  }

  video.requestVideoFrameCallback?.(see);
  return () => (Number.isFinite(measured) ? measured : USUAL);
}
