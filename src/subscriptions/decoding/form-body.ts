import qs from "qs";

/** What a form body holds: text, and lists and maps made by brackets in names. A list with gaps or many items comes as a map. */
export type FormValue = string | readonly FormValue[] | FormFields;
export interface FormFields {
  readonly [name: string]: FormValue | undefined;
}

/** The body is not a form, or one that nothing sensible would send. The message is fit for the sender and repeats nothing of the body. */
export class UnreadableForm extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnreadableForm";
  }
}

/** Far above any event: one with a hundred deleted messages has some 500 fields. Keeps a hostile body to a few milliseconds. */
const MAX_FIELDS = 2_000;
/** The deepest documented value, a cell of a message's attachment, lies 12 brackets deep. */
const MAX_DEPTH = 20;
const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

const OPTIONS: qs.IParseOptions<qs.BooleanOptional> & { decoder: (text: string) => string } = {
  depth: MAX_DEPTH,
  strictDepth: true,
  parameterLimit: MAX_FIELDS,
  throwOnLimitExceeded: false,
  allowPrototypes: false,
  plainObjects: true,
  duplicates: "last",
  decoder: decodeText,
};

/**
 * Reads an `application/x-www-form-urlencoded` body with PHP brackets (`data[DATA][0][chat][id]=5`). Every scalar is text; of a name
 * that occurs twice the last value counts. Bytes that are not UTF-8 become U+FFFD: a portal may cut a text in the middle of a
 * character, and the rest of the event is still good. Throws `UnreadableForm`.
 */
export function parseForm(body: string): FormFields {
  if (body.trim() === "") throw new UnreadableForm("The body is empty.");
  if (countFields(body) > MAX_FIELDS) throw new UnreadableForm(`The form has more than ${MAX_FIELDS} fields.`);
  try {
    return fields(qs.parse(body, OPTIONS));
  } catch (error) {
    if (error instanceof UnreadableForm) throw error;
    if (error instanceof RangeError) throw new UnreadableForm(`The form nests deeper than ${MAX_DEPTH} brackets.`);
    throw error;
  }
}

function countFields(body: string): number {
  let count = 1;
  for (let at = body.indexOf("&"); at !== -1 && count <= MAX_FIELDS; at = body.indexOf("&", at + 1)) count += 1;
  return count;
}

function decodeText(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    if (MALFORMED_ESCAPE.test(spaced)) throw new UnreadableForm("The form has a broken percent-encoding.");
    return decodeBytes(spaced);
  }
}

/** Every escape is well formed, but the bytes are not UTF-8. */
function decodeBytes(text: string): string {
  const parts = text.split(/((?:%[0-9A-Fa-f]{2})+)/);
  return parts
    .map((part, index) => (index % 2 === 0 ? part : Buffer.from(part.replaceAll("%", ""), "hex").toString("utf8")))
    .join("");
}

/** With a decoder that returns text, the parser makes nothing but text, lists and maps; its types say `unknown`. */
function fields(parsed: object): FormFields {
  return parsed as FormFields;
}

export function isFormFields(value: FormValue | undefined): value is FormFields {
  return typeof value === "object" && !Array.isArray(value);
}

/** The text of a field; undefined when it is absent or holds something nested. */
export function textField(from: FormFields, name: string): string | undefined {
  const value = from[name];
  return typeof value === "string" ? value : undefined;
}

/** The nested fields under a name; undefined when there are none. PHP leaves empty maps out. */
export function nestedFields(from: FormFields, name: string): FormFields | undefined {
  const value = from[name];
  return isFormFields(value) ? value : undefined;
}
