/** Far deeper than any real operation, far from where parsing and validating, which recurse, run out of stack. */
const MAX_NESTING = 300;

export const NESTS_TOO_DEEP = `The document nests deeper than ${MAX_NESTING} brackets. Ask for less at once.`;

const OPENING = new Set([..."{[("].map((bracket) => bracket.charCodeAt(0)));
const CLOSING = new Set([..."}])"].map((bracket) => bracket.charCodeAt(0)));

/**
 * Whether a document must not even be parsed. Counts brackets in strings and comments too: text with hundreds that are never closed
 * belongs into a variable.
 */
export function nestsTooDeep(source: string): boolean {
  let depth = 0;
  for (let at = 0; at < source.length; at += 1) {
    const code = source.charCodeAt(at);
    if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}
