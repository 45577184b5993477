import type { Happening } from "../world/happenings.ts";
import { lineSettings } from "../world/line-settings.ts";
import type { Chat, Message, Session } from "../world/records.ts";
import type { World } from "../world/world.ts";

export interface MessageEvent {
  kind: "messageAdded" | "messageUpdated" | "messageDeleted";
  direction: "incoming" | "outgoing";
  chat: Chat;
  message: Message;
  /** Ids of the message in the channel; an important message of the system has none. */
  externalIds: string[];
}

export interface SessionEvent {
  kind: "sessionStarted" | "sessionFinished";
  chat: Chat;
  session: Session;
}

/** A change in the CRM's timelines; its event tells nothing but the id. */
export interface ActivityEvent {
  kind: "activityAdded" | "activityUpdated" | "activityDeleted";
  activityId: number;
  /** Who caused it; 0 when the portal did it by itself. */
  userId: number;
}

/** Something the portal tells applications, before it is put into one of the two payload shapes. */
export type PortalEvent = MessageEvent | SessionEvent | ActivityEvent;

/** The code of an event as `event.bind` and deliveries name it. */
export function eventCode({ kind }: PortalEvent): string {
  switch (kind) {
    case "messageAdded":
      return "ONOPENLINEMESSAGEADD";
    case "messageUpdated":
      return "ONOPENLINEMESSAGEUPDATE";
    case "messageDeleted":
      return "ONOPENLINEMESSAGEDELETE";
    case "sessionStarted":
      return "ONSESSIONSTART";
    case "sessionFinished":
      return "ONSESSIONFINISH";
    case "activityAdded":
      return "ONCRMACTIVITYADD";
    case "activityUpdated":
      return "ONCRMACTIVITYUPDATE";
    case "activityDeleted":
      return "ONCRMACTIVITYDELETE";
  }
}

/** The member of staff whose tokens a delivery carries; 0 when none can be linked (customers, the system, bots). */
export function actorOf(world: World, event: PortalEvent): number {
  switch (event.kind) {
    case "sessionStarted":
    case "sessionFinished":
      return staffOrNobody(world, event.session.operatorId);
    case "messageAdded":
    case "messageUpdated":
    case "messageDeleted":
      return staffOrNobody(world, event.message.authorId);
    case "activityAdded":
    case "activityUpdated":
    case "activityDeleted":
      return staffOrNobody(world, event.userId);
  }
}

function staffOrNobody(world: World, userId: number): number {
  return world.users.get(userId)?.kind === "staff" ? userId : 0;
}

/** Ids of the message in the channel; none for what never left the portal. */
function externalIdsOf(message: Message): string[] {
  const ids = message.params.CONNECTOR_MID;
  return Array.isArray(ids) ? ids.map(String) : [];
}

/**
 * The event that a change in the portal causes, if any. Nothing is told of outgoing live chat, hidden mode, ordinary system
 * messages, inactive lines, messages that never reached the channel, and sessions that end as duplicates; nor of
 * answers, transfers, pins and members.
 */
export function eventOf(world: World, happening: Happening): PortalEvent | undefined {
  if ("activityId" in happening) {
    const { kind, activityId, userId } = happening;
    return { kind, activityId, userId };
  }
  const chat = world.chats.get(happening.chatId);
  if (chat?.kind !== "lines") return undefined;
  switch (happening.kind) {
    case "messageAdded":
      return added(world, chat, happening.messageId, happening.direction);
    case "messageUpdated":
    case "messageDeleted": {
      const message = world.messages.get(happening.messageId);
      if (!message || happening.direction === "system") return undefined;
      const externalIds = happening.kind === "messageDeleted" ? happening.externalIds : externalIdsOf(message);
      if (externalIds.length === 0) return undefined;
      if (happening.direction === "outgoing" && chat.connectorId === "livechat") return undefined;
      return { kind: happening.kind, direction: happening.direction, chat, message, externalIds };
    }
    case "sessionStarted":
    case "sessionFinished": {
      const session = world.sessions.get(happening.sessionId);
      return session && { kind: happening.kind, chat, session };
    }
    case "reactionChanged":
    case "sessionChanged":
    case "membersChanged":
      return undefined;
  }
}

function added(
  world: World,
  chat: Chat,
  messageId: number,
  direction: "incoming" | "outgoing" | "system",
): PortalEvent | undefined {
  const message = world.messages.get(messageId);
  if (!message) return undefined;
  const externalIds = externalIdsOf(message);
  if (direction === "incoming") {
    return externalIds.length === 0 ? undefined : { kind: "messageAdded", direction, chat, message, externalIds };
  }
  const important = message.params.IMPORTANT_CONNECTOR === "Y";
  const isSent = direction === "system" ? important && chat.silent !== "Y" : externalIds.length > 0;
  const isEmpty = message.text === "" && message.params.FILE_ID === undefined && message.params.ATTACH === undefined;
  const isLineActive = lineSettings(world, chat.data.lineId)?.active ?? false;
  if (!isSent || isEmpty || !isLineActive || chat.connectorId === "livechat") return undefined;
  if (!world.openSession(chat.id)) return undefined;
  return { kind: "messageAdded", direction: "outgoing", chat, message, externalIds };
}
