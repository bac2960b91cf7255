// How long a frame is: measured while the video plays, where the browser tells; until then as in most films.

const USUAL = 1 / 24; // seconds
const SHORTEST = 1 / 120;

export function frameLength(video) {
  let measured = Infinity;
  let last = null;

  function see(_now, shown) {
    const passed = last ? shown.mediaTime - last.mediaTime : 0;
    if (last && shown.presentedFrames === last.presentedFrames + 1 && passed >= SHORTEST)
      measured = Math.min(measured, passed);
    last = shown;
    video.requestVideoFrameCallback(see);
  }

  video.requestVideoFrameCallback?.(see);
  return () => (Number.isFinite(measured) ? measured : USUAL);
}
