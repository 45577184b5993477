/** A value as PHP would hold it before it builds a form body. */
export type PhpValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly PhpValue[]
  | { readonly [key: string]: PhpValue };

/** A form body as PHP's `http_build_query` makes it: brackets, no nulls, no empty lists, booleans as 1 and 0. */
export function phpForm(value: { readonly [key: string]: PhpValue }): string {
  return Object.entries(value)
    .flatMap(([name, entry]) => fieldsOf(encode(name), entry))
    .join("&");
}

function fieldsOf(name: string, value: PhpValue): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "boolean") return [`${name}=${value ? 1 : 0}`];
  if (typeof value !== "object") return [`${name}=${encode(String(value))}`];
  return Object.entries(value).flatMap(([key, entry]) => fieldsOf(`${name}%5B${encode(key)}%5D`, entry));
}

function encode(text: string): string {
  return encodeURIComponent(text)
    .replaceAll("%20", "+")
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
