import { phpText, phpValues } from "../php-value.ts";
import { columnRule, type LineColumn } from "./line-columns.ts";
import type { LineRow } from "./line-row.ts";

/** Prefixes of filter keys, longer ones before those they begin with. No prefix means equality. */
export const FILTER_OPERATORS = [">=", "<=", "!=", "!%", "!@", "=%", "%=", "><", "=", ">", "<", "%", "!", "@"] as const;

export interface LineCondition {
  readonly operator: (typeof FILTER_OPERATORS)[number] | "";
  readonly column: LineColumn;
  readonly value: unknown;
}

/** A column as the database compares it: the string it holds (emoji as tokens), an ISO date, or null. */
function storedValue(row: LineRow, column: LineColumn): string | null {
  if (column === "ID") return String(row.id);
  if (column === "DATE_CREATE") return row.createdAt.toISOString();
  if (column === "DATE_MODIFY") return row.modifiedAt.toISOString();
  if (columnRule(column).kind === "array") {
    const array = row.arrays[column];
    return array === null || array === undefined ? null : JSON.stringify(array);
  }
  return row.columns[column] ?? null;
}

/** Orders two stored values: numbers by size, dates by time, other texts without regard to case; null comes first. */
function compareStored(column: LineColumn, a: string | null, b: string | null): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  const numbers =
    columnRule(column).kind === "date"
      ? [Date.parse(a), Date.parse(b)]
      : [a, b].map((text) => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN));
  const [x, y] = numbers;
  if (x !== undefined && y !== undefined && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a.toLowerCase().localeCompare(b.toLowerCase(), "en");
}

/** Compares two lines by one column, for sorting. */
export function compareLines(column: LineColumn, a: LineRow, b: LineRow): number {
  return compareStored(column, storedValue(a, column), storedValue(b, column));
}

/** Whether a line meets a condition. Negations include rows without a value, as the vendor's ORM does. */
export function meetsCondition(row: LineRow, { operator, column, value }: LineCondition): boolean {
  const stored = storedValue(row, column);
  const wanted = value === null ? null : phpText(value);
  const compared = wanted === null ? Number.NaN : compareStored(column, stored, wanted);
  switch (operator) {
    case "":
    case "=":
    case "@":
      return isOneOf(column, stored, value);
    case "!":
    case "!=":
    case "!@":
      return !isOneOf(column, stored, value);
    case ">":
      return stored !== null && compared > 0;
    case ">=":
      return stored !== null && compared >= 0;
    case "<":
      return stored !== null && compared < 0;
    case "<=":
      return stored !== null && compared <= 0;
    case "><":
      return isBetween(column, stored, value);
    case "%":
      return contains(stored, wanted);
    case "!%":
      return !contains(stored, wanted);
    case "=%":
    case "%=":
      return matchesPattern(stored, wanted);
  }
}

function isOneOf(column: LineColumn, stored: string | null, value: unknown): boolean {
  const candidates = phpValues(value) ?? [value];
  return candidates.some((candidate) =>
    candidate === null ? stored === null : stored !== null && compareStored(column, stored, phpText(candidate)) === 0,
  );
}

function isBetween(column: LineColumn, stored: string | null, value: unknown): boolean {
  const [low, high] = phpValues(value) ?? [];
  if (stored === null || low === undefined || high === undefined) return false;
  return compareStored(column, stored, phpText(low)) >= 0 && compareStored(column, stored, phpText(high)) <= 0;
}

function contains(stored: string | null, wanted: string | null): boolean {
  return stored?.toLowerCase().includes((wanted ?? "").toLowerCase()) ?? false;
}

/** SQL's LIKE with the caller's own `%` signs. */
function matchesPattern(stored: string | null, pattern: string | null): boolean {
  if (stored === null) return false;
  const source = (pattern ?? "").split("%").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`, "is").test(stored);
}
