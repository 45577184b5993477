import type { Call, WriteOutcome } from "../../datasources/bitrix24/calls.ts";
import { type Blame, userErrorFor } from "../../refusals/user-error.ts";
import type { UserError } from "../../schema/mutation-payload.ts";
import type { OperationContext } from "./context.ts";

/** What came of a write. */
export interface ActionDone<T, R> {
  /** undefined when the portal refused. */
  readonly value: T | undefined;
  readonly userErrors: UserError[];
  readonly reread: Promise<R> | undefined;
}

/**
 * Sends a write once, with a re-read in the same batch where one is given. Whatever came of it, nothing that was read before it may answer a
 * later field of the operation.
 */
export async function runAction<T, R = never>(
  context: OperationContext,
  call: Call<T>,
  blame: Blame = {},
  reread?: Call<R>,
): Promise<ActionDone<T, R>> {
  let outcome: WriteOutcome<T, R>;
  try {
    outcome = await context.portal.write(call, reread);
  } finally {
    context.loaders.forgetAll();
    if (call.leavesAllAsItIs !== true) context.live.acted();
  }
  // Nobody may look at the re-read when a sibling field fails first; that must not end the process.
  outcome.reread?.catch(() => undefined);
  const { result } = outcome;
  return {
    value: result.kind === "done" ? result.value : undefined,
    userErrors: result.kind === "done" ? [] : [userErrorFor(result.refusal, blame)],
    reread: outcome.reread,
  };
}
