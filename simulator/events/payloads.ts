import { camelFile } from "../methods/wire-file.ts";
import { lineSettings } from "../world/line-settings.ts";
import type { Chat, ChatFile, Message, Session } from "../world/records.ts";
import type { World } from "../world/world.ts";
import type { MessageEvent, PortalEvent } from "./portal-events.ts";

/** `real` = what the vendor's module sends, `documented` = what the event pages print. */
export type PayloadShape = "real" | "documented";

export type EventData = Record<string, unknown>;

/** The `data` of an event's delivery. */
export function payloadOf(world: World, event: PortalEvent, shape: PayloadShape, portalUrl: string): EventData {
  switch (shape) {
    case "real":
      return realPayload(world, event, portalUrl);
    case "documented":
      return documentedPayload(world, event, portalUrl);
  }
}

interface ChannelAddress {
  lineId: string;
  externalChatId: string;
}

/**
 * The channel's own ids of a chat, from its user code. External ids may contain pipes themselves; the portal's people and
 * chats are made so that both have equally many.
 */
function channelAddress(chat: Chat): ChannelAddress {
  const [, lineId = "", ...external] = chat.userCode.split("|");
  return { lineId, externalChatId: external.slice(0, Math.ceil(external.length / 2)).join("|") };
}

/** Messages belong to the channel's line, which a transfer to another line leaves as it is. */
function messageConnector(chat: Chat): EventData {
  const { lineId, externalChatId } = channelAddress(chat);
  return {
    connector_id: chat.connectorId,
    line_id: Number(lineId),
    chat_id: externalChatId,
    user_id: chat.customerId,
  };
}

function readableSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} b`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(2)} KB` : `${(bytes / 1024 ** 2).toFixed(2)} MB`;
}

const mimeTypes: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  pdf: "application/pdf",
  mp3: "audio/mpeg",
  ogg: "audio/ogg",
  mp4: "video/mp4",
};

function mimeOf(file: ChatFile): string {
  return mimeTypes[file.name.split(".").at(-1)?.toLowerCase() ?? ""] ?? "application/octet-stream";
}

function filesOf(world: World, message: Message, portalUrl: string): EventData[] {
  const ids = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID.map(Number) : [];
  return ids.flatMap((id) => {
    const file = world.files.get(id);
    if (!file) return [];
    const links = camelFile(file, world.userName(file.authorId), portalUrl);
    return {
      name: file.name,
      type: file.type === "image" ? "image" : "file",
      mime: mimeOf(file),
      link: links.urlShow,
      downloadLink: links.urlDownload,
      size: file.size,
      sizef: readableSize(file.size),
      ...(file.image === false ? {} : { width: file.image.width, height: file.image.height }),
    };
  });
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

function sessionConnector(chat: Chat, session: Session): EventData {
  return {
    connector_id: chat.connectorId,
    line_id: session.lineId,
    chat_id: chat.id,
    user_id: session.customerId,
  };
}

function realPayload(world: World, event: PortalEvent, portalUrl: string): EventData {
  switch (event.kind) {
    case "sessionStarted":
    case "sessionFinished": {
      const { chat, session } = event;
      const line = { id: session.lineId, name: lineSettings(world, session.lineId)?.name ?? "" };
      return { DATA: { connector: sessionConnector(chat, session), chat: { chat_id: chat.id }, line } };
    }
    case "messageAdded":
    case "messageUpdated":
    case "messageDeleted":
      return event.direction === "incoming" ? incoming(world, event, portalUrl) : outgoing(world, event, portalUrl);
  }
}

function documentedPayload(world: World, event: PortalEvent, portalUrl: string): EventData {
  switch (event.kind) {
    case "messageAdded": {
      const { chat, message } = event;
      const content = {
        id: message.id,
        date: "",
        text: message.text,
        files: filesOf(world, message, portalUrl),
        attach: "",
        system: message.authorId === 0 ? "Y" : "N",
        user_id: message.authorId,
      };
      const item = { connector: messageConnector(chat), chat: { id: chat.id }, message: content };
      return { DATA: [{ ...item, ref: [], extra: { EXTRA_URL: "" } }] };
    }
    case "messageUpdated":
    case "messageDeleted": {
      const { chat, message } = event;
      const im = { chat_id: chat.id, message_id: message.id };
      const item = { im, message: { id: message.id }, chat: { id: chat.id } };
      return { CONNECTOR: chat.connectorId, LINE: Number(channelAddress(chat).lineId), DATA: [item] };
    }
    case "sessionStarted":
    case "sessionFinished": {
      const { chat, session } = event;
      const minutes = lineSettings(world, session.lineId)?.fullCloseMinutes ?? 0;
      return {
        DATA: [
          {
            connector: sessionConnector(chat, session),
            session: {
              id: session.id,
              closed: session.closed ? "Y" : "N",
              parent_id: session.parentId,
              close_term: minutes,
            },
            chat: { id: chat.id },
            user: { id: session.customerId },
          },
        ],
      };
    }
  }
}
