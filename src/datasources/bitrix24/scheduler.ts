import { BATCH_LIMIT } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Call, ReadOptions, WriteOutcome } from "./calls.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import type { Authorization, Connection } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { PortalRateLimited, PortalTimeout, PortalUnavailable, type UpstreamError } from "./errors.ts";
import { commandCount, createLane, dropAbandoned, forget, isIdle, type Lane, remember, takeParts } from "./lane.ts";
import { keyOf, type ReadCommand, type ReadUnit, settle, type Waiter } from "./read-command.ts";
import { createReadSender, operatingTimeRefusal } from "./read-sender.ts";
import type { AllowanceStatus, Plan, UpstreamUsage } from "./usage.ts";
import { createWriteAttempt, type WriteJob } from "./write-sender.ts";

/** Requests of one portal under way at once. */
const MAX_READ_REQUESTS = 8;
const MAX_WRITE_REQUESTS = 4;
/** A group of reads is split over at most this many batches: one more request for what came before it makes eight in all. */
const MAX_SPLIT = 7;
/** Splitting saves nothing worth a request when a part is smaller. */
const MIN_PART = 5;
/** Requests that reads leave to writes. */
const WRITE_RESERVE = 2;
/** While the allowance is scarce, reads gather behind a request under way, but not for longer. */
const LONGEST_GATHERING_MS = 250;
/** Bounds of the waiting room of one portal; linked reads count as one. */
const MAX_QUEUED_READS = 2_000;
const MAX_QUEUED_WRITES = 200;
const MAX_LANES = 500;
/** A write that would leave with less time than this could hardly be answered in time. */
const MIN_WRITE_TIME_MS = 250;

export interface SchedulerOptions {
  readonly plan: Plan;
  readonly connection: Connection;
  readonly allowance: Allowance;
  readonly breaker: CircuitBreaker;
}

/** Spends one portal's allowance: decides which commands leave when, and in which request. */
export interface Scheduler {
  /** The lane of a credential; `name` tells credentials apart without revealing them. */
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
  /** Removes a write that has not left; false when it has. */
  withdraw(job: WriteJob): boolean;
  epoch(): number;
  status(lane: Lane | undefined): AllowanceStatus;
  close(): void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { allowance, breaker, connection } = options;
  const lanes = new Map<string, Lane>();
  let writes: WriteJob[] = [];
  let epoch = 0;
  let readRequests = 0;
  let writeRequests = 0;
  let turn: NodeJS.Immediate | undefined;
  let wakeUp: NodeJS.Timeout | undefined;
  let wakeAt = 0;
  let pumping = false;
  let pumpAgain = false;
  let closed = false;
  const timers = new Set<NodeJS.Timeout>();

  const changed = (): void => {
    epoch += 1;
  };
  const later = (run: () => void, ms: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms);
    timers.add(timer);
  };
  const sendReads = createReadSender({ connection, allowance, epoch: () => epoch, later, requeued: atTurnEnd });

  /** Everything asked for in this turn of the event loop leaves together. */
  function atTurnEnd(): void {
    if (closed) return;
    turn ??= setImmediate(() => {
      turn = undefined;
      void pump();
    });
  }

  /** Looks again after a time; of several times the earliest counts. */
  function wakeIn(ms: number): void {
    const at = performance.now() + ms;
    if (wakeUp !== undefined && wakeAt <= at) return;
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
      refuseAll();
      return false;
    }
    const job = writes[0];
    if (job !== undefined && writeRequests < MAX_WRITE_REQUESTS) return dispatchWrite(job);
    if (readRequests >= MAX_READ_REQUESTS) return false;
    const lane = nextLane();
    return lane === undefined ? false : dispatchReads(lane);
  }

  async function dispatchWrite(job: WriteJob): Promise<boolean> {
    if (job.deadlineAt - performance.now() < MIN_WRITE_TIME_MS) {
      writes = writes.filter((other) => other !== job);
      job.reject(
        new PortalTimeout(
          `The operation's time ran out before ${job.method} could be sent. It was not sent.`,
          job.method,
        ),
      );
      return true;
    }
    const answer = allowance.take(1, 0);
    const { taken, waitMs } = answer instanceof Promise ? await answer : answer;
    if (taken === 0) {
      wakeIn(waitMs);
      return false;
    }
    if (!writes.includes(job)) {
      // Withdrawn while a shared allowance was asked.
      allowance.giveBack(1);
      return true;
    }
    writes = writes.filter((other) => other !== job);
    writeRequests += 1;
    void job.attempt(job).then((repeatAfterMs) => {
      writeRequests -= 1;
      if (repeatAfterMs !== undefined) {
        later(() => {
          writes.unshift(job);
          atTurnEnd();
        }, repeatAfterMs);
      }
      atTurnEnd();
    });
    return true;
  }

  /** The lane that waits for its turn, in rotation, so that one busy credential does not starve the others. */
  function nextLane(): Lane | undefined {
    let gatherMs = Number.POSITIVE_INFINITY;
    for (const [name, lane] of lanes) {
      dropAbandoned(lane);
      if (lane.queued.length === 0) continue;
      const gather = gatheringLeft(lane);
      if (gather > 0) {
        gatherMs = Math.min(gatherMs, gather);
        continue;
      }
      lanes.delete(name);
      lanes.set(name, lane);
      return lane;
    }
    if (gatherMs !== Number.POSITIVE_INFINITY) wakeIn(gatherMs);
    return undefined;
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
    const parts = takeParts(lane, requests, BATCH_LIMIT);
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
    return parts.length > 0;
  }

  async function takeSurplus(wanted: number): Promise<number> {
    if (wanted <= 0) return 0;
    const taken = allowance.takeSurplus(wanted, WRITE_RESERVE);
    return taken instanceof Promise ? await taken : taken;
  }

  function queuedReads(): number {
    let count = 0;
    for (const lane of lanes.values()) count += lane.queued.length;
    return count;
  }

  function restingRefusal(method: string): PortalUnavailable {
    return new PortalUnavailable(
      "The portal failed repeatedly and is being given a rest. Try again in a few seconds.",
      method,
    );
  }

  /** While the portal rests nobody waits for it. */
  function refuseAll(): void {
    const refused = writes;
    writes = [];
    for (const job of refused) job.reject(restingRefusal(job.method));
    for (const lane of lanes.values()) {
      const units = lane.queued;
      lane.queued = [];
      for (const unit of units) {
        forget(lane.waiting, unit);
        for (const command of unit)
          settle(command, { ok: false, error: command.lastError ?? restingRefusal(command.call.method) });
      }
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
    if (breaker.restLeft() > 0) return restingRefusal(method);
    const blockedMs = lane.operating.blockedFor(method);
    if (blockedMs > 0) return operatingTimeRefusal(method, blockedMs);
    const waitMs = allowance.waitFor(writes.length + Math.ceil((queued + 1) / BATCH_LIMIT));
    if (queued >= bound || performance.now() + waitMs > deadlineAt) {
      return new PortalRateLimited(
        "More calls wait for the portal's allowance than can be sent in time.",
        Math.max(waitMs, 500),
        method,
      );
    }
    return undefined;
  }

  /** A read that this one may share, by the rules of freshness: one under way only if no write began or ended since it was sent. */
  function joinable(lane: Lane, key: string, call: Call<unknown>, fresh: boolean): ReadCommand | undefined {
    const waiting = lane.waiting.get(key);
    if (waiting !== undefined && waiting.call.decode === call.decode) return waiting;
    const underWay = fresh ? undefined : lane.underWay.get(key);
    return underWay?.sentEpoch === epoch && underWay.call.decode === call.decode ? underWay : undefined;
  }

  function join(command: ReadCommand, waiter: Waiter): void {
    const known = [...command.waiters].some((other) => other.usage === waiter.usage);
    command.waiters.add(waiter);
    if (command.countedFor === undefined || known) return;
    if (!command.countedFor.has(waiter.usage)) waiter.usage.requests += 1;
    command.countedFor.add(waiter.usage);
    waiter.usage.commands += 1;
  }

  return {
    lane(name, endpoint, authorization) {
      const known = lanes.get(name);
      if (known !== undefined) return known;
      if (lanes.size >= MAX_LANES) {
        for (const [other, lane] of lanes) if (isIdle(lane)) lanes.delete(other);
        if (lanes.size >= MAX_LANES)
          throw new PortalRateLimited("Too many different users wait for this portal.", 1_000);
      }
      const lane = createLane(endpoint, authorization());
      lanes.set(name, lane);
      return lane;
    },
    read(lane, calls, waiters, { fresh, alone }) {
      const [first] = calls;
      const [waiter] = waiters;
      if (waiter === undefined) return undefined;
      const shared = calls.length === 1;
      const key = shared ? keyOf(first) : undefined;
      const found = key === undefined ? undefined : joinable(lane, key, first, fresh === true);
      if (found !== undefined) {
        join(found, waiter);
        return [found];
      }
      const refusal = refusalFor(lane, first.method, waiter.deadlineAt, queuedReads(), MAX_QUEUED_READS);
      if (refusal !== undefined) {
        for (const each of waiters) each.settle({ ok: false, error: refusal });
        return undefined;
      }
      const create = (call: Call<unknown>, index: number): ReadCommand => {
        const own = waiters[index];
        return {
          call,
          key,
          waiters: new Set(own === undefined ? [] : [own]),
          enqueuedAt: performance.now(),
          sentEpoch: undefined,
          countedFor: undefined,
          attempts: 0,
          lastError: undefined,
          alone,
        };
      };
      const unit: ReadUnit = [create(first, 0), ...calls.slice(1).map((call, index) => create(call, index + 1))];
      lane.queued.push(unit);
      remember(lane.waiting, unit);
      atTurnEnd();
      return unit;
    },
    write(lane, call, reread, operation, resolve, reject) {
      const refusal = refusalFor(lane, call.method, operation.deadlineAt, writes.length, MAX_QUEUED_WRITES);
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
        attempts: 0,
        attempt: createWriteAttempt({ connection, allowance, changed }, call, reread, resolve, reject),
        reject,
      };
      writes.push(job);
      // A read asked for after this write must not be answered by one from before it.
      changed();
      atTurnEnd();
      return job;
    },
    withdraw(job) {
      if (job.sent) return false;
      writes = writes.filter((other) => other !== job);
      return true;
    },
    epoch: () => epoch,
    status: (lane) => ({
      ...allowance.state(),
      plan: options.plan,
      queuedCommands: queuedReads() + writes.length,
      inFlightRequests: readRequests + writeRequests,
      blockedMethods: lane?.operating.blocked() ?? [],
      circuit: breaker.state(),
    }),
    close() {
      closed = true;
      if (turn !== undefined) clearImmediate(turn);
      clearTimeout(wakeUp);
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}
