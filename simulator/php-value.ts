/** PHP has one array type for lists and maps; these functions read and write values the way its programs do. */

export type PhpMap = Record<string, unknown>;

/** Whether a decoded value is a map, that is an object that is neither null nor a list. */
export function isPhpMap(value: unknown): value is PhpMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether PHP would call a decoded value an array: a list or a map. */
export function isPhpArray(value: unknown): value is PhpMap | unknown[] {
  return typeof value === "object" && value !== null;
}

/** The values of a PHP array in order; undefined for anything else. */
export function phpValues(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return value;
  return isPhpMap(value) ? Object.values(value) : undefined;
}

/** The entries of a PHP array in order, list positions as keys "0", "1", …; undefined for anything else. */
export function phpEntries(value: unknown): [string, unknown][] | undefined {
  return isPhpArray(value) ? Object.entries(value) : undefined;
}

/**
 * A map as PHP's JSON shows it: `[]` if it is empty, a list if its keys are exactly 0 to n-1 in this order, else the object.
 * Keys that look like whole numbers come out in ascending order, because JavaScript objects keep them so.
 */
export function phpMap(record: Readonly<PhpMap>): unknown[] | Readonly<PhpMap> {
  const keys = Object.keys(record);
  return keys.every((key, index) => key === String(index)) ? Object.values(record) : record;
}

/** A whole decoded value as PHP would emit it again: `phpMap` applied to every map in it. */
export function phpData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(phpData);
  if (!isPhpMap(value)) return value;
  return phpMap(Object.fromEntries(Object.entries(value).map(([key, item]) => [key, phpData(item)])));
}

/** PHP's conversion to a whole number: leading digits of a string, 1 for a filled array, 0 for what has no number in it. */
export function phpInt(value: unknown): number {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? Math.trunc(value) : 0;
    case "boolean":
      return value ? 1 : 0;
    case "string": {
      const leading = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?/i.exec(value);
      const number = leading === null ? 0 : Math.trunc(Number(leading[0]));
      return Number.isFinite(number) ? number : 0;
    }
    default:
      return isPhpArray(value) && Object.keys(value).length > 0 ? 1 : 0;
  }
}

/** PHP's conversion to a string: true is "1", false and null are "", every array is the word "Array". */
export function phpText(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return String(value);
    case "boolean":
      return value ? "1" : "";
    default:
      return isPhpArray(value) ? "Array" : "";
  }
}
