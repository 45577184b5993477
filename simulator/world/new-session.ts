import { type Chat, type Session, SessionStatus } from "./records.ts";
import type { WorldState } from "./state.ts";

const month = 30 * 24 * 60 * 60 * 1000;

export interface NewSession {
  mode: "input" | "output";
  /** 0 leaves it to the queue. */
  operatorId: number;
  parentId?: number;
}

/** The row of a session that begins now: by the customer unanswered, by an operator answered. Takes the next id. */
export function newSession(state: WorldState, chat: Chat, wanted: NewSession): Session {
  const now = state.now();
  const outgoing = wanted.mode === "output";
  const id = state.next.session;
  state.next.session += 2;
  return {
    id,
    chatId: chat.id,
    mode: wanted.mode,
    status: outgoing ? SessionStatus.answered : SessionStatus.new,
    lineId: chat.data.lineId,
    operatorId: wanted.operatorId,
    customerId: chat.customerId,
    createdAt: now,
    modifiedAt: now,
    answeredAt: outgoing ? now : null,
    firstAnswerAt: null,
    firstReplyAt: null,
    closedAt: null,
    startId: state.next.message,
    endId: 0,
    closed: false,
    closeReason: null,
    spam: false,
    pause: false,
    waitAnswer: !outgoing,
    waitAction: false,
    waitVote: false,
    vote: 0,
    votedAt: null,
    voteHead: 0,
    commentHead: null,
    parentId: wanted.parentId ?? 0,
    botUntil: null,
    autoCloseAt: now + month,
    counts: { all: 0, operator: 0, customer: 0 },
    transfers: [],
    activityId: 0,
  };
}
