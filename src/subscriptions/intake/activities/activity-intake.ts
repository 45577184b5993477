import { setTimeout as pause } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import { createBackoff } from "../../../datasources/bitrix24/backoff.ts";
import type { PortalSession } from "../../../datasources/bitrix24/calls.ts";
import { UpstreamError } from "../../../datasources/bitrix24/errors.ts";
import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import type { ChatRecord } from "../../../datasources/domain/chat.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { atMost } from "../../../process/growing-cache.ts";
import { inBackground } from "../../../process/guard.ts";
import { StorageUnavailable } from "../../../storage/storage-unavailable.ts";
import { createGathering, type GatheringPace } from "../../live/gathering.ts";
import { isPassing } from "../../live/patient-read.ts";
import type { ActivityNotice } from "../decoding/activity-event.ts";
import type { ToldSessions } from "../told-sessions.ts";
import { type FoundActivity, lookAtActivities } from "./activity-look.ts";
import { type KnownSessions, knownSessionOf } from "./known-session.ts";
import type { NoticedActivities, NoticedActivity } from "./noticed-activities.ts";
import { sessionChanges } from "./session-changes.ts";

export interface ActivityIntakeOptions {
  readonly noticed: NoticedActivities;
  readonly known: KnownSessions;
  readonly told: ToldSessions;
  /** A credential that may read the portal's CRM, bound to a fresh deadline; undefined where there is none. */
  readonly sessionOf: (portal: PortalRef) => Promise<PortalSession | undefined>;
  /** Told of the chat of each session whose chat was not known. */
  readonly onChat?: (portal: PortalRef, chat: ChatRecord, askedAt: number) => void;
  readonly onError: (error: unknown) => void;
  /** How long the first activity after a quiet time waits for others. Default 1 s, to 10 s under load. */
  readonly pace?: GatheringPace;
}

/** Since the process started. */
export interface ActivityCounts {
  /** Deliveries about activities that were or are to be looked at. */
  readonly noticed: number;
  /** Of these: of an activity that waited to be looked at already. */
  readonly gathered: number;
  /** Of activities that are known not to be of sessions: nothing was asked. */
  readonly foreign: number;
  readonly sessions: number;
  /** Given up because the portal lets the credential not read the CRM. */
  readonly refused: number;
}

/** Turns what the portal tells of activities into events of sessions. */
export interface ActivityIntake {
  /** Resolves when it is kept; rejects with `StorageUnavailable` or `NamespaceFull` when it cannot be. */
  take(portal: PortalRef, notice: ActivityNotice): Promise<void>;
  /** Goes on with what a former life has not looked at. */
  start(): Promise<void>;
  counts(): ActivityCounts;
  /** What was not looked at is looked at after the next start. Resolves when nothing is under way. */
  close(): Promise<void>;
}

const PACE: GatheringPace = { idleMs: 1_000, loadMs: 10_000 };
/** Looked at in one request. */
const AT_ONCE = 500;
/** Most activities of a portal are calls, mails and tasks: what is none of a session is not asked about again for so long. */
const FOREIGN_MS = 10 * 60_000;
const MAX_FOREIGN = 20_000;
const AGAIN = createBackoff({ firstMs: 1_000, longestMs: 60_000 });

interface Waiting {
  readonly portal: PortalRef;
  readonly activities: Map<Id, NoticedActivity>;
}

export function createActivityIntake(options: ActivityIntakeOptions): ActivityIntake {
  const { noticed, known, told, onError } = options;
  const gathering = createGathering(options.pace ?? PACE);
  const foreign = new LRUCache<string, true>({ ...atMost(MAX_FOREIGN), ttl: FOREIGN_MS });
  const waiting = new Map<string, Waiting>();
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  const counts = { noticed: 0, gathered: 0, foreign: 0, sessions: 0, refused: 0 };

  function add(activity: NoticedActivity): void {
    const name = portalName(activity.portal);
    const others = waiting.get(name);
    if (others !== undefined) {
      others.activities.set(activity.activityId, activity);
      return;
    }
    waiting.set(name, { portal: activity.portal, activities: new Map([[activity.activityId, activity]]) });
    inBackground("looking at activities", () => {
      const work = empty(name)
        .catch(onError)
        .finally(() => underWay.delete(work));
      underWay.add(work);
      return work;
    });
  }

  /** Looks at what waits until nothing waits. */
  async function empty(name: string): Promise<void> {
    for (let failures = 0; ; ) {
      await gathering.next(name);
      const portal = waiting.get(name);
      if (closing.signal.aborted || portal === undefined || portal.activities.size === 0) {
        waiting.delete(name);
        return;
      }
      const batch = [...portal.activities.values()].slice(0, AT_ONCE);
      for (const { activityId } of batch) portal.activities.delete(activityId);
      try {
        await look(portal.portal, batch);
        failures = 0;
      } catch (error) {
        if (!mayPass(error)) onError(error);
        failures += 1;
        for (const each of batch)
          if (!portal.activities.has(each.activityId)) portal.activities.set(each.activityId, each);
        await pause(AGAIN(failures), undefined, { signal: closing.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  async function look(portal: PortalRef, batch: readonly NoticedActivity[]): Promise<void> {
    const found = await seen(portal, batch);
    for (const activity of batch) {
      const session = found?.get(activity.activityId);
      if (session !== undefined) await tell(activity, session);
      else if (found !== undefined) foreign.set(nameOf(activity), true);
      await noticed.done(activity);
    }
  }

  /** Undefined where the portal does not let them be read, now and later. */
  async function seen(portal: PortalRef, batch: readonly NoticedActivity[]) {
    const session = await options.sessionOf(portal);
    if (session === undefined) return undefined;
    const name = portalName(portal);
    try {
      return await lookAtActivities(
        batch.map(({ activityId }) => activityId),
        {
          session,
          before: (activityId) => known.find(name, activityId),
          onChat: (chat, askedAt) => options.onChat?.(portal, chat, askedAt),
        },
      );
    } catch (error) {
      if (!(error instanceof UpstreamError) || isPassing(error)) throw error;
      counts.refused += batch.length;
      onError(error);
      return undefined;
    }
  }

  async function tell(activity: NoticedActivity, found: FoundActivity): Promise<void> {
    const { portal, activityId, isNew, toldAt } = activity;
    const { record, before, chatId } = found;
    const name = portalName(portal);
    const looks = (before?.looks ?? 0) + 1;
    const now = knownSessionOf(record, chatId, looks);
    const changes = sessionChanges({ before, now, isNew, toldAt });
    // Named by the look, so that a crash before it is kept, or another process that looks too, doubles nothing.
    if (changes.length > 0) await told.append(name, changes, "activity", `activity ${activityId} ${looks}`);
    await known.keep(name, activityId, now);
    counts.sessions += 1;
  }

  return {
    async take(portal, { activityId, change }) {
      const name = portalName(portal);
      const given = { portal, activityId, isNew: change === "added", toldAt: Date.now() };
      if (change === "deleted") {
        // The session goes on without its entry.
        await known.forget(name, activityId);
        return;
      }
      if (change === "updated" && foreign.has(nameOf(given))) {
        counts.foreign += 1;
        return;
      }
      counts.noticed += 1;
      const waits = waiting.get(name)?.activities.get(activityId);
      if (waits !== undefined && (waits.isNew || !given.isNew)) {
        counts.gathered += 1;
        return;
      }
      const activity = waits === undefined ? given : { ...given, toldAt: waits.toldAt };
      await noticed.keep(activity);
      add(activity);
    },
    async start() {
      for (const activity of await noticed.list()) add(activity);
    },
    counts: () => ({ ...counts }),
    async close() {
      closing.abort();
      gathering.close();
      await Promise.all(underWay);
    },
  };
}

function nameOf({ portal, activityId }: Pick<NoticedActivity, "portal" | "activityId">): string {
  return `${portalName(portal)}\n${activityId}`;
}

function mayPass(error: unknown): boolean {
  return isPassing(error) || error instanceof StorageUnavailable;
}
