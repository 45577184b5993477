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
import { OpenLine } from "../../schema/open-line.ts";
import { userRef } from "../../schema/user.ts";
import type { ChatStoredEvent } from "../../subscriptions/events/event-filter.ts";
import type { StoredMessage } from "../../subscriptions/events/stored-event.ts";
import type { LiveDelivery } from "../../subscriptions/live/live-request.ts";

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
