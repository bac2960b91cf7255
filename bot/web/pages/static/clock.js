// 1:04.5, for a position in a video of some seconds.

export function clock(seconds) {
  const tenths = Math.floor(seconds * 10 + 0.001);
  const rest = tenths % 600;
  return `${Math.floor(tenths / 600)}:${String(Math.floor(rest / 10)).padStart(2, "0")}.${rest % 10}`;
}
