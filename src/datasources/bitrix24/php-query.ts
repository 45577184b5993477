import { type ParamMap, type ParamValue, ResultRef } from "./calls.ts";
import { wellFormed } from "./well-formed.ts";

/**
 * One command of a `batch`: `method?query`, with nested values in PHP brackets and every value URL-encoded once, as a JSON body wants it.
 * References to earlier results keep their brackets unencoded, as the portal documents them. `null`, `undefined` and empty lists have no
 * spelling in a query and are left out. `referredKey` is the batch key of the command that references in these values point to.
 */
export function encodeCommand(method: string, params: ParamMap, referredKey = ""): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(params)) append(parts, encode(name), value, referredKey);
  return parts.length === 0 ? method : `${method}?${parts.join("&")}`;
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text));
}

function append(parts: string[], name: string, value: ParamValue | undefined, referredKey: string): void {
  if (value === undefined || value === null) return;
  if (value instanceof ResultRef) {
    parts.push(`${name}=$result[${referredKey}]${value.path.map((segment) => `[${segment}]`).join("")}`);
  } else if (isList(value)) {
    value.forEach((item, index) => {
      append(parts, `${name}[${index}]`, item, referredKey);
    });
  } else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) append(parts, `${name}[${encode(key)}]`, item, referredKey);
  } else if (typeof value === "boolean") {
    parts.push(`${name}=${value ? 1 : 0}`);
  } else {
    parts.push(`${name}=${typeof value === "string" ? encode(value) : value}`);
  }
}

function isList(value: ParamValue): value is readonly ParamValue[] {
  return Array.isArray(value);
}

const REFERENCE = /\$(result|next|total|time|error)/i;

/**
 * Whether the portal would leave these values alone inside a batch. It substitutes anything that looks like a reference, so a text
 * that contains one (a customer may quote `$result[…]`) must travel outside.
 */
export function isSafeInBatch(value: ParamValue | undefined): boolean {
  if (typeof value === "string") return !value.includes("$") || !REFERENCE.test(value);
  if (value === null || typeof value !== "object" || value instanceof ResultRef) return true;
  return isList(value) ? value.every(isSafeInBatch) : Object.values(value).every(isSafeInBatch);
}
