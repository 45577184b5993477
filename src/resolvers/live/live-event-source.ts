import type { Id } from "../../datasources/domain/ids.ts";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { Chat } from "../../schema/chat.ts";
import { Connector } from "../../schema/connector.ts";
import {
  ChatChanged,
  ChatEvent,
  changeSourceOf,
  type DeliveredMessage,
  type LiveEvent,
  MessageAdded,
  MessageDeleted,
  MessageUpdated,
  SessionFinished,
  SessionStarted,
  StreamCheckpoint,
  StreamGap,
} from "../../schema/live-events.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { Session } from "../../schema/session.ts";
import { userRef } from "../../schema/user.ts";
import type { ChatStoredEvent } from "../../subscriptions/events/event-filter.ts";
import type { StoredMessage } from "../../subscriptions/events/stored-event.ts";
import type { LiveDelivery } from "../../subscriptions/live/live-request.ts";
import type { OperationContext } from "../engine/context.ts";
import { sharedChat } from "../engine/event-eyes.ts";
import { defineFields, type FieldTable } from "../engine/field-table.ts";

/** The GraphQL object for what the log delivered. */
export function liveEventOf({ cursor, receivedAt, content }: LiveDelivery): LiveEvent {
  const common = { cursor, receivedAt };
  switch (content.kind) {
    case "gap":
      return Object.assign(new StreamGap(), common, {
        since: content.since,
        until: content.until,
        refetchAfterMs: content.refetchAfterMs,
      });
    case "checkpoint":
      return Object.assign(new StreamCheckpoint(), common);
    case "event": {
      const { event } = content;
      const { address } = event;
      return Object.assign(instanceOf(event), common, {
        dispatchedAt: event.dispatchedAt === null ? null : new Date(event.dispatchedAt),
        connector: address.connectorId === null ? null : new Connector(address.connectorId),
        line: address.lineId === null ? null : new OpenLine(address.lineId),
      });
    }
  }
}

function instanceOf(event: ChatStoredEvent): LiveEvent {
  switch (event.kind) {
    case "messageAdded":
      return Object.assign(new MessageAdded(), {
        direction: event.direction,
        content: deliveredMessage(event.message),
      });
    case "messageUpdated":
      return Object.assign(new MessageUpdated(), {
        direction: event.direction,
        content: deliveredMessage(event.message),
      });
    case "messageDeleted":
      return Object.assign(new MessageDeleted(), {
        direction: event.direction,
        deletedMessageId: event.messageId,
        externalIds: event.externalIds,
      });
    case "sessionStarted":
      return new SessionStarted();
    case "sessionFinished":
      return new SessionFinished();
    case "chatChanged":
      return Object.assign(new ChatChanged(), { source: changeSourceOf(event.source) });
  }
}

function deliveredMessage(message: StoredMessage): DeliveredMessage {
  return {
    messageId: message.messageId,
    externalIds: message.externalIds,
    text: message.text,
    author: userRef(message.authorId),
    isSystem: message.isSystem,
    files: message.files,
    sentAt: message.sentAt === null ? null : new Date(message.sentAt),
  };
}

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

/** The chat's newest session; only its id is read for everybody. */
async function latestSession(
  _event: SessionStarted | SessionFinished,
  context: OperationContext,
): Promise<Session | null> {
  const chatId = await chatIdOf(context);
  if (chatId === null) return null;
  const open = (await sharedChat(context, chatId, ["session"]))?.session?.sessionId ?? null;
  if (open !== null) return new Session(open, chatId);
  const shared = (await context.event?.shared?.newestSession()) ?? null;
  if (shared !== null) return new Session(shared.sessionId, chatId);
  const history = await context.loaders.histories.load({ chatId });
  return history === null ? null : new Session(history.sessionId, chatId, history);
}

/** What a live event's object does not hold, because it may have to be asked for. */
export const liveEventFields: readonly FieldTable[] = [
  defineFields<ChatEvent>(ChatEvent, {
    async chat(_event, context) {
      const chatId = await chatIdOf(context);
      return chatId === null ? null : new Chat(chatId);
    },
  }),
  defineFields<MessageAdded>(MessageAdded, { message: storedMessage }),
  defineFields<MessageUpdated>(MessageUpdated, { message: storedMessage }),
  defineFields<SessionStarted>(SessionStarted, { session: latestSession }),
  defineFields<SessionFinished>(SessionFinished, { session: latestSession }),
];
