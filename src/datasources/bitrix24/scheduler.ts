import { createLightSignal } from "../../process/light-signal.ts";
import { expectedWait, type Newcomer } from "./admission.ts";
import type { Allowance } from "./bucket.ts";
import { createBudgets } from "./budgets.ts";
import type { Call, ReadOptions, WriteOutcome } from "./calls.ts";
import type { CircuitBreaker } from "./circuit-breaker.ts";
import { createCommandCosts } from "./command-costs.ts";
import type { Authorization, Connection } from "./connection.ts";
import type { Endpoint } from "./credentials.ts";
import { PortalRateLimited, PortalResting, PortalUnavailable, type UpstreamError } from "./errors.ts";
import { forget } from "./lane.ts";
import { createLanes } from "./lanes.ts";
import { isAged, type NextTurnOptions, nextTurn } from "./next-turn.ts";
import { createParties } from "./party.ts";
import { createPump } from "./pump.ts";
import type { Caller, Lane, Party, ReadCommand, ReadUnit, Waiter, WriteJob } from "./queue-records.ts";
import { createUnit, isWanted, keyOf, settleFailed } from "./read-command.ts";
import { createReadDispatch } from "./read-dispatch.ts";
import { createReadQueue } from "./read-queue.ts";
import { createReadSender, operatingTimeRefusal } from "./read-sender.ts";
import { findShared, share } from "./shared-read.ts";
import { createSlots } from "./slots.ts";
import { createTurns } from "./turns.ts";
import type { AllowanceStatus, BucketState, Plan, UpstreamUsage } from "./usage.ts";
import { createWaitingRoom } from "./waiting-room.ts";
import { createWriteDispatch } from "./write-dispatch.ts";
import { createWriteQueue } from "./write-queue.ts";
import { createWriteAttempt } from "./write-sender.ts";

/** Requests of one portal under way at once. With abandoned writes they need no more sockets than a portal is given. */
const READ_SLOTS = { usual: 8, extra: 8 };
const WRITE_SLOTS = { usual: 4, extra: 4 };
/** Bounds of the waiting rooms of one portal; linked reads count as one. */
const QUEUED_READS = { ordinary: 2_000, unproven: 100, live: 500, background: 200 };
const QUEUED_WRITES = { ordinary: 200, unproven: 10, live: 20, background: 1 };
/** A read that is given up this soon anyway need not be cancelled, and so tells whether the portal answers in time. */
const NEARLY_OVER_MS = 50;

export interface SchedulerOptions {
  readonly plan: Plan;
  readonly connection: Connection;
  readonly allowance: Allowance;
  readonly breaker: CircuitBreaker;
  /** The part of the drain that the live side's own questions may use together. */
  readonly liveShare: number;
}

/** Spends one portal's allowance: decides which commands leave when, and in which request. */
export interface Scheduler {
  /** The lane of a credential; `name` tells credentials apart without revealing them. Throws `PortalRateLimited`. */
  lane(name: string, endpoint: Endpoint, authorization: () => Authorization): Lane;
  /** Queues reads that ride together, or joins one that is the same. Refusals are settled on the waiters. */
  read(
    lane: Lane,
    caller: Caller,
    calls: readonly [Call<unknown>, ...Call<unknown>[]],
    waiters: readonly Waiter[],
    options: ReadOptions & { alone: boolean },
  ): ReadUnit | undefined;
  /** One who waited for a command has left. What nobody waits for any more is not sent, or not waited for. */
  leave(unit: ReadUnit, command: ReadCommand, waiter: Waiter): void;
  write<T, R>(
    lane: Lane,
    caller: Caller,
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
  /** The allowance alone, which each answer tells. */
  bucket(): BucketState;
  /** Nothing is sent any more; what waits is refused. */
  close(): void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { allowance, breaker, connection } = options;
  let epoch = 0;
  const changed = (): void => {
    epoch += 1;
  };

  const lanes = createLanes();
  const budgets = createBudgets(options.plan, options.liveShare, allowance);
  const slots = { reads: createSlots(READ_SLOTS), writes: createSlots(WRITE_SLOTS) };
  const rooms = { reads: createWaitingRoom(QUEUED_READS), writes: createWaitingRoom(QUEUED_WRITES) };
  const parties = createParties((party) => slots.reads.isUsedBy(party) || slots.writes.isUsedBy(party));
  const turns = createTurns<Party>((party) => party.writes.length === 0 && !isAged(party));
  const costs = createCommandCosts();
  const reads = createReadQueue({ turns, room: rooms.reads, costs, emptied: giveBackGranted });
  const writes = createWriteQueue({ turns, room: rooms.writes });
  const pump = createPump({ dispatchNext, refuse: () => refuseAll(stopping) });
  const { later, wakeIn, atTurnEnd: moved } = pump;
  const send = createReadSender({ connection, allowance, costs, epoch: () => epoch, later, requeue });
  const dispatchReads = createReadDispatch({
    turns,
    queue: reads,
    slots: slots.reads,
    allowance,
    budgets,
    giveBackGranted,
    send,
    wakeIn,
    moved,
  });
  const { dispatch: dispatchWrite, withdraw } = createWriteDispatch({
    turns,
    queue: writes,
    slots: slots.writes,
    allowance,
    budgets,
    later,
    wakeIn,
    moved,
  });
  const backlog = {
    turns,
    readLanes: reads.lanes,
    queuedReads: () => rooms.reads.size,
    queuedWrites: () => rooms.writes.size,
  };
  const nextTurnOptions: NextTurnOptions = {
    turns,
    allowance,
    budgets,
    slots,
    competition: {
      reads: () => ({ parties: rooms.reads.parties, lanes: reads.lanes.size }),
      writes: () => ({ parties: rooms.writes.parties, lanes: writes.lanes }),
    },
  };

  /** Sends the request whose turn it is; false when none may leave now. */
  function dispatchNext(): boolean | Promise<boolean> {
    if (breaker.restLeft() > 0) {
      refuseAll(resting);
      return false;
    }
    const turn = nextTurn(nextTurnOptions);
    if (typeof turn === "number") {
      if (Number.isFinite(turn)) wakeIn(turn);
      return false;
    }
    return turn.kind === "write" ? dispatchWrite(turn.job) : dispatchReads(turn.party, turn.lane, turn.free);
  }

  function giveBackGranted(lane: Lane): void {
    if (lane.granted === 0) return;
    allowance.giveBack(lane.granted);
    lane.granted = 0;
  }

  /** Reads that failed and may be repeated. */
  function requeue(units: readonly ReadUnit[]): void {
    for (const unit of units) {
      if (isWanted(unit)) reads.add(unit);
      else forget(unit.lane.waiting, unit);
    }
    moved();
  }

  function resting(method: string): UpstreamError {
    return new PortalResting(breaker.restLeft(), method);
  }

  function stopping(method: string): UpstreamError {
    return new PortalUnavailable(`The gateway stops; ${method} was not sent.`, method);
  }

  function crowded(method: string, waitMs: number): UpstreamError {
    const message = "More calls wait for the portal's allowance than can be sent in time.";
    return new PortalRateLimited(message, Math.max(waitMs, 500), method);
  }

  function sparing(method: string, waitMs: number): UpstreamError {
    const message = `Half of the operating time of ${method} is used; the rest is left to those who wait for it.`;
    return new PortalRateLimited(message, waitMs, method);
  }

  /** Nobody waits for a portal that rests, or for a gateway that stops. */
  function refuseAll(refusal: (method: string) => UpstreamError): void {
    for (const job of writes.drain()) job.reject(refusal(job.method));
    for (const unit of reads.drain()) {
      settleFailed(unit, (command) => command.lastError ?? refusal(command.call.method));
    }
  }

  /** Why a further call cannot be taken in, or undefined when it has a place. */
  function refusalFor(newcomer: Newcomer, method: string, deadlineAt: number): UpstreamError | undefined {
    if (pump.closed) return stopping(method);
    if (breaker.restLeft() > 0) return resting(method);
    const blockedMs = newcomer.lane.operating.blockedFor(method);
    if (blockedMs > 0) return operatingTimeRefusal(method, blockedMs);
    const sparedMs = newcomer.party.budget === "background" ? newcomer.lane.operating.sparedFor(method) : 0;
    if (sparedMs > 0) return sparing(method, sparedMs);
    const patienceMs = deadlineAt - performance.now();
    const waitMs = expectedWait(backlog, newcomer, { allowance, budgets }, patienceMs);
    return waitMs > patienceMs || !makePlace(newcomer, waitMs) ? crowded(method, waitMs) : undefined;
  }

  /** Whether there is place in the waiting room, made at the expense of who has most in it if need be. */
  function makePlace({ party, kind }: Newcomer, waitMs: number): boolean {
    const room = kind === "read" ? rooms.reads : rooms.writes;
    const place = room.placeFor(party);
    if (place === "free" || place === "none") return place === "free";
    if (kind === "write") {
      const newest = place.writes.at(-1);
      if (newest === undefined || !writes.remove(newest)) return false;
      newest.reject(crowded(newest.method, waitMs));
      return true;
    }
    const newest = reads.newestOf(place);
    if (newest === undefined) return false;
    reads.remove(newest);
    settleFailed(newest, (command) => crowded(command.call.method, waitMs));
    return true;
  }

  return {
    lane: (name, endpoint, authorization) => lanes.open(name, endpoint, authorization),
    read(lane, caller, calls, waiters, { fresh, alone }) {
      const [first] = calls;
      const [waiter] = waiters;
      if (waiter === undefined) return undefined;
      const party = parties.of(caller);
      const key = calls.length === 1 ? keyOf(first) : undefined;
      const found =
        key === undefined ? undefined : findShared({ lane, party, key, fresh: fresh === true }, first, epoch);
      if (found !== undefined) {
        share(found.commands[0], waiter);
        return found;
      }
      const refusal = refusalFor({ party, lane, kind: "read" }, first.method, waiter.deadlineAt);
      if (refusal !== undefined) {
        for (const each of waiters) each.settle({ ok: false, error: refusal });
        return undefined;
      }
      const unit = createUnit(calls, waiters, { lane, party, key, alone });
      reads.add(unit);
      moved();
      return unit;
    },
    leave(unit, command, waiter) {
      command.waiters.delete(waiter);
      if (isWanted(unit)) return;
      if (unit.queued) reads.remove(unit);
      const { request } = unit;
      if (request === undefined || request.units.some(isWanted)) return;
      if (request.deadlineAt - performance.now() < NEARLY_OVER_MS) return;
      // From now on nobody may join what will not be answered.
      for (const each of request.units) forget(each.lane.underWay, each);
      request.cancellation.abort();
    },
    write(lane, caller, call, reread, operation, resolve, reject) {
      const party = parties.of(caller);
      const refusal = refusalFor({ party, lane, kind: "write" }, call.method, operation.deadlineAt);
      if (refusal !== undefined) {
        reject(refusal);
        return undefined;
      }
      const noteChange = call.leavesAllAsItIs === true ? () => {} : changed;
      const job: WriteJob = {
        lane,
        party,
        method: call.method,
        usage: operation.usage,
        deadlineAt: operation.deadlineAt,
        enqueuedAt: performance.now(),
        cancellation: createLightSignal(),
        sent: false,
        withdrawn: false,
        attempts: 0,
        lastError: undefined,
        attempt: createWriteAttempt({ connection, allowance, changed: noteChange }, call, reread, resolve, reject),
        reject,
      };
      writes.add(job, false);
      // A read asked for after this write must not be answered by one from before it.
      noteChange();
      moved();
      return job;
    },
    withdraw,
    epoch: () => epoch,
    status: (lane) => ({
      ...allowance.state(),
      plan: options.plan,
      queuedCommands: rooms.reads.size + rooms.writes.size,
      inFlightRequests: slots.reads.taken + slots.writes.taken,
      blockedMethods: lane?.operating.blocked() ?? [],
      circuit: breaker.state(),
    }),
    bucket: () => allowance.state(),
    close: () => pump.close(),
  };
}
