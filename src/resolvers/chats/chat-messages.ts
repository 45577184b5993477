import type { ChatRole } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import type { MessageSlice, MessageWindow } from "../../datasources/loaders/messages.ts";
import { isBusinessRefusal } from "../../refusals/user-error.ts";
import type { Chat } from "../../schema/chat.ts";
import { Page, plainIdCursor } from "../../schema/connections.ts";
import { MessagePage } from "../../schema/message.ts";
import { parseWindow, sliceById, type Window, type WindowArguments } from "../../schema/pagination.ts";
import type { OperationContext } from "../engine/context.ts";
import { chatRecord } from "./chat-record.ts";

/** Names a message in a chat's list and in a session's alike, so that a client may go from one to the other. */
export const messageCursor = plainIdCursor;

const DEFAULT_PAGE_SIZE = 20;

/** Which messages a client wants of a chat; throws BAD_USER_INPUT. */
export function parseMessagePaging(paging: WindowArguments): Window<Id> {
  return parseWindow(paging, messageCursor, DEFAULT_PAGE_SIZE);
}

/**
 * Sends the reads of a page in this turn, beside those of the chat itself, where the caller is known to take part. The field that wants the page
 * asks again, and gets its failure.
 */
export function beginMessages(chatId: Id, window: Window<Id>, { loaders }: OperationContext): void {
  const role = loaders.memory.chats.roleIn(chatId);
  if (role === undefined || OUTSIDERS.has(role)) return;
  loaders.messages.load(windowOf(chatId, window)).catch(() => undefined);
}

/** Those who see a chat without taking part in it. */
const OUTSIDERS: ReadonlySet<ChatRole | null> = new Set<ChatRole>(["GUEST", "NONE"]);

/**
 * A page of a chat's messages for whoever may see it: of all its sessions for participants (`im.dialog.messages.get`), of the latest one for
 * others (`imopenlines.session.history.get`).
 */
export async function readMessages(chat: Chat, window: Window<Id>, context: OperationContext): Promise<MessagePage> {
  const role = await chatRecord.from(chat, context, ["viewerRole"], ({ viewerRole }) => viewerRole ?? null);
  if (OUTSIDERS.has(role)) return ofLatestSession(chat.id, window, context);
  try {
    const slice = await context.loaders.messages.load(windowOf(chat.id, window));
    return new MessagePage(cut(slice, window), "CHAT");
  } catch (error) {
    // Only a portal that tells no role leaves it to the refusal.
    if (role !== null || !isBusinessRefusal(error)) throw error;
    return ofLatestSession(chat.id, window, context);
  }
}

async function ofLatestSession(chatId: Id, window: Window<Id>, { loaders }: OperationContext): Promise<MessagePage> {
  const history = await loaders.histories.load({ chatId });
  return new MessagePage(sliceById(history?.messages ?? [], window, messageCursor), "LATEST_SESSION");
}

function windowOf(chatId: Id, window: Window<Id>): MessageWindow {
  const { direction, size } = window;
  return { chatId, direction, size, from: window.direction === "forward" ? window.after : window.before };
}

function cut({ messages, hasMore }: MessageSlice, window: Window<Id>): Page<MessageRecord> {
  const cursorOf = (message: MessageRecord): string => messageCursor.encode(message.id);
  switch (window.direction) {
    case "forward":
      return new Page(messages.slice(0, window.size), cursorOf, {
        hasNextPage: hasMore,
        hasPreviousPage: window.after !== null,
      });
    case "backward":
      return new Page(messages.slice(-window.size), cursorOf, {
        hasNextPage: window.before !== null,
        hasPreviousPage: hasMore,
      });
  }
}
