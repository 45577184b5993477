import type { Session } from "./records.ts";
import type { WorldState } from "./state.ts";

/** One hand-over of a session, as the portal's transfer log keeps it. */
export interface Transfer {
  at: number;
  /** null = from the queue. */
  fromOperatorId: number | null;
  /** null = to a queue. */
  toOperatorId: number | null;
  fromLineId: number;
  /** null = it stays on its line. */
  toLineId: number | null;
  reason: "manual" | "queue" | "auto" | "line";
  mode: "MANUAL" | "AUTO" | "BOT";
  type: "USER" | "QUEUE";
  /** null for what the portal does by itself. */
  initiatorId: number | null;
}

/** Who sends a session back to the queue: a person, the welcome bot, or time. */
export type HandOver = { mode: "MANUAL"; initiatorId: number } | { mode: "BOT" } | { mode: "AUTO" };

const orNull = (id: number): number | null => (id > 0 ? id : null);

function add(state: WorldState, session: Session, transfer: Omit<Transfer, "at" | "fromOperatorId">): void {
  session.transfers.push({ at: state.now(), fromOperatorId: orNull(session.operatorId), ...transfer });
}

/** The line's distribution offered a new session to one operator: the log's first record, from nobody. */
export function logAssignment(state: WorldState, session: Session, toOperatorId: number): void {
  const { lineId: fromLineId } = session;
  add(state, session, {
    toOperatorId,
    fromLineId,
    toLineId: null,
    reason: "auto",
    mode: "AUTO",
    type: "USER",
    initiatorId: null,
  });
}

export function logTransferToUser(state: WorldState, session: Session, toOperatorId: number, byUserId: number): void {
  const { lineId: fromLineId } = session;
  add(state, session, {
    toOperatorId,
    fromLineId,
    toLineId: null,
    reason: "manual",
    mode: "MANUAL",
    type: "USER",
    initiatorId: byUserId,
  });
}

/** @param toLineId the line whose queue it goes to; may be its own */
export function logTransferToQueue(state: WorldState, session: Session, toLineId: number, how: HandOver): void {
  const { lineId: fromLineId } = session;
  const isOther = toLineId !== fromLineId;
  add(state, session, {
    toOperatorId: null,
    fromLineId,
    toLineId: isOther ? toLineId : null,
    reason: isOther ? "line" : "queue",
    mode: how.mode,
    type: "QUEUE",
    initiatorId: how.mode === "MANUAL" ? how.initiatorId : null,
  });
}

/** How often the session was handed over; its first assignment by the distribution does not count. */
export function countTransfers(session: Session): number {
  return session.transfers.filter(({ reason }) => reason !== "auto").length;
}
