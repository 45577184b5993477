import { type Place, replaced, valueAt, without } from "./places.ts";

/** An answer with one odd value, or without one of its keys. */
export interface OddAnswer {
  readonly what: string;
  readonly answer: unknown;
  /** What stands there now; undefined where the key is gone. */
  readonly value: unknown;
}

const VALUES: readonly unknown[] = [null, false, 0, -1, "", [], {}, "x"];

/** The answer with each odd value in turn at a place. */
export function oddAnswers(answer: unknown, place: Place): OddAnswer[] {
  const before = valueAt(answer, place);
  const values = [...VALUES, ...otherForms(before)].filter((value) => JSON.stringify(value) !== JSON.stringify(before));
  const odd = values.map((value) => ({ what: JSON.stringify(value), answer: replaced(answer, place, value), value }));
  const shorter = without(answer, place);
  return shorter === undefined ? odd : [...odd, { what: "left out", answer: shorter, value: undefined }];
}

/** The same in another of PHP's forms, or in one that tells something else. */
function otherForms(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : [Object.fromEntries(Object.entries(value))];
  if (typeof value === "object" && value !== null) {
    const values = Object.values(value);
    return values.length === 0 ? [] : [values];
  }
  if (typeof value === "number") return ["many", 0.5];
  if (typeof value === "string" && isTime(value)) return [value.slice(0, 19)];
  return [];
}

/**
 * Other values of the same sort for a leaf: whatever of an operation's data they change is what the leaf is read for. The first ones are
 * as good as the leaf itself; the others are guesses for a leaf that holds nothing, of which only what they add counts.
 */
export function otherGoodValues(value: unknown): {
  readonly good: readonly unknown[];
  readonly guesses: readonly unknown[];
} {
  const guesses = ["q", 7, "2026-01-02T03:04:05+00:00", true, "Y", [7], ["q"], { "7": true }, { NAME: "q", url: "/q" }];
  if (typeof value === "number") return { good: [value + 1], guesses: value === 0 ? guesses : [] };
  if (typeof value === "boolean") return { good: [!value], guesses: value ? [] : guesses };
  if (typeof value !== "string" || value === "") return { good: [], guesses };
  if (isTime(value)) return { good: ["2026-01-02T03:04:05+00:00"], guesses: [] };
  if (value === "Y" || value === "N") return { good: [value === "Y" ? "N" : "Y"], guesses: [] };
  if (/^[0-9]+$/.test(value)) return { good: [String(Number(value) + 1)], guesses: [] };
  const next = value.replace(/\d+/g, (digits) => String(Number(digits) + 1));
  const flipped = value.replace(/\b[YN]\b/g, (flag) => (flag === "Y" ? "N" : "Y"));
  return {
    good: [...new Set([`${value}q`, `q${value}`, next, flipped])].filter((other) => other !== value),
    // What is told of a place may be anything but an address.
    guesses: ADDRESS.test(value) ? ["q"] : [],
  };
}

const ADDRESS = /^(https?:\/)?\//;

function isTime(value: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[+-]\d{2}:\d{2}$/.test(value);
}
