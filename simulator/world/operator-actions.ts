import { refreshActivity } from "./activities.ts";
import { lineSettings } from "./line-settings.ts";
import { joinChat, leaveChat, staffOf } from "./members.ts";
import { addMessage, addSystemMessage } from "./messages.ts";
import { offerToQueue, withdrawOffers } from "./queue.ts";
import { type Chat, type Message, type Session, SessionStatus } from "./records.ts";
import {
  closeSession,
  finishSession,
  linkedName,
  loadSession,
  scheduleEnd,
  startSession,
  takeDialog,
  touch,
} from "./sessions.ts";
import type { WorldState } from "./state.ts";
import { systemText } from "./system-texts.ts";
import { type HandOver, logTransferToQueue, logTransferToUser } from "./transfers.ts";

/** @returns false when there is nothing to take: no open session, or the caller already has it */
export function answer(state: WorldState, chat: Chat, userId: number): boolean {
  const session = loadSession(state, chat, false);
  if (!session || chat.ownerId === userId) return false;
  takeDialog(state, chat, session, userId, systemText.picked(linkedName(state, userId)));
  return true;
}

/** Takes the dialog from its operator; nothing happens when it has none or the caller is the one. */
export function intercept(state: WorldState, chat: Chat, userId: number): void {
  const from = chat.ownerId;
  if (from === 0 || from === userId) return;
  const session = loadSession(state, chat, false);
  if (!session) return;
  const text = systemText.interceptedFrom(linkedName(state, userId), linkedName(state, from));
  takeDialog(state, chat, session, userId, text);
}

/**
 * Declines the dialog. It succeeds only where the queue can offer it to somebody else: never on lines that offer to
 * all at once, never when the caller is alone, never without an open session (then he only leaves the chat).
 */
export function skip(state: WorldState, chat: Chat, userId: number): boolean {
  const session = loadSession(state, chat, false);
  if (!session) {
    leaveChat(state, chat, [userId]);
    return false;
  }
  const line = lineSettings(state, session.lineId);
  const others = line?.queueType === "all" ? [] : (line?.queue ?? []).filter((other) => other !== userId);
  if (others.length === 0) {
    addSystemMessage(state, chat, systemText.cannotSkip());
    return false;
  }
  addSystemMessage(state, chat, systemText.rejected(linkedName(state, userId)));
  return requeue(state, chat, session, { mode: "MANUAL", initiatorId: userId }, userId);
}

/** Sends the session back to the queue of its line: nobody owns it, status 5. */
export function requeue(state: WorldState, chat: Chat, session: Session, how: HandOver, except = 0): boolean {
  logTransferToQueue(state, session, session.lineId, how);
  return releaseToQueue(state, chat, session, except);
}

function releaseToQueue(state: WorldState, chat: Chat, session: Session, except = 0): boolean {
  leaveChat(state, chat, staffOf(state, chat));
  chat.ownerId = 0;
  chat.silent = "N";
  session.operatorId = 0;
  session.botUntil = null;
  session.waitAnswer = true;
  session.waitAction = false;
  session.pause = false;
  session.status = SessionStatus.skipped;
  chat.data.pause = false;
  chat.data.waitAction = false;
  const found = offerToQueue(state, chat, session, except);
  touch(state, session);
  return found;
}

export type TransferTarget = { kind: "user"; userId: number } | { kind: "queue"; lineId: number };

/** @returns false when the target cannot take it (bot, customer, inactive, the caller himself, no such line) */
export function transfer(state: WorldState, chat: Chat, byUserId: number, target: TransferTarget): boolean {
  if (target.kind === "user") {
    const user = state.users.get(target.userId);
    if (!user?.active || user.kind !== "staff" || user.extranet || user.id === byUserId) return false;
    const session = loadSession(state, chat, true);
    if (!session) return false;
    logTransferToUser(state, session, user.id, byUserId);
    const text = systemText.transferredTo(linkedName(state, byUserId), linkedName(state, user.id));
    takeDialog(state, chat, session, user.id, text);
    return true;
  }
  const line = lineSettings(state, target.lineId);
  if (!line) return false;
  const session = loadSession(state, chat, true);
  if (!session) return false;
  addSystemMessage(state, chat, systemText.transferredToLine(linkedName(state, byUserId), line.name));
  logTransferToQueue(state, session, line.id, { mode: "MANUAL", initiatorId: byUserId });
  session.lineId = line.id;
  chat.data.lineId = line.id;
  releaseToQueue(state, chat, session);
  return true;
}

export function markSpam(state: WorldState, chat: Chat, userId: number): void {
  const session = loadSession(state, chat, false);
  if (!session) return;
  addSystemMessage(state, chat, systemText.spam(linkedName(state, userId)));
  closeSession(state, chat, session, SessionStatus.spam);
}

/** Ends the dialog on behalf of its operator; an unassigned one is answered by the caller first. */
export function finishForAnother(state: WorldState, chat: Chat, session: Session, userId: number): void {
  if (session.operatorId === 0) answer(state, chat, userId);
  else addSystemMessage(state, chat, systemText.ended(linkedName(state, userId)));
  finishSession(state, chat, session, "manual");
}

export function joinDialog(state: WorldState, chat: Chat, userId: number): void {
  if (chat.members.has(userId)) return;
  joinChat(state, chat, [userId]);
  addSystemMessage(state, chat, systemText.joined(linkedName(state, userId)), { CODE: ["CHAT_JOIN"] });
}

/** Starts an outgoing session of the caller; where one is open he only joins. */
export function startDialog(state: WorldState, chat: Chat, userId: number): void {
  if (loadSession(state, chat, false)) {
    joinDialog(state, chat, userId);
    return;
  }
  startSession(state, chat, { mode: "output", operatorId: userId });
  addSystemMessage(state, chat, systemText.started(linkedName(state, userId)));
}

/** Closes the current session by force and opens another that begins with a copy of the message; staff stay. */
export function restartFromMessage(state: WorldState, chat: Chat, message: Message, userId: number): void {
  const current = loadSession(state, chat, true);
  if (!current) return;
  addSystemMessage(state, chat, systemText.restarted(linkedName(state, userId), current.id));
  current.closeReason = "operator";
  closeSession(state, chat, current, SessionStatus.closed, true);
  withdrawOffers(chat);
  startSession(state, chat, { mode: "output", operatorId: userId, parentId: current.id });
  const fileIds = Array.isArray(message.params.FILE_ID) ? message.params.FILE_ID.map(Number) : [];
  addMessage(state, chat, { authorId: message.authorId, text: message.text, fileIds, toChannel: false });
}

/** @returns false when the flag would change but the caller is not the operator */
export function pin(state: WorldState, chat: Chat, userId: number, pinned: boolean): boolean {
  if (chat.data.pause === pinned) return true;
  const session = loadSession(state, chat, true);
  if (!session || session.operatorId !== userId) return false;
  session.pause = pinned;
  chat.data.pause = pinned;
  scheduleEnd(state, session);
  refreshActivity(state, session);
  const name = linkedName(state, userId);
  addSystemMessage(state, chat, pinned ? systemText.pinned(name) : systemText.unpinned(name));
  touch(state, session);
  return true;
}

/** Pins or unpins every running dialog of the operator. @returns ids of the sessions that changed, newest first */
export function pinAll(state: WorldState, userId: number, pinned: boolean): number[] {
  const changed: number[] = [];
  for (const session of state.sessions.values()) {
    const running = session.status >= SessionStatus.answered && session.status < SessionStatus.waitingForCustomer;
    if (session.closed || session.operatorId !== userId || !running || session.pause === pinned) continue;
    const chat = state.chats.get(session.chatId);
    if (chat && pin(state, chat, userId, pinned)) changed.push(session.id);
  }
  return changed.sort((a, b) => b - a);
}

export function setSilent(state: WorldState, chat: Chat, userId: number, silent: boolean): void {
  const name = linkedName(state, userId);
  chat.silent = silent ? "Y" : "";
  addSystemMessage(state, chat, silent ? systemText.silentOn(name) : systemText.silentOff(name));
}
