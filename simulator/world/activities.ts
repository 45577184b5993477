import { lineSettings } from "./line-settings.ts";
import { type Chat, type CrmLink, type Session, SessionStatus } from "./records.ts";
import type { WorldState } from "./state.ts";

/** An entry of a CRM item's timeline: one for each session that the CRM knows, beside calls, mails and tasks. */
export interface Activity {
  id: number;
  provider: "IMOPENLINES_SESSION" | "VOXIMPLANT_CALL" | "CRM_EMAIL" | "CRM_TODO";
  /** The line of a session, else the provider's own word. */
  providerTypeId: string;
  /** 0 for everything but sessions. */
  sessionId: number;
  subject: string;
  owner: CrmLink;
  /** Every item it is bound to, its owner first. */
  bindings: CrmLink[];
  createdAt: number;
  updatedAt: number;
  startAt: number;
  /** While a session is open only a forecast. */
  endAt: number;
  completed: boolean;
  responsibleId: number;
  authorId: number;
  editorId: number;
  incoming: boolean;
  /** 1 = not answered yet, 2 = answered. */
  resultStatus: 1 | 2;
  source: string;
  userCode: string;
}

const day = 24 * 60 * 60 * 1000;

/** The portal's guess of a session's end: the line's time for closing and a day, six more when the dialog is pinned. */
function forecast(state: WorldState, session: Session): number {
  const seconds = lineSettings(state, session.lineId)?.autoCloseSeconds ?? 14_400;
  return state.now() + seconds * 1000 + (session.pause ? 7 : 1) * day;
}

export function activityOf(state: WorldState, session: Session): Activity | undefined {
  return state.activities.get(session.activityId);
}

/** Enters the session into the timeline of the chat's CRM item, unless its line or the chat has nothing to do with CRM. */
export function openActivity(state: WorldState, chat: Chat, session: Session): void {
  if (session.activityId !== 0 || chat.crm.type === "NONE" || !lineSettings(state, session.lineId)?.crm) return;
  const id = state.next.activity;
  state.next.activity += 2;
  const owner = { type: chat.crm.type, id: chat.crm.id };
  const responsibleId = state.crm.get(state.crmKey(owner.type, owner.id))?.assignedTo ?? session.operatorId;
  const now = state.now();
  const outgoing = session.mode === "output";
  state.activities.set(id, {
    id,
    provider: "IMOPENLINES_SESSION",
    providerTypeId: String(session.lineId),
    sessionId: session.id,
    subject: `${chat.title} (${chat.connectorId})`,
    owner,
    bindings: [owner, ...chat.crm.links.filter((link) => link.type !== owner.type || link.id !== owner.id)],
    createdAt: now,
    updatedAt: now,
    startAt: now,
    endAt: forecast(state, session),
    completed: false,
    responsibleId,
    authorId: responsibleId,
    editorId: responsibleId,
    incoming: !outgoing,
    resultStatus: outgoing || session.status >= SessionStatus.answered ? 2 : 1,
    source: chat.connectorId,
    userCode: chat.userCode,
  });
  session.activityId = id;
  const userId = outgoing ? session.operatorId : 0;
  state.emit({ kind: "activityAdded", chatId: chat.id, activityId: id, userId });
}

function changed(state: WorldState, activity: Activity, chatId: number, editorId: number): void {
  activity.updatedAt = state.now();
  if (editorId > 0) activity.editorId = editorId;
  state.emit({ kind: "activityUpdated", chatId, activityId: activity.id, userId: editorId });
}

/** What an operator or bot did with a session that was answered: its forecast moves, and it counts as answered. */
export function refreshActivity(state: WorldState, session: Session): void {
  const activity = activityOf(state, session);
  if (!activity || activity.completed) return;
  activity.endAt = forecast(state, session);
  if (session.status >= SessionStatus.answered) activity.resultStatus = 2;
  changed(state, activity, session.chatId, session.operatorId);
}

/** The session has another operator; the CRM follows only where the line says so. */
export function handOverActivity(state: WorldState, session: Session): void {
  const activity = activityOf(state, session);
  const follows = lineSettings(state, session.lineId)?.crmFollowsTransfer ?? false;
  if (activity && follows && session.operatorId > 0) activity.responsibleId = session.operatorId;
  refreshActivity(state, session);
}

/** The session really ended: only now the activity's end is its end. */
export function completeActivity(state: WorldState, session: Session): void {
  const activity = activityOf(state, session);
  if (!activity || activity.completed) return;
  activity.completed = true;
  activity.endAt = session.closedAt ?? state.now();
  const byPerson = session.closeReason === "operator" || session.closeReason === "spam";
  changed(state, activity, session.chatId, byPerson ? session.operatorId : 0);
}

export function bindActivity(state: WorldState, chat: Chat, session: Session, link: CrmLink): void {
  const activity = activityOf(state, session);
  if (!activity) {
    openActivity(state, chat, session);
    return;
  }
  activity.bindings.push(link);
  changed(state, activity, chat.id, session.operatorId);
}

/** A person removes it from the timeline; the session lives on without. */
export function deleteActivity(state: WorldState, activityId: number, userId: number): void {
  const activity = state.activities.get(activityId);
  if (!activity) return;
  state.activities.delete(activityId);
  const session = state.sessions.get(activity.sessionId);
  if (session) session.activityId = 0;
  state.emit({ kind: "activityDeleted", chatId: session?.chatId ?? 0, activityId, userId });
}

/** A person edits an activity, of whatever kind, in the CRM. */
export function editActivity(state: WorldState, activityId: number, subject: string, editorId: number): void {
  const activity = state.activities.get(activityId);
  if (!activity) return;
  activity.subject = subject;
  changed(state, activity, state.sessions.get(activity.sessionId)?.chatId ?? 0, editorId);
}
