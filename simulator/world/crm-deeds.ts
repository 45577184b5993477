import { SessionStatus } from "./records.ts";
import { closeSession } from "./sessions.ts";
import type { WorldState } from "./state.ts";

/** A person ticks a session's activity off in the CRM, which closes the dialog at once. @returns whether there was one to close */
export function completeByHand(state: WorldState, activityId: number): boolean {
  const session = state.sessions.get(state.activities.get(activityId)?.sessionId ?? 0);
  const chat = session && state.chats.get(session.chatId);
  if (!session || !chat || session.closed) return false;
  session.closeReason = "operator";
  closeSession(state, chat, session, SessionStatus.closed);
  return true;
}
