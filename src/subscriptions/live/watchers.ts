import { UpstreamError } from "../../datasources/bitrix24/errors.ts";
import { portalName } from "../../datasources/bitrix24/portal-ref.ts";
import { guard } from "../../process/guard.ts";
import { type DialogLists, dialogListName } from "./dialog-lists.ts";
import type { LiveViewer } from "./live-viewer.ts";

/** Reads the dialog lists of those who listen now and then, for what the portal sends no event for. */
export interface Watchers {
  /** Somebody listens with this credential. Returns what ends it. */
  watch(viewer: LiveViewer): () => void;
  /** The user of the credential changed something through this gateway: the list is read soon. */
  changed(credentialKey: string): void;
  /** Seconds between two looks at the list of the credential, as they are possible now. */
  checkedEverySeconds(viewer: Pick<LiveViewer, "portal" | "credentialKey">): number;
  close(): void;
}

export interface WatchersOptions {
  readonly lists: DialogLists;
  readonly onError: (error: unknown) => void;
  /** Time between two looks where the share allows. Default 60 s. */
  readonly heartbeatMs?: number;
  /** A look is not put off longer than this, whatever else there is to ask. Default 10 min. */
  readonly boundMs?: number;
  /**
   * Whether the look is this process's; where several processes share a store, one of them looks. Resolves to false when another has.
   */
  readonly isMine?: (name: string, forMs: number) => Promise<boolean>;
  readonly now?: () => number;
}

const HEARTBEAT_MS = 60_000;
const BOUND_MS = 10 * 60_000;
/** A look after a change waits for further ones. */
const CHANGED_MS = 1_000;

interface Watched {
  readonly viewer: LiveViewer;
  listeners: number;
  /** When the list is to be looked at next. */
  dueAt: number;
  lookedAt: number;
  /** Between the last two looks. */
  intervalMs: number;
}

interface PortalWatch {
  readonly watched: Map<string, Watched>;
  timer: NodeJS.Timeout | undefined;
  isLooking: boolean;
}

/** One look at a time for each portal, the longest overdue first: where the live side's share does not reach, all wait longer alike. */
export function createWatchers(options: WatchersOptions): Watchers {
  const { lists, onError, heartbeatMs = HEARTBEAT_MS, boundMs = BOUND_MS, now = () => performance.now() } = options;
  const portals = new Map<string, PortalWatch>();
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
    const watched = earliest(portal);
    if (isClosed || portal.isLooking || watched === undefined) return;
    portal.isLooking = true;
    try {
      await lookAt(watched);
    } catch (error) {
      // What the portal refuses or is too busy for is asked again at the next heartbeat, and told where an event needs it.
      if (!(error instanceof UpstreamError)) onError(error);
    } finally {
      portal.isLooking = false;
      schedule(portal);
    }
  }

  async function lookAt(watched: Watched): Promise<void> {
    const { viewer } = watched;
    const beganAt = now();
    // Lists that an event needed meanwhile count as looks.
    const kept = lists.kept({ viewer, urgency: "heartbeat" });
    const isFresh =
      kept !== undefined && beganAt - kept.askedAt < heartbeatMs && watched.dueAt <= kept.askedAt + heartbeatMs;
    watched.dueAt = beganAt + heartbeatMs;
    if (isFresh && kept.askedAt > watched.lookedAt) {
      noteLook(watched, kept.askedAt);
      return;
    }
    if (options.isMine !== undefined && !(await options.isMine(dialogListName(viewer), heartbeatMs))) return;
    const isOverdue = beganAt - watched.lookedAt > boundMs - heartbeatMs;
    await lists.ask({ viewer, urgency: isOverdue ? "event" : "heartbeat" }, beganAt);
    noteLook(watched, now());
  }

  function noteLook(watched: Watched, at: number): void {
    watched.intervalMs = at - watched.lookedAt;
    watched.lookedAt = at;
    watched.dueAt = at + heartbeatMs;
  }

  return {
    watch(viewer) {
      if (viewer.scope !== "own") return () => {};
      const portalKey = portalName(viewer.portal);
      const portal = portals.get(portalKey) ?? { watched: new Map(), timer: undefined, isLooking: false };
      portals.set(portalKey, portal);
      const name = dialogListName(viewer);
      const watched = portal.watched.get(name) ?? {
        viewer,
        listeners: 0,
        dueAt: now() + heartbeatMs,
        lookedAt: now(),
        intervalMs: heartbeatMs,
      };
      portal.watched.set(name, watched);
      watched.listeners += 1;
      schedule(portal);
      return () => {
        watched.listeners -= 1;
        if (watched.listeners > 0) return;
        portal.watched.delete(name);
        if (portal.watched.size > 0) return;
        clearTimeout(portal.timer);
        if (portals.get(portalKey) === portal) portals.delete(portalKey);
      };
    },
    changed(credentialKey) {
      for (const portal of portals.values()) {
        for (const watched of portal.watched.values()) {
          if (watched.viewer.credentialKey !== credentialKey) continue;
          watched.dueAt = Math.min(watched.dueAt, now() + CHANGED_MS);
          schedule(portal);
        }
      }
    },
    checkedEverySeconds(viewer) {
      const watched = portals.get(portalName(viewer.portal))?.watched.get(dialogListName(viewer));
      const intervalMs = Math.max(heartbeatMs, watched?.intervalMs ?? heartbeatMs);
      return Math.ceil(Math.min(intervalMs, boundMs) / 1_000);
    },
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
