import { activeQueue, type LineSettings, lineSettings } from "./line-settings.ts";
import type { Chat, Session } from "./records.ts";
import type { WorldState } from "./state.ts";

function openDialogsOf(state: WorldState, userId: number): number {
  let count = 0;
  for (const session of state.sessions.values()) if (!session.closed && session.operatorId === userId) count += 1;
  return count;
}

function available(state: WorldState, line: LineSettings, except: number): number[] {
  return activeQueue(state, line.id).filter(
    (userId) => userId !== except && (!line.checkAvailable || (state.users.get(userId)?.online ?? false)),
  );
}

/** Whom the line would offer a dialog to: everybody, the first in order, or the one with the fewest dialogs. */
export function chooseOperators(state: WorldState, lineId: number, except = 0): number[] {
  const line = lineSettings(state, lineId);
  if (!line) return [];
  const candidates = available(state, line, except);
  switch (line.queueType) {
    case "all":
      return candidates;
    case "strictly":
      return candidates.slice(0, 1);
    case "evenly": {
      const byLoad = candidates.map((userId) => ({ userId, load: openDialogsOf(state, userId) }));
      byLoad.sort((a, b) => a.load - b.load);
      return byLoad.slice(0, 1).map((candidate) => candidate.userId);
    }
  }
}

/** Shows the unanswered dialog in the recent lists of the chosen operators. @returns whether anybody was found */
export function offerToQueue(state: WorldState, chat: Chat, session: Session, except = 0): boolean {
  withdrawOffers(chat);
  const chosen = chooseOperators(state, session.lineId, except);
  for (const userId of chosen) chat.recents.add(userId);
  return chosen.length > 0;
}

/** Removes the dialog from the recent lists of those who are not members. */
export function withdrawOffers(chat: Chat): void {
  for (const userId of chat.recents) if (!chat.members.has(userId)) chat.recents.delete(userId);
}
