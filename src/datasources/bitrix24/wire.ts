import type { Id } from "../domain/ids.ts";
import { addressOf } from "./decoding.ts";

/**
 * Decoders for what PHP puts on the wire: numbers as strings, `Y`/`N`, `[]` for an empty map, `""`, `false`, `{}` or `0` for "no date".
 * Each takes the raw value and the path that leads to it, and throws `WireError` for a value that it does not understand.
 */
export class WireError extends Error {
  readonly path: string;
  constructor(path: string, expected: string, value: unknown) {
    super(`${path === "" ? "result" : path}: expected ${expected}, got ${describe(value)}`);
    this.name = "WireError";
    this.path = path;
  }
}

export type WireObject = Readonly<Record<string, unknown>>;
export type Decoder<T> = (value: unknown, path: string) => T;

/** Says what kind of value it is without repeating its content, which may be somebody's message. */
function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  switch (typeof value) {
    case "string":
      return value === "" ? "an empty string" : `a string of ${value.length} characters`;
    case "undefined":
      return "nothing";
    case "number":
    case "boolean":
      return String(value);
    default:
      return `an ${typeof value}`;
  }
}

/** An object that is no list. */
export function isPlainObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object with string keys; `[]` is PHP's empty map. */
export function object(value: unknown, path: string): WireObject {
  if (isPlainObject(value)) return value;
  if (Array.isArray(value) && value.length === 0) return {};
  throw new WireError(path, "an object", value);
}

/** An object, or null for `null`, `false`, `""`, nothing and `[]`. */
export function optionalObject(value: unknown, path: string): WireObject | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return object(value, path);
}

/** Text. Numbers are accepted, because PHP sends numeric-looking strings either way. */
export function text(value: unknown, path: string): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  throw new WireError(path, "a string", value);
}

/** Text, or null for nothing, `null`, `false` and, because PHP sends it for "none", `""`. */
export function optionalText(value: unknown, path: string): string | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  if (Array.isArray(value) && value.length === 0) return null;
  return text(value, path);
}

const DIGITS = /^[0-9]+$/;

/** An id exactly as the gateway writes ids: digits without a leading zero. The usual case on the wire, told without a regular expression. */
export function isCanonicalId(value: unknown): value is Id {
  if (typeof value !== "string" || value.length === 0) return false;
  const first = value.charCodeAt(0);
  if (first < 49 || first > 57) return false;
  for (let index = 1; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

/** A positive id as digits. Accepts a safe integer or a string of digits; leading zeros go. */
export function id(value: unknown, path: string): Id {
  const found = optionalId(value, path);
  if (found === null) throw new WireError(path, "an id", value);
  return found;
}

/** An id, or null for the portal's spellings of "none": nothing, `null`, `false`, `""`, `0`, `"0"`, `[]`. */
export function optionalId(value: unknown, path: string): Id | null {
  if (isCanonicalId(value)) return value;
  if (value === undefined || value === null || value === false || value === "") return null;
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) throw new WireError(path, "an id", value);
    return value === 0 ? null : String(value);
  }
  if (typeof value === "string") {
    const trimmed = value.trim();
    if (!DIGITS.test(trimmed)) throw new WireError(path, "an id", value);
    const digits = trimmed.replace(/^0+/, "");
    return digits === "" ? null : digits;
  }
  if (Array.isArray(value) && value.length === 0) return null;
  throw new WireError(path, "an id", value);
}

/** The chat id of `chat5`, `"5"` or `5`. */
export function chatId(value: unknown, path: string): Id {
  return id(typeof value === "string" && value.startsWith("chat") ? value.slice(4) : value, path);
}

/** A whole number of 32 bits, from a number or a string of digits with an optional sign. */
export function integer(value: unknown, path: string): number {
  const found = optionalInteger(value, path);
  if (found === null) throw new WireError(path, "a whole number", value);
  return found;
}

/** What clients are told as a whole number has 32 bits. */
const MOST = 2 ** 31 - 1;
const LEAST = -(2 ** 31);

export function isWhole(number: number): boolean {
  return Number.isInteger(number) && number >= LEAST && number <= MOST;
}

/** A whole number of 32 bits, or null for nothing, `null`, `false`, `""`. Fractions and larger numbers are errors. */
export function optionalInteger(value: unknown, path: string): number | null {
  const number = optionalLargeInteger(value, path);
  if (number !== null && !isWhole(number)) throw new WireError(path, "a whole number of 32 bits", value);
  return number;
}

/** The same up to 2^53. */
export function optionalLargeInteger(value: unknown, path: string): number | null {
  if (value === undefined || value === null || value === false || value === "") return null;
  const number = typeof value === "string" && /^\s*[+-]?[0-9]+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new WireError(path, "a whole number", value);
}

/** A flag: `Y`/`N`, `true`/`false`, `1`/`0`, and the same as strings. */
export function flag(value: unknown, path: string): boolean {
  const found = optionalFlag(value, path);
  if (found === null) throw new WireError(path, "a flag (Y or N)", value);
  return found;
}

/** A flag, or null for nothing, `null` and `""`. */
export function optionalFlag(value: unknown, path: string): boolean | null {
  switch (value) {
    case undefined:
    case null:
    case "":
      return null;
    case true:
    case 1:
    case "Y":
    case "y":
    case "1":
    case "true":
      return true;
    case false:
    case 0:
    case "N":
    case "n":
    case "0":
    case "false":
      return false;
    default:
      throw new WireError(path, "a flag (Y or N)", value);
  }
}

/** An absolute http(s) address: those that begin with a slash are on the portal that answers; `""` and other spellings of "none" are null. */
export function optionalUrl(value: unknown, path: string): string | null {
  const raw = optionalText(value, path);
  if (raw === null) return null;
  const url = addressOf(raw);
  if (url === undefined) throw new WireError(path, "an address", value);
  return url.href;
}

/** A count: a whole number of 32 bits that is not negative. */
export function count(value: unknown, path: string): number {
  const found = optionalCount(value, path);
  if (found === null) throw new WireError(path, "a count", value);
  return found;
}

/** The same, or null for the spellings of "none". */
export function optionalCount(value: unknown, path: string): number | null {
  const number = optionalInteger(value, path);
  if (number !== null && number < 0) throw new WireError(path, "a count", value);
  return number;
}

/** A size or a place in a numbering: not negative, and up to 2^53; or null for the spellings of "none". */
export function optionalLargeCount(value: unknown, path: string): number | null {
  const number = optionalLargeInteger(value, path);
  if (number !== null && number < 0) throw new WireError(path, "a count", value);
  return number;
}

/** `{"result": true}` of an action. `false` is a failure that the caller must handle. */
export function acceptance(value: unknown): boolean {
  return flag(value, "");
}
