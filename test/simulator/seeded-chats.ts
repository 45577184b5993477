import type { RunningPortal } from "../../simulator/portal.ts";
import type { Happening } from "../../simulator/world/happenings.ts";
import type { Chat, Session } from "../../simulator/world/records.ts";
import { actAs, objectAt } from "./rest-client.ts";

/** Lines of the seed by what happens when a dialog ends; one deals its dialogs evenly. */
export const seededLine = {
  /** Asks for a rating and closes after it. */
  rating: 22,
  /** Ends at once. */
  plain: 23,
  evenly: 24,
  /** Sends a closing text. */
  text: 27,
} as const;

/** Finds chats of the seed, each at most once, so that tests of one portal do not meet in a chat. */
export function seededChats(portal: RunningPortal) {
  const used = new Set<number>();
  const { world } = portal;

  function where(wanted: (chat: Chat, session: Session | undefined) => boolean): Chat {
    for (const chat of world.chats.values()) {
      if (chat.kind !== "lines" || used.has(chat.id) || !wanted(chat, world.openSession(chat.id))) continue;
      used.add(chat.id);
      return chat;
    }
    throw new Error("The seed has no such chat left");
  }

  return {
    where,
    unanswered: (lineId: number) =>
      where((chat, session) => chat.data.lineId === lineId && session?.status === 0 && chat.ownerId === 0),
    /** Answered by its operator, neither pinned nor hidden. */
    owned: (lineId: number) =>
      where((chat, session) => {
        const isPlain = session?.status === 40 && !session.pause && chat.silent !== "Y";
        return isPlain && chat.data.lineId === lineId;
      }),
    closed: (lineId: number) =>
      where((chat, session) => chat.data.lineId === lineId && session === undefined && chat.messages.length > 0),
    open(chat: Chat): Session {
      const session = world.openSession(chat.id);
      if (!session) throw new Error(`Chat ${chat.id} has no open session`);
      return session;
    },
    /** The parts of entity_data_1 as the user reads them. */
    async entityData1(userId: number, chat: Chat): Promise<string[]> {
      const record = objectAt(await actAs(portal, userId).result("imopenlines.dialog.get", { CHAT_ID: chat.id }));
      return String(record.entity_data_1).split("|");
    },
    /** The kinds of what happens to the chat until `stop`. */
    heardDuring(chat: Chat): { kinds: string[]; stop: () => void } {
      const kinds: string[] = [];
      const stop = world.onHappening((happening: Happening) => {
        if (happening.chatId === chat.id) kinds.push(happening.kind);
      });
      return { kinds, stop };
    },
  };
}
