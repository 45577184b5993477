import { setTimeout as pause } from "node:timers/promises";
import { createBackoff } from "../../../datasources/bitrix24/backoff.ts";
import type { PortalSession } from "../../../datasources/bitrix24/calls.ts";
import { type AnswerSource, decodeFrom, type LeftOut } from "../../../datasources/bitrix24/decoding.ts";
import { PortalProtocolError, UpstreamError } from "../../../datasources/bitrix24/errors.ts";
import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import type { AllowanceStatus } from "../../../datasources/bitrix24/usage.ts";
import { WireError } from "../../../datasources/bitrix24/wire.ts";
import {
  eventGet,
  eventSubscribe,
  type QueuedEventPage,
  type QueuedEventRecord,
} from "../../../datasources/im/v2-events.ts";
import type { DeadLetterLog } from "../../../storage/dead-letter-log.ts";
import type { KeyValueStore } from "../../../storage/key-value-store.ts";
import type { EventLog } from "../../events/event-log.ts";
import type { StoredEvent } from "../../events/stored-event.ts";
import { isPassing } from "../../live/patient-read.ts";
import { createPageWidth, MAX_SLIPS, type PageWidth } from "./page-width.ts";
import { createLease } from "./polling-lease.ts";
import { DEFAULT_POLLING_PACE, nextPollMs, type PollingPace } from "./polling-pace.ts";
import { keepPollingPlace, type PollingPlace, readPollingPlace } from "./polling-place.ts";
import { decodeQueuedEvent } from "./queued-event.ts";

export interface EventPollingOptions {
  readonly portal: PortalRef;
  /** The user whose queue it is; stays the same when the webhook's secret changes. */
  readonly owner: string;
  /** The owner's credential, bound to a fresh deadline of less than half of `leaseMs` and to the signal that polling stops. */
  readonly session: (stopping: AbortSignal) => PortalSession;
  readonly status: () => Pick<AllowanceStatus, "level" | "capacity">;
  readonly log: EventLog;
  readonly keyValues: KeyValueStore;
  readonly deadLetters: DeadLetterLog;
  /** The storage belongs to this process alone, so that nobody else can poll with it. */
  readonly exclusive: boolean;
  /** Called for each event after it was appended. Must not throw. */
  readonly appended?: (portal: string, event: StoredEvent) => void;
  readonly onError: (error: unknown) => void;
  /** Told what of an event could not be read and was left out. */
  readonly leftOut?: ((portal: string, parts: LeftOut) => void) | undefined;
  readonly pace?: Partial<PollingPace>;
  /** After so long without a sign of life another process takes over. Default 60 s. */
  readonly leaseMs?: number;
  /** After so long a first failure is tried again, after the next ones twice as long each. Default 1 s. */
  readonly firstRetryMs?: number;
}

export type PollingState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  /** Another process polls. */
  | { readonly kind: "standby" }
  | { readonly kind: "polling"; readonly polledAt: Date; readonly lastEventAt: Date | null }
  /** `message` holds no secret. `mayPass`: the portal or the storage is only away; else somebody has to do something. */
  | {
      readonly kind: "failing";
      readonly since: Date;
      readonly message: string;
      readonly mayPass: boolean;
      readonly retryAt: Date;
    };

interface Polled {
  readonly place: PollingPlace;
  readonly hasMore: boolean;
}

/** Takes a user's messenger events over into the log. */
export interface EventPolling {
  start(): void;
  /** Resolves when nothing is under way. The portal goes on recording, for 24 hours. */
  stop(): Promise<void>;
  state(): PollingState;
}

const NAMESPACE = "event-polling";
/** Also in the place of the event's name for a record that does not tell it. */
const QUEUE_METHOD = "im.v2.Event.get";
const LEASE_MS = 60_000;
/** The portal drops records that nobody confirmed for so long. */
const PORTAL_KEEPS_MS = 24 * 60 * 60 * 1_000;
/** Somebody else may have ended the subscription, which the queue does not tell. */
const RESUBSCRIBE_MS = 10 * 60 * 1_000;
/** A place that only tells the time is not worth more writes. */
const KEEP_TIME_MS = 60_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;
/** A refusal (a scope that is missing, a method the portal does not know) does not go away by itself soon. */
const REFUSED_BACKOFF_MS = 5 * 60 * 1_000;

/**
 * Polls `im.v2.Event.get` for a set-up without an application. Records are confirmed only after the log has them durably, and each is appended
 * under a delivery key of its own, so that whatever breaks off in between is repeated without doubling. One process polls at a time.
 */
export function createEventPolling(options: EventPollingOptions): EventPolling {
  const { owner, log, keyValues, onError, leaseMs = LEASE_MS } = options;
  const pauseAfter = createBackoff({
    firstMs: options.firstRetryMs ?? FIRST_RETRY_MS,
    longestMs: LONGEST_RETRY_MS,
  });
  const pace = { ...DEFAULT_POLLING_PACE, ...options.pace };
  const portal = portalName(options.portal);
  const ofEvents: AnswerSource = { origin: "", leftOut: (parts) => options.leftOut?.(portal, parts) };
  const name = JSON.stringify([portal, owner]);
  let state: PollingState = { kind: "stopped" };
  let running: { readonly ended: Promise<void>; readonly stop: AbortController } | undefined;
  let lastEventAt: Date | null = null;
  /** Broken records that the portal sends again, because it was told of no place behind them. */
  let asideBefore: ReadonlySet<string> = new Set();

  async function openPlace(): Promise<PollingPlace> {
    return (await readPollingPlace(keyValues, NAMESPACE, name)) ?? { offset: undefined, polledAt: new Date() };
  }

  /** Records older than the portal keeps are gone if nobody polled for longer: that is said in the log. */
  async function sayGap(polledAt: Date): Promise<void> {
    const oldestKept = new Date(Date.now() - PORTAL_KEEPS_MS);
    if (polledAt < oldestKept) await appendGap(polledAt, oldestKept);
  }

  async function appendGap(since: Date, to: Date): Promise<void> {
    const gap: StoredEvent = { kind: "gap", since: since.toISOString(), until: to.toISOString() };
    await log.append(portal, [gap], `im.v2 ${owner} gap ${gap.since}`);
  }

  /**
   * Polls where the queue could not be read again and again. Goes on behind a record that cannot be read even alone: the portal would offer it
   * for a day, and nothing behind it. Only of a portal that speaks well otherwise, before and after; what is passed may have been events,
   * which is said in the log before the portal is told to drop it.
   */
  async function pollUnreadable(place: PollingPlace, width: PageWidth, stopping: AbortSignal): Promise<Polled> {
    const speaksWell = () => options.session(stopping).read(eventSubscribe(), { fresh: true });
    await speaksWell();
    let from = place;
    if (width.skip() > 0) {
      from = { ...place, polledAt: new Date() };
      await appendGap(place.polledAt, from.polledAt);
      await keepPollingPlace(keyValues, NAMESPACE, name, from);
    }
    try {
      return await poll(from, width, stopping);
    } catch (error) {
      if (!(error instanceof PortalProtocolError)) throw error;
      await speaksWell();
      width.skipFurther();
      throw error;
    }
  }

  async function setAside(event: string, body: string, reason: string): Promise<void> {
    await options.deadLetters.add(portal, { receivedAt: new Date(), event, body, reason });
  }

  /** Each once, however often the portal sends it. */
  async function setBrokenAside(broken: QueuedEventPage["broken"]): Promise<void> {
    const bodies = new Set<string>();
    for (const { record, reason } of broken) {
      const body = JSON.stringify(record);
      if (!asideBefore.has(body) && !bodies.has(body)) await setAside(QUEUE_METHOD, body, reason);
      bodies.add(body);
    }
    asideBefore = bodies;
  }

  async function takeOver(record: QueuedEventRecord): Promise<void> {
    let event: StoredEvent | null;
    try {
      event = decodeFrom(ofEvents, QUEUE_METHOD, () => decodeQueuedEvent(record));
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      await setAside(record.type, JSON.stringify(record), error.message);
      return;
    }
    if (event === null) return;
    const { duplicate } = await log.append(portal, [event], `im.v2 ${owner} ${record.eventId}`);
    if (duplicate) return;
    lastEventAt = new Date();
    options.appended?.(portal, event);
  }

  /** One request: confirms what the log has, and takes the next page over. */
  async function poll(place: PollingPlace, width: PageWidth, stopping: AbortSignal): Promise<Polled> {
    const skip = width.skip();
    const query = { offset: skip === 0 ? place.offset : (place.offset ?? 0) + skip, limit: width.limit() };
    // Confirming twice changes nothing, so that it may be repeated like any read.
    const page = await options
      .session(stopping)
      .read(eventGet(query), { fresh: true })
      .catch((error: unknown) => {
        if (error instanceof PortalProtocolError) width.unreadable();
        throw error;
      });
    width.readable();
    await sayGap(place.polledAt);
    await setBrokenAside(page.broken);
    for (const record of page.events) await takeOver(record);
    // The numbering may not have come as far as was passed: what is confirmed is gone, and what comes has numbers below.
    const isPastEnd = skip > 0 && page.events.length + page.broken.length === 0;
    const next = { offset: isPastEnd ? place.offset : offsetAfter(query.offset, page), polledAt: new Date() };
    const isFirst = place.offset === undefined;
    const isKept =
      !isFirst && next.offset === place.offset && next.polledAt.getTime() - place.polledAt.getTime() < KEEP_TIME_MS;
    if (!isKept) await keepPollingPlace(keyValues, NAMESPACE, name, next);
    return { place: isKept ? place : next, hasMore: page.hasMore && next.offset !== place.offset };
  }

  async function run(signal: AbortSignal): Promise<void> {
    const lease = options.exclusive ? undefined : createLease(keyValues, NAMESPACE, `lease ${name}`, leaseMs);
    const beganAt = Date.now();
    const width = createPageWidth();
    let place: PollingPlace | undefined;
    let subscribedAt = Number.NEGATIVE_INFINITY;
    let failures = 0;
    let failingSince: Date | undefined;

    /** Returns the milliseconds until the next step. */
    async function step(): Promise<number> {
      if (lease !== undefined && !(await lease.hold())) {
        place = undefined;
        state = { kind: "standby" };
        return leaseMs / 4;
      }
      place ??= await openPlace();
      if (performance.now() - subscribedAt >= RESUBSCRIBE_MS) {
        await options.session(signal).read(eventSubscribe(), { fresh: true });
        subscribedAt = performance.now();
      }
      const polled = await (width.isStuck() ? pollUnreadable : poll)(place, width, signal);
      place = polled.place;
      state = { kind: "polling", polledAt: new Date(), lastEventAt };
      const msSinceEvent = Date.now() - (lastEventAt?.getTime() ?? beganAt);
      return nextPollMs(pace, { msSinceEvent, hasMore: polled.hasMore }, options.status());
    }

    for (let wait = 0; await paused(wait, signal); ) {
      try {
        wait = await step();
        failures = 0;
        failingSince = undefined;
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        failingSince ??= new Date();
        // What was taken over is in the store; what was not is asked for again.
        place = undefined;
        const mayPass =
          !(error instanceof UpstreamError) ||
          isPassing(error) ||
          // What is not understood once may be a slip of the portal's; again and again it is a portal that speaks otherwise.
          (error instanceof PortalProtocolError && failures < MAX_SLIPS);
        wait = mayPass || width.isNear() ? pauseAfter(failures) : REFUSED_BACKOFF_MS;
        const message = error instanceof Error ? error.message : "unknown";
        state = { kind: "failing", since: failingSince, message, mayPass, retryAt: new Date(Date.now() + wait) };
        onError(error);
      }
    }
    await lease?.release().catch(onError);
  }

  return {
    start() {
      if (running !== undefined) return;
      const stop = new AbortController();
      state = { kind: "starting" };
      running = { stop, ended: run(stop.signal) };
    },
    async stop() {
      const stopping = running;
      stopping?.stop.abort();
      await stopping?.ended;
      if (running !== stopping) return;
      running = undefined;
      state = { kind: "stopped" };
    },
    state: () => state,
  };
}

/** The portal names it; where it does not, it is one past the last record. It never goes back: that would bring confirmed records again. */
function offsetAfter(offset: number | undefined, { events, broken, nextOffset }: QueuedEventPage): number | undefined {
  const afterEach = [...events, ...broken].flatMap(({ eventId }) => (eventId === null ? [] : [Number(eventId) + 1]));
  const candidates = [offset, ...afterEach, nextOffset ?? undefined].filter((each) => each !== undefined);
  return candidates.length === 0 ? undefined : Math.max(...candidates);
}

/** False when it was stopped. */
async function paused(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
