import { UpstreamError } from "../../datasources/bitrix24/errors.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { Position } from "../../storage/log.ts";
import { type ChatStoredEvent, type EventCriteria, matchesChat, matchesEvent } from "../events/event-filter.ts";
import { mayMatch } from "../events/event-glance.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import { type Abreast, createAbreast } from "./abreast.ts";
import { Deciding, type Decision } from "./deciding.ts";
import { EventWithheld, inTime } from "./event-withheld.ts";
import { firstSeen } from "./first-seen.ts";
import type { Wanted } from "./held-page.ts";
import type { EventInHand, LiveDelivery } from "./live-request.ts";
import type { LiveResult } from "./live-result.ts";
import type { ChatResolution, EventAccess, LiveViewer } from "./live-viewer.ts";
import type { PortalTail } from "./portal-tail.ts";
import type { ReadingTurns } from "./reading-turns.ts";

/** Runs the subscription's selection for one delivery. Rejects when it cannot be begun. */
export type ExecuteDelivery = (delivery: LiveDelivery, position: Position, inHand?: EventInHand) => Promise<LiveResult>;

export interface LiveGroupOptions {
  readonly viewer: LiveViewer;
  readonly criteria: EventCriteria;
  readonly access: EventAccess;
  readonly chats: ChatResolution;
  readonly execute: ExecuteDelivery;
  readonly cursorAt: (position: Position) => string;
  readonly tail: PortalTail;
  readonly turns: ReadingTurns;
}

/** Equal subscriptions: what becomes of an event is decided and executed once for all of them. */
export interface LiveGroup {
  /** Begins to decide upon an event that will be asked for soon, so that it need not wait until those before it are decided. */
  begin(logged: LoggedEvent): void;
  /** Whether an event is being decided upon, so that later ones should be begun meanwhile. */
  isDeciding(): boolean;
  /** What becomes of an event. Fails when the viewer's rights cannot be checked. */
  deliver(logged: LoggedEvent, event: ChatStoredEvent): Decision | Deciding;
  readonly cursorAt: (position: Position) => string;
  /** What of the log those who are behind want of it, with or without being told what they pass over. */
  wanted(countsPassed: boolean): Wanted;
  /** Those of them that keep up. */
  readonly abreast: Abreast;
}

/** Whoever names more chats than this is treated like one who names none. */
const MAX_NAMED_CHATS = 20;
/** Results that subscribers close to each other share; one further behind executes again. */
const REMEMBERED = 256;

export function createLiveGroup(options: LiveGroupOptions): LiveGroup {
  const { viewer, criteria, access, chats } = options;
  let pending = 0;
  const decisions = new Map<Position, Decision | Deciding>();
  const mayWant = (text: string): boolean => mayMatch(criteria, text);
  const silent: Wanted = { mayWant, countsPassed: false };
  const counting: Wanted = { mayWant, countsPassed: true };

  async function decide(logged: LoggedEvent, event: ChatStoredEvent): Promise<Decision> {
    const seenAt = firstSeen(logged);
    const chat = lookedForOnce(event);
    if (criteria.chatIds !== undefined && !matchesChat(criteria, await chat())) return undefined;
    const isNamed = criteria.chatIds !== undefined && criteria.chatIds.size <= MAX_NAMED_CHATS;
    const seen = access.maySee({ viewer, event, chat, isNamed, seenAt });
    if (!(seen instanceof Promise ? await seen : seen)) return undefined;
    const { position, receivedAt } = logged;
    return options.execute(
      { cursor: options.cursorAt(position), receivedAt, content: { kind: "event", event } },
      position,
      { event, chat, seenAt },
    );
  }

  function lookedForOnce(event: ChatStoredEvent): () => Id | null | Promise<Id | null> {
    let found: Id | null | Promise<Id | null> | undefined = event.address.chatId ?? undefined;
    return () => {
      if (found === undefined) {
        const looked = chats.resolve(viewer.portal, event.address);
        found = looked instanceof Promise ? inTime(looked.catch(withheld)) : looked;
      }
      return found;
    };
  }

  function remember(position: Position, decision: Decision | Deciding): void {
    decisions.set(position, decision);
    if (decisions.size > REMEMBERED) {
      const oldest = decisions.keys().next().value;
      if (oldest !== undefined) decisions.delete(oldest);
    }
  }

  function deliver(logged: LoggedEvent, event: ChatStoredEvent): Decision | Deciding {
    const { position } = logged;
    if (!matchesEvent(criteria, event)) return undefined;
    const known = decisions.get(position);
    if (known !== undefined) return known;
    const deciding: Deciding = new Deciding(
      decide(logged, event).then(
        (decision) => {
          pending -= 1;
          if (decisions.get(position) === deciding) decisions.set(position, decision);
          return decision;
        },
        (error: unknown) => {
          pending -= 1;
          // What was given up is not waited for again by those who come to it later.
          if (!(error instanceof EventWithheld) && decisions.get(position) === deciding) decisions.delete(position);
          throw error;
        },
      ),
    );
    pending += 1;
    remember(position, deciding);
    return deciding;
  }

  function begin(logged: LoggedEvent): void {
    if (logged.event.kind === "gap") return;
    deliver(logged, logged.event);
  }

  return {
    begin,
    isDeciding: () => pending > 0,
    deliver,
    cursorAt: options.cursorAt,
    wanted: (countsPassed) => (countsPassed ? counting : silent),
    abreast: createAbreast({ tail: options.tail, turns: options.turns, deliver, begin }),
  };
}

function withheld(error: unknown): never {
  throw error instanceof UpstreamError ? new EventWithheld(error) : error;
}
