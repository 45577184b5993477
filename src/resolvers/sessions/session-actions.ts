import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import {
  messageSessionStart,
  sessionIntercept,
  sessionJoin,
  sessionModePin,
  sessionModePinAll,
  sessionModeSilent,
  sessionModeUnpinAll,
  sessionStart,
} from "../../datasources/imopenlines/session-actions.ts";
import { parseChatId, parseId } from "../../schema/input-errors.ts";
import {
  ChatInterceptPayload,
  ChatJoinPayload,
  ChatPinPayload,
  ChatSetSilentModePayload,
  ChatUnpinPayload,
  SessionStartFromMessagePayload,
  SessionStartPayload,
} from "../../schema/operator-payloads.ts";
import { Session } from "../../schema/session.ts";
import { ChatPinAllPayload, ChatUnpinAllPayload } from "../../schema/session-payloads.ts";
import { runAcceptedChatAction } from "../chats/chat-action.ts";
import { runAction } from "../engine/action.ts";
import type { OperationContext } from "../engine/context.ts";

/** Entering, taking over, starting and pinning the session of a chat. */
@Resolver()
export class SessionActions {
  @Directive('@rest(method: "imopenlines.session.intercept")')
  @Mutation(() => ChatInterceptPayload, {
    nullable: true,
    description:
      'Takes the chat away from its current operator: the caller becomes responsible and a system message says so. Anybody with access to the chat may. The portal only says "accepted": nothing changes when nobody is responsible (use `chatAnswer`) or the caller already is; `chat.operator` tells the truth. ' +
      "User errors: `CANNOT_INTERCEPT` (no such chat, no open-line chat, or no access: the portal does not tell them apart), `CHAT_NOT_FOUND`. Costs one call (`imopenlines.session.intercept`).",
  })
  async chatIntercept(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to take over." }) chatId: string,
  ): Promise<ChatInterceptPayload> {
    const id = parseChatId(chatId);
    const blame = { CANNOT_INTERCEPT: ["chatId"] };
    return new ChatInterceptPayload(await runAcceptedChatAction(context, info, id, sessionIntercept(id), blame));
  }

  @Directive('@rest(method: "imopenlines.session.join")')
  @Mutation(() => ChatJoinPayload, {
    nullable: true,
    description:
      'Enters the chat as a further participant, which a system message shows; its operator stays responsible. Anybody with access to the chat may. The portal only says "accepted", also to somebody who is in the chat already. ' +
      "User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.session.join`).",
  })
  async chatJoin(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to enter." }) chatId: string,
  ): Promise<ChatJoinPayload> {
    const id = parseChatId(chatId);
    return new ChatJoinPayload(await runAcceptedChatAction(context, info, id, sessionJoin(id)));
  }

  @Directive('@rest(method: "imopenlines.session.start")')
  @Mutation(() => SessionStartPayload, {
    nullable: true,
    description:
      'Opens a new session in a chat without one, with the caller as operator, so that a customer can be written to first. Anybody with access to the chat may. The portal only says "accepted": when a session is open, the caller merely joins it. ' +
      "User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. The portal does not tell the new session's id; `chat.currentSession` does. Costs one call (`imopenlines.session.start`).",
  })
  async sessionStart(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to open a session in." }) chatId: string,
  ): Promise<SessionStartPayload> {
    const id = parseChatId(chatId);
    return new SessionStartPayload(await runAcceptedChatAction(context, info, id, sessionStart(id)));
  }

  @Directive('@rest(method: "imopenlines.message.session.start")')
  @Mutation(() => SessionStartFromMessagePayload, {
    nullable: true,
    description:
      "Ends the open session at once and opens a new one, with the caller as operator, that begins with the given message: for a customer who comes with a new matter. The message is posted again without being sent to the customer. Anybody with access to the chat may. " +
      'The portal only says "accepted", also when the message is not in this chat and nothing happens: compare `chat.currentSession`. User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.message.session.start`).',
  })
  async sessionStartFromMessage(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat of the message." }) chatId: string,
    @Arg("messageId", () => ID, { description: "The message that the new session begins with." }) messageId: string,
  ): Promise<SessionStartFromMessagePayload> {
    const id = parseChatId(chatId);
    const call = messageSessionStart(id, parseId(messageId, "messageId"));
    return new SessionStartFromMessagePayload(await runAcceptedChatAction(context, info, id, call));
  }

  @Directive('@rest(method: "imopenlines.session.mode.pin")')
  @Mutation(() => ChatPinPayload, {
    nullable: true,
    description:
      "Pins the chat to its operator: its session is not closed automatically for a week. Only the responsible operator may; pinning a pinned chat changes nothing and is no error. " +
      "User errors: `NOT_OPERATOR`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Trap: pinning a chat without an open session opens one. Costs one call (`imopenlines.session.mode.pin`).",
  })
  async chatPin(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to pin." }) chatId: string,
  ): Promise<ChatPinPayload> {
    const id = parseChatId(chatId);
    return new ChatPinPayload(await runAcceptedChatAction(context, info, id, sessionModePin(id, true)));
  }

  @Directive('@rest(method: "imopenlines.session.mode.pin")')
  @Mutation(() => ChatUnpinPayload, {
    nullable: true,
    description:
      "Unpins the chat. Only the responsible operator may; unpinning a chat that is not pinned changes nothing and is no error. " +
      "User errors: `NOT_OPERATOR`, `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. Costs one call (`imopenlines.session.mode.pin`).",
  })
  async chatUnpin(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to unpin." }) chatId: string,
  ): Promise<ChatUnpinPayload> {
    const id = parseChatId(chatId);
    return new ChatUnpinPayload(await runAcceptedChatAction(context, info, id, sessionModePin(id, false)));
  }

  @Directive('@rest(method: "imopenlines.session.mode.pinAll")')
  @Mutation(() => ChatPinAllPayload, {
    nullable: true,
    description:
      "Pins all chats of which the caller is the operator and that are not pinned yet. Has no user errors: what cannot be pinned is not among the sessions. Costs one call (`imopenlines.session.mode.pinAll`).",
  })
  async chatPinAll(@Ctx() context: OperationContext): Promise<ChatPinAllPayload> {
    const { value, userErrors } = await runAction(context, sessionModePinAll());
    return new ChatPinAllPayload(userErrors, value?.map((id) => new Session(id)) ?? null);
  }

  @Directive('@rest(method: "imopenlines.session.mode.unpinAll")')
  @Mutation(() => ChatUnpinAllPayload, {
    nullable: true,
    description:
      "Unpins all pinned chats of which the caller is the operator. Has no user errors: what cannot be unpinned is not among the sessions. Costs one call (`imopenlines.session.mode.unpinAll`).",
  })
  async chatUnpinAll(@Ctx() context: OperationContext): Promise<ChatUnpinAllPayload> {
    const { value, userErrors } = await runAction(context, sessionModeUnpinAll());
    return new ChatUnpinAllPayload(userErrors, value?.map((id) => new Session(id)) ?? null);
  }

  @Directive('@rest(method: "imopenlines.session.mode.silent")')
  @Mutation(() => ChatSetSilentModePayload, {
    nullable: true,
    description:
      "Switches silent mode: while it is on, what operators write stays inside the portal and the customer gets nothing. On older portals it holds for the whole chat, on newer ones for the caller only, and `chat.isSilent` may then not show it. Anybody with access to the chat may. " +
      "User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_OPEN_LINE_CHAT`, `ACTING_USER_UNKNOWN`. The REST documentation calls the method deprecated; it works. Costs one call (`imopenlines.session.mode.silent`).",
  })
  async chatSetSilentMode(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat." }) chatId: string,
    @Arg("enabled", () => Boolean, { description: "true switches silent mode on, false off." }) enabled: boolean,
  ): Promise<ChatSetSilentModePayload> {
    const id = parseChatId(chatId);
    return new ChatSetSilentModePayload(await runAcceptedChatAction(context, info, id, sessionModeSilent(id, enabled)));
  }
}
