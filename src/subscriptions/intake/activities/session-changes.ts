import type { ChatAspect } from "../../../datasources/domain/chat-aspect.ts";
import type { StoredChatChanged, StoredSessionFinished, StoredSessionStarted } from "../../events/stored-event.ts";
import type { KnownSession } from "./known-session.ts";

/** What an activity can tell of its session. */
export type SessionChange = StoredSessionStarted | StoredSessionFinished | StoredChatChanged;

export interface LookedAt {
  /** Undefined for an activity that was never looked at. */
  readonly before: KnownSession | undefined;
  readonly now: KnownSession;
  /** The portal told that it was added. */
  readonly isNew: boolean;
  /** When the portal told of it, as milliseconds of the calendar. */
  readonly toldAt: number;
}

/** An old session whose entry somebody edits did not end just now. */
const JUST_ENDED_MS = 10 * 60_000;

/** What became of a session since its activity was looked at last; in the order in which it happened. */
export function sessionChanges({ before, now, isNew, toldAt }: LookedAt): SessionChange[] {
  if (before !== undefined) return changesSince(before, now, toldAt);
  if (isNew) return [started(now), ...(now.state === "CLOSED" ? [finished(now)] : [])];
  if (now.state !== "CLOSED") return [changed(now, [], toldAt)];
  const isOver = now.closedAt !== null && toldAt - Date.parse(now.closedAt) > JUST_ENDED_MS;
  return isOver ? [] : [finished(now), changed(now, ["STATE"], toldAt)];
}

function changesSince(before: KnownSession, now: KnownSession, toldAt: number): SessionChange[] {
  const aspects: ChatAspect[] = [];
  if (differs(before.operatorId, now.operatorId)) aspects.push("OPERATOR");
  if (differs(before.lineId, now.lineId)) aspects.push("LINE");
  if (before.state !== "UNKNOWN" && now.state !== "UNKNOWN" && before.state !== now.state) aspects.push("STATE");
  if (aspects.length === 0) return [];
  const former = aspects.includes("OPERATOR") && before.operatorId !== null ? [before.operatorId] : [];
  const change = changed(now, aspects, toldAt, former);
  return now.state === "CLOSED" && aspects.includes("STATE") ? [finished(now), change] : [change];
}

/** What is not told has not changed. */
function differs(before: string | null, now: string | null): boolean {
  return now !== null && before !== now;
}

function started(session: KnownSession): StoredSessionStarted {
  return {
    kind: "sessionStarted",
    address: addressOf(session),
    dispatchedAt: session.startedAt,
    sessionId: session.sessionId,
  };
}

function finished(session: KnownSession): StoredSessionFinished {
  return {
    kind: "sessionFinished",
    address: addressOf(session),
    dispatchedAt: session.closedAt,
    sessionId: session.sessionId,
  };
}

function changed(
  session: KnownSession,
  aspects: readonly ChatAspect[],
  toldAt: number,
  formerUserIds: readonly string[] = [],
): StoredChatChanged {
  return {
    kind: "chatChanged",
    address: addressOf(session),
    dispatchedAt: new Date(toldAt).toISOString(),
    source: "PORTAL",
    changed: aspects,
    formerUserIds,
  };
}

function addressOf({ connectorId, lineId, chatId }: KnownSession): SessionChange["address"] {
  return { connectorId, lineId, chatId, externalChatId: null, namedChatId: null, userId: null };
}
