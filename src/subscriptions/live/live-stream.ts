import { GraphQLError } from "graphql";
import { guard } from "../../process/guard.ts";
import { EventsTrimmed, LogReplaced, type Position } from "../../storage/log.ts";
import { StorageUnavailable } from "../../storage/storage-unavailable.ts";
import type { LoggedEvent } from "../events/event-log.ts";
import { Deciding, type Decision, type Waiting } from "./deciding.ts";
import { isEnding } from "./ending-refusals.ts";
import type { EventReader } from "./event-reader.ts";
import type { ExecuteDelivery, LiveGroup } from "./live-group.ts";
import type { LiveRequest } from "./live-request.ts";
import { LiveResult } from "./live-result.ts";

/**
 * Takes one result for the client. A promise when the client is behind: nothing more is handed over before it resolves, and the stream
 * ends when it rejects.
 */
export type LiveSink = (result: LiveResult) => Promise<void> | undefined;

/** One subscription that is open. */
export interface LiveStream {
  /**
   * Hands results to the sink, at its pace, and resolves once the stream has ended: closed, events lost, or nothing more to come for this
   * viewer. Rejects with what the sink rejects with. To be called once.
   */
  run(sink: LiveSink): Promise<void>;
  /** Ends it, begun or not. */
  close(): void;
  /** Cursor of what was handed over or passed over last: another stream goes on from there without a seam. */
  place(): string;
  /** The log that it reads is gone: says so as soon as the client takes something, and ends it. */
  logIsGone(): void;
}

export interface LiveStreamOptions {
  readonly request: LiveRequest;
  readonly reader: EventReader;
  readonly group: LiveGroup;
  readonly execute: ExecuteDelivery;
  readonly cursorAt: (position: Position) => string;
  /** Where the reader begins. */
  readonly position: Position;
  /** Name of the field in the answer, for results that carry an error only. */
  readonly responseKey: string;
  /** The result for an error; with the cursor of the event that it concerns, where there is one. */
  readonly failed: (error: unknown, cursor?: string) => LiveResult;
  readonly closed: () => void;
}

/** A client that was told of a gap waits up to this long before it reads again, so that a restart does not bring all at once. */
const REFETCH_SPREAD_MS = 10_000;
/** A checkpoint after this many events that were not for the subscription, or after this time if there was one at least. */
const CHECKPOINT_EVENTS = 500;
const CHECKPOINT_MS = 30_000;

/** An event that could not be decided upon because the gateway's own storage was away is taken up again after this. */
const STORAGE_AWAY_MS = 300;

/**
 * A loop over the reader's events without promises of its own: a thousand subscribers that are up to date share the one of their
 * group's execution, and each event is then handed to all of them in one turn.
 */
export function openLiveStream(options: LiveStreamOptions): LiveStream {
  const { request, reader, group, execute, cursorAt } = options;
  let sink: LiveSink | undefined;
  let passed = 0;
  let lastResult = performance.now();
  let ended = false;
  let begunUpTo: Position = 0;
  let handedUpTo = options.position;
  /** The event that is waited with while the storage is away. */
  let postponed: LoggedEvent | undefined;
  /** The event whose decision is waited for. */
  let undecided: LoggedEvent | undefined;
  let retry: NodeJS.Timeout | undefined;
  let isGone = false;
  let isFinishing = false;
  /** Nothing is under way that goes on by itself. */
  let isIdle = false;
  let settle: { resolve(): void; reject(error: unknown): void } | undefined;

  function end(): void {
    if (ended) return;
    ended = true;
    clearTimeout(retry);
    reader.close();
    options.closed();
    settle?.resolve();
  }

  /** The client cannot be written to. */
  function abandon(error: unknown): void {
    settle?.reject(error);
    end();
  }

  /** The log cannot be read on. */
  function breakOff(error: unknown): void {
    if (error instanceof EventsTrimmed) finish(lostResult(error));
    else if (error instanceof LogReplaced) finish(goneResult());
    else finish(options.failed(error));
  }

  /** Hands over a last result. */
  function finish(result: LiveResult): void {
    if (isFinishing) return;
    isFinishing = true;
    then(hand(result), end);
  }

  function hand(result: LiveResult): Promise<void> | undefined {
    if (ended) return undefined;
    passed = 0;
    if (request.checkpoints) lastResult = performance.now();
    try {
      return sink?.(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  function then(handing: Promise<void> | undefined, next: () => void): void {
    if (handing === undefined) next();
    else handing.then(next, abandon);
  }

  /** Goes on as far as it can. Never throws: many streams are woken in one loop. */
  function go(): void {
    isIdle = false;
    try {
      while (!ended && !isFinishing) {
        if (isGone) {
          finish(goneResult());
          return;
        }
        const logged = postponed ?? reader.take();
        postponed = undefined;
        if (logged === undefined) {
          const more = reader.wait(go);
          if (more === undefined) isIdle = true;
          else more.then(go, breakOff);
          return;
        }
        const decided = decide(logged);
        if (decided instanceof Deciding) {
          if (reader.hasMore()) beginAhead(logged.position);
          undecided = logged;
          decided.wait(waiting);
          return;
        }
        const handing = handDecided(logged, decided);
        if (handing !== undefined) {
          handing.then(go, abandon);
          return;
        }
      }
    } catch (error) {
      breakOff(error);
    }
  }

  /** What has to wait waits together: the events behind this one are begun now. */
  function beginAhead(position: Position): void {
    for (const logged of reader.ahead(Math.max(position, begunUpTo))) {
      begunUpTo = logged.position;
      group.begin(logged);
    }
  }

  function decide(logged: LoggedEvent): Decision | Deciding {
    const { event, position, receivedAt } = logged;
    return event.kind === "gap"
      ? new Deciding(gapResult(event.since, event.until, position, receivedAt))
      : group.deliver(logged, event);
  }

  /** One for all events: they are decided upon in turn. */
  const waiting: Waiting = {
    decided(result) {
      const logged = takeUndecided();
      if (logged !== undefined) then(handDecided(logged, result), go);
    },
    failed(error) {
      const logged = takeUndecided();
      if (logged === undefined) return;
      if (isStorageAway(error)) postpone(logged);
      else refuse(logged, error);
    },
  };

  function takeUndecided(): LoggedEvent | undefined {
    const logged = undecided;
    undecided = undefined;
    return logged;
  }

  function handDecided(logged: LoggedEvent, result: Decision): Promise<void> | undefined {
    if (!ended) handedUpTo = logged.position;
    return result === undefined ? passOver(logged) : hand(result);
  }

  /** The log cannot be read on now either: nothing is told, and nothing lost, until it can. */
  function postpone(logged: LoggedEvent): void {
    if (ended) return;
    postponed = logged;
    retry = setTimeout(guard("going on with a stream", go, end), STORAGE_AWAY_MS);
  }

  /** One event that cannot be decided upon does not end the stream; a viewer whom the portal no longer serves does. */
  function refuse({ position }: LoggedEvent, error: unknown): void {
    if (!ended) handedUpTo = position;
    then(hand(options.failed(error, cursorAt(position))), isEnding(error) ? end : go);
  }

  /** An event that is not for this subscription. */
  function passOver({ position, receivedAt }: LoggedEvent): Promise<void> | undefined {
    passed += 1;
    if (!request.checkpoints) return undefined;
    if (passed < CHECKPOINT_EVENTS && performance.now() - lastResult < CHECKPOINT_MS) return undefined;
    const cursor = cursorAt(position);
    return execute({ cursor, receivedAt, content: { kind: "checkpoint" } }, position).then(hand, (error) =>
      // The next event that is passed over brings another one.
      isStorageAway(error) ? undefined : hand(options.failed(error, cursor)),
    );
  }

  async function gapResult(since: string, until: string, position: Position, receivedAt: Date): Promise<LiveResult> {
    const refetchAfterMs = Math.floor(Math.random() * REFETCH_SPREAD_MS);
    const cursor = cursorAt(position);
    if (request.gaps === "event") {
      return execute(
        {
          cursor,
          receivedAt,
          content: { kind: "gap", since: new Date(since), until: new Date(until), refetchAfterMs },
        },
        position,
      );
    }
    const error = new GraphQLError(
      `Nobody received the portal's events from ${since} to ${until}. Read again what matters, after refetchAfterMs; the stream goes on.`,
      { path: [options.responseKey], extensions: { code: "STREAM_GAP", since, until, refetchAfterMs, cursor } },
    );
    return new LiveResult({ data: { [options.responseKey]: null }, errors: [error.toJSON()] });
  }

  function lostResult(lost: EventsTrimmed): LiveResult {
    const error = new GraphQLError(
      "Events between the given cursor and the oldest kept one are gone. Read again what matters, then go on from oldestCursor or headCursor.",
      {
        path: [options.responseKey],
        extensions: {
          code: "EVENTS_LOST",
          oldestCursor: cursorAt(lost.oldest),
          headCursor: cursorAt(lost.head),
        },
      },
    );
    return new LiveResult({ data: { [options.responseKey]: null }, errors: [error.toJSON()] });
  }

  /** Without cursors: no place of that log means anything any more, and the next one is whatever comes from now on. */
  function goneResult(): LiveResult {
    const error = new GraphQLError(
      "The log of these events is gone: the application was taken out of the portal, or the gateway's store was emptied or replaced. Read again what matters, then subscribe without after.",
      {
        path: [options.responseKey],
        extensions: { code: "EVENTS_LOST", oldestCursor: null, headCursor: null },
      },
    );
    return new LiveResult({ data: { [options.responseKey]: null }, errors: [error.toJSON()] });
  }

  return {
    run(to) {
      return new Promise((resolve, reject) => {
        settle = { resolve, reject };
        sink = to;
        if (ended) resolve();
        else go();
      });
    },
    close: end,
    place: () => cursorAt(handedUpTo),
    logIsGone() {
      isGone = true;
      if (isIdle) go();
    },
  };
}

function isStorageAway(error: unknown): boolean {
  return error instanceof StorageUnavailable;
}
