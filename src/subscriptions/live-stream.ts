import { GraphQLError } from "graphql";
import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import { type RefusalClass, refusalClass } from "../datasources/bitrix24/refusals.ts";
import { EventsTrimmed, type Position } from "./event-log.ts";
import type { EventReader } from "./event-reader.ts";
import type { ExecuteDelivery, LiveGroup } from "./live-group.ts";
import type { LiveRequest } from "./live-request.ts";
import { LiveResult } from "./live-result.ts";

export interface LiveStreamOptions {
  readonly request: LiveRequest;
  readonly reader: EventReader;
  readonly group: LiveGroup;
  readonly execute: ExecuteDelivery;
  readonly cursorAt: (position: Position) => string;
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

/** Refusals that concern the viewer and not the event: they would come again with each. */
const ENDING: ReadonlySet<RefusalClass> = new Set(["unauthenticated", "forbidden", "plan", "insufficient-scope"]);

/** Reads events at the client's pace and yields the results that are for it. Ends when the reader is closed or events are lost. */
export async function* openLiveStream(options: LiveStreamOptions): AsyncGenerator<LiveResult, void, void> {
  const { request, reader, group, execute } = options;
  let passed = 0;
  let lastYield = performance.now();
  try {
    for (;;) {
      const next = reader.next();
      const logged = next instanceof Promise ? await next : next;
      if (logged === undefined) return;
      const { event, position, receivedAt } = logged;
      let result: LiveResult | undefined;
      try {
        const decided =
          event.kind === "gap"
            ? gapResult(event.since, event.until, position, receivedAt)
            : group.deliver(logged, event);
        result = decided instanceof Promise ? await decided : decided;
      } catch (error) {
        // One event that cannot be decided upon does not end the stream; a viewer whom the portal no longer serves does.
        yield options.failed(error, options.cursorAt(position));
        if (error instanceof PortalRefusal && ENDING.has(refusalClass(error))) return;
        continue;
      }
      if (result !== undefined) {
        yield result;
        passed = 0;
        lastYield = performance.now();
        continue;
      }
      passed += 1;
      if (request.checkpoints && (passed >= CHECKPOINT_EVENTS || performance.now() - lastYield >= CHECKPOINT_MS)) {
        yield await execute(
          { cursor: options.cursorAt(position), receivedAt, content: { kind: "checkpoint" } },
          position,
        );
        passed = 0;
        lastYield = performance.now();
      }
    }
  } catch (error) {
    yield error instanceof EventsTrimmed ? lostResult(error) : options.failed(error);
  } finally {
    reader.close();
    options.closed();
  }

  async function gapResult(since: string, until: string, position: Position, receivedAt: Date): Promise<LiveResult> {
    const refetchAfterMs = Math.floor(Math.random() * REFETCH_SPREAD_MS);
    const cursor = options.cursorAt(position);
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
          oldestCursor: options.cursorAt(lost.oldest),
          headCursor: options.cursorAt(lost.head),
        },
      },
    );
    return new LiveResult({ data: { [options.responseKey]: null }, errors: [error.toJSON()] });
  }
}
