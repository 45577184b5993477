/** A quoted value longer than this is not told whole. */
const MAX_QUOTED = 80;
const KEPT = 60;
const LONG_QUOTED = new RegExp(`"((?:[^"\\\\]|\\\\.){${MAX_QUOTED + 1},})"`, "gs");

/** A sentence that may quote what a client sent: no long value of it stands there whole, and it is no longer than the limit. */
export function clippedText(text: string, maxLength: number): string {
  if (text.length <= MAX_QUOTED) return text;
  // What is cut off at first would be cut off at last, too.
  const beginning = text.length > 4 * maxLength ? `${text.slice(0, 4 * maxLength)}"` : text;
  const shortened = beginning.replace(LONG_QUOTED, (_whole, quoted: string) => `"${quoted.slice(0, KEPT)}…"`);
  return shortened.length > maxLength ? `${shortened.slice(0, maxLength - 1)}…` : shortened;
}
