import { isPhpMap, type PhpMap, phpEntries, phpInt } from "../php-value.ts";
import { RestError } from "../rest-error.ts";
import { isLineColumn, LINE_COLUMN_NAMES, type LineColumn } from "./line-columns.ts";
import { FILTER_OPERATORS, type LineCondition } from "./line-list-filter.ts";
import type { LineAction } from "./line-row.ts";

/** A validated query of `config.list.get`. */
export interface LineListQuery {
  readonly select: readonly { readonly as: string; readonly column: LineColumn }[];
  readonly order: readonly { readonly column: LineColumn; readonly descending: boolean }[];
  readonly filter: readonly LineCondition[];
  readonly limit: number;
  readonly offset: number;
  readonly withQueue: boolean;
  readonly withConfiguredQueue: boolean;
  readonly permission: LineAction | undefined;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;
const PARAMS_KEYS = ["select", "filter", "order", "limit", "offset"];
const OPTIONS_KEYS = ["QUEUE", "CONFIG_QUEUE", "CHECK_PERMISSION"];
const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

type QueryField = "select" | "order" | "filter";

/**
 * Validates PARAMS and OPTIONS of `config.list.get` as the current documentation describes it; every violation is an
 * `INVALID_FORMAT` with its own text. A PARAMS or OPTIONS that is no array at all counts as absent. A limit above 200 is
 * lowered to 200 and a limit of 0 gives no rows (both deduced from "0..200").
 */
export function readLineListQuery(paramsValue: unknown, optionsValue: unknown): LineListQuery {
  const params = Object.fromEntries(phpEntries(paramsValue) ?? []);
  refuseUnknownKeys("PARAMS", params, PARAMS_KEYS);
  const selectValue = arrayOf(params, "select");
  const orderValue = mapOf(params, "order");
  const filterValue = mapOf(params, "filter");
  const limit = wholeNumber(params, "limit") ?? DEFAULT_LIMIT;
  const offset = wholeNumber(params, "offset") ?? 0;
  const select = selectValue.map(([key, value]) => readSelection(key, value));
  const order = orderValue.map(([name, direction]) => readOrder(name, direction));
  const filter = filterValue.map(([name, value]) => readCondition(name, value));

  const options = Object.fromEntries(phpEntries(optionsValue) ?? []);
  refuseUnknownKeys("OPTIONS", options, OPTIONS_KEYS);
  return {
    select: select.length > 0 ? select : LINE_COLUMN_NAMES.map((column) => ({ as: column, column })),
    order: order.length > 0 ? order : [{ column: "ID", descending: false }],
    filter,
    limit: Math.min(limit, MAX_LIMIT),
    offset,
    withQueue: switchedOn(options, "QUEUE"),
    withConfiguredQueue: switchedOn(options, "CONFIG_QUEUE"),
    permission: readPermission(options.CHECK_PERMISSION),
  };
}

function invalid(text: string): RestError {
  return new RestError("INVALID_FORMAT", text);
}

function refuseUnknownKeys(where: "PARAMS" | "OPTIONS", given: PhpMap, known: readonly string[]): void {
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw invalid(`Unsupported ${where} fields are passed: ${unknown.join(", ")}`);
}

function arrayOf(params: PhpMap, field: QueryField): [string, unknown][] {
  const value = params[field];
  if (value === undefined || value === null) return [];
  const entries = phpEntries(value);
  if (entries === undefined) throw invalid(`A wrong format for the PARAMS field '${field}' is passed`);
  return entries;
}

/** As `arrayOf`, but a filled list is refused: only an empty list can stand for a map. */
function mapOf(params: PhpMap, field: QueryField): [string, unknown][] {
  const entries = arrayOf(params, field);
  if (entries.length > 0 && !isPhpMap(params[field])) {
    throw invalid(`A wrong format for the PARAMS field '${field}' is passed`);
  }
  return entries;
}

function wholeNumber(params: PhpMap, field: "limit" | "offset"): number | undefined {
  const value = params[field];
  if (value === undefined || value === null) return undefined;
  const isWhole = typeof value === "number" ? Number.isInteger(value) && value >= 0 : /^\d+$/.test(String(value));
  if (!isWhole || typeof value === "object") {
    throw invalid(`A non-negative integer is expected in the PARAMS field '${field}'`);
  }
  return phpInt(value);
}

function readColumn(field: QueryField, name: unknown): LineColumn {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw invalid(`A wrong field name is passed in the PARAMS field '${field}'`);
  }
  if (!isLineColumn(name)) throw invalid(`An unknown field '${name}' is passed in the PARAMS field '${field}'`);
  return name;
}

/** A list position selects a column under its own name, any other key is an alias for it. */
function readSelection(key: string, value: unknown): { as: string; column: LineColumn } {
  const column = readColumn("select", value);
  if (/^\d+$/.test(key)) return { as: column, column };
  if (!NAME.test(key)) throw invalid("A wrong field alias is passed in the PARAMS field 'select'");
  if (isLineColumn(key)) throw invalid(`The alias '${key}' matches an existing field in the PARAMS field 'select'`);
  return { as: key, column };
}

function readOrder(name: string, direction: unknown): { column: LineColumn; descending: boolean } {
  const column = readColumn("order", name);
  const upper = typeof direction === "string" ? direction.toUpperCase() : "";
  if (upper !== "ASC" && upper !== "DESC")
    throw invalid("A wrong sorting direction is passed in the PARAMS field 'order'");
  return { column, descending: upper === "DESC" };
}

function readCondition(key: string, value: unknown): LineCondition {
  const operator = FILTER_OPERATORS.find((prefix) => key.startsWith(prefix)) ?? "";
  return { operator, column: readColumn("filter", key.slice(operator.length)), value };
}

function switchedOn(options: PhpMap, option: "QUEUE" | "CONFIG_QUEUE"): boolean {
  const value = options[option];
  if (typeof value === "object" && value !== null) {
    throw invalid(`A wrong format for the OPTIONS field '${option}' is passed`);
  }
  return value === "Y";
}

function readPermission(value: unknown): LineAction | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === "VIEW" || value === "MODIFY" || value === "PERFORM") return value;
  throw invalid("An unknown value for the OPTIONS field 'CHECK_PERMISSION' is passed");
}
