import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { guard } from "../../../process/guard.ts";
import { THIS_PROCESS } from "../../../storage/processes.ts";
import { StorageUnavailable } from "../../../storage/storage-unavailable.ts";
import type { EventStorage } from "../event-storage.ts";
import { beatsInDirectory, beatsInStore } from "./beat-places.ts";
import { encodeBeat } from "./beat-record.ts";
import { createDeliveriesInHand, type DeliveryInHand } from "./deliveries-in-hand.ts";
import { createLostLog } from "./lost-log.ts";
import { earlier, type Moment, readClocks } from "./moment.ts";
import { createOwedGaps } from "./owed-gaps.ts";
import { createPeers } from "./peers.ts";
import { type RunningWatch, watchRunning } from "./running-watch.ts";

/**
 * Sees to it that every delivery that was not taken lies in a gap that the subscribers of its portal hear (`gap` events of the log).
 *
 * **Who owes.** Each process for the deliveries that were sent to it. It owes a gap
 * - from the first delivery on that it had to refuse since nothing could be kept (`noteOutage`), counted from when that delivery came;
 * - from before a pause on in which it did not run for longer than its listening queue holds (stopped, swapped out, a machine that slept),
 *   or in which that queue overflowed: the system turned connections away before our code ran;
 * - when it ends: from the deliveries that it had in hand, from when it closed connections that senders kept for their next delivery, or
 *   from when it stopped listening if nobody else listened.
 *
 * **Where it is kept.** In its beat, a small record in the store, whose moment `covered` says: every delivery sent to this process before
 * it was kept, or lies in a gap that was said. Nothing else is needed, because that moment never passes what is owed or in hand: a beat
 * that is written while something is owed shows that the process lives and moves nothing on. While a shared store is away the same record
 * goes to a file of the data directory. Gaps are said first and the beat moves after, so that an end between the two says one twice.
 *
 * **Who says it.** The process itself as soon as it can, once an outage has been over for a beat. Else whoever finds its record: the next
 * life of the data directory, a neighbour on the same machine that sees it dead, or any other process once the record has not changed for
 * `silenceMs`. One that vanished on another machine may have lived on, cut off from the store and refusing; so its gap is said again in
 * growing intervals, each going on where the one before ended (`peers.ts`).
 *
 * **Whole silence.** Processes that leave in order owe nothing while another one listens. Whoever begins to listen and finds nobody alive
 * says the time since the last one left; so there is a gap after each restart of the only process, however short and whatever its clock
 * shows. The listening begins before that gap ends.
 *
 * **A damaged file.** What it held is gone, for every portal that comes back a gap of the whole retention (`lost-log.ts`).
 */
export interface Heartbeat {
  /** Says what former lives owe, and beats from then on. Call it once the receiver listens: the gap ends with that. */
  start(): Promise<void>;
  /** One beat; the timer calls it. Never rejects because the store is away. */
  beat(): Promise<void>;
  /** A delivery is being received. */
  deliveryBegins(): DeliveryInHand;
  /** Deliveries of a portal, or (undefined) of whichever, were lost from this moment on; by default from now. */
  noteOutage(portal: string | undefined, since?: Moment): void;
  /** The receiver is about to stop listening: what comes from now on is not taken. */
  leave(): void;
  /** Connections on which a sender may have begun its next delivery are being closed. */
  cutsSendersOff(): void;
  /** Beats a last time. */
  stop(): Promise<void>;
}

export interface HeartbeatOptions {
  readonly intervalMs?: number;
  /** A process whose beat has not changed for this long is taken for dead. Default three intervals. */
  readonly silenceMs?: number;
  /** A pause of this process longer than this is a gap although no connection was turned away: senders give up waiting. */
  readonly patienceMs?: number;
  /** Portals whose log is owed gaps; by default all. Where the portal itself keeps events until they are fetched, silence loses nothing. */
  readonly losesEvents?: (portal: string) => boolean;
  /** Where to keep what is owed while a shared store is away. */
  readonly directory?: string | undefined;
  readonly onGap?: (portal: string, since: Date, until: Date) => void;
  readonly onError?: (error: unknown) => void;
  readonly readClocks?: () => Moment;
  readonly running?: RunningWatch;
  readonly process?: { readonly id: string; readonly name: typeof THIS_PROCESS };
}

/** The record of the only process of a store: the next life replaces it. */
const ONLY_PROCESS = "receiver";
/** An outage that goes on is said after this long at the latest, and then again. */
const LONGEST_UNSAID_MS = 10_000;
/** Where the system does not tell of connections that were turned away, its queue is taken to hold this long. */
const UNTOLD_PATIENCE_MS = 1_000;
/** Below this an overflow of a listening queue was not ours: connections are taken off it at every turn. */
const SHORTEST_PAUSE_MS = 200;

export function createHeartbeat(
  storage: Pick<EventStorage, "log" | "keyValues" | "exclusive" | "givenUp">,
  options: HeartbeatOptions = {},
): Heartbeat {
  const { log, keyValues, exclusive } = storage;
  const { intervalMs = 5_000, losesEvents = () => true, onGap = () => {}, onError = warn } = options;
  const silenceMs = options.silenceMs ?? 3 * intervalMs;
  const patienceMs = options.patienceMs ?? 5_000;
  const clocks = options.readClocks ?? readClocks;
  const process = options.process ?? { id: randomUUID(), name: THIS_PROCESS };
  const id = exclusive ? ONLY_PROCESS : process.id;
  const running = options.running ?? watchRunning();
  const owed = createOwedGaps(clocks);
  const inHand = createDeliveriesInHand(clocks);
  const store = beatsInStore(keyValues);
  const files = options.directory === undefined || exclusive ? undefined : beatsInDirectory(options.directory);
  const lostLog = createLostLog(keyValues, storage.givenUp, say);
  const peers = createPeers({ id, store, files, keyValues, exclusive, silenceMs, sayAll, keep: writeBeat });

  let begun = false;
  let lastTick: Moment | undefined;
  let leftAt: Moment | undefined;
  let beating: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let count = 0;
  /** What the file says, so that it is taken away once the store has it. */
  let filed: string | undefined;

  async function say(portal: string, since: number, until: number): Promise<void> {
    const times = { since: new Date(since), until: new Date(until) };
    await log.append(portal, [{ kind: "gap", since: times.since.toISOString(), until: times.until.toISOString() }]);
    onGap(portal, times.since, times.until);
  }

  async function portals(): Promise<readonly string[]> {
    return (await log.portals()).filter(losesEvents);
  }

  /** Says a gap of another process to everybody. */
  async function sayAll(since: number, until: number): Promise<void> {
    for (const portal of await portals()) await say(portal, since, until);
  }

  async function payDebts(): Promise<void> {
    const oldest = owed.oldest();
    if (oldest === undefined) return;
    const now = clocks();
    const latest = owed.latest();
    const isOver = latest === undefined || leftAt !== undefined || now.up - latest.up >= intervalMs;
    if (isOver || now.up - oldest.up >= LONGEST_UNSAID_MS) await owed.pay(await portals(), now, say);
  }

  function ownRecord(now: Moment, hasLeft = false): string {
    count += 1;
    const covered = earlier(earlier(leftAt ?? now, owed.oldest()), inHand.oldest(now));
    return encodeBeat({ covered, process: process.name, count, hasLeft, timesSaid: 0 });
  }

  async function writeBeat(now: Moment): Promise<void> {
    await store.set(id, ownRecord(now));
    if (files === undefined || filed === undefined) return;
    await files.replace(id, filed, null);
    filed = undefined;
  }

  /** What the store does not take is kept beside it. */
  async function fileBeat(now: Moment): Promise<void> {
    if (files === undefined || (owed.oldest() === undefined && inHand.count() === 0)) return;
    const text = ownRecord(now);
    try {
      await files.set(id, text);
      filed = text;
    } catch (error) {
      onError(error);
    }
  }

  /** Looks, at each tick of the timer, whether this process has run since the one before. */
  function tick(): void {
    const now = clocks();
    const turnedAway = running.turnedAway();
    const paused = running.longestPauseMs();
    const before = lastTick;
    lastTick = now;
    if (before === undefined) return;
    const late = now.up - before.up - intervalMs;
    // A machine that was paused as a whole knows nothing of it, until something sets its clock.
    const setForward = now.at - before.at - (now.up - before.up);
    const pause = Math.max(paused, late, setForward);
    const isTooLong = pause > (turnedAway === undefined ? Math.min(UNTOLD_PATIENCE_MS, patienceMs) : patienceMs);
    if (isTooLong || (turnedAway === true && pause > SHORTEST_PAUSE_MS)) owed.note(undefined, before, "over");
  }

  async function beatOnce(): Promise<void> {
    const now = clocks();
    // What has reached our sockets by now is read, and so in hand, a few turns later.
    for (let turns = 0; turns < 3; turns += 1) await turn();
    try {
      if (!begun) {
        begun = await peers.takeOver(now, (since) => owed.note(undefined, since, "over"));
        if (!begun) return;
      }
      await peers.settle(now);
      await payDebts();
      if (exclusive) await lostLog.tell(await log.portals());
      await writeBeat(now);
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      await fileBeat(now);
    }
  }

  function beat(): Promise<void> {
    tick();
    beating ??= beatOnce().finally(() => {
      beating = undefined;
    });
    return beating;
  }

  return {
    async start() {
      lastTick = undefined;
      await beat();
      timer = setInterval(
        guard("the heartbeat", () => beat().catch(onError)),
        intervalMs,
      );
      timer.unref();
    },
    beat,
    deliveryBegins: () => inHand.begin(),
    noteOutage: (portal, since) => owed.note(portal, since ?? clocks(), "goes on"),
    leave() {
      leftAt ??= clocks();
    },
    cutsSendersOff() {
      // Of the only process the next life says that nobody listened.
      if (!exclusive) owed.note(undefined, clocks(), "over");
    },
    async stop() {
      clearInterval(timer);
      leftAt ??= clocks();
      await beating;
      lastTick = undefined;
      await beat();
      running.close();
      if (!begun || owed.oldest() !== undefined || inHand.count() > 0) return;
      try {
        await store.set(id, ownRecord(clocks(), true));
      } catch (error) {
        if (!(error instanceof StorageUnavailable)) throw error;
      }
    },
  };
}

function warn(error: unknown): void {
  globalThis.process.emitWarning(error instanceof Error ? error : String(error));
}
