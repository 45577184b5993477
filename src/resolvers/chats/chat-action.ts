import type { GraphQLResolveInfo } from "graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import type { ChatWrite } from "../../datasources/im/chat-write.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { type Blame, notDone } from "../../refusals/user-error.ts";
import type { ChatActionResult } from "../../schema/chat-outcome.ts";
import { type UserError, UserErrorCode } from "../../schema/mutation-payload.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import { lookAhead } from "../engine/lookahead.ts";

/** An action that was sent: `value` is undefined when the portal refused it. */
export interface ChatActionDone<T> {
  readonly value: T | undefined;
  readonly result: ChatActionResult;
}

/** The arguments that most chat actions have, by the error that they are to blame for. */
const CHAT_BLAME: Blame = { CHAT_NOT_FOUND: ["chatId"], NOT_OPEN_LINE_CHAT: ["chatId"] };

/**
 * Sends a write about a chat once. Where more than the chat's id is selected in the payload, `dialog.get` rides in the same batch and what it
 * tells replaces all that the operation knew. A refusal about the object becomes user errors; all else is thrown.
 */
export async function runChatAction<T>(
  context: OperationContext,
  info: GraphQLResolveInfo,
  chatId: Id,
  call: ChatWrite<T>,
  blame: Blame = {},
): Promise<ChatActionDone<T>> {
  const reread = lookAhead(info).child("chat").isIdOnly ? undefined : dialogGet({ chatId });
  const askedAt = performance.now();
  const { value, userErrors, reread: record } = await runAction(context, call, { ...CHAT_BLAME, ...blame }, reread);
  if (value !== undefined && value !== false && value !== null) tellChange(context, chatId, call);
  if (record !== undefined)
    context.loaders.chats.expect({ chatId }, { answer: record, askedAt }).catch(() => undefined);
  const isAbsent = userErrors.some(({ code }) => code === UserErrorCode.CHAT_NOT_FOUND);
  return { value, result: { userErrors, chatId: isAbsent ? null : chatId, isReadAgain: record !== undefined } };
}

/** For methods that answer nothing but true: `false` with HTTP 200 is a failure too. */
export async function runAcceptedChatAction(
  context: OperationContext,
  info: GraphQLResolveInfo,
  chatId: Id,
  call: ChatWrite<boolean>,
  blame: Blame = {},
): Promise<ChatActionResult> {
  const { value, result } = await runChatAction(context, info, chatId, call, blame);
  return value === false ? { ...result, userErrors: [notDone()] } : result;
}

/** Tells subscribers of an action that was done. */
export function tellChange({ live }: OperationContext, chatId: Id, { changes }: ChatWrite<unknown>): void {
  if (changes !== null) live.chatChanged(chatId, changes);
}

/** An action that the gateway refused by itself: the portal was not asked, and the chat is a mere reference. */
export function refusedChatAction(chatId: Id, userError: UserError): ChatActionResult {
  return { userErrors: [userError], chatId, isReadAgain: false };
}
