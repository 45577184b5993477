import { mimeTypeOf } from "../protocol/placeholders.ts";
import { publicFileLink } from "../protocol/public-files.ts";
import type { Chat, Message, Session } from "../world/records.ts";
import type { World } from "../world/world.ts";
import type { ActivityEvent } from "./portal-events.ts";

export type EventData = Record<string, unknown>;

export function activityData({ activityId }: ActivityEvent): EventData {
  return { FIELDS: { ID: activityId } };
}

export interface ChannelAddress {
  lineId: string;
  externalChatId: string;
}

/**
 * The channel's own ids of a chat, from its user code. External ids may contain pipes themselves; the portal's people and
 * chats are made so that both have equally many.
 */
export function channelAddress(chat: Chat): ChannelAddress {
  const [, lineId = "", ...external] = chat.userCode.split("|");
  return { lineId, externalChatId: external.slice(0, Math.ceil(external.length / 2)).join("|") };
}

/** Messages belong to the channel's line, which a transfer to another line leaves as it is. */
export function messageConnector(chat: Chat): EventData {
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

export function filesOf(world: World, message: Message, portalUrl: string): EventData[] {
  const ids = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID.map(Number) : [];
  return ids.flatMap((id) => {
    const file = world.files.get(id);
    if (!file) return [];
    const link = publicFileLink(portalUrl, file);
    return {
      name: file.name,
      type: file.type === "image" ? "image" : "file",
      mime: mimeTypeOf(file.name),
      link,
      downloadLink: link,
      size: file.size,
      sizef: readableSize(file.size),
      ...(file.image === false ? {} : { width: file.image.width, height: file.image.height }),
    };
  });
}

export function sessionConnector(chat: Chat, session: Session): EventData {
  return {
    connector_id: chat.connectorId,
    line_id: session.lineId,
    chat_id: chat.id,
    user_id: session.customerId,
  };
}
