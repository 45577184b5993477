import { lineSettings } from "../world/line-settings.ts";
import type { Message } from "../world/records.ts";
import type { World } from "../world/world.ts";
import { documentedPayload } from "./documented-payloads.ts";
import {
  activityData,
  channelAddress,
  type EventData,
  filesOf,
  messageConnector,
  sessionConnector,
} from "./payload-parts.ts";
import type { MessageEvent, PortalEvent } from "./portal-events.ts";

/**
 * `real` = what the vendor's module sends and the newest overview says, `documented` = what the event pages print, `old` = what they
 * printed until May 2026.
 */
export type PayloadShape = "real" | "documented" | "old";

/** The `data` of an event's delivery. */
export function payloadOf(world: World, event: PortalEvent, shape: PayloadShape, portalUrl: string): EventData {
  switch (shape) {
    case "real":
      return realPayload(world, event, portalUrl);
    case "documented":
    case "old":
      return documentedPayload(world, event, shape, portalUrl);
  }
}

function attachmentsOf(message: Message): string[] {
  const attach = message.params.ATTACH;
  return Array.isArray(attach) ? attach.map((item) => JSON.stringify(item)) : [];
}

/** People sign what they send to the channel; bots and the system do not. */
function signedText(world: World, message: Message): string {
  if (world.users.get(message.authorId)?.kind !== "staff" || message.text === "") return message.text;
  return `[b]${world.userName(message.authorId)}:[/b][br]${message.text}`;
}

/** Parameters that the module keeps for itself or that do not exist yet when the message is handed over. */
const innerParams = new Set(["FILE_ID", "CONNECTOR_MID", "ATTACH", "IMPORTANT_CONNECTOR"]);

function paramsOf(message: Message): EventData {
  return Object.fromEntries(Object.entries(message.params).filter(([key]) => !innerParams.has(key)));
}

function incoming(world: World, event: MessageEvent, portalUrl: string): EventData {
  const { chat, message, externalIds } = event;
  const address = channelAddress(chat);
  const id = externalIds[0] ?? "";
  const content =
    event.kind === "messageDeleted"
      ? { id, user_id: chat.customerId }
      : {
          id,
          date: Math.floor(message.createdAt / 1000),
          text: message.text,
          files: filesOf(world, message, portalUrl),
          attach: "",
          user_id: chat.customerId,
        };
  const connector = messageConnector(chat);
  return {
    DATA: { connector, chat: { id: address.externalChatId }, message: content, ref: [], extra: { EXTRA_URL: "" } },
  };
}

function outgoing(world: World, event: MessageEvent, portalUrl: string): EventData {
  const { chat, message, externalIds } = event;
  const { lineId, externalChatId } = channelAddress(chat);
  const head = { CONNECTOR: chat.connectorId, LINE: Number(lineId) };
  const im = { chat_id: chat.id, message_id: message.id };
  switch (event.kind) {
    case "messageAdded":
      return {
        ...head,
        DATA: {
          connector: messageConnector(chat),
          message: {
            id: message.id,
            chat_id: chat.id,
            user_id: message.authorId,
            text: signedText(world, message),
            files: filesOf(world, message, portalUrl),
            attachments: attachmentsOf(message),
            params: paramsOf(message),
            system: message.authorId === 0 ? "Y" : "N",
          },
          no_session: "N",
        },
      };
    case "messageUpdated":
      return {
        ...head,
        DATA: { im, message: { id: externalIds, text: signedText(world, message) }, chat: { id: externalChatId } },
      };
    case "messageDeleted":
      return { ...head, DATA: externalIds.map((id) => ({ im, message: { id }, chat: { id: externalChatId } })) };
  }
}

function realPayload(world: World, event: PortalEvent, portalUrl: string): EventData {
  switch (event.kind) {
    case "sessionStarted":
    case "sessionFinished": {
      const { chat, session } = event;
      const line = { id: session.lineId, name: lineSettings(world, session.lineId)?.name ?? "" };
      return { DATA: { connector: sessionConnector(chat, session), chat: { chat_id: chat.id }, line } };
    }
    case "activityAdded":
    case "activityUpdated":
    case "activityDeleted":
      return activityData(event);
    case "messageAdded":
    case "messageUpdated":
    case "messageDeleted":
      return event.direction === "incoming" ? incoming(world, event, portalUrl) : outgoing(world, event, portalUrl);
  }
}
