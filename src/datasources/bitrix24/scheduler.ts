import { BATCH_LIMIT } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Call, ReadOptions, WriteOutcome } from "./calls.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Authorization, Connection } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { PortalRateLimited, PortalUnavailable, type UpstreamError } from "./errors.ts";
import { commandCount, dropAbandoned, type Lane, remember, takeParts } from "./lane.ts";
import { createLanes } from "./lanes.ts";
import { createUnit, keyOf, type ReadUnit, settle, type Waiter } from "./read-command.ts";
import { createReadSender, operatingTimeRefusal } from "./read-sender.ts";
import { findShared, share } from "./shared-read.ts";
import type { AllowanceStatus, Plan, UpstreamUsage } from "./usage.ts";
import { createWriteQueue } from "./write-queue.ts";
import { createWriteAttempt, type WriteJob } from "./write-sender.ts";

/** Requests of one portal with reads under way at once. */
const MAX_READ_REQUESTS = 8;
/** A group of reads is split over at most this many batches: one more request for what came before it makes eight in all. */
const MAX_SPLIT = 7;
/** Splitting saves nothing worth a request when a part is smaller. */
const MIN_PART = 5;
/** A request that reads leave to writes. */
const WRITE_RESERVE = 1;
/** While the allowance is scarce, reads gather behind a request under way, but not for longer. */
const LONGEST_GATHERING_MS = 250;
/** Bounds of the waiting room of one portal; linked reads count as one. */
const MAX_QUEUED_READS = 2_000;
const MAX_QUEUED_WRITES = 200;

export interface SchedulerOptions {
  readonly plan: Plan;
  readonly connection: Connection;
  readonly allowance: Allowance;
  readonly breaker: CircuitBreaker;
}

/** Spends one portal's allowance: decides which commands leave when, and in which request. */
export interface Scheduler {
  /** The lane of a credential; `name` tells credentials apart without revealing them. Throws `PortalRateLimited`. */
  lane(name: string, endpoint: Endpoint, authorization: () => Authorization): Lane;
  /** Queues reads that ride together, or joins one that is the same. Refusals are settled on the waiters. */
  read(
    lane: Lane,
    calls: readonly [Call<unknown>, ...Call<unknown>[]],
    waiters: readonly Waiter[],
    options: ReadOptions & { alone: boolean },
  ): ReadUnit | undefined;
  write<T, R>(
    lane: Lane,
    call: Call<T>,
    reread: Call<R> | undefined,
    operation: { usage: UpstreamUsage; deadlineAt: number },
    resolve: (outcome: WriteOutcome<T, R>) => void,
    reject: (error: UpstreamError) => void,
  ): WriteJob | undefined;
  /** Takes back a write that has not left, for good; false when it has. */
  withdraw(job: WriteJob): boolean;
  epoch(): number;
  status(lane: Lane | undefined): AllowanceStatus;
  /** Nothing is sent any more; what waits is refused. */
  close(): void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { allowance, breaker, connection } = options;
  const lanes = createLanes();
  let epoch = 0;
  let readRequests = 0;
  let turn: NodeJS.Immediate | undefined;
  let wakeUp: NodeJS.Timeout | undefined;
  let wakeAt = 0;
  let pumping = false;
  let pumpAgain = false;
  let closed = false;
  const delayed = new Map<NodeJS.Timeout, () => void>();

  const changed = (): void => {
    epoch += 1;
  };
  const later = (run: () => void, ms: number): void => {
    if (closed) {
      run();
      return;
    }
    const timer = setTimeout(() => {
      delayed.delete(timer);
      run();
    }, ms);
    delayed.set(timer, run);
  };
  const writes = createWriteQueue({ allowance, later, wakeIn, moved: atTurnEnd });
  const sendReads = createReadSender({ connection, allowance, epoch: () => epoch, later, requeued: atTurnEnd });

  /** Everything asked for in this turn of the event loop leaves together. */
  function atTurnEnd(): void {
    if (closed) {
      refuseAll(stopping);
      return;
    }
    turn ??= setImmediate(() => {
      turn = undefined;
      void pump();
    });
  }

  /** Looks again after a time; of several times the earliest counts. */
  function wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (closed || (wakeUp !== undefined && wakeAt <= at)) return;
    clearTimeout(wakeUp);
    wakeAt = at;
    wakeUp = setTimeout(() => {
      wakeUp = undefined;
      void pump();
    }, ms);
  }

  async function pump(): Promise<void> {
    if (pumping) {
      pumpAgain = true;
      return;
    }
    pumping = true;
    do {
      pumpAgain = false;
      while (!closed && (await dispatchNext())) {
        // Until nothing more may leave now.
      }
    } while (pumpAgain);
    pumping = false;
  }

  /** Sends the most urgent request that may leave now; false when there is none. */
  async function dispatchNext(): Promise<boolean> {
    if (breaker.restLeft() > 0) {
      refuseAll(resting);
      return false;
    }
    if (writes.hasNext()) return writes.dispatch();
    if (readRequests >= MAX_READ_REQUESTS) return false;
    const lane = lanes.next(gatheringLeft);
    if (typeof lane !== "number") return dispatchReads(lane);
    if (Number.isFinite(lane)) wakeIn(lane);
    return false;
  }

  function gatheringLeft(lane: Lane): number {
    if (lane.requestsInFlight === 0 || !allowance.isScarce() || commandCount(lane.queued) >= BATCH_LIMIT) return 0;
    const oldest = lane.queued[0]?.[0].enqueuedAt ?? 0;
    return Math.max(0, oldest + LONGEST_GATHERING_MS - performance.now());
  }

  async function dispatchReads(lane: Lane): Promise<boolean> {
    const count = commandCount(lane.queued);
    const free = MAX_READ_REQUESTS - readRequests;
    const needed = Math.min(free, Math.ceil(count / BATCH_LIMIT));
    const first = allowance.take(needed, WRITE_RESERVE);
    const granted = first instanceof Promise ? await first : first;
    if (granted.taken === 0) {
      wakeIn(granted.waitMs);
      return false;
    }
    let requests = granted.taken;
    if (requests === needed)
      requests += await takeSurplus(Math.min(free, MAX_SPLIT, Math.floor(count / MIN_PART)) - needed);
    // Clients may have left while a shared allowance was asked.
    dropAbandoned(lane);
    const parts = closed ? [] : takeParts(lane, requests, BATCH_LIMIT);
    if (parts.length < requests) allowance.giveBack(requests - parts.length);
    for (const units of parts) {
      readRequests += 1;
      lane.requestsInFlight += 1;
      void sendReads(lane, units).finally(() => {
        readRequests -= 1;
        lane.requestsInFlight -= 1;
        atTurnEnd();
      });
    }
    return true;
  }

  async function takeSurplus(wanted: number): Promise<number> {
    if (wanted <= 0) return 0;
    const taken = allowance.takeSurplus(wanted, WRITE_RESERVE);
    return taken instanceof Promise ? await taken : taken;
  }

  function resting(method: string): UpstreamError {
    const message = "The portal failed repeatedly and is being given a rest. Try again in a few seconds.";
    return new PortalUnavailable(message, method);
  }

  function stopping(method: string): UpstreamError {
    return new PortalUnavailable(`The gateway stops; ${method} was not sent.`, method);
  }

  /** Nobody waits for a portal that rests, or for a gateway that stops. */
  function refuseAll(refusal: (method: string) => UpstreamError): void {
    writes.refuseAll((job) => refusal(job.method));
    for (const unit of lanes.drain()) {
      for (const command of unit)
        settle(command, { ok: false, error: command.lastError ?? refusal(command.call.method) });
    }
  }

  /** Why a further command cannot be taken in, or undefined. */
  function refusalFor(
    lane: Lane,
    method: string,
    deadlineAt: number,
    queued: number,
    bound: number,
  ): UpstreamError | undefined {
    if (closed) return stopping(method);
    if (breaker.restLeft() > 0) return resting(method);
    const blockedMs = lane.operating.blockedFor(method);
    if (blockedMs > 0) return operatingTimeRefusal(method, blockedMs);
    const waitMs = allowance.waitFor(writes.size + Math.ceil((queued + 1) / BATCH_LIMIT));
    if (queued >= bound || performance.now() + waitMs > deadlineAt) {
      return new PortalRateLimited(
        "More calls wait for the portal's allowance than can be sent in time.",
        Math.max(waitMs, 500),
        method,
      );
    }
    return undefined;
  }

  return {
    lane: (name, endpoint, authorization) => lanes.open(name, endpoint, authorization),
    read(lane, calls, waiters, { fresh, alone }) {
      const [first] = calls;
      const [waiter] = waiters;
      if (waiter === undefined) return undefined;
      const key = calls.length === 1 ? keyOf(first) : undefined;
      const found = key === undefined ? undefined : findShared(lane, key, first, epoch, fresh === true);
      if (found !== undefined) {
        share(found, waiter);
        return [found];
      }
      const refusal = refusalFor(lane, first.method, waiter.deadlineAt, lanes.queuedReads(), MAX_QUEUED_READS);
      if (refusal !== undefined) {
        for (const each of waiters) each.settle({ ok: false, error: refusal });
        return undefined;
      }
      const unit = createUnit(calls, waiters, { key, alone });
      lane.queued.push(unit);
      remember(lane.waiting, unit);
      atTurnEnd();
      return unit;
    },
    write(lane, call, reread, operation, resolve, reject) {
      const refusal = refusalFor(lane, call.method, operation.deadlineAt, writes.size, MAX_QUEUED_WRITES);
      if (refusal !== undefined) {
        reject(refusal);
        return undefined;
      }
      const job: WriteJob = {
        lane,
        method: call.method,
        usage: operation.usage,
        deadlineAt: operation.deadlineAt,
        enqueuedAt: performance.now(),
        sent: false,
        withdrawn: false,
        attempts: 0,
        attempt: createWriteAttempt({ connection, allowance, changed }, call, reread, resolve, reject),
        reject,
      };
      writes.add(job);
      // A read asked for after this write must not be answered by one from before it.
      changed();
      atTurnEnd();
      return job;
    },
    withdraw: (job) => writes.withdraw(job),
    epoch: () => epoch,
    status: (lane) => ({
      ...allowance.state(),
      plan: options.plan,
      queuedCommands: lanes.queuedReads() + writes.size,
      inFlightRequests: readRequests + writes.inFlight,
      blockedMethods: lane?.operating.blocked() ?? [],
      circuit: breaker.state(),
    }),
    close() {
      closed = true;
      if (turn !== undefined) clearImmediate(turn);
      clearTimeout(wakeUp);
      const runs = [...delayed];
      delayed.clear();
      for (const [timer, run] of runs) {
        clearTimeout(timer);
        run();
      }
      refuseAll(stopping);
    },
  };
}
