const needsEscape = /[<>&'/\u007f-\uffff]|\\["\\]/;
const escapes = /[<>&'/\u0080-\uffff]|\\["\\]/g;

function escapeOne(found: string): string {
  switch (found) {
    case "\\\\":
      return found;
    case '\\"':
      return "\\u0022";
    case "/":
      return "\\/";
    default:
      return `\\u${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  }
}

/**
 * JSON as the portal's PHP writes it: `< > & ' "` inside strings as `\u003C`-style escapes, slashes as `\/`,
 * everything beyond ASCII as `\uXXXX`. The parsed value is the same; only the text differs from `JSON.stringify`.
 */
export function encodePhpJson(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  return needsEscape.test(json) ? json.replace(escapes, escapeOne) : json;
}
