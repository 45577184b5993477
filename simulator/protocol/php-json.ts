const beyondAscii = /[\u0080-\uffff]+/g;
const backslashed = /\\["\\]/g;
const escapes = new Map<number, string>();

function escapeUnit(unit: number): string {
  const known = escapes.get(unit);
  if (known !== undefined) return known;
  const written = `\\u${unit.toString(16).toUpperCase().padStart(4, "0")}`;
  escapes.set(unit, written);
  return written;
}

function escapeRun(run: string): string {
  let written = "";
  for (let index = 0; index < run.length; index++) written += escapeUnit(run.charCodeAt(index));
  return written;
}

/**
 * JSON as the portal's PHP writes it: `< > & ' "` inside strings as `\u003C`-style escapes, slashes as `\/`,
 * everything beyond ASCII as `\uXXXX`. The parsed value is the same; only the text differs from `JSON.stringify`.
 */
export function encodePhpJson(value: unknown): string {
  // Outside of strings JSON has none of these characters, so that plain replacements are safe, and much faster than one
  // expression for all of them. Only an escaped quote must be told from a quote after an escaped backslash.
  const json = (JSON.stringify(value) ?? "null")
    .replaceAll("/", "\\/")
    .replaceAll("<", "\\u003C")
    .replaceAll(">", "\\u003E")
    .replaceAll("&", "\\u0026")
    .replaceAll("'", "\\u0027")
    .replace(beyondAscii, escapeRun);
  return json.includes('\\"') ? json.replace(backslashed, (pair) => (pair === '\\"' ? "\\u0022" : pair)) : json;
}
