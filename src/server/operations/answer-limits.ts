import type { ExecutionResult, GraphQLError } from "graphql";
import type { Limits } from "../../config/limits.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";
import type { PreparedOperation } from "./prepare.ts";

/**
 * An answer with more errors than it may have: a query ends with that; of a mutation each of the fields that it was made of is told all the
 * same, those that were not begun any more with an error. The last of the errors says what happened.
 */
export function withBoundedErrors(
  result: ExecutionResult,
  kind: PreparedOperation["kind"],
  { fieldErrors }: Pick<Limits, "fieldErrors">,
): ExecutionResult {
  const { errors = [], data } = result;
  if (errors.length <= fieldErrors) return result;
  const isMutation = kind === "mutation";
  const rest = isMutation ? " What was not sent until then was not begun." : "";
  const last = limitExceeded({
    limit: "fieldErrors",
    maximum: fieldErrors,
    actual: errors.length,
    message: `${counted(errors.length)} fields failed; at most ${counted(fieldErrors)} pass. Ask for less at once.${rest}`,
  });
  const ofRoot = isMutation ? errors.slice(fieldErrors).filter(({ path }) => path?.length === 1) : [];
  return { errors: [...errors.slice(0, fieldErrors), ...ofRoot, last], data: isMutation ? (data ?? null) : null };
}

/** Why an answer of so many bytes is not sent; undefined when it is. */
export function oversizedAnswer(
  bytes: number,
  kind: PreparedOperation["kind"],
  { answerBytes }: Pick<Limits, "answerBytes">,
): GraphQLError | undefined {
  if (bytes <= answerBytes) return undefined;
  const done = kind === "mutation" ? " What it was to change has been carried out." : "";
  return limitExceeded({
    limit: "answerBytes",
    maximum: answerBytes,
    actual: bytes,
    message: `The answer has ${counted(bytes)} bytes; at most ${counted(answerBytes)} pass. Ask for less at once.${done}`,
  });
}

/**
 * Bytes that a value takes as JSON at the least. What is far too large must not be made into text to find that out: one long text that is
 * selected under many names lies in memory once.
 */
export function leastBytes(value: unknown): number {
  if (typeof value === "string") return value.length + 2;
  if (typeof value !== "object" || value === null) return 1;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += leastBytes(item) + 1;
  else for (const [key, item] of Object.entries(value)) bytes += key.length + leastBytes(item) + 3;
  return bytes;
}
