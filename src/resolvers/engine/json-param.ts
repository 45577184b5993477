import type { ParamValue } from "../../datasources/bitrix24/calls.ts";
import { badUserInput } from "../../schema/input-errors.ts";

const MAX_DEPTH = 20;

/** A JSON value of a client as a call's parameter; nothing for null. Throws BAD_USER_INPUT for one that is nested without reason. */
export function jsonParam(value: unknown, name: string): ParamValue | undefined {
  return value === undefined || value === null ? undefined : checked(value, name, MAX_DEPTH);
}

function checked(value: unknown, name: string, depth: number): ParamValue {
  if (depth === 0) throw badUserInput(`${name} is nested deeper than ${MAX_DEPTH} levels.`);
  if (Array.isArray(value)) return value.map((entry) => checked(entry, name, depth - 1));
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      if (Number.isFinite(value)) return value;
      break;
    case "object":
      if (value === null) return null;
      return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, checked(entry, name, depth - 1)]));
  }
  throw badUserInput(`${name} must be JSON.`);
}
