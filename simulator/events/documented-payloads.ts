import { lineSettings } from "../world/line-settings.ts";
import type { World } from "../world/world.ts";
import {
  activityData,
  channelAddress,
  type EventData,
  filesOf,
  messageConnector,
  sessionConnector,
} from "./payload-parts.ts";
import type { PortalEvent, SessionEvent } from "./portal-events.ts";

/** The `data` as the event pages print it: a list of one in every case. */
export function documentedPayload(
  world: World,
  event: PortalEvent,
  shape: "documented" | "old",
  portalUrl: string,
): EventData {
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
      return { DATA: [{ ...item, ref: shape === "old" ? { id: "" } : [], extra: { EXTRA_URL: "" } }] };
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
      if (shape === "old") return oldSession(world, event);
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
    case "activityAdded":
    case "activityUpdated":
    case "activityDeleted":
      return activityData(event);
  }
}

/** Until May 2026 the sample had no session, and the line under the name `user`. */
function oldSession(world: World, { chat, session }: SessionEvent): EventData {
  const user = { id: session.lineId, name: lineSettings(world, session.lineId)?.name ?? "" };
  return { DATA: [{ connector: sessionConnector(chat, session), chat: { id: chat.id }, user }] };
}
