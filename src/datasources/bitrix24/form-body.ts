/** What a form body holds: text, and lists and maps made by brackets in names. A list with gaps, or out of order, comes as a map. */
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
export const MAX_FIELDS = 2_000;
/** The deepest documented value, a cell of a message's attachment, lies 12 brackets deep. */
export const MAX_DEPTH = 20;
const MALFORMED_ESCAPE = /%(?![0-9A-Fa-f]{2})/;
const PERCENT = 0x25;

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/** A part of a name: `a`, `b` and `0` of `a[b][0]`. */
interface Segment {
  readonly name: string;
  /** Its place where it stands in a list, "end" for `[]`; undefined for what is no place. */
  readonly place: number | "end" | undefined;
}

type Value = string | Value[] | Fields;
interface Fields {
  [name: string]: Value | undefined;
}

/**
 * Names that were read, with their segments; null for one that counts for nothing. The fields of all deliveries have the same few hundred
 * names, and taking them apart is most of the work.
 */
const knownNames = new Map<string, readonly Segment[] | null>();
const MAX_KNOWN_NAMES = 5_000;
const MAX_KNOWN_LENGTH = 200;

/**
 * Reads an `application/x-www-form-urlencoded` body as PHP does (`data[DATA][0][chat][id]=5`), because PHP writes it. Every scalar is
 * text; of a name that occurs twice the last value counts. Bytes that are not UTF-8 become U+FFFD: a portal may cut a text in the middle
 * of a character, and the rest of the event is still good. Throws `UnreadableForm`.
 */
export function parseForm(body: string): FormFields {
  if (body.trim() === "") throw new UnreadableForm("The body is empty.");
  if (countFields(body) > MAX_FIELDS) throw new UnreadableForm(`The form has more than ${MAX_FIELDS} fields.`);
  const form = noFields();
  for (let start = 0; start < body.length; ) {
    const ampersand = body.indexOf("&", start);
    const end = ampersand === -1 ? body.length : ampersand;
    const equals = body.slice(start, end).indexOf("=");
    const nameEnd = equals === -1 ? end : start + equals;
    const segments = segmentsOf(body.slice(start, nameEnd));
    const value = decodeText(body.slice(nameEnd + 1, end));
    if (segments !== null) putIntoFields(form, segments, 0, value);
    start = end + 1;
  }
  return form;
}

/** The name that a field of a form is under before any brackets. */
export function formNameOf(field: string): string {
  const equals = field.indexOf("=");
  return decodeText(equals === -1 ? field : field.slice(0, equals)).split("[", 1)[0] ?? "";
}

/** Without a prototype that a name could reach. */
function noFields(): Fields {
  return Object.create(null);
}

function segmentsOf(encoded: string): readonly Segment[] | null {
  const known = knownNames.get(encoded);
  if (known !== undefined) return known;
  if (encoded.length > MAX_KNOWN_LENGTH) return split(decodeText(encoded));
  if (knownNames.size >= MAX_KNOWN_NAMES) knownNames.clear();
  // A copy, for the segments too: a slice would keep the whole body in memory.
  const name = Buffer.from(encoded).toString();
  const segments = split(decodeText(name));
  knownNames.set(name, segments);
  return segments;
}

/** Null for a name that is empty or would reach a prototype. What follows an unclosed or a closed bracket belongs to no name. */
function split(name: string): readonly Segment[] | null {
  const open = name.indexOf("[");
  const first = open === -1 ? name : name.slice(0, open);
  const segments: Segment[] = [{ name: first, place: undefined }];
  for (let at = open; name[at] === "["; ) {
    const close = name.indexOf("]", at);
    if (close === -1) break;
    if (segments.length > MAX_DEPTH) throw new UnreadableForm(`The form nests deeper than ${MAX_DEPTH} brackets.`);
    const inner = name.slice(at + 1, close);
    segments.push({ name: inner, place: inner === "" ? "end" : INDEX.test(inner) ? Number(inner) : undefined });
    at = close + 1;
  }
  return first === "" || segments.some((each) => each.name === "__proto__") ? null : segments;
}

/** What stands at a place after a value was put there or below it. What begins with `[0]` or `[]` is a list. */
function put(found: Value | undefined, segments: readonly Segment[], depth: number, value: string): Value {
  const segment = segments[depth];
  if (segment === undefined) return value;
  const node = typeof found === "object" ? found : segment.place === 0 || segment.place === "end" ? [] : noFields();
  if (!Array.isArray(node)) return putIntoFields(node, segments, depth, value);
  const place = segment.place === "end" ? node.length : segment.place;
  // No longer a list: an item that does not follow the one before, or a name.
  if (place === undefined || place > node.length)
    return putIntoFields(Object.assign(noFields(), node), segments, depth, value);
  node[place] = put(node[place], segments, depth + 1, value);
  return node;
}

function putIntoFields(fields: Fields, segments: readonly Segment[], depth: number, value: string): Fields {
  const segment = segments[depth];
  if (segment === undefined) return fields;
  const { place } = segment;
  const name = place === "end" ? String(nextPlace(fields)) : segment.name;
  if (place === "end") nextPlaces.set(fields, Number(name) + 1);
  else if (place !== undefined && place >= (nextPlaces.get(fields) ?? Number.POSITIVE_INFINITY)) {
    nextPlaces.set(fields, place + 1);
  }
  fields[name] = put(fields[name], segments, depth + 1, value);
  return fields;
}

/** Of maps that got an item by `[]`, the place of the next one: looking for it among two thousand names each time takes half a second. */
const nextPlaces = new WeakMap<Fields, number>();

function nextPlace(fields: Fields): number {
  const known = nextPlaces.get(fields);
  if (known !== undefined) return known;
  const places = Object.keys(fields)
    .filter((name) => INDEX.test(name))
    .map(Number);
  return Math.max(-1, ...places) + 1;
}

function countFields(body: string): number {
  let count = 1;
  for (let at = body.indexOf("&"); at !== -1 && count <= MAX_FIELDS; at = body.indexOf("&", at + 1)) count += 1;
  return count;
}

function decodeText(text: string): string {
  const spaced = text.includes("+") ? text.split("+").join(" ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    if (MALFORMED_ESCAPE.test(spaced)) throw new UnreadableForm("The form has a broken percent-encoding.");
    return decodeBytes(spaced);
  }
}

/** Every escape is well formed, but the bytes are not UTF-8. In one pass: a megabyte may hold some 300,000 escapes. */
function decodeBytes(text: string): string {
  const bytes = Buffer.from(text);
  let length = 0;
  for (let at = 0; at < bytes.length; length += 1) {
    const isEscape = bytes[at] === PERCENT;
    bytes[length] = isEscape ? hexDigit(bytes[at + 1]) * 16 + hexDigit(bytes[at + 2]) : (bytes[at] ?? 0);
    at += isEscape ? 3 : 1;
  }
  return bytes.toString("utf8", 0, length);
}

/** Value of a digit in ASCII: the low bits, and 9 more for a letter. */
function hexDigit(code = 0): number {
  return (code & 0x0f) + (code >> 6) * 9;
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
