import { randomUUID } from "node:crypto";
import { z } from "zod";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { EventStorage } from "../../subscriptions/events/event-storage.ts";
import type { StoredGap } from "./stored-event.ts";

/** Knows when nobody could receive events, and says it in the logs of all portals as `gap` events. */
export interface Heartbeat {
  /** Says the gap since the last life, if there is one, and beats from then on. Call it before events are received. */
  start(): Promise<void>;
  /** One beat; the timer calls it. Finds out about a silence, also one of this process (suspended, storage away). */
  beat(): Promise<void>;
  /** A delivery of the portal was refused because nothing could be kept; a gap is said as soon as that works again. */
  noteOutage(portal: string): void;
  /** Beats a last time, so that a restart knows to the moment since when nobody received. */
  stop(): Promise<void>;
}

export interface HeartbeatOptions {
  readonly intervalMs?: number;
  /** A silence longer than this is a gap. Default three intervals. */
  readonly thresholdMs?: number;
  /**
   * After a restart of the only receiver a silence longer than this is a gap. Default 0: the portal repeats nothing, so what it sent in
   * even a short restart is lost.
   */
  readonly restartThresholdMs?: number;
  /** Portals whose log is owed a gap; by default all. Where the portal itself keeps events until they are fetched, silence loses nothing. */
  readonly losesEvents?: (portal: string) => boolean;
  readonly processId?: string;
  readonly now?: () => number;
}

const BEATS = "heartbeats";
const LOCKS = "heartbeat-locks";
const LOCK_KEY = "gap";
const LOCK_TTL_MS = 30_000;
const MAX_OUTAGES = 10_000;

const beatSchema = z.object({ at: z.number() });

interface Beat {
  readonly processId: string;
  readonly at: number;
}

/** Beats of others that were young when this process began: they may belong to living processes or to just killed ones. */
interface Suspicion {
  readonly seen: readonly Beat[];
  readonly startedAt: number;
}

export function createHeartbeat(
  storage: Pick<EventStorage, "log" | "keyValues" | "exclusive">,
  options: HeartbeatOptions = {},
): Heartbeat {
  const { log, keyValues, exclusive } = storage;
  const intervalMs = options.intervalMs ?? 5_000;
  const thresholdMs = options.thresholdMs ?? 3 * intervalMs;
  const restartThresholdMs = options.restartThresholdMs ?? 0;
  const processId = options.processId ?? randomUUID();
  const losesEvents = options.losesEvents ?? (() => true);
  const now = options.now ?? Date.now;

  let lastBeat: number | null = null;
  let suspicion: Suspicion | null = null;
  let running: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const outages = new Map<string, number>();
  /** Portals that were told of the silence since a time, when not all could be. */
  let told: { readonly since: number; readonly portals: Set<string> } | null = null;

  async function beats(): Promise<Beat[]> {
    const entries = await keyValues.list(BEATS);
    return entries.map(({ key, value }) => ({ processId: key, at: beatSchema.parse(JSON.parse(value)).at }));
  }

  async function writeBeat(at: number): Promise<void> {
    await keyValues.set(BEATS, processId, JSON.stringify({ at }));
    lastBeat = at;
  }

  /** Runs `act` in one process at a time; tells whether it ran. */
  async function locked(act: () => Promise<void>): Promise<boolean> {
    if (exclusive) {
      await act();
      return true;
    }
    if (!(await keyValues.setIfAbsent(LOCKS, LOCK_KEY, processId, { ttlMs: LOCK_TTL_MS }))) {
      return false;
    }
    try {
      await act();
    } finally {
      await keyValues.compareAndSet(LOCKS, LOCK_KEY, processId, null);
    }
    return true;
  }

  async function sayGap(since: number, until: number): Promise<void> {
    if (told?.since !== since) {
      told = { since, portals: new Set() };
    }
    for (const portal of (await log.portals()).filter(losesEvents)) {
      if (!told.portals.has(portal)) {
        await log.append(portal, [gap(since, until)]);
        told.portals.add(portal);
      }
    }
    told = null;
    for (const [portal, from] of outages) {
      if (from >= since) {
        outages.delete(portal);
      }
    }
  }

  async function assess(at: number): Promise<void> {
    const all = await beats();
    const others = all.filter((beat) => beat.processId !== processId);
    const latest = latestOf(all);
    const isStart = lastBeat === null;
    if (latest !== null && at - latest > (isStart && exclusive ? restartThresholdMs : thresholdMs)) {
      await sayGap(latest, at);
      await writeBeat(at);
      await forget(others);
      return;
    }
    if (isStart && !exclusive && others.length > 0) {
      suspicion = { seen: others, startedAt: at };
    }
    await writeBeat(at);
    if (latest !== null) {
      await forget(others.filter((beat) => beat.at < latest - thresholdMs));
    }
  }

  async function forget(dead: readonly Beat[]): Promise<void> {
    for (const beat of dead) {
      await keyValues.delete(BEATS, beat.processId);
    }
  }

  /** When none of those who seemed to live at the start beat again, they had been killed just before it. */
  async function settleSuspicion(at: number): Promise<void> {
    const suspected = suspicion;
    if (suspected === null || at - suspected.startedAt <= thresholdMs) {
      return;
    }
    await locked(async () => {
      const current = new Map((await beats()).map((beat) => [beat.processId, beat.at]));
      const remaining = suspected.seen.filter((beat) => current.has(beat.processId));
      const somebodyLived = remaining.some((beat) => (current.get(beat.processId) ?? 0) > beat.at);
      const since = latestOf(suspected.seen);
      // Removed ones: another process has said their gap already.
      if (!somebodyLived && remaining.length === suspected.seen.length && since !== null) {
        await sayGap(since, suspected.startedAt);
        await forget(remaining);
      }
      suspicion = null;
    });
  }

  async function settleOutages(at: number): Promise<void> {
    for (const [portal, since] of outages) {
      await log.append(portal, [gap(since, at)]);
      outages.delete(portal);
    }
  }

  async function beatOnce(): Promise<void> {
    const at = now();
    try {
      if (lastBeat === null || at - lastBeat > thresholdMs) {
        if (!(await locked(() => assess(at)))) {
          return;
        }
      } else {
        await writeBeat(at);
      }
      await settleSuspicion(at);
      await settleOutages(at);
    } catch (error) {
      // Nothing can be kept now. The next beat sees how long that was.
      if (!(error instanceof StorageUnavailable)) {
        throw error;
      }
    }
  }

  function beat(): Promise<void> {
    running ??= beatOnce().finally(() => {
      running = null;
    });
    return running;
  }

  return {
    async start() {
      await beat();
      timer = setInterval(() => {
        beat().catch((error: unknown) => process.emitWarning(error instanceof Error ? error : String(error)));
      }, intervalMs);
      timer.unref();
    },
    beat,
    noteOutage(portal) {
      if (!outages.has(portal) && outages.size < MAX_OUTAGES) {
        outages.set(portal, now());
      }
    },
    async stop() {
      if (timer !== null) {
        clearInterval(timer);
      }
      await running;
      await beat();
    },
  };
}

function latestOf(beats: readonly Beat[]): number | null {
  return beats.length === 0 ? null : Math.max(...beats.map((beat) => beat.at));
}

function gap(since: number, until: number): StoredGap {
  return { kind: "gap", since: new Date(since).toISOString(), until: new Date(until).toISOString() };
}
