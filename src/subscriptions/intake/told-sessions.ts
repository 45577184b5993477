import { z } from "zod";
import type { Id } from "../../datasources/domain/ids.ts";
import type { KeyValueStore } from "../../storage/key-value-store.ts";
import type { Appended, Position } from "../../storage/log.ts";
import type { EventLog } from "../events/event-log.ts";
import type {
  StoredChatChanged,
  StoredEvent,
  StoredSessionFinished,
  StoredSessionStarted,
} from "../events/stored-event.ts";

/** `event`: an event of open lines. `activity`: what the entry in the CRM's timeline showed. */
export type SessionSource = "event" | "activity";

/**
 * Two sources tell of the same session: the portal's events of open lines, and its entry in the CRM. What one of them has told is not told
 * again by the other. All methods reject with `StorageUnavailable`.
 */
export interface ToldSessions {
  /** Appends to the log what the other source has not told. `duplicate`: nothing was left to append. */
  append(
    portal: string,
    events: readonly StoredEvent[],
    source: SessionSource,
    deliveryKey?: string,
  ): Promise<Appended>;
  /** To be called for each event that was appended, by whomever: a change of a chat that this gateway made or found counts as told. */
  notice(portal: string, event: StoredEvent): Promise<void>;
}

/** Times of one fact, as the two sources tell them, are no further apart. */
const SAME_FACT_MS = 60_000;
/** An action's own event, and the portal's word of the activity that it changed, come this close together. */
const SAME_CHANGE_MS = 5_000;
const KEPT_MS = 7 * 24 * 60 * 60_000;

/** What of a session can change. `CLOSED` is that it ended, `STATE` any other state. */
const ASPECTS = ["OPERATOR", "LINE", "STATE", "CLOSED"] as const;
type Aspect = (typeof ASPECTS)[number];
/** What actions of this gateway may change of the session, as its entry in the CRM would tell it. */
const CHANGED_BY: ReadonlyMap<string, readonly Aspect[]> = new Map([
  ["ANSWER", ["OPERATOR", "STATE"]],
  ["SKIP", ["OPERATOR", "STATE"]],
  ["TRANSFER", ["OPERATOR", "LINE", "STATE"]],
  ["INTERCEPT", ["OPERATOR", "STATE"]],
  ["LEAVE", ["OPERATOR", "STATE"]],
  ["SESSION", ["OPERATOR", "STATE"]],
  ["FINISH", ["OPERATOR", "CLOSED"]],
  ["SPAM", ["OPERATOR", "CLOSED"]],
]);

const fact = z.object({
  source: z.enum(["event", "activity"]),
  sessionId: z.string().nullable(),
  /** Milliseconds of the calendar, of the portal where it tells them. */
  at: z.number(),
});
const told = z.object({
  started: fact.nullable(),
  finished: fact.nullable(),
  /** When each aspect was told last, by this gateway's clock. */
  changed: z.partialRecord(z.enum(ASPECTS), z.number()),
});
type Fact = z.output<typeof fact>;
type Told = z.output<typeof told>;

const NOTHING: Told = { started: null, finished: null, changed: {} };

export function createToldSessions(keyValues: KeyValueStore, log: Pick<EventLog, "append">): ToldSessions {
  /** Changes that activities told: they are no reason to keep the next one back. */
  const ofActivities = new WeakSet<StoredEvent>();
  /** What concerns one chat is told one after another. */
  const turns = new Map<string, Promise<unknown>>();

  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work, work);
    turns.set(name, turn);
    const done = (): void => {
      if (turns.get(name) === turn) turns.delete(name);
    };
    turn.then(done, done);
    return turn;
  }

  async function toldOf(portal: string, chatId: Id): Promise<Told> {
    const kept = await keyValues.get(namespaceOf(portal), chatId);
    return kept === null ? NOTHING : decoded(kept);
  }

  async function appendOne(
    portal: string,
    event: StoredEvent,
    { source, isClosing }: { readonly source: SessionSource; readonly isClosing: boolean },
    deliveryKey?: string,
  ): Promise<Appended> {
    const chatId = event.kind === "gap" ? null : event.address.chatId;
    if (chatId === null || !isAboutSession(event)) return log.append(portal, [event], deliveryKey);
    return inTurn(`${portal}\n${chatId}`, async () => {
      const before = await toldOf(portal, chatId);
      if (isTold(before, event, source, isClosing)) return { positions: [], duplicate: true };
      if (source === "activity") ofActivities.add(event);
      const appended = await log.append(portal, [event], deliveryKey);
      if (event.kind !== "chatChanged" && !appended.duplicate)
        await keep(portal, chatId, withFact(before, event, source));
      return appended;
    });
  }

  function keep(portal: string, chatId: Id, now: Told): Promise<void> {
    return keyValues.set(namespaceOf(portal), chatId, JSON.stringify(now), { ttlMs: KEPT_MS });
  }

  return {
    async append(portal, events, source, deliveryKey) {
      if (!events.some(isAboutSession)) return log.append(portal, events, deliveryKey);
      const positions: Position[] = [];
      const isClosing = events.some(({ kind }) => kind === "sessionFinished");
      let isDuplicate = true;
      for (const [index, event] of events.entries()) {
        const key = deliveryKey === undefined || events.length === 1 ? deliveryKey : `${deliveryKey} ${index}`;
        const appended = await appendOne(portal, event, { source, isClosing }, key);
        positions.push(...appended.positions);
        if (!appended.duplicate) isDuplicate = false;
      }
      return { positions, duplicate: isDuplicate };
    },
    async notice(portal, event) {
      if (event.kind !== "chatChanged" || ofActivities.has(event)) return;
      const { chatId } = event.address;
      const aspects = toldBy(event);
      if (chatId === null || aspects.length === 0) return;
      await inTurn(`${portal}\n${chatId}`, async () => {
        const before = await toldOf(portal, chatId);
        const now = Object.fromEntries(aspects.map((aspect) => [aspect, Date.now()]));
        await keep(portal, chatId, { ...before, changed: { ...before.changed, ...now } });
      });
    },
  };
}

type SessionEvent = StoredSessionStarted | StoredSessionFinished | StoredChatChanged;

function isAboutSession(event: StoredEvent): event is SessionEvent {
  return event.kind === "sessionStarted" || event.kind === "sessionFinished" || event.kind === "chatChanged";
}

/** What a change that this gateway made or found tells of the session. That its state was found changed may mean that it ended. */
function toldBy({ source, changed }: StoredChatChanged): readonly Aspect[] {
  if (source !== "PORTAL") return CHANGED_BY.get(source) ?? [];
  return ASPECTS.filter((aspect) => changed.includes(aspect === "CLOSED" ? "STATE" : aspect));
}

/** What an activity told that it had changed. */
function aspectsOf({ changed }: StoredChatChanged, isClosing: boolean): readonly Aspect[] {
  return ASPECTS.filter((aspect) =>
    aspect === "CLOSED" || aspect === "STATE"
      ? changed.includes("STATE") && isClosing === (aspect === "CLOSED")
      : changed.includes(aspect),
  );
}

function isTold(
  { started, finished, changed }: Told,
  event: SessionEvent,
  source: SessionSource,
  isClosing: boolean,
): boolean {
  const at = timeOf(event);
  switch (event.kind) {
    case "sessionStarted": {
      if (started === null || started.source === source) return false;
      if (event.sessionId !== null && started.sessionId !== null) return event.sessionId === started.sessionId;
      // The CRM may come to know of a session long after it began.
      const isOpen = finished === null || finished.at < started.at;
      return (source === "activity" && isOpen) || Math.abs(at - started.at) < SAME_FACT_MS;
    }
    case "sessionFinished": {
      if (finished === null || finished.source === source) return false;
      if (event.sessionId !== null && finished.sessionId !== null) return event.sessionId === finished.sessionId;
      const isNewer = started !== null && started.at > finished.at;
      return !isNewer || Math.abs(at - finished.at) < SAME_FACT_MS;
    }
    case "chatChanged": {
      const isJustTold = (aspect: Aspect): boolean => (changed[aspect] ?? 0) > at - SAME_CHANGE_MS;
      const aspects = aspectsOf(event, isClosing);
      return aspects.length === 0 ? ASPECTS.some(isJustTold) : aspects.every(isJustTold);
    }
  }
}

function withFact(before: Told, event: StoredSessionStarted | StoredSessionFinished, source: SessionSource): Told {
  const now: Fact = { source, sessionId: event.sessionId, at: timeOf(event) };
  return event.kind === "sessionStarted" ? { ...before, started: now } : { ...before, finished: now };
}

function timeOf({ dispatchedAt }: SessionEvent): number {
  return dispatchedAt === null ? Date.now() : Date.parse(dispatchedAt);
}

function namespaceOf(portal: string): string {
  return `told-sessions ${portal}`;
}

function decoded(text: string): Told {
  try {
    return told.parse(JSON.parse(text));
  } catch {
    return NOTHING;
  }
}
