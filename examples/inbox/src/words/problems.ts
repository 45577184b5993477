import { CombinedGraphQLErrors } from "@apollo/client";
import type { GatewayError, UserError } from "bitrix24-open-channels-client";
import { describe } from "bitrix24-open-channels-client/messages";
import type { Words } from "./english.ts";

/** What a person is told of something that failed. */
export function problemText(problem: Error | GatewayError | UserError, { messages }: Words): string {
  const [first] = problem instanceof CombinedGraphQLErrors ? problem.errors : [];
  return describe(
    first === undefined ? problem : { message: first.message, extensions: { ...first.extensions } },
    messages,
  );
}
