import { isPhpMap, type PhpMap } from "../php-value.ts";
import type { Fault } from "./faults.ts";
import type { OddValue } from "./odd-answers.ts";

/** Reads the JSON list of `POST /__faults`; throws an error with a sentence for the sender. */
export function readFaults(value: unknown): Fault[] {
  if (!Array.isArray(value)) throw new Error("The body must be a JSON list of faults");
  return value.map(readFault);
}

/** `path` as a list, or as one text with dots; `value` stands there, or with `remove` nothing. */
function oddValue(fault: PhpMap): OddValue {
  const { path } = fault;
  const steps = typeof path === "string" ? path.split(".") : Array.isArray(path) ? path.map(String) : [];
  if (steps.length === 0 || steps.includes(""))
    throw new Error("An odd fault needs `path`, such as result.items.0.title");
  if (fault.remove === true) return { path: steps, change: "remove" };
  if (!("value" in fault)) throw new Error("An odd fault needs `value`, or `remove`: true");
  return { path: steps, change: { value: fault.value } };
}

function readFault(value: unknown): Fault {
  if (!isPhpMap(value)) throw new Error("Each fault must be an object");
  if (value.times !== undefined && !(Number.isInteger(value.times) && Number(value.times) > 0)) {
    throw new Error("times must be a whole number above 0");
  }
  const base = {
    ...(typeof value.method === "string" ? { method: value.method } : {}),
    ...(typeof value.times === "number" ? { times: value.times } : {}),
  };
  const number = (key: string): number | undefined => (typeof value[key] === "number" ? value[key] : undefined);
  const text = (key: string): string | undefined => (typeof value[key] === "string" ? value[key] : undefined);
  switch (value.kind) {
    case "latency":
      return {
        ...base,
        kind: "latency",
        perRequestMs: number("perRequestMs") ?? 0,
        perCommandMs: number("perCommandMs") ?? 0,
      };
    case "http":
      return { ...base, kind: "http", status: number("status") ?? 500, body: value.body ?? "" };
    case "resetBefore":
    case "resetAfter":
    case "cutBody":
    case "hang":
      return { ...base, kind: value.kind };
    case "limit":
      switch (value.code) {
        case "QUERY_LIMIT_EXCEEDED":
        case "OPERATION_TIME_LIMIT":
        case "OVERLOAD_LIMIT":
          return { ...base, kind: "limit", code: value.code };
        default:
          throw new Error("A limit fault needs code QUERY_LIMIT_EXCEEDED, OPERATION_TIME_LIMIT or OVERLOAD_LIMIT");
      }
    case "result":
      return { ...base, kind: "result", result: value.result ?? null };
    case "error":
      return {
        ...base,
        kind: "error",
        error: text("error") ?? "",
        description: text("description") ?? "",
        status: number("status") ?? 400,
      };
    case "odd":
      return { ...base, kind: "odd", ...oddValue(value) };
    case "missingBatchKeys":
      return Array.isArray(value.keys)
        ? { ...base, kind: "missingBatchKeys", keys: value.keys.map(String) }
        : { ...base, kind: "missingBatchKeys" };
    case "extraBatchKeys":
      return {
        ...base,
        kind: "extraBatchKeys",
        results: isPhpMap(value.results) ? value.results : { unexpected: true },
      };
    case "redirect": {
      const to = text("to");
      if (to === undefined) throw new Error("A redirect fault needs `to`, the base address to send the caller to");
      return { ...base, kind: "redirect", to, status: number("status") ?? 302 };
    }
    default:
      throw new Error(`Unknown kind of fault: ${String(value.kind)}`);
  }
}
