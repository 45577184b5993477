import { lineSettings } from "../../world/line-settings.ts";
import type { CrmEntity } from "../../world/office-records.ts";
import { type Session, SessionStatus } from "../../world/records.ts";
import { countTransfers } from "../../world/transfers.ts";
import type { World } from "../../world/world.ts";
import { mayReadCrm } from "../dialog-access.ts";
import type { Call } from "../method.ts";
import { isoDate } from "../wire-date.ts";

export const sessionStates = ["new", "answered", "closed", "spam", "paused"] as const;
export const closeReasons = ["operator", "auto", "spam", "client", "replyLimit"] as const;

export function stateOf(session: Session): (typeof sessionStates)[number] {
  if (session.status === SessionStatus.spam) return "spam";
  if (session.closed) return "closed";
  if (session.pause) return "paused";
  return session.status < SessionStatus.answered ? "new" : "answered";
}

export function voteOf({ vote }: Session): "like" | "dislike" | "none" {
  if (vote === 0) return "none";
  return vote === 5 ? "like" : "dislike";
}

export function closeReasonOf({ closed, closeReason }: Session): string | null {
  return closed ? closeReason : null;
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/** Seconds until the first answer, of a bot or an operator. */
export function waitAnswer({ createdAt, firstAnswerAt }: Session): number | null {
  return firstAnswerAt === null ? null : seconds(firstAnswerAt - createdAt);
}

export function waitClose({ createdAt, closedAt }: Session): number | null {
  return closedAt === null ? null : seconds(closedAt - createdAt);
}

/** The first-answer target of a line in seconds, read once for many sessions; 0 = not measured. */
export function kpiTargets(world: World): (lineId: number) => number {
  const known = new Map<number, number>();
  return (lineId) => {
    const target = known.get(lineId) ?? lineSettings(world, lineId)?.kpiFirstAnswerSeconds ?? 0;
    known.set(lineId, target);
    return target;
  };
}

export function kpiFirstAnswer(session: Session, target: number): boolean | null {
  const waited = waitAnswer(session);
  return waited === null || target === 0 ? null : waited <= target;
}

/** The session's CRM item as far as the caller may read it. */
export function visibleCrm({ world, userId }: Call, session: Session): CrmEntity | undefined {
  const owner = world.activities.get(session.activityId)?.owner;
  const entity = owner && world.crm.get(world.crmKey(owner.type, owner.id));
  return entity && mayReadCrm(world, userId, entity) ? entity : undefined;
}

export function maySeeHeadVote({ world, userId }: Call, session: Session): boolean {
  return world.rights.has(userId, "VOTE_HEAD", session.lineId);
}

export function headVote(call: Call, session: Session): { voteHead: number | null; commentHead: string | null } {
  if (!maySeeHeadVote(call, session) || session.voteHead === 0) return { voteHead: null, commentHead: null };
  return { voteHead: session.voteHead, commentHead: session.commentHead };
}

const dateOrNull = (at: number | null): string | null => (at === null ? null : isoDate(at));

/** The customer's code: his id in the channel alone, as the page describes it, or the four parts of the classic methods. */
function userCodeOf(call: Call, session: Session): string {
  const code = call.world.chats.get(session.chatId)?.userCode ?? "";
  if (call.portal.sessionUserCode === "full") return code;
  const [, , ...external] = code.split("|");
  return external.slice(Math.ceil(external.length / 2)).join("|");
}

export function sourceOf({ world }: Call, session: Session): string {
  return world.chats.get(session.chatId)?.connectorId ?? "";
}

export function sessionRow(call: Call, session: Session, kpiTarget: number): Record<string, unknown> {
  const entity = visibleCrm(call, session);
  return {
    id: session.id,
    configId: session.lineId,
    source: sourceOf(call, session),
    operatorId: session.operatorId > 0 ? session.operatorId : null,
    userId: session.customerId,
    userCode: userCodeOf(call, session),
    chatId: session.chatId,
    dateCreate: isoDate(session.createdAt),
    dateClose: dateOrNull(session.closedAt),
    dateFirstAnswer: dateOrNull(session.firstAnswerAt),
    dateOperatorAnswer: dateOrNull(session.firstReplyAt),
    status: stateOf(session),
    closeReason: closeReasonOf(session),
    vote: voteOf(session),
    ...headVote(call, session),
    crmEntityType: entity ? entity.type.toLowerCase() : null,
    crmEntityId: entity ? entity.id : null,
    queueTransfers: countTransfers(session),
    waitAnswer: waitAnswer(session),
    waitClose: waitClose(session),
    kpiFirstAnswer: kpiFirstAnswer(session, kpiTarget),
    messageCount: session.counts.all,
  };
}
