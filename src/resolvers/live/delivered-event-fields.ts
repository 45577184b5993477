import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { Chat } from "../../schema/chat.ts";
import {
  ChatEvent,
  DeliveredFile,
  MessageAdded,
  MessageUpdated,
  SessionFinished,
  SessionStarted,
} from "../../schema/live-events.ts";
import { Session } from "../../schema/session.ts";
import type { OperationContext } from "../engine/context.ts";
import { sharedChat } from "../engine/event-eyes.ts";
import { defineFields, type FieldTable } from "../engine/field-table.ts";

/** The portal's chat of the event that is executed, looked for only when something of it is selected. */
async function chatIdOf({ event }: OperationContext): Promise<Id | null> {
  return event === undefined ? null : await event.chatId();
}

/** The stored record of a delivered message, by its portal id or by its id in the channel. */
async function storedMessage(
  { content }: MessageAdded | MessageUpdated,
  context: OperationContext,
): Promise<MessageRecord | null> {
  const chatId = await chatIdOf(context);
  if (chatId === null) return null;
  const session = (await context.event?.shared?.newestSession()) ?? (await context.loaders.histories.load({ chatId }));
  const { messageId, externalIds } = content;
  const wanted = new Set(externalIds);
  return (
    session?.messages.findLast(
      (message) => message.id === messageId || (messageId === null && message.externalIds.some((id) => wanted.has(id))),
    ) ?? null
  );
}

/** The session that the event names, else the chat's newest; only its id is read for everybody. */
async function latestSession(
  { sessionId }: SessionStarted | SessionFinished,
  context: OperationContext,
): Promise<Session | null> {
  const chatId = await chatIdOf(context);
  if (sessionId !== null) {
    if (chatId !== null) context.loaders.memory.chatSessions.note(chatId, sessionId);
    return new Session(sessionId, chatId ?? undefined);
  }
  if (chatId === null) return null;
  const open = (await sharedChat(context, chatId, ["session"]))?.session?.sessionId ?? null;
  if (open !== null) return new Session(open, chatId);
  const shared = (await context.event?.shared?.newestSession()) ?? null;
  if (shared !== null) return new Session(shared.sessionId, chatId);
  const history = await context.loaders.histories.load({ chatId });
  return history === null ? null : new Session(history.sessionId, chatId, history);
}

/** What a live event's object does not hold, because it may have to be asked for. */
export const deliveredEventFields: readonly FieldTable[] = [
  defineFields<ChatEvent>(ChatEvent, {
    async chat(_event, context) {
      const chatId = await chatIdOf(context);
      return chatId === null ? null : new Chat(chatId);
    },
  }),
  defineFields(DeliveredFile, {
    url: ({ url, name }, { links }) => links.content(url, name, false),
    downloadUrl: ({ downloadUrl, name }, { links }) => links.content(downloadUrl, name, true),
  }),
  defineFields<MessageAdded>(MessageAdded, { message: storedMessage }),
  defineFields<MessageUpdated>(MessageUpdated, { message: storedMessage }),
  defineFields<SessionStarted>(SessionStarted, { session: latestSession }),
  defineFields<SessionFinished>(SessionFinished, { session: latestSession }),
];
