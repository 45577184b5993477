import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { type DialogMessagesQuery, dialogMessagesGet } from "../../datasources/im/dialog-messages.ts";
import { inIdOrder } from "../../datasources/imopenlines/id-order.ts";
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

/** What `im.dialog.messages.get` gives at most. */
const MAX_PER_CALL = 50;

/** Pages that a look-up began to read before it knew whether the chat may be seen, by operation. */
const begun = new WeakMap<OperationContext, Map<string, Promise<Page<MessageRecord>>>>();

/** Sends the reads of a page in this turn, beside those of the chat itself: `readMessages` with the same window then has the result. For queries only. */
export function beginMessages(chatId: Id, window: Window<Id>, context: OperationContext): void {
  const pages = begun.get(context) ?? new Map<string, Promise<Page<MessageRecord>>>();
  begun.set(context, pages);
  const page = readPages(chatId, window, context);
  // Nobody takes the page when the chat is refused; the field that takes it gets its failure.
  page.catch(() => undefined);
  pages.set(keyOfPage(chatId, window), page);
}

/** A page of a chat's messages (`im.dialog.messages.get`). Refusal: `ACCESS_ERROR` for a caller who takes no part. */
export function readMessages(chatId: Id, window: Window<Id>, context: OperationContext): Promise<Page<MessageRecord>> {
  return begun.get(context)?.get(keyOfPage(chatId, window)) ?? readPages(chatId, window, context);
}

function keyOfPage(chatId: Id, window: Window<Id>): string {
  return JSON.stringify([chatId, window]);
}

/**
 * Reads a page in as many calls as the portal's own limit of 50 needs, one after another because each begins where the
 * one before ended. One message more than asked for tells whether more follow, except where that one would cost a call of its own.
 */
async function readPages(chatId: Id, window: Window<Id>, context: OperationContext): Promise<Page<MessageRecord>> {
  const found = new Map<Id, MessageRecord>();
  let position = window.direction === "forward" ? (window.after ?? FROM_THE_START) : window.before;
  let mayHaveMore = true;
  while (mayHaveMore && found.size < window.size) {
    const limit = Math.min(MAX_PER_CALL, window.size + 1 - found.size);
    const before = found.size;
    const answer = await context.portal.read(
      dialogMessagesGet({ chatId, limit, ...keyOf(window.direction, position) }),
    );
    context.loaders.primeUsers(answer.users);
    for (const message of answer.messages) found.set(message.id, message);
    mayHaveMore = answer.messages.length >= limit && found.size > before;
    position = (window.direction === "forward" ? answer.messages.at(-1) : answer.messages[0])?.id ?? position;
  }
  return cut(inIdOrder([...found.values()]), window, mayHaveMore || found.size > window.size);
}

/** The portal's way of asking for the first messages of a chat: those newer than message 0. */
const FROM_THE_START: Id = "0";

function keyOf(direction: Window<Id>["direction"], position: Id | null): Partial<DialogMessagesQuery> {
  if (position === null) return {};
  return direction === "forward" ? { afterId: position } : { beforeId: position };
}

function cut(messages: readonly MessageRecord[], window: Window<Id>, hasMore: boolean): Page<MessageRecord> {
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
