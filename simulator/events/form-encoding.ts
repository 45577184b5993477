export interface FormOptions {
  /** Leaves the brackets of names as they are; default: percent-encoded, as PHP writes them. Receivers must take both. */
  rawBrackets?: boolean;
}

const loneSurrogates = /\p{Surrogate}/gu;

/** PHP's `urlencode`: spaces are pluses, and of the marks only `-`, `_` and `.` stay. */
function urlEncode(text: string): string {
  return encodeURIComponent(text.replace(loneSurrogates, "\ufffd"))
    .replaceAll("%20", "+")
    .replace(/[!'()*~]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}

function scalar(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
      return String(value);
    case "boolean":
      return value ? "1" : "0";
    default:
      return undefined;
  }
}

function append(fields: string[], name: string, value: unknown, raw: boolean): void {
  if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      const part = urlEncode(key);
      append(fields, raw ? `${name}[${part}]` : `${name}%5B${part}%5D`, item, raw);
    }
    return;
  }
  const text = scalar(value);
  if (text !== undefined) fields.push(`${name}=${urlEncode(text)}`);
}

/**
 * A form body as PHP's `http_build_query` makes it: nested values as brackets, list positions as numbers, `true` as 1 and
 * `false` as 0; nulls, empty lists and empty maps leave no trace.
 */
export function encodePhpForm(values: Readonly<Record<string, unknown>>, options: FormOptions = {}): string {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(values))
    append(fields, urlEncode(name), value, options.rawBrackets === true);
  return fields.join("&");
}
