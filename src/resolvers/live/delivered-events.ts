import { Connector } from "../../schema/connector.ts";
import {
  ChatChanged,
  changeSourceOf,
  chatAspectsOf,
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
import type { StoredMessageAdded, StoredMessageUpdated } from "../../subscriptions/events/stored-event.ts";
import type { LiveDelivery } from "../../subscriptions/live/live-request.ts";
import { splitSignature } from "./signature.ts";

/** The GraphQL object for what the log delivered. */
export function liveEventOf({ cursor, receivedAt, content }: LiveDelivery, origin: string): LiveEvent {
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
      return Object.assign(instanceOf(event, origin), common, {
        dispatchedAt: event.dispatchedAt === null ? null : new Date(event.dispatchedAt),
        connector: address.connectorId === null ? null : new Connector(address.connectorId),
        line: address.lineId === null ? null : new OpenLine(address.lineId),
      });
    }
  }
}

function instanceOf(event: ChatStoredEvent, origin: string): LiveEvent {
  switch (event.kind) {
    case "messageAdded":
      return Object.assign(new MessageAdded(), {
        direction: event.direction,
        content: deliveredMessage(event, origin),
      });
    case "messageUpdated":
      return Object.assign(new MessageUpdated(), {
        direction: event.direction,
        content: deliveredMessage(event, origin),
      });
    case "messageDeleted":
      return Object.assign(new MessageDeleted(), {
        direction: event.direction,
        deletedMessageId: event.messageId,
        externalIds: event.externalIds,
      });
    case "sessionStarted":
      return Object.assign(new SessionStarted(), { sessionId: event.sessionId });
    case "sessionFinished":
      return Object.assign(new SessionFinished(), { sessionId: event.sessionId });
    case "chatChanged":
      return Object.assign(new ChatChanged(), {
        source: changeSourceOf(event.source),
        changed: chatAspectsOf(event.changed),
      });
  }
}

function deliveredMessage(
  { message, direction }: StoredMessageAdded | StoredMessageUpdated,
  origin: string,
): DeliveredMessage {
  return {
    messageId: message.messageId,
    externalIds: message.externalIds,
    ...(direction === "INCOMING" ? { text: message.text, signature: null } : splitSignature(message.text)),
    author: userRef(message.authorId),
    isSystem: message.isSystem,
    files: message.files.map((file) => ({
      ...file,
      url: absolute(file.url, origin),
      downloadUrl: absolute(file.downloadUrl, origin),
    })),
    sentAt: message.sentAt === null ? null : new Date(message.sentAt),
  };
}

/** A page of the portal, by the host at which the gateway knows it. */
function absolute(address: string | null, origin: string): string | null {
  return address === null || !URL.canParse(address, origin) ? null : new URL(address, origin).href;
}
