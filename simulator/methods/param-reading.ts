import { phpInt, phpText } from "../php-value.ts";
import type { Params } from "../protocol/php-form.ts";

/** The parameters with upper-case keys, for the handlers that fold names; a later spelling wins. */
export function foldKeys(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key.toUpperCase(), value]));
}

export function isPresent(params: Params, key: string): boolean {
  return params[key] !== undefined && params[key] !== null;
}

export function intParam(params: Params, key: string): number {
  return phpInt(params[key]);
}

export function textParam(params: Params, key: string): string {
  return phpText(params[key]);
}

/** PHP's `empty()`: absent, "", "0", 0, false, [] and {}. */
export function isEmptyParam(params: Params, key: string): boolean {
  const value = params[key];
  if (value === undefined || value === null || value === "" || value === "0" || value === 0 || value === false)
    return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** A flag that is on only for exactly "Y" (true counts, as JSON callers send it). */
export function isY(params: Params, key: string): boolean {
  return params[key] === "Y" || params[key] === true;
}

/** Whether PHP takes the value for a number: digits, or a number of JSON. */
export function isNumeric(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value === "string" && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
}

/** The chat id of a DIALOG_ID such as `chat12`; undefined for anything else. */
export function chatIdOfDialog(dialogId: string): number | undefined {
  const match = /^chat(\d+)$/.exec(dialogId);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}
