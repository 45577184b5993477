const LONE_SURROGATE = /\p{Surrogate}/gu;
/** How JSON text spells the first half of every surrogate, lone or not: a cheap sign that there may be one. */
const ESCAPED_SURROGATE = "\\ud";

/** The text with each half of a character that lacks its other half replaced, as UTF-8 has no spelling for it. */
export function wellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, "\ufffd");
}

/** JSON that every reader takes: PHP refuses a whole body for half a character in one of its texts. */
export function wellFormedJson(value: unknown): string {
  const json = JSON.stringify(value);
  // `JSON.stringify` escapes lone halves only.
  if (!json.includes(ESCAPED_SURROGATE)) return json;
  return JSON.stringify(value, (_key, entry: unknown) => (typeof entry === "string" ? wellFormed(entry) : entry));
}
