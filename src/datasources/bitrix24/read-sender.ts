import { createBackoff } from "./backoff.ts";
import { batchParams, type CommandAnswer, readBatchResult } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import type { Connection } from "./connection.ts";
import { PortalProtocolError, PortalRateLimited, PortalRefusal, PortalTimeout, UpstreamError } from "./errors.ts";
import { decodeResult, readFailure } from "./failures.ts";
import { forget, isWanted, type Lane, remember } from "./lane.ts";
import { latestDeadline, type Outcome, type ReadCommand, type ReadUnit, settle } from "./read-command.ts";
import type { UpstreamUsage } from "./usage.ts";

export const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 4;
const backoff = createBackoff({ firstMs: 300, longestMs: 2_400 });

export interface ReadSenderOptions {
  readonly connection: Connection;
  readonly allowance: Allowance;
  /** The portal's write epoch. */
  readonly epoch: () => number;
  /** Runs a function later; cancelled when the scheduler closes. */
  readonly later: (run: () => void, ms: number) => void;
  /** A unit went back into its lane's queue. */
  readonly requeued: () => void;
}

/** Sends the units of one lane as one request, settles their commands, and puts back those that may be repeated. */
export function createReadSender(
  options: ReadSenderOptions,
): (lane: Lane, units: readonly ReadUnit[]) => Promise<void> {
  const { connection, allowance } = options;
  const repeats = new WeakMap<Lane, Map<number, ReadUnit[]>>();

  function markSent(lane: Lane, units: readonly ReadUnit[]): void {
    const now = performance.now();
    const countedFor = new Set<UpstreamUsage>();
    const longestWait = new Map<UpstreamUsage, number>();
    for (const unit of units) {
      forget(lane.waiting, unit);
      remember(lane.underWay, unit);
      for (const command of unit) {
        command.sentEpoch = options.epoch();
        command.countedFor = countedFor;
        const counted = new Set<UpstreamUsage>();
        for (const { usage } of command.waiters) {
          if (!countedFor.has(usage)) usage.requests += 1;
          countedFor.add(usage);
          // An operation may wait for one command at several fields.
          if (!counted.has(usage)) usage.commands += 1;
          counted.add(usage);
          const waited = now - command.enqueuedAt;
          const longest = longestWait.get(usage) ?? 0;
          // Waiting out the turn of the event loop is not waiting for the allowance.
          if (waited > 5 && waited > longest) {
            usage.waitedMs += waited - longest;
            longestWait.set(usage, waited);
          }
        }
      }
    }
  }

  /** `chance` is that of the growing pause, one for all units of a request so that they leave together again; undefined is at once. */
  function retry(lane: Lane, unit: ReadUnit, error: UpstreamError, chance: number | undefined): void {
    const attempts = Math.max(...unit.map((command) => command.attempts)) + 1;
    const wait = chance === undefined ? 0 : backoff(attempts, chance);
    const timeLeft = latestDeadline(unit) - performance.now();
    if (attempts >= MAX_ATTEMPTS || wait >= timeLeft || !isWanted(unit)) {
      for (const command of unit) settle(command, { ok: false, error });
      return;
    }
    for (const command of unit) {
      command.attempts = attempts;
      command.lastError = error;
      command.sentEpoch = undefined;
      command.countedFor = undefined;
    }
    remember(lane.waiting, unit);
    repeatAfter(lane, unit, wait);
  }

  /** Units that wait equally long go back together: timers of their own could fire in different turns and part them. */
  function repeatAfter(lane: Lane, unit: ReadUnit, wait: number): void {
    const ofLane = repeats.get(lane) ?? new Map<number, ReadUnit[]>();
    repeats.set(lane, ofLane);
    const together = ofLane.get(wait);
    if (together !== undefined) {
      together.push(unit);
      return;
    }
    const units = [unit];
    ofLane.set(wait, units);
    options.later(() => {
      ofLane.delete(wait);
      lane.queued.push(...units);
      options.requeued();
    }, wait);
  }

  function settleUnit(lane: Lane, unit: ReadUnit, answers: readonly CommandAnswer[], chance: number): void {
    let dependence: Outcome | undefined;
    for (const [index, command] of unit.entries()) {
      const outcome = dependence ?? readAnswer(lane, unit, command, answers[index] ?? { kind: "missing" }, chance);
      // Put back whole: the later commands of a unit mean nothing without the first.
      if (outcome === "repeated") return;
      if (!outcome.ok) dependence ??= index === 0 ? outcome : undefined;
      settle(command, outcome);
    }
  }

  function readAnswer(
    lane: Lane,
    unit: ReadUnit,
    command: ReadCommand,
    answer: CommandAnswer,
    chance: number,
  ): Outcome | "repeated" {
    const { method } = command.call;
    switch (answer.kind) {
      case "result":
        if (answer.operating !== undefined) lane.operating.observe(method, answer.operating);
        try {
          return { ok: true, value: decodeResult(command.call, answer.result, lane.endpoint) };
        } catch (error) {
          if (error instanceof UpstreamError) return { ok: false, error };
          throw error;
        }
      case "missing": {
        if (unit.length === 1) command.alone = true;
        retry(
          lane,
          unit,
          new PortalProtocolError(`The portal's batch left out the answer to ${method}.`, method),
          chance,
        );
        return "repeated";
      }
      case "refused": {
        const { refusal } = answer;
        if (refusal.error === "OPERATION_TIME_LIMIT") return { ok: false, error: blocked(lane, method) };
        if (refusal.error === "ERROR_BATCH_METHOD_NOT_ALLOWED" && unit.length === 1 && !command.alone) {
          command.alone = true;
          retry(lane, unit, refusal, undefined);
          return "repeated";
        }
        if (refusal.error === "ERROR_BATCH_LENGTH_EXCEEDED") {
          retry(lane, unit, refusal, undefined);
          return "repeated";
        }
        const failure = readFailure(method, refusal);
        if (!failure.transient) return { ok: false, error: failure.error };
        if (failure.rateExceeded) allowance.exhausted();
        retry(lane, unit, failure.error, failure.rateExceeded ? undefined : chance);
        return "repeated";
      }
    }
  }

  function fail(lane: Lane, unit: ReadUnit, error: unknown, chance: number): void {
    const failure = readFailure(unit[0].call.method, error);
    if (failure.transient) {
      retry(lane, unit, failure.error, failure.rateExceeded ? undefined : chance);
      return;
    }
    for (const command of unit) {
      settle(command, { ok: false, error: readFailure(command.call.method, error).error });
    }
  }

  return async (lane, units) => {
    const commands = units.flat();
    const [only] = commands;
    if (only === undefined) return;
    markSent(lane, units);
    const chance = Math.random();
    const timeoutMs = Math.min(REQUEST_TIMEOUT_MS, latestDeadline(commands) - performance.now());
    try {
      if (commands.length === 1) {
        const { method, params } = only.call;
        const envelope = await connection.post(lane.endpoint, lane.authorization, method, params, timeoutMs);
        forget(lane.underWay, [only]);
        settleUnit(lane, [only], [{ kind: "result", result: envelope.result, operating: envelope.operating }], chance);
        return;
      }
      const groups = units.map((unit) => unit.map((command) => command.call));
      const envelope = await connection.post(
        lane.endpoint,
        lane.authorization,
        "batch",
        batchParams(groups),
        timeoutMs,
      );
      const answers = readBatchResult(groups.flat(), envelope.result);
      let at = 0;
      for (const unit of units) {
        forget(lane.underWay, unit);
        settleUnit(lane, unit, answers.slice(at, at + unit.length), chance);
        at += unit.length;
      }
    } catch (error) {
      const refusedMethod = commands.length === 1 ? only.call.method : undefined;
      const timeLimit = refusedMethod !== undefined && isOperationTimeLimit(error);
      for (const unit of units) {
        forget(lane.underWay, unit);
        if (timeLimit) settle(unit[0], { ok: false, error: blocked(lane, unit[0].call.method) });
        else fail(lane, unit, error, chance);
      }
      if (readFailure("batch", error).rateExceeded) allowance.exhausted();
    }
  };
}

function isOperationTimeLimit(error: unknown): boolean {
  return error instanceof PortalRefusal && error.error === "OPERATION_TIME_LIMIT";
}

/** Notes that the portal blocks a method of this credential for now. */
export function blocked(lane: Lane, method: string): PortalRateLimited {
  return operatingTimeRefusal(method, lane.operating.block(method));
}

export function operatingTimeRefusal(method: string, retryAfterMs: number): PortalRateLimited {
  return new PortalRateLimited(
    `The portal blocks ${method} because it used up its operating time. Other methods still work.`,
    retryAfterMs,
    method,
    "OPERATION_TIME_LIMIT",
  );
}

/** What an operation is told whose time ran out while its command had not left, or had failed and waited for its repetition. */
export function deadlinePassed(method: string, lastError: UpstreamError | undefined): UpstreamError {
  return lastError ?? new PortalTimeout(`The operation's time ran out before the portal answered ${method}.`, method);
}
