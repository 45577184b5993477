import { guard } from "../../process/guard.ts";
import type { LightSignal } from "../../process/light-signal.ts";
import {
  type Call,
  type ParamMap,
  type PortalSession,
  type ReadOptions,
  ResultRef,
  type WriteOutcome,
} from "./calls.ts";
import type { Authorization } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { CallAborted, OutcomeUnknown, PortalTimeout, type UpstreamError } from "./errors.ts";
import { isSafeInBatch } from "./php-query.ts";
import type { BudgetName, Caller, Lane, ReadUnit, Waiter } from "./queue-records.ts";
import { deadlinePassed } from "./read-sender.ts";
import type { Scheduler } from "./scheduler.ts";
import type { UpstreamUsage } from "./usage.ts";

/** What bounds an operation's calls. */
export interface Operation {
  /** Fires when the client has gone or the deadline has passed. */
  readonly signal: LightSignal;
  /** Milliseconds of `performance.now()`. */
  readonly deadlineAt: number;
  readonly usage: UpstreamUsage;
  /**
   * A stable name of who acts (a key's name, a token's hash, a person; of an unproven token the client's address). Requests to the portal take
   * turns between identities, also within one credential. Without it the credential stands for who acts.
   */
  readonly identity?: string | undefined;
  /** What pays for the calls besides the portal's allowance; `ordinary` by default. See `budgets.ts`. */
  readonly budget?: BudgetName | undefined;
  /** Of the budget `live`: an event goes before any heartbeat. */
  readonly urgency?: "event" | "heartbeat" | undefined;
  /** Of the budget `unproven`: tokens of this address were refused lately, so that it goes after all others. */
  readonly isSuspect?: boolean | undefined;
  /** No read joins one that began earlier: the operation executes an event and must see the state after it. */
  readonly fresh?: boolean;
}

export interface SessionOptions {
  readonly scheduler: Scheduler;
  readonly endpoint: Endpoint;
  readonly laneName: string;
  readonly authorization: () => Authorization;
  readonly botClientId: string | undefined;
  readonly onWrite?: ((laneName: string, params: ParamMap) => void) | undefined;
}

/** Binds a scheduler's lane to one operation: its deadline, its client's patience and its account of costs. */
export function createSession(options: SessionOptions, operation: Operation): PortalSession {
  const { scheduler, endpoint } = options;
  const { signal, usage, deadlineAt } = operation;
  const pending = new Set<() => void>();
  const caller = callerOf(operation, options.laneName);
  const lane = (): Lane => scheduler.lane(options.laneName, endpoint, options.authorization);

  const onAbort = guard("giving up the calls of an operation", () => {
    for (const abandon of [...pending]) abandon();
    pending.clear();
  });
  let listens = false;

  /** Most operations wait for nothing, so that the signal is listened to with the first that does. */
  function note(abandon: () => void): void {
    pending.add(abandon);
    if (listens) return;
    listens = true;
    signal.addEventListener("abort", onAbort);
  }

  /** Why a call that has not been answered ends now. */
  function ending(method: string, lastError: UpstreamError | undefined): UpstreamError {
    return performance.now() >= deadlineAt - 20
      ? deadlinePassed(method, lastError)
      : new CallAborted(`The client went away before ${method} was answered.`, method);
  }

  /** A promise for the answer of the read at a place of a unit, and the waiter that settles it. */
  function waiting<T>(
    method: string,
    unitOf: () => ReadUnit | undefined,
    place: number,
  ): { promise: Promise<T>; waiter: Waiter } {
    let waiter: Waiter | undefined;
    const promise = new Promise<T>((resolve, reject) => {
      const abandon = (): void => {
        const unit = unitOf();
        const command = unit?.commands[place];
        if (waiter !== undefined && unit !== undefined && command !== undefined) scheduler.leave(unit, command, waiter);
        reject(ending(method, command?.lastError));
      };
      note(abandon);
      waiter = {
        usage,
        deadlineAt,
        settle(outcome) {
          pending.delete(abandon);
          // Equal keys come with the same decoder, so that a shared value has the type that this caller's decoder gives.
          if (outcome.ok) resolve(outcome.value as T);
          else reject(outcome.error);
        },
      };
    });
    if (waiter === undefined) throw new Error("unreachable: promise executors run at once");
    return { promise, waiter };
  }

  function begin(method: string): void {
    if (signal.aborted) throw ending(method, undefined);
    if (performance.now() >= deadlineAt)
      throw new PortalTimeout(`The operation's time ran out before ${method} was called.`, method);
  }

  async function read<T>(call: Call<T>, { fresh = operation.fresh ?? false, begun }: ReadOptions = {}): Promise<T> {
    begin(call.method);
    // Before anybody waits: it throws when there are too many lanes.
    const own = lane();
    let unit: ReadUnit | undefined;
    const { promise, waiter } = waiting<T>(call.method, () => unit, 0);
    const alone = !isSafeInBatch(call.params);
    unit = scheduler.read(own, caller, [call], [waiter], { fresh, alone });
    if (unit !== undefined) begun?.(unit.enqueuedAt);
    return promise;
  }

  return {
    host: endpoint.host,
    origin: endpoint.origin,
    botClientId: options.botClientId,
    writeEpoch: () => scheduler.epoch(),
    read,
    readLinked<A, B>(
      first: Call<A>,
      second: (ref: (...path: string[]) => ResultRef) => Call<B>,
    ): readonly [Promise<A>, Promise<B>] {
      let own: Lane;
      try {
        begin(first.method);
        own = lane();
      } catch (error) {
        const failed = Promise.reject(error);
        failed.catch(() => {});
        return [failed, failed];
      }
      let unit: ReadUnit | undefined;
      const dependent = second((...path) => new ResultRef(path));
      const a = waiting<A>(first.method, () => unit, 0);
      const b = waiting<B>(dependent.method, () => unit, 1);
      // The caller may look at the first answer only.
      b.promise.catch(() => {});
      // In a batch of its own a text that looks like a reference finds nobody else's answer.
      const alone = !isSafeInBatch(first.params);
      unit = scheduler.read(own, caller, [first, dependent], [a.waiter, b.waiter], { alone });
      return [a.promise, b.promise];
    },
    readTogether<T>(calls: readonly Call<T>[]): readonly Promise<T>[] {
      const [first, ...others] = calls;
      if (first === undefined) return [];
      if (others.length === 0 || !calls.every(({ params }) => isSafeInBatch(params)))
        return calls.map((call) => read(call));
      let own: Lane;
      try {
        begin(first.method);
        own = lane();
      } catch (error) {
        return calls.map(() => {
          const failed = Promise.reject(error);
          failed.catch(() => {});
          return failed;
        });
      }
      let unit: ReadUnit | undefined;
      const waits = calls.map((call, place) => waiting<T>(call.method, () => unit, place));
      for (const { promise } of waits) promise.catch(() => {});
      unit = scheduler.read(
        own,
        caller,
        [first, ...others],
        waits.map(({ waiter }) => waiter),
        { alone: false },
      );
      return waits.map(({ promise }) => promise);
    },
    async write<T, R>(call: Call<T>, reread?: Call<R>): Promise<WriteOutcome<T, R>> {
      begin(call.method);
      const own = lane();
      const tellWrite = (): void => {
        if (call.leavesAllAsItIs !== true) options.onWrite?.(options.laneName, call.params);
      };
      tellWrite();
      const together = reread !== undefined && isSafeInBatch(call.params) && isSafeInBatch(reread.params);
      const outcome = await new Promise<WriteOutcome<T, R>>((resolve, reject) => {
        const finish = (): void => {
          pending.delete(abandon);
        };
        const abandon = (): void => {
          if (job === undefined || scheduler.withdraw(job)) reject(ending(call.method, job?.lastError));
          else reject(new OutcomeUnknown(call.method));
        };
        note(abandon);
        const job = scheduler.write(
          own,
          caller,
          call,
          together ? reread : undefined,
          operation,
          (value) => {
            finish();
            resolve(value);
          },
          (error) => {
            finish();
            reject(error);
          },
        );
      }).finally(tellWrite);
      if (reread === undefined || outcome.reread !== undefined) return outcome;
      const again = read(reread, { fresh: true });
      again.catch(() => {});
      return { ...outcome, reread: again };
    },
  };
}

function callerOf({ identity, budget = "ordinary", urgency, isSuspect }: Operation, laneName: string): Caller {
  const last = (budget === "live" && urgency === "heartbeat") || (budget === "unproven" && isSuspect === true);
  return { key: `${budget}${last ? " last" : ""} ${identity ?? laneName}`, budget, last };
}
