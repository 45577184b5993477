import type { GraphQLResolveInfo } from "graphql";
import type { Id } from "../../datasources/domain/ids.ts";
import type { ChatWrite } from "../../datasources/im/chat-write.ts";
import type { CrmChatMember } from "../../datasources/imopenlines/crm.ts";
import { ownUserError } from "../../refusals/user-error.ts";
import type { ChatActionResult } from "../../schema/chat-outcome.ts";
import { type CrmEntityInput, parseCrmEntity } from "../../schema/crm-entity.ts";
import { parseChatId, parseId } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import { runChatAction, tellChange } from "../chats/chat-action.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";

const BLAME = {
  CRM_ENTITY_NOT_FOUND: ["entity"],
  CHAT_NOT_IN_CRM: ["chatId"],
  USER_NOT_ACTIVE: ["userId"],
  USER_NOT_FOUND: ["userId"],
  PARTICIPANT_UNCHANGED: ["userId"],
};

/**
 * Adds or removes a participant. Without a chat the portal takes the item's latest one and tells which only in its answer, so the chat is
 * then read when its fields are asked for instead of in the same batch.
 */
export async function runCrmMemberAction(
  context: OperationContext,
  info: GraphQLResolveInfo,
  callFor: (member: CrmChatMember) => ChatWrite<Id | null>,
  entity: CrmEntityInput,
  userId: string,
  chatId: string | null | undefined,
): Promise<ChatActionResult> {
  const member = { entity: parseCrmEntity(entity, "entity"), userId: parseId(userId, "userId") };
  if (typeof chatId === "string") {
    const id = parseChatId(chatId);
    const { value, result } = await runChatAction(context, info, id, callFor({ ...member, chatId: id }), BLAME);
    return value === null ? { ...result, userErrors: [NO_CHAT] } : result;
  }
  const call = callFor(member);
  const { value, userErrors } = await runAction(context, call, BLAME);
  if (value !== null && value !== undefined) tellChange(context, value, call);
  if (value === null) return { userErrors: [NO_CHAT], chatId: null, isReadAgain: false };
  return { userErrors, chatId: value ?? null, isReadAgain: false };
}

const NO_CHAT = ownUserError(
  UserErrorCode.NO_CHAT,
  "The CRM item has no chat, so nothing was done: name an item that customers have written to.",
  ["entity"],
);
