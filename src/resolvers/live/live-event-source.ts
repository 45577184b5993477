import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { MessageRecord } from "../../datasources/domain/message.ts";
import { Chat } from "../../schema/chat.ts";
import { Connector } from "../../schema/connector.ts";
import {
  ChatChanged,
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
import { Message } from "../../schema/message.ts";
import { OpenLine } from "../../schema/open-line.ts";
import { Session } from "../../schema/session.ts";
import { userRef } from "../../schema/user.ts";
import type { ChatStoredEvent } from "../../subscriptions/events/event-filter.ts";
import type { StoredMessage } from "../../subscriptions/events/stored-event.ts";
import type { LiveDelivery } from "../../subscriptions/live/live-request.ts";
import type { OperationContext } from "../engine/context.ts";

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
      const { event, chatId } = content;
      const { address } = event;
      return Object.assign(instanceOf(event), common, {
        dispatchedAt: event.dispatchedAt === null ? null : new Date(event.dispatchedAt),
        connector: address.connectorId === null ? null : new Connector(address.connectorId),
        line: address.lineId === null ? null : new OpenLine(address.lineId),
        chat: chatId === null ? null : new Chat(chatId),
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

/** The stored record of a delivered message, by its portal id or by its id in the channel. */
async function storedMessage(
  event: MessageAdded | MessageUpdated,
  context: OperationContext,
): Promise<MessageRecord | null> {
  if (event.chat === null) return null;
  const history = await context.loaders.histories.load({ chatId: event.chat.id });
  const { messageId, externalIds } = event.content;
  const wanted = new Set(externalIds);
  return (
    history?.messages.findLast(
      (message) => message.id === messageId || (messageId === null && message.externalIds.some((id) => wanted.has(id))),
    ) ?? null
  );
}

async function latestSession(
  event: SessionStarted | SessionFinished,
  context: OperationContext,
): Promise<Session | null> {
  if (event.chat === null) return null;
  const history = await context.loaders.histories.load({ chatId: event.chat.id });
  return history === null ? null : new Session(history.sessionId, history.chatId, history);
}

@Resolver(() => MessageAdded)
export class MessageAddedFields {
  @FieldResolver(() => Message, { nullable: true })
  message(@Root() event: MessageAdded, @Ctx() context: OperationContext): Promise<MessageRecord | null> {
    return storedMessage(event, context);
  }
}

@Resolver(() => MessageUpdated)
export class MessageUpdatedFields {
  @FieldResolver(() => Message, { nullable: true })
  message(@Root() event: MessageUpdated, @Ctx() context: OperationContext): Promise<MessageRecord | null> {
    return storedMessage(event, context);
  }
}

@Resolver(() => SessionStarted)
export class SessionStartedFields {
  @FieldResolver(() => Session, { nullable: true })
  session(@Root() event: SessionStarted, @Ctx() context: OperationContext): Promise<Session | null> {
    return latestSession(event, context);
  }
}

@Resolver(() => SessionFinished)
export class SessionFinishedFields {
  @FieldResolver(() => Session, { nullable: true })
  session(@Root() event: SessionFinished, @Ctx() context: OperationContext): Promise<Session | null> {
    return latestSession(event, context);
  }
}
