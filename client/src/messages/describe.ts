import { type GatewayError, NoAnswer } from "../result.ts";
import type { UserError } from "../user-errors.ts";
import type { MessageCode, Messages } from "./codes.ts";

/** A sentence for people. A code that is not known is told as the general one of its kind; new ones may be added to the gateway. */
export function describe(problem: GatewayError | UserError | Error, messages: Messages): string {
  if (problem instanceof NoAnswer) return messages.NO_ANSWER;
  const code = codeOf(problem);
  if (isKnown(code, messages)) return messages[code];
  return "field" in problem || "bitrixCode" in problem ? messages.REFUSED : messages.INTERNAL_SERVER_ERROR;
}

function codeOf(problem: GatewayError | UserError | Error): unknown {
  return "code" in problem ? problem.code : "extensions" in problem ? problem.extensions?.code : undefined;
}

function isKnown(code: unknown, messages: Messages): code is MessageCode {
  return typeof code === "string" && Object.hasOwn(messages, code);
}
