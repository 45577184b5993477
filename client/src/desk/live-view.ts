import type { OpenLinesClient } from "../client.ts";
import { type GatewayError, isRecord, type SubscriptionEnded } from "../result.ts";
import type { Handlers } from "../subscription.ts";

/** Why a view is not up to date. */
export type Problem = GatewayError | Error;

export interface LiveViewOptions {
  readonly client: OpenLinesClient;
  readonly subscription: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Reads the state again; resolves to the cursor at which it was true. */
  readonly read: () => Promise<string | undefined>;
  readonly event: (event: Readonly<Record<string, unknown>>) => void;
  readonly failed: (problem: Problem | undefined) => void;
}

export interface LiveView {
  /** Reads again soon, once for all who ask within that time. */
  readSoon(afterMs: number): void;
  readNow(): Promise<string | undefined>;
  close(): void;
}

const RETRY_MS = 5_000;

/** A state that was read, then events from the place where it was true; read again after a gap, a loss or what did not come. */
export function openLiveView({ client, subscription, variables, read, event, failed }: LiveViewOptions): LiveView {
  let stop: () => void = () => undefined;
  let isClosed = false;
  let hasBegun = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function readNow(): Promise<string | undefined> {
    clearTimeout(timer);
    timer = undefined;
    try {
      const cursor = await read();
      failed(undefined);
      return cursor;
    } catch (error) {
      if (!isClosed) {
        failed(error instanceof Error ? error : new Error(String(error)));
        readSoon(RETRY_MS);
      }
      return undefined;
    }
  }
  function readSoon(afterMs: number): void {
    if (isClosed) return;
    timer ??= setTimeout(() => void readNow().then(begin), afterMs);
  }
  function begin(after: string | undefined): void {
    if (hasBegun || isClosed || after === undefined) return;
    hasBegun = true;
    const handlers: Handlers<Readonly<Record<string, unknown>>> = {
      next(data) {
        for (const each of Object.values(data)) if (isRecord(each)) event(each);
      },
      gap: ({ refetchAfterMs }) => readSoon(refetchAfterMs),
      withheld: () => readSoon(RETRY_MS * Math.random()),
      lost: readNow,
      error(end: SubscriptionEnded) {
        failed(end);
        // The state could not be read at once: the events begin anew where it will be.
        if (end.code !== "EVENTS_LOST") return;
        hasBegun = false;
        readSoon(RETRY_MS);
      },
    };
    stop = client.subscribe(subscription, { variables: { ...variables, after } }, handlers);
  }
  void readNow().then(begin);
  return {
    readSoon,
    readNow,
    close() {
      isClosed = true;
      clearTimeout(timer);
      stop();
    },
  };
}
