import type { PortalSession } from "../../datasources/bitrix24/calls.ts";
import { PortalRefusal, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import { type PortalRef, portalName } from "../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../datasources/domain/chat.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import { dialogGet } from "../../datasources/imopenlines/dialog.ts";
import { refusalClass } from "../../refusals/refusal-table.ts";
import { participantsOf } from "./chat-participants.ts";
import type { ChatTurns } from "./chat-turns.ts";
import { type DialogLists, dialogListName } from "./dialog-lists.ts";
import { EVENT_PATIENCE_MS } from "./event-withheld.ts";
import { type Answer, createFreshAnswers } from "./fresh-answers.ts";
import type { LiveViewer } from "./live-viewer.ts";
import { readPatiently } from "./patient-read.ts";
import { NoApplication, type PortalAnswers } from "./portal-answers.ts";
import type { ChatSightQuestion, Sight, SightRule } from "./who-may-see.ts";

export interface SightRuleOptions {
  readonly answers: PortalAnswers;
  readonly lists: DialogLists;
  readonly turns: ChatTurns;
  /** The user of the application's credential, who is missing in the read marks that he is shown. */
  readonly readerOf: (portal: PortalRef) => Promise<Id | null>;
  /** The viewer's user of the portal; null where it cannot be told. */
  readonly userOf: (viewer: LiveViewer) => Id | null | Promise<Id | null>;
  /** The viewer's own credential, bound to a fresh deadline. */
  readonly sessionOf: (viewer: LiveViewer) => PortalSession;
  readonly signal: AbortSignal;
  /** How long an answer that lets somebody see holds. */
  readonly trustMs: number;
  readonly now?: () => number;
}

/** A line's queue changes rarely. */
const QUEUE_TRUST_MS = 10 * 60_000;
const MAX_OWN_ANSWERS = 50_000;

/** Names a chat of a portal, for what is kept about it. */
export function chatKey(portal: PortalRef, chatId: Id): string {
  return `${portalName(portal)}\n${chatId}`;
}

/** The rules in the order in which they are asked. */
export function createSightRules(options: SightRuleOptions): readonly SightRule[] {
  const { answers, lists, turns, trustMs, now = () => performance.now() } = options;

  /** Whether an answer is young enough to let somebody see: not older than the trust, nor than what may have changed since. */
  function holds(askedAt: number, { viewer, chatId }: ChatSightQuestion): boolean {
    return now() - askedAt < trustMs && askedAt >= turns.changedAt(chatKey(viewer.portal, chatId));
  }

  /** An answer for this event is asked for at this moment or later: after the event came, and within the trust. */
  function oldestAnswer({ seenAt }: ChatSightQuestion): number {
    return Math.max(seenAt, now() - trustMs);
  }

  /** Who was in the chat until this event told otherwise. */
  async function formerParticipants({ viewer, event, chatId }: ChatSightQuestion): Promise<Sight> {
    const userId = await options.userOf(viewer);
    if (userId === null) return "open";
    const hadIt = event.kind === "chatChanged" && event.formerUserIds.includes(userId);
    return hadIt || turns.wasIn(chatKey(viewer.portal, chatId), event, userId) ? "yes" : "open";
  }

  /** The chat's facts, read once for all viewers. What the application cannot tell is left to the other rules. */
  async function participants(question: ChatSightQuestion): Promise<Sight> {
    const { viewer, chatId } = question;
    const userId = await options.userOf(viewer);
    if (userId === null) return "open";
    const subject = { portal: viewer.portal, id: chatId };
    const kept = answers.chats.kept(subject);
    if (kept !== undefined && holds(kept.askedAt, question) && (await takesPart(kept, viewer.portal, userId)))
      return "yes";
    try {
      return await judge(question, userId, await answers.chats.ask(subject, oldestAnswer(question)));
    } catch (error) {
      if (error instanceof UpstreamError || error instanceof NoApplication) return "open";
      throw error;
    }
  }

  async function takesPart({ value }: Answer<ChatRecord | null>, portal: PortalRef, userId: Id): Promise<boolean> {
    return value !== null && participantsOf(value, await options.readerOf(portal)).ids.has(userId);
  }

  async function judge(
    { viewer, isNamed }: ChatSightQuestion,
    userId: Id,
    { value: record }: Answer<ChatRecord | null>,
  ): Promise<Sight> {
    if (record === null) return "open";
    const { ids, areAll } = participantsOf(record, await options.readerOf(viewer.portal));
    if (ids.has(userId)) return "yes";
    // Whoever names a chat may have another right to it.
    if (isNamed || !areAll) return "open";
    const isAssigned = record.operatorId !== null && record.operatorId !== undefined;
    return isAssigned || !(await isInQueue(viewer.portal, record, userId)) ? "no" : "open";
  }

  /** An unassigned chat is offered to operators of its line; whom it is offered to only their own lists tell. */
  async function isInQueue(portal: PortalRef, record: ChatRecord, userId: Id): Promise<boolean> {
    const lineId = record.session?.lineId ?? record.userCode?.lineId ?? null;
    if (lineId === null) return true;
    const { value: line } = await answers.lines.ask({ portal, id: lineId }, now() - QUEUE_TRUST_MS);
    const members = line?.queue.members;
    return members === undefined || members === null || members.some((member) => member.userId === userId);
  }

  async function ownList(question: ChatSightQuestion): Promise<Sight> {
    const { viewer, chatId, isNamed } = question;
    const kept = lists.kept({ viewer, urgency: "event" });
    if (kept?.value.chats.has(chatId) === true && holds(kept.askedAt, question)) return "yes";
    if (isNamed || kept?.value.isTold === false) return "open";
    const { value: list } = await lists.ask({ viewer, urgency: "event" }, oldestAnswer(question));
    if (list.chats.has(chatId)) return "yes";
    if (!list.isTold) return "open";
    return waitsForOperator(viewer.portal, chatId) && (await lists.isOffered(viewer, chatId)) ? "yes" : "no";
  }

  /** As far as its record is known. */
  function waitsForOperator(portal: PortalRef, chatId: Id): boolean {
    const record = answers.chats.kept({ portal, id: chatId })?.value ?? null;
    return record !== null && record.operatorId === null;
  }

  const ownAnswers = createFreshAnswers<{ readonly viewer: LiveViewer; readonly chatId: Id }, boolean>({
    nameOf: ({ viewer, chatId }) => `${dialogListName(viewer)}\n${chatId}`,
    turn: () => Promise.resolve(),
    ask: ({ viewer, chatId }) =>
      readPatiently(() => mayRead(options.sessionOf(viewer), chatId), {
        patienceMs: EVENT_PATIENCE_MS,
        signal: options.signal,
      }),
    maxKept: MAX_OWN_ANSWERS,
    now,
  });

  /** The record as the portal shows it to the viewer: for chats that he names, and for credentials that cannot list. */
  async function ownRecord(question: ChatSightQuestion): Promise<Sight> {
    const { viewer, chatId } = question;
    const kept = ownAnswers.kept({ viewer, chatId });
    if (kept?.value === true && holds(kept.askedAt, question)) return "yes";
    const { value } = await ownAnswers.ask({ viewer, chatId }, oldestAnswer(question));
    return value ? "yes" : "no";
  }

  return [formerParticipants, participants, ownList, ownRecord];
}

/** Whether the portal shows the chat's record to the credential. */
async function mayRead(portal: PortalSession, chatId: Id): Promise<boolean> {
  try {
    await portal.read(dialogGet({ chatId }), { fresh: true });
    return true;
  } catch (error) {
    if (error instanceof PortalRefusal && refusalClass(error) === "business") return false;
    throw error;
  }
}
