import type { Carry, End } from "./carrier.ts";
import type { KeptCursor } from "./cursors.ts";
import { type Gap, type Loss, type Reading, readNotices, type Withheld } from "./notices.ts";
import { type GatewayError, NoAnswer, type Operation, type Result, SubscriptionEnded } from "./result.ts";

/** What an application does with a subscription. All but `next` may be left out. */
export interface Handlers<Data> {
  /** An event, each once and in order. Once this returns, its cursor is kept. */
  next(data: Data, result: Result<Data>): void;
  /** Nothing ended; something may have been missed that the portal does not send again. */
  gap?(gap: Gap): void;
  withheld?(withheld: Withheld): void;
  /** The events behind the cursor are gone. Read again what matters, and return the cursor to go on from; without one the subscription ends. */
  lost?(loss: Loss): string | undefined | Promise<string | undefined>;
  /** The subscription ended: nothing comes any more. */
  error?(error: SubscriptionEnded): void;
  complete?(): void;
}

export interface SubscriptionOptions {
  readonly carry: Carry;
  /** Whether another identity could be had. */
  readonly renew: () => Promise<boolean>;
  /** The newest place of the portal's log; undefined where it has none. */
  readonly head: () => Promise<string | undefined>;
  readonly kept: KeptCursor;
  /** Name of the variable for the cursor; undefined for a subscription that has nothing to resume. */
  readonly variable: string | undefined;
}

const RETRY_MS = 2_000;

/** Keeps a subscription alive until it is stopped, over as many connections as it takes, from where it stopped. */
export function keepSubscribed<Data>(
  operation: Operation,
  handlers: Handlers<Data>,
  options: SubscriptionOptions,
): () => void {
  const { carry, renew, head, kept, variable } = options;
  let stopped = false;
  let stop: () => void = () => undefined;
  let cursor = variable === undefined ? undefined : textOrUndefined(operation.variables?.[variable]);
  let loss: Loss | undefined;
  /** Errors without an event. What follows tells whether they were of one event or of the whole subscription. */
  let failure: readonly GatewayError[] | undefined;
  let hasRenewed = false;

  function handle(result: Result): void {
    const reading = readNotices(result);
    try {
      tell(reading, result);
    } catch (error) {
      // A fault of the application's: it must not end the connection for all others.
      queueMicrotask(() => {
        throw error;
      });
    }
    if (reading.cursor !== undefined && variable !== undefined) {
      cursor = reading.cursor;
      kept.keep(cursor);
    }
  }
  function tell({ gap, withheld, hasEvent, ...reading }: Reading, result: Result): void {
    const passed = failure;
    loss = reading.loss;
    failure = reading.failure;
    if (failure === undefined) hasRenewed = false;
    if (passed !== undefined) handlers.withheld?.({ message: passed[0]?.message ?? "", errors: passed });
    if (gap !== undefined) handlers.gap?.(gap);
    if (withheld !== undefined) handlers.withheld?.(withheld);
    if (hasEvent) handlers.next(result.data as Data, result as Result<Data>);
  }

  function once(): Promise<End> {
    return new Promise((resolve) => {
      loss = failure = undefined;
      const variables =
        variable === undefined ? operation.variables : { ...operation.variables, [variable]: cursor ?? null };
      const stopOne = carry(
        { ...operation, variables },
        { next: (result) => stopped || handle(result), ended: resolve },
      );
      stop = () => {
        stopOne();
        resolve({ kind: "complete" });
      };
    });
  }

  /** Resolves to why it is over; undefined to go on. */
  async function goOnAfter(end: End): Promise<SubscriptionEnded | "complete" | undefined> {
    switch (end.kind) {
      case "lost":
        return undefined;
      case "refused":
        return new SubscriptionEnded("UNAUTHENTICATED", end.message);
      case "broken":
        return new SubscriptionEnded("BAD_REQUEST", end.message);
      case "complete":
        if (loss !== undefined) return goOnAfterLoss(loss);
        return failure === undefined ? "complete" : goOnAfterErrors(failure);
      case "errors":
        return goOnAfterErrors(end.errors);
      default:
        return end satisfies never;
    }
  }
  async function goOnAfterErrors(errors: readonly GatewayError[]): Promise<SubscriptionEnded | undefined> {
    const [{ message, extensions = {} } = { message: "The gateway gave no reason." }] = errors;
    const { code = "INTERNAL_SERVER_ERROR", retryAfterMs } = extensions;
    if (typeof retryAfterMs === "number") return pause(retryAfterMs);
    if (code === "UNAUTHENTICATED") return goOnAsAnother(errors);
    if (code === "BAD_USER_INPUT" && "cursorProblem" in extensions) {
      return goOnAfterLoss({ reason: "not-usable", message, oldestCursor: undefined, headCursor: undefined });
    }
    return new SubscriptionEnded(code, message, errors);
  }
  async function goOnAsAnother(errors: readonly GatewayError[]): Promise<SubscriptionEnded | undefined> {
    if (!hasRenewed && (await renew())) {
      hasRenewed = true;
      return undefined;
    }
    return new SubscriptionEnded("UNAUTHENTICATED", errors[0]?.message ?? "", errors);
  }
  async function goOnAfterLoss(found: Loss): Promise<SubscriptionEnded | undefined> {
    kept.forget();
    cursor = await handlers.lost?.(found);
    if (cursor !== undefined) return undefined;
    return new SubscriptionEnded("EVENTS_LOST", found.message);
  }

  async function begin(): Promise<void> {
    if (variable === undefined) return;
    cursor ??= await kept.read();
    while (!stopped && cursor === undefined) {
      try {
        // Without a place a connection that is lost before the first event would lose what came meanwhile.
        cursor = await head();
        return;
      } catch (error) {
        const wait = error instanceof NoAnswer ? RETRY_MS : retryAfter(error);
        if (wait === undefined) throw error;
        await pause(wait);
      }
    }
  }
  async function run(): Promise<void> {
    await begin();
    while (!stopped) {
      const end = await once();
      if (stopped) return;
      const over = await goOnAfter(end);
      if (stopped || over === undefined) continue;
      if (over === "complete") handlers.complete?.();
      else handlers.error?.(over);
      return;
    }
  }

  run().catch((error: unknown) => {
    if (!stopped) handlers.error?.(asEnd(error));
  });
  return () => {
    stopped = true;
    stop();
  };
}

function asEnd(error: unknown): SubscriptionEnded {
  if (error instanceof SubscriptionEnded) return error;
  return new SubscriptionEnded("INTERNAL_SERVER_ERROR", error instanceof Error ? error.message : String(error));
}

/** Milliseconds that the gateway asks to wait; undefined for what would be answered again. */
function retryAfter(error: unknown): number | undefined {
  const { retryAfterMs } = (error instanceof SubscriptionEnded && error.errors[0]?.extensions) || {};
  return typeof retryAfterMs === "number" ? retryAfterMs : undefined;
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms));
}

function textOrUndefined(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
