import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import type { MessageSlice, MessageWindow } from "../../datasources/loaders/messages.ts";
import { defineIdCursor, Page } from "../../schema/connections.ts";
import { parseWindow, type Window, type WindowArguments } from "../../schema/pagination.ts";
import type { OperationContext } from "../engine/context.ts";

/** Names a message in a chat's list and in a session's alike, so that a client may go from one to the other. */
export const messageCursor = defineIdCursor("message");

const DEFAULT_PAGE_SIZE = 20;

/** Which messages a client wants of a chat; throws BAD_USER_INPUT. */
export function parseMessagePaging(paging: WindowArguments): Window<Id> {
  return parseWindow(paging, messageCursor, DEFAULT_PAGE_SIZE);
}

/** Sends the reads of a page in this turn, beside those of the chat itself. The field that wants the page asks again, and gets its failure. */
export function beginMessages(chatId: Id, window: Window<Id>, { loaders }: OperationContext): void {
  loaders.messages.load(windowOf(chatId, window)).catch(() => undefined);
}

/** A page of a chat's messages (`im.dialog.messages.get`). Refusal: `ACCESS_ERROR` for a caller who takes no part. */
export async function readMessages(
  chatId: Id,
  window: Window<Id>,
  { loaders }: OperationContext,
): Promise<Page<MessageRecord>> {
  return cut(await loaders.messages.load(windowOf(chatId, window)), window);
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
