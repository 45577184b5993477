import { type PortalRef, portalName } from "../../datasources/bitrix24/portal-ref.ts";
import { badUserInput } from "../../schema/input-errors.ts";
import type { LogPlace, Position } from "../../storage/log.ts";
import { type CursorProblem, readCursor, writeCursor } from "../events/cursor.ts";
import type { EventLog, LoggedEvent } from "../events/event-log.ts";
import { createEventReader, type ReadingPlace } from "./event-reader.ts";
import { firstSeen } from "./first-seen.ts";
import { createLiveGroup, type ExecuteDelivery, type LiveGroup } from "./live-group.ts";
import type { LiveRequest } from "./live-request.ts";
import type { LiveResult } from "./live-result.ts";
import { type LiveStream, openLiveStream } from "./live-stream.ts";
import type { ChatResolution, EventAccess, LiveViewer } from "./live-viewer.ts";
import { createPortalEars } from "./portal-ears.ts";
import { openPortalTail, type PortalTail } from "./portal-tail.ts";
import { createReadingTurns } from "./reading-turns.ts";

export interface LiveEventsOptions {
  readonly log: EventLog;
  readonly access: EventAccess;
  readonly chats: ChatResolution;
  /** Told of each event that is read from the log of a portal that somebody listens to, before it is delivered. */
  readonly onEvent?: (portal: string, logged: LoggedEvent) => void;
  /** Told of each stream that is opened; what it returns is called when the stream ends. */
  readonly onStream?: (viewer: LiveViewer) => () => void;
  readonly onError: (error: unknown) => void;
}

/** One subscription as the pipeline hands it over. */
export interface LiveSubscription {
  readonly viewer: LiveViewer;
  readonly request: LiveRequest;
  /** Equal for subscriptions that want the same: document, operation and variables but the cursor. */
  readonly sharingKey: string;
  readonly responseKey: string;
  readonly execute: ExecuteDelivery;
  readonly failed: (error: unknown, cursor?: string) => LiveResult;
}

/** The live side of all portals: a tail for each portal that somebody listens to, a group for each set of equal subscriptions. */
export interface LiveEvents {
  /** The newest place in the portal's log. */
  headCursor(portal: PortalRef): Promise<string>;
  /** Opens a stream. Rejects with `BAD_USER_INPUT` for a cursor that cannot be used here. */
  open(subscription: LiveSubscription): Promise<LiveStream>;
  /** Ends all streams of a portal, whose log is gone, and says why. A purge ends them by itself, in other processes too. */
  endPortal(portal: PortalRef): void;
  /**
   * Has each event of a portal told that is read from the log from now on, in order, as a hint: whatever is not read is not told. Returns what
   * ends it.
   */
  hear(portal: PortalRef, heard: (logged: LoggedEvent) => void): () => void;
  /** Streams that are open; for tests and metrics. */
  openStreams(): number;
  close(): void;
}

const CURSOR_PROBLEMS: Readonly<Record<CursorProblem, string>> = {
  garbage: "after is not a cursor of this gateway. Pass the cursor of an event, or eventCursor, unchanged.",
  "another-portal":
    "after is a cursor of another portal. Cursors are valid only for the portal whose events they came with.",
  "another-log":
    "after is a cursor of a log that no longer exists (the portal was installed anew, or the store replaced). Begin anew with eventCursor.",
  future: "after lies beyond the newest event of this log. Begin anew with eventCursor.",
};

/** A stream that is being opened. */
interface Opening {
  readonly portal: string;
  /** Names of logs that went meanwhile. */
  readonly gone: Set<string>;
  isClosed: boolean;
}

/** In place of a name: the portal itself went. */
const EVERY_LOG = "";

interface Shared<T> {
  readonly value: Promise<T>;
  users: number;
}

interface SharedGroup {
  readonly key: string;
  readonly group: LiveGroup;
  users: number;
}

export function createLiveEvents(options: LiveEventsOptions): LiveEvents {
  const { log } = options;
  const tails = new Map<string, Shared<PortalTail>>();
  const groups = new Map<string, SharedGroup>();
  const groupsOf = new Map<string, Set<LiveGroup>>();
  /** By portal, each with the name of the log that it reads. */
  const streams = new Map<string, Map<LiveStream, string>>();
  /** Streams that are being opened, so that what ends a portal's streams ends them too. */
  const openings = new Set<Opening>();
  const turns = createReadingTurns();
  const ears = createPortalEars({ useTail, onError: options.onError });
  /** One for all readers of a tail. */
  const places = new WeakMap<PortalTail, ReadingPlace>();
  let openStreams = 0;

  function placeOf(tail: PortalTail, portal: string): ReadingPlace {
    const place = places.get(tail) ?? { log, portal, tail, turns };
    places.set(tail, place);
    return place;
  }

  /** The portal's tail, for as long as somebody uses it. */
  async function useTail(portal: string): Promise<{ tail: PortalTail; release: () => void }> {
    const shared = tails.get(portal) ?? {
      value: openPortalTail(log, portal, { onError: options.onError, onGone: endLog, onEvent }),
      users: 0,
    };
    tails.set(portal, shared);
    shared.users += 1;
    const release = (): void => {
      shared.users -= 1;
      if (shared.users > 0) return;
      if (tails.get(portal) === shared) tails.delete(portal);
      shared.value.then(
        (tail) => tail.close(),
        () => {},
      );
    };
    try {
      return { tail: await shared.value, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Groups that wait for an answer begin with what comes at once, so that it waits for the same one. */
  function onEvent(portal: string, logged: LoggedEvent): void {
    firstSeen(logged);
    options.onEvent?.(portal, logged);
    ears.tell(portal, logged);
    for (const group of groupsOf.get(portal) ?? []) if (group.isDeciding()) group.begin(logged);
  }

  function useGroup(portal: string, key: string, create: () => LiveGroup): { group: LiveGroup; release: () => void } {
    const shared = groups.get(key) ?? { key, group: create(), users: 0 };
    groups.set(shared.key, shared);
    shared.users += 1;
    const ofPortal = groupsOf.get(portal) ?? new Set();
    groupsOf.set(portal, ofPortal.add(shared.group));
    return { group: shared.group, release: () => releaseGroup(portal, shared) };
  }

  function releaseGroup(portal: string, shared: SharedGroup): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    if (groups.get(shared.key) === shared) groups.delete(shared.key);
    const ofPortal = groupsOf.get(portal);
    ofPortal?.delete(shared.group);
    if (ofPortal?.size === 0) groupsOf.delete(portal);
  }

  /** Where to begin, given the newest place. */
  function startingPoint(portal: string, newest: LogPlace, after: string | undefined): Position {
    if (after === undefined) return newest.position;
    const reading = readCursor(after, portal, newest);
    if (reading.ok) return reading.position;
    throw badUserInput(CURSOR_PROBLEMS[reading.problem], { cursorProblem: reading.problem });
  }

  /** Tells the readers of one log of a portal, or of all, that it is gone. */
  function endLog(portal: string, gone?: string): void {
    // Who comes now reads another log.
    tails.delete(portal);
    ears.logIsGone(portal);
    for (const opening of openings) if (opening.portal === portal) opening.gone.add(gone ?? EVERY_LOG);
    for (const [stream, name] of streams.get(portal) ?? []) if (gone === undefined || name === gone) stream.logIsGone();
  }

  async function open(subscription: LiveSubscription, opening: Opening): Promise<LiveStream> {
    const { viewer, request, sharingKey, responseKey, execute, failed } = subscription;
    const portal = portalName(viewer.portal);
    // Asked for before the tail is opened, so that nothing falls between.
    const newest = await log.newest(portal);
    const position = startingPoint(portal, newest, request.after);
    const { tail, release: releaseTail } = await useTail(portal);
    if (tail.log !== newest.log) {
      releaseTail();
      // Nobody has noticed yet that the store was emptied; or it happened between the two questions.
      if ((await log.newest(portal)).log !== tail.log) endLog(portal, tail.log);
      return await open(subscription, opening);
    }
    const { group, release: releaseGroup } = useGroup(
      portal,
      `${portal}\n${newest.log}\n${viewer.rightsKey}\n${sharingKey}`,
      () =>
        createLiveGroup({
          viewer,
          criteria: request.criteria,
          access: options.access,
          chats: options.chats,
          execute,
          cursorAt: (at) => writeCursor(portal, { log: newest.log, position: at }),
          tail,
          turns,
        }),
    );
    const reader = createEventReader(placeOf(tail, portal), position, group.wanted(request.checkpoints));
    const ofPortal = streams.get(portal) ?? new Map<LiveStream, string>();
    const unwatch = options.onStream?.(viewer);
    const stream = openLiveStream({
      tells: { checkpoints: request.checkpoints, gaps: request.gaps },
      reader,
      group,
      execute,
      responseKey,
      failed,
      closed: onceClosed(portal, [unwatch, releaseGroup, releaseTail]),
    });
    streams.set(portal, ofPortal.set(stream, newest.log));
    openStreams += 1;
    if (opening.gone.has(EVERY_LOG) || opening.gone.has(newest.log)) stream.logIsGone();
    if (opening.isClosed) stream.close();
    return stream;
  }

  /** Apart from where streams are opened: a function there keeps all that is known there for as long as it is kept. */
  function onceClosed(portal: string, releases: readonly ((() => void) | undefined)[]): (stream: LiveStream) => void {
    return (stream) => {
      openStreams -= 1;
      const ofPortal = streams.get(portal);
      ofPortal?.delete(stream);
      if (ofPortal?.size === 0) streams.delete(portal);
      for (const release of releases) release?.();
    };
  }

  return {
    async headCursor(ref) {
      const portal = portalName(ref);
      return writeCursor(portal, await log.newest(portal));
    },
    async open(subscription) {
      const opening: Opening = { portal: portalName(subscription.viewer.portal), gone: new Set(), isClosed: false };
      openings.add(opening);
      try {
        return await open(subscription, opening);
      } finally {
        openings.delete(opening);
      }
    },
    endPortal: (portal) => endLog(portalName(portal)),
    hear: (portal, heard) => ears.hear(portalName(portal), heard),
    openStreams: () => openStreams,
    close() {
      for (const opening of openings) opening.isClosed = true;
      for (const ofPortal of streams.values()) for (const stream of ofPortal.keys()) stream.close();
    },
  };
}
