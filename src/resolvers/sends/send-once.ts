import { ownUserError } from "../../refusals/user-error.ts";
import { badUserInput } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import type { OperationContext } from "../engine/context.ts";
import type { KeyedSend, SendOutcome, SendTry } from "./sends.ts";

/** A send as a client asked for it, with a key or without. */
export interface Send extends Omit<KeyedSend, "idempotencyKey" | "signal"> {
  readonly idempotencyKey: string | null | undefined;
}

const MAX_KEY_LENGTH = 255;

const KEY =
  "1..255 characters of the client's choice, new for each message: whoever repeats the mutation with the same key and arguments within 24 hours gets what came of it, a refusal too, and nothing is sent twice; repetitions at the same time wait for the first.";

/** What mutations say of their argument, where the message can be found again. */
export const IDEMPOTENCY_KEY = `${KEY} After \`OUTCOME_UNKNOWN\` the message is looked for, and sent again only when it is not found after a minute. With a key one more call asks for the chat's newest message first.`;

/** The same where it cannot. */
export const IDEMPOTENCY_KEY_UNSEEN = `${KEY} Such a message cannot be looked for, so that \`OUTCOME_UNKNOWN\` stays the answer.`;

/** Throws BAD_USER_INPUT for a key that is none. */
export async function sendOnce(
  context: OperationContext,
  send: Send,
  run: () => Promise<SendTry>,
): Promise<SendOutcome> {
  const { idempotencyKey, ...rest } = send;
  if (idempotencyKey === null || idempotencyKey === undefined) return run();
  const length = [...idempotencyKey].length;
  if (length < 1 || length > MAX_KEY_LENGTH) {
    throw badUserInput(`idempotencyKey must have 1 to ${MAX_KEY_LENGTH} characters. Got ${length}.`);
  }
  const { signal } = context;
  const outcome = await context.sends.once({ ...rest, idempotencyKey, signal }, run);
  if (outcome !== "key-reused") return outcome;
  const reused = ownUserError(
    UserErrorCode.IDEMPOTENCY_KEY_REUSED,
    "This key was used for another message within the last 24 hours: give each message a key of its own.",
    ["idempotencyKey"],
  );
  return { messageId: null, userErrors: [reused] };
}
