import { completeActivity, handOverActivity, openActivity } from "./activities.ts";
import { welcomeByBot } from "./bots.ts";
import { lineSettings } from "./line-settings.ts";
import { joinChat, leaveChat, markRead, staffOf } from "./members.ts";
import { addMessage, addSystemMessage } from "./messages.ts";
import { type NewSession, newSession } from "./new-session.ts";
import { offerToQueue, withdrawOffers } from "./queue.ts";
import { type Chat, type Session, SessionStatus } from "./records.ts";
import type { WorldState } from "./state.ts";
import { mention, systemText } from "./system-texts.ts";
import { logAssignment } from "./transfers.ts";

const minute = 60_000;
const month = 30 * 24 * 60 * minute;
const week = 7 * 24 * 60 * minute;

export function linkedName(state: WorldState, userId: number): string {
  return mention(userId, state.userName(userId));
}

/** Writes a session change down: modification time and a happening for whoever listens. */
export function touch(state: WorldState, session: Session): void {
  session.modifiedAt = state.now();
  const { id: sessionId, chatId, status, operatorId } = session;
  state.emit({ kind: "sessionChanged", chatId, sessionId, status, operatorId });
}

/** Opens a session in the chat: by the customer it waits in the queue, by an operator it starts as answered. */
export function startSession(state: WorldState, chat: Chat, wanted: NewSession): Session {
  const outgoing = wanted.mode === "output";
  const session = newSession(state, chat, wanted);
  state.addSession(session);
  Object.assign(chat.data, { sessionId: session.id, createdAt: session.createdAt, pause: false, waitAction: false });
  chat.ownerId = wanted.operatorId;
  joinChat(state, chat, [chat.customerId, wanted.operatorId]);
  if (!outgoing && !welcomeByBot(state, chat, session)) distribute(state, chat, session);
  state.emit({ kind: "sessionStarted", chatId: chat.id, sessionId: session.id });
  addSystemMessage(state, chat, systemText.newSession(session.id));
  openActivity(state, chat, session);
  return session;
}

/** Offers a new session to the queue; a single operator chosen by the distribution is written down. */
function distribute(state: WorldState, chat: Chat, session: Session): void {
  offerToQueue(state, chat, session);
  const offered = [...chat.recents].filter((userId) => !chat.members.has(userId));
  const [only] = offered;
  if (only !== undefined && offered.length === 1) logAssignment(state, session, only);
}

/**
 * Loads the chat's session the way the vendor does, with its side effects: older open sessions of the chat end as
 * duplicates, the customer is in the chat, and, unless told not to, a closed chat gets a new session.
 */
export function loadSession(state: WorldState, chat: Chat, create: boolean): Session | undefined {
  const open = (state.sessionsByChat.get(chat.id) ?? []).filter((session) => !session.closed);
  const session = open.pop();
  for (const duplicate of open) endRow(state, chat, duplicate, SessionStatus.duplicate);
  joinChat(state, chat, [chat.customerId]);
  if (session || !create) return session;
  return startSession(state, chat, { mode: "input", operatorId: 0 });
}

function endRow(state: WorldState, chat: Chat, session: Session, status: Session["status"]): void {
  session.closed = true;
  session.status = status;
  session.closeReason = status === SessionStatus.spam ? "spam" : (session.closeReason ?? "auto");
  session.spam = status === SessionStatus.spam;
  session.pause = false;
  session.waitAction = false;
  session.closedAt = state.now();
  session.endId = chat.messages.at(-1)?.id ?? session.startId;
  session.autoCloseAt = null;
  session.botUntil = null;
  completeActivity(state, session);
  touch(state, session);
}

/** Really closes the session; unless the dialog goes on at once, the staff leave the chat. */
export function closeSession(
  state: WorldState,
  chat: Chat,
  session: Session,
  status: Session["status"] = SessionStatus.closed,
  goesOn = false,
): void {
  endRow(state, chat, session, status);
  Object.assign(chat.data, { sessionId: 0, pause: false, waitAction: false });
  chat.silent = "N";
  if (!goesOn) {
    chat.ownerId = 0;
    leaveChat(state, chat, staffOf(state, chat));
    chat.recents.clear();
  }
  state.emit({ kind: "sessionFinished", chatId: chat.id, sessionId: session.id, status });
}

/** Makes the user the operator of the session; everyone else of the staff leaves. */
export function takeDialog(state: WorldState, chat: Chat, session: Session, userId: number, text: string): void {
  const leaving = staffOf(state, chat).filter((other) => other !== userId);
  leaveChat(state, chat, leaving);
  joinChat(state, chat, [userId]);
  withdrawOffers(chat);
  session.operatorId = userId;
  session.botUntil = null;
  session.waitAnswer = false;
  if (session.status < SessionStatus.answered) session.status = SessionStatus.answered;
  session.answeredAt ??= state.now();
  chat.ownerId = userId;
  const member = chat.members.get(userId);
  if (member) member.manager = true;
  addSystemMessage(state, chat, text);
  markRead(state, chat, userId);
  handOverActivity(state, session);
  touch(state, session);
}

/** The operator's reply moves the automatic end; pinned dialogs stay a week. */
export function scheduleEnd(state: WorldState, session: Session): void {
  const line = lineSettings(state, session.lineId);
  if (session.pause) session.autoCloseAt = state.now() + week;
  else if (session.status === SessionStatus.waitingForCustomer)
    session.autoCloseAt = state.now() + (line?.fullCloseMinutes ?? 10) * minute;
  else if (session.status === SessionStatus.operatorReplied)
    session.autoCloseAt = state.now() + (line?.autoCloseSeconds ?? 14_400) * 1000;
  else session.autoCloseAt = state.now() + month;
}

/**
 * Ends the dialog in the vendor's two phases: the first time the closing text or the rating request is sent and the
 * session waits (status 50, hidden from recent lists); a second time, or when the line asks for neither, it closes.
 */
export function finishSession(state: WorldState, chat: Chat, session: Session, how: "manual" | "auto"): void {
  const line = lineSettings(state, session.lineId);
  session.closeReason ??= how === "manual" ? "operator" : "auto";
  const secondTime = session.waitAction && !session.waitAnswer;
  if (!line?.active || secondTime) {
    closeSession(state, chat, session);
    return;
  }
  const rule = how === "manual" ? line.closeRule : line.autoCloseRule;
  const asksVote = line.asksVote && session.vote === 0;
  if (rule !== "text" && !asksVote) {
    closeSession(state, chat, session);
    return;
  }
  const operatorId = session.operatorId;
  if (rule === "text") {
    const text = how === "manual" ? line.closeText : line.autoCloseText;
    if (text !== "") addMessage(state, chat, { authorId: operatorId, text });
  }
  if (asksVote) {
    const text = chat.connectorId === "livechat" ? line.voteTextSite : line.voteTextChannel;
    addMessage(state, chat, {
      authorId: operatorId,
      text,
      params: { IMOL_VOTE: session.id, IMOL_VOTE_SID: session.id },
    });
    session.waitVote = true;
  }
  session.waitAction = true;
  session.waitAnswer = false;
  session.status = SessionStatus.waitingForCustomer;
  chat.data.waitAction = true;
  chat.recents.clear();
  scheduleEnd(state, session);
  touch(state, session);
}
