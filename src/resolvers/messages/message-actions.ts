import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import { messageAdd, messageDelete, messageLike, messageUpdate } from "../../datasources/im/message-actions.ts";
import { messageQuickSave } from "../../datasources/imopenlines/session-actions.ts";
import { notDone, ownUserError } from "../../refusals/user-error.ts";
import { badUserInput, parseChatId, parseId } from "../../schema/input-errors.ts";
import { type ReactionKind, ReactionKindEnum } from "../../schema/message.ts";
import {
  ChatMessageSendPayload,
  MessageDeletePayload,
  MessageEditPayload,
  MessageReactPayload,
  QuickReplySavePayload,
} from "../../schema/message-payloads.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import { refusedChatAction, runAcceptedChatAction, runChatAction } from "../chats/chat-action.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";
import { emptyTextProblem } from "../engine/text-guards.ts";
import { IDEMPOTENCY_KEY } from "../sends/send-once.ts";
import { sendToChat, viewerTest } from "../sends/send-to-chat.ts";
import { searchInChat } from "../sends/sent-search.ts";

/** How the portal says that a reaction is as it should be already. */
const AS_WANTED = "WITHOUT_CHANGES";

const MESSAGE_BLAME = { MESSAGE_NOT_FOUND: ["messageId"], MESSAGE_NOT_EDITABLE: ["messageId"] };

/** Writing, changing and deleting messages. */
@Resolver()
export class MessageActions {
  @Directive('@rest(method: "im.message.add")')
  @Directive('@rest(method: "im.dialog.messages.get")')
  @Mutation(() => ChatMessageSendPayload, {
    nullable: true,
    description:
      "Writes into the chat as the caller; the channel delivers it to the customer, unless silent mode is on. For participants who may write: answer or join the chat first. Never sent twice: when no answer came back, the error is `OUTCOME_UNKNOWN`; with an `idempotencyKey` the same mutation may then be sent again. " +
      "User errors: `TEXT_EMPTY`, `MESSAGE_NOT_SENT`, `REPLY_NOT_POSSIBLE`, `CHAT_NOT_FOUND`, `ACCESS_DENIED`, `IDEMPOTENCY_KEY_REUSED`. Needs the scope `im`. Costs one call, with a key two (`im.message.add`).",
  })
  async chatMessageSend(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to write to." }) chatId: string,
    @Arg("text", () => String, { description: "The text, with BBCode." }) text: string,
    @Arg("replyToId", () => ID, { nullable: true, description: "A message of the same chat that this one answers." })
    replyToId?: string | null,
    @Arg("idempotencyKey", () => String, { nullable: true, description: IDEMPOTENCY_KEY })
    idempotencyKey?: string | null,
  ): Promise<ChatMessageSendPayload> {
    const id = parseChatId(chatId);
    const replyTo = typeof replyToId === "string" ? parseId(replyToId, "replyToId") : undefined;
    const problem = emptyTextProblem(text);
    if (problem !== undefined) return new ChatMessageSendPayload(refusedChatAction(id, problem));
    const call = messageAdd({ chatId: id, text, replyToId: replyTo });
    const { messageId, result } = await sendToChat(
      context,
      {
        mutation: "chatMessageSend",
        idempotencyKey,
        body: [id, text, replyTo ?? null],
        method: call.method,
        search: searchInChat(context, { chatId: id, text, isAuthor: viewerTest(context) }),
      },
      id,
      () => runChatAction(context, info, id, call, { REPLY_NOT_POSSIBLE: ["replyToId"] }),
      (value) => ({ messageId: value ?? null, refusal: value === null ? notSent() : undefined }),
    );
    const payload = new ChatMessageSendPayload(result);
    payload.messageId = messageId;
    return payload;
  }

  @Directive('@rest(method: "im.message.update")')
  @Mutation(() => MessageEditPayload, {
    nullable: true,
    description:
      "Changes the text of a message. For its author, and only for a limited time, whose length the portal does not tell; whether the customer sees the change depends on the channel. An empty text is refused, because the portal would delete the message: use `messageDelete`. " +
      "User errors: `TEXT_EMPTY`, `MESSAGE_NOT_FOUND`, `MESSAGE_NOT_EDITABLE`. Needs the scope `im`. Costs one call (`im.message.update`).",
  })
  async messageEdit(
    @Ctx() context: OperationContext,
    @Arg("messageId", () => ID, { description: "The message to change." }) messageId: string,
    @Arg("text", () => String, { description: "The whole new text, with BBCode." }) text: string,
  ): Promise<MessageEditPayload> {
    const id = parseId(messageId, "messageId");
    const problem = emptyTextProblem(text);
    if (problem !== undefined) return new MessageEditPayload([problem], null);
    const { value, userErrors } = await runAction(context, messageUpdate(id, text), MESSAGE_BLAME);
    return new MessageEditPayload(value === false ? [notDone()] : userErrors, value === true ? id : null);
  }

  @Directive('@rest(method: "im.message.delete")')
  @Mutation(() => MessageDeletePayload, {
    nullable: true,
    description:
      "Deletes a message. For its author; whether the customer's copy goes too depends on the channel. " +
      "User errors: `MESSAGE_NOT_FOUND`, `MESSAGE_NOT_EDITABLE`. Needs the scope `im`. Costs one call (`im.message.delete`).",
  })
  async messageDelete(
    @Ctx() context: OperationContext,
    @Arg("messageId", () => ID, { description: "The message to delete." }) messageId: string,
  ): Promise<MessageDeletePayload> {
    const id = parseId(messageId, "messageId");
    const { value, userErrors } = await runAction(context, messageDelete(id), MESSAGE_BLAME);
    return new MessageDeletePayload(value === false ? [notDone()] : userErrors, value === true ? id : null);
  }

  @Directive('@rest(method: "im.message.like")')
  @Mutation(() => MessageReactPayload, {
    nullable: true,
    description:
      "Sets or takes back the caller's reaction to a message; setting it twice changes nothing and is no error. For participants of the chat. Whether the customer sees it depends on the channel. " +
      "User errors: `MESSAGE_NOT_FOUND` (also in a chat that the caller is not in), `NOT_DONE`. Needs the scope `im`. Costs one call (`im.message.like`).",
  })
  async messageReact(
    @Ctx() context: OperationContext,
    @Arg("messageId", () => ID, { description: "The message." }) messageId: string,
    @Arg("reaction", () => ReactionKindEnum, { nullable: true, description: "null takes the reaction back." })
    reaction?: ReactionKind | null,
  ): Promise<MessageReactPayload> {
    const id = parseId(messageId, "messageId");
    if (reaction === "UNKNOWN") throw badUserInput("reaction must be LIKE, or null to take it back.");
    const call = messageLike(id, reaction === "LIKE");
    const { value, userErrors } = await runAction(context, call, MESSAGE_BLAME);
    if (userErrors.some(({ bitrixCode }) => bitrixCode === AS_WANTED)) return new MessageReactPayload([], id);
    return new MessageReactPayload(value === false ? [notDone()] : userErrors, value === true ? id : null);
  }

  @Directive('@rest(method: "imopenlines.message.quick.save")')
  @Mutation(() => QuickReplySavePayload, {
    nullable: true,
    description:
      "Stores a message of the chat among the canned responses of its line; a response with the same text is used again. For operators of the line with the right to canned responses, while a session is open. `quickReplies` lists them. " +
      "User errors: `QUICK_REPLY_NOT_SAVED`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.message.quick.save`).",
  })
  async quickReplySave(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat of the message." }) chatId: string,
    @Arg("messageId", () => ID, { description: "The message to store." }) messageId: string,
  ): Promise<QuickReplySavePayload> {
    const id = parseChatId(chatId);
    const call = messageQuickSave(id, parseId(messageId, "messageId"));
    const blame = { QUICK_REPLY_NOT_SAVED: ["messageId"] };
    return new QuickReplySavePayload(await runAcceptedChatAction(context, info, id, call, blame));
  }
}

function notSent() {
  return ownUserError(
    UserErrorCode.MESSAGE_NOT_SENT,
    "The portal made no message and gives no reason: the sender must be a participant who may write to this chat.",
  );
}
