import { z } from "zod";
import { type PortalRef, portalName } from "../../../datasources/bitrix24/portal-ref.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import type { KeyValueStore, NamespaceBounds } from "../../../storage/key-value-store.ts";

const NAMESPACE = "noticed-activities";
/** Bounds for `openEventStorage`: a delivery is refused, and its subscribers are told of a gap, rather than another one forgotten. */
export const NOTICED_ACTIVITY_NAMESPACES: NamespaceBounds = {
  [NAMESPACE]: { maxEntries: 20_000, whenFull: "refuse" },
};

const record = z.object({
  host: z.string(),
  memberId: z.string().nullable(),
  activityId: z.string(),
  isNew: z.boolean(),
  /** Milliseconds of the calendar. */
  toldAt: z.number(),
});

/** An activity that was told of and not looked at yet. */
export interface NoticedActivity {
  readonly portal: PortalRef;
  readonly activityId: Id;
  /** It was told that the activity was added. */
  readonly isNew: boolean;
  /** When it was told first; milliseconds of the calendar. */
  readonly toldAt: number;
}

/** Keeps what was accepted until it was looked at. All methods reject with `StorageUnavailable`. */
export interface NoticedActivities {
  /** Durable when it resolves. Rejects with `NamespaceFull` when too many wait. */
  keep(noticed: NoticedActivity): Promise<void>;
  /** It was looked at; one that was told of again meanwhile stays. */
  done(noticed: NoticedActivity): Promise<void>;
  /** Those of former lives too. */
  list(): Promise<readonly NoticedActivity[]>;
}

export function createNoticedActivities(keyValues: KeyValueStore): NoticedActivities {
  return {
    keep: (noticed) => keyValues.set(NAMESPACE, keyOf(noticed), encoded(noticed)),
    async done(noticed) {
      await keyValues.compareAndSet(NAMESPACE, keyOf(noticed), encoded(noticed), null);
    },
    async list() {
      return (await keyValues.list(NAMESPACE)).flatMap(({ value }) => decoded(value) ?? []);
    },
  };
}

function keyOf({ portal, activityId }: NoticedActivity): string {
  return `${portalName(portal)}\n${activityId}`;
}

function encoded({ portal: { host, memberId }, activityId, isNew, toldAt }: NoticedActivity): string {
  return JSON.stringify({ host, memberId: memberId ?? null, activityId, isNew, toldAt });
}

function decoded(text: string): NoticedActivity | undefined {
  try {
    const { host, memberId, activityId, isNew, toldAt } = record.parse(JSON.parse(text));
    return { portal: { host, memberId: memberId ?? undefined }, activityId, isNew, toldAt };
  } catch {
    return undefined;
  }
}
