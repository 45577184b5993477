import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import { crmChatUserAdd, crmChatUserDelete, crmLeadCreate, crmMessageAdd } from "../../datasources/imopenlines/crm.ts";
import { ownUserError } from "../../refusals/user-error.ts";
import { CrmEntityInput, parseCrmEntity } from "../../schema/crm-entity.ts";
import {
  CrmChatParticipantAddPayload,
  CrmChatParticipantRemovePayload,
  CrmLeadCreatePayload,
  CrmMessageSendPayload,
} from "../../schema/crm-payloads.ts";
import { parseChatId, parseId } from "../../schema/input-errors.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import { refusedChatAction, runAcceptedChatAction, runChatAction } from "../chats/chat-action.ts";
import type { OperationContext } from "../engine/context.ts";
import { emptyCrmTextProblem } from "../engine/text-guards.ts";
import { IDEMPOTENCY_KEY } from "../sends/send-once.ts";
import { sendToChat } from "../sends/send-to-chat.ts";
import { searchInChat } from "../sends/sent-search.ts";
import { runCrmMemberAction } from "./crm-member-action.ts";

const LATEST_CHAT = "The chat; not given: the item's latest one.";

/** Chats that are bound to CRM items. */
@Resolver()
export class CrmActions {
  @Directive('@rest(method: "imopenlines.crm.chat.user.add")')
  @Mutation(() => CrmChatParticipantAddPayload, {
    nullable: true,
    description:
      "Adds a user or bot to a chat of a CRM item. The caller needs access to the item and the right to join the line's chats, the user needs access to the item and to the chat's history. Some portals refuse a user who is in the chat already. " +
      "User errors: `NO_CHAT` (the item has no chat; nothing was done), `CHAT_NOT_IN_CRM` (not a chat of this item with an active session), `USER_NOT_FOUND`, `USER_NOT_ACTIVE`, `PARTICIPANT_UNCHANGED`, `ACCESS_DENIED`, `CRM_ENTITY_NOT_FOUND`, `INVALID_ARGUMENT`. Costs one call (`imopenlines.crm.chat.user.add`).",
  })
  async crmChatParticipantAdd(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("entity", () => CrmEntityInput, { description: "The CRM item." }) entity: CrmEntityInput,
    @Arg("userId", () => ID, { description: "Whom to add." }) userId: string,
    @Arg("chatId", () => ID, { nullable: true, description: LATEST_CHAT }) chatId?: string | null,
  ): Promise<CrmChatParticipantAddPayload> {
    return new CrmChatParticipantAddPayload(
      await runCrmMemberAction(context, info, crmChatUserAdd, entity, userId, chatId),
    );
  }

  @Directive('@rest(method: "imopenlines.crm.chat.user.delete")')
  @Mutation(() => CrmChatParticipantRemovePayload, {
    nullable: true,
    description:
      "Removes a user or bot from a chat of a CRM item. The caller needs access to the item and the right to remove participants. " +
      "User errors: `NO_CHAT` (the item has no chat; nothing was done), `CHAT_NOT_IN_CRM` (not a chat of this item with an active session), `USER_NOT_FOUND`, `USER_NOT_ACTIVE`, `PARTICIPANT_UNCHANGED`, `ACCESS_DENIED`, `CRM_ENTITY_NOT_FOUND`, `INVALID_ARGUMENT`. Costs one call (`imopenlines.crm.chat.user.delete`).",
  })
  async crmChatParticipantRemove(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("entity", () => CrmEntityInput, { description: "The CRM item." }) entity: CrmEntityInput,
    @Arg("userId", () => ID, { description: "Whom to remove." }) userId: string,
    @Arg("chatId", () => ID, { nullable: true, description: LATEST_CHAT }) chatId?: string | null,
  ): Promise<CrmChatParticipantRemovePayload> {
    return new CrmChatParticipantRemovePayload(
      await runCrmMemberAction(context, info, crmChatUserDelete, entity, userId, chatId),
    );
  }

  @Directive('@rest(method: "imopenlines.crm.message.add")')
  @Directive('@rest(method: "im.dialog.messages.get")')
  @Mutation(() => CrmMessageSendPayload, {
    nullable: true,
    description:
      "Writes to the customer in a chat of a CRM item, in the name of an employee or bot who is in the chat. Both the caller and the author need access to the item. The portal marks the message as automatically generated. Plain text only; `chatMessageSend` writes as the caller and needs no CRM item. " +
      "User errors: `TEXT_EMPTY`, `CHAT_NOT_IN_CRM` (not a chat of this item with an active session), `ACCESS_DENIED`, `MESSAGE_NOT_SENT`, `CRM_ENTITY_NOT_FOUND`, `USER_NOT_FOUND`, `USER_NOT_ACTIVE`, `INVALID_ARGUMENT`, `IDEMPOTENCY_KEY_REUSED`. Costs one call, with a key two, or three where the caller is not in the chat (`imopenlines.crm.message.add`).",
  })
  async crmMessageSend(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("entity", () => CrmEntityInput, { description: "The CRM item." }) entity: CrmEntityInput,
    @Arg("chatId", () => ID, { description: "A chat of the item." }) chatId: string,
    @Arg("authorId", () => ID, { description: "In whose name it is written: an employee or bot in the chat." })
    authorId: string,
    @Arg("text", () => String, { description: "The text; not empty." }) text: string,
    @Arg("idempotencyKey", () => String, { nullable: true, description: IDEMPOTENCY_KEY })
    idempotencyKey?: string | null,
  ): Promise<CrmMessageSendPayload> {
    const id = parseChatId(chatId);
    const message = {
      entity: parseCrmEntity(entity, "entity"),
      chatId: id,
      authorId: parseId(authorId, "authorId"),
      text,
    };
    const problem = emptyCrmTextProblem(text);
    if (problem !== undefined) return new CrmMessageSendPayload(refusedChatAction(id, problem));
    const blame = { CHAT_NOT_IN_CRM: ["chatId"], MESSAGE_NOT_SENT: ["authorId"] };
    const call = crmMessageAdd(message);
    const { messageId, result } = await sendToChat(
      context,
      {
        mutation: "crmMessageSend",
        idempotencyKey,
        body: [message.entity.type, message.entity.id, id, message.authorId, text],
        method: call.method,
        search: searchInChat(context, { chatId: id, text, isAuthor: (author) => author === message.authorId }),
      },
      id,
      () => runChatAction(context, info, id, call, blame),
      (value) => ({ messageId: value ?? null, refusal: value === null ? notSent() : undefined }),
    );
    const payload = new CrmMessageSendPayload(result);
    payload.messageId = messageId;
    return payload;
  }

  @Directive('@rest(method: "imopenlines.crm.lead.create")')
  @Mutation(() => CrmLeadCreatePayload, {
    nullable: true,
    description:
      "Makes a CRM lead of the chat. For its responsible operator. A chat that is in the CRM already stays as it is, without an error. Trap: without an open session one is opened. " +
      "User errors: `NOT_OPERATOR`, `LEAD_NOT_CREATED`, `NO_OPEN_SESSION`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.crm.lead.create`).",
  })
  async crmLeadCreate(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to make a lead of." }) chatId: string,
  ): Promise<CrmLeadCreatePayload> {
    const id = parseChatId(chatId);
    return new CrmLeadCreatePayload(await runAcceptedChatAction(context, info, id, crmLeadCreate(id)));
  }
}

function notSent() {
  return ownUserError(UserErrorCode.MESSAGE_NOT_SENT, "The portal made no message and gives no reason.");
}
