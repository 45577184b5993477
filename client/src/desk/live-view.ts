import type { OpenLinesClient } from "../client.ts";
import { type GatewayError, isRecord, type SubscriptionEnded } from "../result.ts";
import type { Handlers } from "../subscription.ts";

/** Why a view is not up to date. */
export type Problem = GatewayError | Error;

export interface LiveViewOptions {
  readonly client: OpenLinesClient;
  readonly subscription: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Reads the state again; resolves to the cursor at which it was true, null where the portal tells no events. */
  readonly read: (givenUp: AbortSignal) => Promise<string | null>;
  readonly event: (event: Readonly<Record<string, unknown>>) => void;
  readonly failed: (problem: Problem | undefined) => void;
}

export interface LiveView {
  /** Reads again soon, once for all who ask within that time. */
  readSoon(afterMs: number): void;
  /** Reads again at once, for a person who does not want to wait: a read that hangs is given up, whose answer equal ones would share. */
  readAgain(): Promise<void>;
  close(): void;
}

interface Reading {
  /** Milliseconds of the page's clock. */
  readonly begunAt: number;
  readonly givenUp: AbortController;
}

const RETRY_MS = 5_000;
/** What was asked for a shorter time ago may still be answered. */
const HANGS_MS = 5_000;
/** What would be answered again. */
const FINAL: ReadonlySet<string> = new Set([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "GRAPHQL_VALIDATION_FAILED",
  "GRAPHQL_PARSE_FAILED",
]);

/** Milliseconds until what ended is to be begun again; undefined where that would end the same way. */
export function beginAgainAfter({ code }: SubscriptionEnded): number | undefined {
  return FINAL.has(code) ? undefined : RETRY_MS;
}

/** A state that was read, then events from the place where it was true; read again after a gap, a loss or what did not come. */
export function openLiveView({ client, subscription, variables, read, event, failed }: LiveViewOptions): LiveView {
  let stop: () => void = () => undefined;
  let isClosed = false;
  let hasBegun = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const underWay = new Set<Reading>();
  /** Why nothing comes any more, whatever is read. */
  let over: SubscriptionEnded | undefined;

  async function readNow(): Promise<string | null | undefined> {
    clearTimeout(timer);
    timer = undefined;
    const reading = { begunAt: performance.now(), givenUp: new AbortController() };
    underWay.add(reading);
    try {
      const cursor = await read(reading.givenUp.signal);
      failed(over);
      // Whichever read is the first that succeeds.
      begin(cursor);
      return cursor;
    } catch (error) {
      if (!isClosed && !reading.givenUp.signal.aborted) {
        failed(error instanceof Error ? error : new Error(String(error)));
        readSoon(RETRY_MS);
      }
      return undefined;
    } finally {
      underWay.delete(reading);
    }
  }
  function readSoon(afterMs: number): void {
    if (isClosed) return;
    timer ??= setTimeout(() => void readNow(), afterMs);
  }
  function begin(after: string | null | undefined): void {
    if (hasBegun || isClosed || after === undefined) return;
    // Where there are no events it is refused, in words that say why.
    hasBegun = true;
    const handlers: Handlers<Readonly<Record<string, unknown>>> = {
      next(data) {
        for (const each of Object.values(data)) if (isRecord(each)) event(each);
      },
      gap: ({ refetchAfterMs }) => readSoon(refetchAfterMs),
      withheld: () => readSoon(RETRY_MS * Math.random()),
      lost: async () => (await readNow()) ?? undefined,
      error(end: SubscriptionEnded) {
        failed(end);
        const wait = beginAgainAfter(end);
        if (wait === undefined) {
          over = end;
          return;
        }
        // The events begin anew where the state will be read.
        hasBegun = false;
        readSoon(wait);
      },
    };
    stop = client.subscribe(subscription, { variables: { ...variables, after } }, handlers);
  }
  void readNow();
  return {
    readSoon,
    async readAgain() {
      const hangs = performance.now() - HANGS_MS;
      for (const { begunAt, givenUp } of underWay) if (begunAt < hangs) givenUp.abort();
      await readNow();
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const { givenUp } of underWay) givenUp.abort();
      stop();
    },
  };
}
