/** Discord writes null for missing values; on this page both are undefined, so that defaults apply. */

/** @param {string} text @returns {any} */
export function parse(text) {
  return JSON.parse(text, (_key, value) => value ?? undefined);
}
