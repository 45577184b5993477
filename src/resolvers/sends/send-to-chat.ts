import type { Id } from "../../datasources/domain/ids.ts";
import { type ProfileRecord, profileGet } from "../../datasources/im/account.ts";
import type { ChatActionResult } from "../../schema/chat-outcome.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";
import type { ChatActionDone } from "../chats/chat-action.ts";
import type { OperationContext } from "../engine/context.ts";
import { type Send, sendOnce } from "./send-once.ts";

/** What the portal's answer says of a message. */
export interface MessageSent {
  readonly messageId: Id | null;
  /** Set where an answer without a refusal means that nothing was sent. */
  readonly refusal: UserError | undefined;
}

/** Sends a message about a chat once for its key. `run` sends it; what came of an earlier one is told without sending. */
export async function sendToChat<T>(
  context: OperationContext,
  send: Send,
  chatId: Id,
  run: () => Promise<ChatActionDone<T>>,
  read: (value: T | undefined) => MessageSent,
): Promise<{ readonly messageId: Id | null; readonly result: ChatActionResult }> {
  let isReadAgain = false;
  const { messageId, userErrors } = await sendOnce(context, send, async () => {
    const { value, result } = await run();
    const sent = read(value);
    ({ isReadAgain } = result);
    return { messageId: sent.messageId, userErrors: sent.refusal === undefined ? result.userErrors : [sent.refusal] };
  });
  const isAbsent = userErrors.some(({ code }) => code === UserErrorCode.CHAT_NOT_FOUND);
  return { messageId, result: { userErrors: [...userErrors], chatId: isAbsent ? null : chatId, isReadAgain } };
}

/** Tells whether the credential acts as a user; asked for once, and only when it is needed. */
export function viewerTest({ portal }: OperationContext): (userId: Id | null) => Promise<boolean> {
  let profile: Promise<ProfileRecord> | undefined;
  return async (userId) => {
    if (userId === null) return false;
    profile ??= portal.read(profileGet());
    return (await profile).id === userId;
  };
}
