import type { GraphQLResolveInfo } from "graphql";
import { Arg, Ctx, Directive, ID, Info, Mutation, Resolver } from "type-graphql";
import {
  chatLeave,
  chatMute,
  dialogRead,
  dialogWriting,
  recentPin,
  recentUnread,
} from "../../datasources/im/dialog-actions.ts";
import { ownUserError } from "../../refusals/user-error.ts";
import { parseChatId, parseId } from "../../schema/input-errors.ts";
import {
  ChatLeavePayload,
  ChatMarkAsReadPayload,
  ChatMarkAsUnreadPayload,
  ChatMutePayload,
  ChatTypingPayload,
  InboxPinPayload,
} from "../../schema/message-payloads.ts";
import { UserErrorCode } from "../../schema/mutation-payload.ts";
import type { OperationContext } from "../engine/context.ts";
import { runAcceptedChatAction, runChatAction } from "./chat-action.ts";

/** What a participant does beside writing: reading, typing, muting, leaving. */
@Resolver()
export class ChatPresence {
  @Directive('@rest(method: "im.dialog.read")')
  @Mutation(() => ChatMarkAsReadPayload, {
    nullable: true,
    description:
      "Marks the chat's messages as read by the caller, all or up to one. For participants. User errors: `ACCESS_DENIED` (no such chat or not in it: the portal does not tell them apart), `CHAT_NOT_FOUND`. Needs the scope `im`. Costs one call (`im.dialog.read`).",
  })
  async chatMarkAsRead(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat that was read." }) chatId: string,
    @Arg("upToMessageId", () => ID, {
      nullable: true,
      description: "The last message that was read; not given: all of them.",
    })
    upToMessageId?: string | null,
  ): Promise<ChatMarkAsReadPayload> {
    const id = parseChatId(chatId);
    const upTo = typeof upToMessageId === "string" ? parseId(upToMessageId, "upToMessageId") : undefined;
    const { value, result } = await runChatAction(context, info, id, dialogRead(id, upTo));
    return new ChatMarkAsReadPayload(
      value === false
        ? {
            ...result,
            userErrors: [
              ownUserError(
                UserErrorCode.ACCESS_DENIED,
                "Nothing was marked as read: there is no such chat, or you are not in it.",
                ["chatId"],
              ),
            ],
          }
        : result,
    );
  }

  @Directive('@rest(method: "im.recent.unread")')
  @Mutation(() => ChatMarkAsUnreadPayload, {
    nullable: true,
    description:
      "Marks the chat as unread in the caller's own inbox; no message becomes unread by it, and reading the chat takes the mark away. For chats in the caller's inbox. User errors: `ACCESS_DENIED` (no such chat or not in the inbox: the portal does not tell them apart), `CHAT_NOT_FOUND`. Needs the scope `im`. Costs one call (`im.recent.unread`).",
  })
  async chatMarkAsUnread(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat." }) chatId: string,
  ): Promise<ChatMarkAsUnreadPayload> {
    const id = parseChatId(chatId);
    const { value, result } = await runChatAction(context, info, id, recentUnread(id));
    return new ChatMarkAsUnreadPayload(value === false ? { ...result, userErrors: [notInInbox()] } : result);
  }

  @Directive('@rest(method: "im.recent.pin")')
  @Mutation(() => InboxPinPayload, {
    nullable: true,
    description:
      "Pins the chat in the caller's own inbox, or takes the pin away. Not the same as `chatPin`, which pins the session to its operator. For chats in the caller's inbox. User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`, `NOT_DONE`. Needs the scope `im`. Costs one call (`im.recent.pin`).",
  })
  async inboxPin(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat." }) chatId: string,
    @Arg("pinned", () => Boolean, { description: "true pins it." }) pinned: boolean,
  ): Promise<InboxPinPayload> {
    const id = parseChatId(chatId);
    return new InboxPinPayload(await runAcceptedChatAction(context, info, id, recentPin(id, pinned)));
  }

  @Directive('@rest(method: "im.dialog.writing")')
  @Mutation(() => ChatTypingPayload, {
    nullable: true,
    description:
      "Shows the others, and the customer where the channel can, that the caller is typing. It fades by itself after some seconds. For participants. User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`. Needs the scope `im`. Costs one call each time, so do not send it with every key (`im.dialog.writing`).",
  })
  async chatTyping(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat in which the caller types." }) chatId: string,
  ): Promise<ChatTypingPayload> {
    const id = parseChatId(chatId);
    return new ChatTypingPayload(await runAcceptedChatAction(context, info, id, dialogWriting(id)));
  }

  @Directive('@rest(method: "im.chat.leave")')
  @Mutation(() => ChatLeavePayload, {
    nullable: true,
    description:
      "Takes the caller out of the chat. For participants. What becomes of a chat whose responsible operator leaves is not documented: hand it over with `chatTransfer` first. User errors: `CANNOT_LEAVE`, `CHAT_NOT_FOUND`, `ACCESS_DENIED`. Needs the scope `im`. Costs one call (`im.chat.leave`).",
  })
  async chatLeave(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat to leave." }) chatId: string,
  ): Promise<ChatLeavePayload> {
    const id = parseChatId(chatId);
    return new ChatLeavePayload(await runAcceptedChatAction(context, info, id, chatLeave(id)));
  }

  @Directive('@rest(method: "im.chat.mute")')
  @Mutation(() => ChatMutePayload, {
    nullable: true,
    description:
      "Switches the caller's own notifications of the chat off or on. For participants. User errors: `ACCESS_DENIED`, `CHAT_NOT_FOUND`. Needs the scope `im`. Costs one call (`im.chat.mute`).",
  })
  async chatMute(
    @Ctx() context: OperationContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("chatId", () => ID, { description: "The chat." }) chatId: string,
    @Arg("muted", () => Boolean, { description: "true switches the notifications off." }) muted: boolean,
  ): Promise<ChatMutePayload> {
    const id = parseChatId(chatId);
    return new ChatMutePayload(await runAcceptedChatAction(context, info, id, chatMute(id, muted)));
  }
}

function notInInbox() {
  return ownUserError(
    UserErrorCode.ACCESS_DENIED,
    "Nothing was marked: there is no such chat, or it is not in your inbox.",
    ["chatId"],
  );
}
