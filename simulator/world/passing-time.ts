import { requeue } from "./operator-actions.ts";
import { finishSession } from "./sessions.ts";
import type { WorldState } from "./state.ts";

/** Does what time alone brings: dialogs that waited too long end, and bots hand over what they kept long enough. */
export function passTime(state: WorldState): void {
  const now = state.now();
  for (const session of state.sessions.values()) {
    const chat = state.chats.get(session.chatId);
    if (session.closed || !chat) continue;
    if (session.autoCloseAt !== null && session.autoCloseAt <= now) finishSession(state, chat, session, "auto");
    else if (session.botUntil !== null && session.botUntil <= now) requeue(state, chat, session, { mode: "BOT" });
  }
}
