import { UpstreamError } from "../../datasources/bitrix24/errors.ts";
import { portalName } from "../../datasources/bitrix24/portal-ref.ts";
import { guard } from "../../process/guard.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import { type DialogLists, dialogListName } from "./dialog-lists.ts";
import type { LiveViewer } from "./live-viewer.ts";

/** Reads the dialog lists of those who listen now and then, for what the portal sends no event for. */
export interface Watchers {
  /** Somebody listens with this credential. Returns what ends it. */
  watch(viewer: LiveViewer): () => void;
  /**
   * Somebody is shown the list itself, so that it is read in this process unless another has just read the same. `failed`: it could not be read.
   * Returns what ends it.
   */
  show(viewer: LiveViewer, failed: (error: unknown) => void): () => void;
  /** Something happened, at a time of the monotonic clock, that a list does not tell which was asked for before: it is read soon. */
  hasten(viewer: LiveViewer, happenedAt: number, afterMs?: number): void;
  /** The user of the credential changed a chat through this gateway: the list is read soon. */
  changed(credentialKey: string): void;
  /** The user of the credential did anything else that his list may tell: it is read soon where it is shown. */
  acted(credentialKey: string): void;
  /** Seconds between two looks at the list of the credential, as they are possible now. */
  checkedEverySeconds(viewer: Pick<LiveViewer, "portal" | "credentialKey">): number;
  /** Whether the list is looked at now. */
  isWatched(viewer: Pick<LiveViewer, "portal" | "credentialKey">): boolean;
  /** The same for a credential wherever it is used. */
  isWatchedWith(credentialKey: string): boolean;
  close(): void;
}

export interface WatchersOptions {
  readonly lists: DialogLists;
  readonly onError: (error: unknown) => void;
  /** Time between two looks where the share allows. Default 60 s. */
  readonly heartbeatMs?: number;
  /** Between two looks at one list, however much happens. Default 5 s. */
  readonly pauseMs?: number;
  /** A look that is put off longer than this takes the turn of an event. Default 10 min. */
  readonly boundMs?: number;
  /** Between two of those. Default 8 s. */
  readonly forcedEveryMs?: number;
  /**
   * Whether the look is this process's; where several processes share a store, one of them looks. Resolves to false when another has.
   */
  readonly isMine?: (name: string, forMs: number) => Promise<boolean>;
  /** Whether what another process read of the list within a minute is what was read of it here. */
  readonly isSameElsewhere?: (viewer: LiveViewer) => Promise<boolean>;
  readonly now?: () => number;
}

const HEARTBEAT_MS = 60_000;
const BOUND_MS = 10 * 60_000;
/** A look after a change waits for further ones. */
const CHANGED_MS = 1_000;
/** Between two looks at one list, however much happens. */
const PAUSE_MS = 5_000;
/**
 * Between two looks that take the turn of an event because they are overdue: a quarter of the share on the standard plan. Where hundreds are
 * overdue at once, events would wait behind them until they are withheld.
 */
const FORCED_EVERY_MS = 8_000;
/** So much sooner than after a look of its own a process asks again what another has seen, which may be as old as a look. */
const ELSEWHERE_SHARE = 1 / 6;

interface Watched {
  readonly viewer: LiveViewer;
  listeners: number;
  /** Those to whom the list itself is shown. */
  readonly shown: Set<(error: unknown) => void>;
  /** When the list is to be looked at next. */
  dueAt: number;
  /** The list has to be asked for at this time or later: something happened then. */
  since: number;
  lookedAt: number;
  /** Between the last two looks. */
  intervalMs: number;
}

interface PortalWatch {
  readonly watched: Map<string, Watched>;
  timer: NodeJS.Timeout | undefined;
  isLooking: boolean;
  /** When a look last took the turn of an event. */
  forcedAt: number;
}

/** One look at a time for each portal, the longest overdue first: where the live side's share does not reach, all wait longer alike. */
export function createWatchers(options: WatchersOptions): Watchers {
  const { lists, onError, heartbeatMs = HEARTBEAT_MS, boundMs = BOUND_MS, pauseMs = PAUSE_MS } = options;
  const { forcedEveryMs = FORCED_EVERY_MS } = options;
  const { now = () => performance.now() } = options;
  const portals = new Map<string, PortalWatch>();
  const listeners = new Map<string, number>();
  let isClosed = false;

  function schedule(portal: PortalWatch): void {
    if (isClosed || portal.isLooking) return;
    clearTimeout(portal.timer);
    const next = earliest(portal);
    if (next === undefined) return;
    portal.timer = setTimeout(
      guard("a look at a list of dialogs", () => look(portal)),
      Math.max(0, next.dueAt - now()),
    );
    portal.timer.unref();
  }

  async function look(portal: PortalWatch): Promise<void> {
    if (isClosed || portal.isLooking) return;
    const watched = nextLook(portal);
    // Timers may be a moment early.
    if (watched === undefined) {
      schedule(portal);
      return;
    }
    portal.isLooking = true;
    try {
      await lookAt(portal, watched);
    } catch (error) {
      // What the portal refuses or is too busy for is asked again at the next heartbeat, and told where an event needs it.
      if (!(error instanceof UpstreamError)) onError(error);
      if (watched.since > watched.lookedAt) watched.dueAt = Math.min(watched.dueAt, soon(watched, pauseMs));
      for (const failed of watched.shown) failed(error);
    } finally {
      portal.isLooking = false;
      schedule(portal);
    }
  }

  /** Of those that are due: who waited longest of all, then where something happened. */
  function nextLook(portal: PortalWatch): Watched | undefined {
    const due = [...portal.watched.values()].filter(({ dueAt }) => dueAt <= now()).sort((a, b) => a.dueAt - b.dueAt);
    return due.find((each) => isForced(portal, each)) ?? due.find((each) => each.since > each.lookedAt) ?? due[0];
  }

  /** Whether the next look at it takes the turn of an event. */
  function isForced(portal: PortalWatch, { lookedAt }: Watched): boolean {
    return now() - lookedAt > boundMs - heartbeatMs && now() - portal.forcedAt >= forcedEveryMs;
  }

  async function lookAt(portal: PortalWatch, watched: Watched): Promise<void> {
    const { viewer } = watched;
    const beganAt = now();
    // Lists that an event needed meanwhile count as looks.
    const kept = lists.kept({ viewer, urgency: "heartbeat" });
    if (kept !== undefined && beganAt - kept.askedAt < heartbeatMs && kept.askedAt >= watched.since) {
      if (kept.askedAt > watched.lookedAt) noteLook(watched, kept.askedAt);
      if (watched.dueAt > beganAt) return;
    }
    watched.dueAt = beganAt + heartbeatMs;
    if (await isSeenElsewhere(watched, beganAt)) return;
    const urgency = isForced(portal, watched) ? "event" : "heartbeat";
    if (urgency === "event") portal.forcedAt = now();
    const { askedAt } = await lists.ask({ viewer, urgency }, beganAt);
    noteLook(watched, askedAt);
  }

  /** The look of another process is enough where nobody is shown the list here, and where it found nothing that is not shown already. */
  async function isSeenElsewhere(watched: Watched, at: number): Promise<boolean> {
    const { viewer, shown } = watched;
    try {
      if (options.isMine === undefined || (await options.isMine(dialogListName(viewer), heartbeatMs))) return false;
      if (shown.size === 0) return true;
      if (watched.since > watched.lookedAt || !(await options.isSameElsewhere?.(viewer))) return false;
    } catch (error) {
      // Nobody can be asked: then each looks for itself.
      if (!(error instanceof StorageUnavailable)) throw error;
      return false;
    }
    noteLook(watched, at);
    watched.dueAt = Math.min(watched.dueAt, at + heartbeatMs * ELSEWHERE_SHARE);
    return true;
  }

  function noteLook(watched: Watched, at: number): void {
    watched.intervalMs = at - watched.lookedAt;
    watched.lookedAt = at;
    watched.dueAt = watched.since > at ? soon(watched) : at + heartbeatMs;
  }

  function soon({ lookedAt }: Watched, afterMs = CHANGED_MS): number {
    return Math.max(now() + afterMs, lookedAt + pauseMs);
  }

  function watchedBy(viewer: Pick<LiveViewer, "portal" | "credentialKey">): Watched | undefined {
    return portals.get(portalName(viewer.portal))?.watched.get(dialogListName(viewer));
  }

  function watchedWith(credentialKey: string): Watched[] {
    const all = [...portals.values()].flatMap(({ watched }) => [...watched.values()]);
    return all.filter(({ viewer }) => viewer.credentialKey === credentialKey);
  }

  function hasten(watched: Watched, happenedAt: number, dueAt: number): void {
    const { portal } = watched.viewer;
    watched.since = Math.max(watched.since, happenedAt);
    watched.dueAt = Math.min(watched.dueAt, dueAt);
    const ofPortal = portals.get(portalName(portal));
    if (ofPortal !== undefined) schedule(ofPortal);
  }

  /** Watches the list for one more; returns what ends that. */
  function begin(viewer: LiveViewer): { readonly watched: Watched; readonly end: () => void } {
    const portalKey = portalName(viewer.portal);
    const portal = portals.get(portalKey) ?? {
      watched: new Map(),
      timer: undefined,
      isLooking: false,
      forcedAt: Number.NEGATIVE_INFINITY,
    };
    portals.set(portalKey, portal);
    const name = dialogListName(viewer);
    const watched = portal.watched.get(name) ?? {
      viewer,
      listeners: 0,
      shown: new Set(),
      dueAt: now() + heartbeatMs,
      since: Number.NEGATIVE_INFINITY,
      lookedAt: now(),
      intervalMs: heartbeatMs,
    };
    portal.watched.set(name, watched);
    watched.listeners += 1;
    const { credentialKey } = viewer;
    listeners.set(credentialKey, (listeners.get(credentialKey) ?? 0) + 1);
    schedule(portal);
    return {
      watched,
      end() {
        watched.listeners -= 1;
        const others = (listeners.get(credentialKey) ?? 0) - 1;
        if (others > 0) listeners.set(credentialKey, others);
        else listeners.delete(credentialKey);
        if (watched.listeners > 0) return;
        portal.watched.delete(name);
        if (portal.watched.size > 0) return;
        clearTimeout(portal.timer);
        if (portals.get(portalKey) === portal) portals.delete(portalKey);
      },
    };
  }

  return {
    watch(viewer) {
      if (viewer.scope !== "own") return () => {};
      return begin(viewer).end;
    },
    show(viewer, failed) {
      const { watched, end } = begin(viewer);
      watched.shown.add(failed);
      return () => {
        watched.shown.delete(failed);
        end();
      };
    },
    hasten(viewer, happenedAt, afterMs) {
      const watched = watchedBy(viewer);
      if (watched !== undefined) hasten(watched, happenedAt, soon(watched, afterMs));
    },
    changed(credentialKey) {
      for (const watched of watchedWith(credentialKey)) hasten(watched, now(), soon(watched));
    },
    acted(credentialKey) {
      for (const watched of watchedWith(credentialKey))
        if (watched.shown.size > 0) hasten(watched, now(), soon(watched));
    },
    checkedEverySeconds(viewer) {
      const intervalMs = Math.max(heartbeatMs, watchedBy(viewer)?.intervalMs ?? heartbeatMs);
      return Math.ceil(intervalMs / 1_000);
    },
    isWatched: (viewer) => watchedBy(viewer) !== undefined,
    isWatchedWith: (credentialKey) => listeners.has(credentialKey),
    close() {
      isClosed = true;
      for (const portal of portals.values()) clearTimeout(portal.timer);
    },
  };
}

function earliest({ watched }: PortalWatch): Watched | undefined {
  let first: Watched | undefined;
  for (const each of watched.values()) if (first === undefined || each.dueAt < first.dueAt) first = each;
  return first;
}
