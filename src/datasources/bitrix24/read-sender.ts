import { guard } from "../../process/guard.ts";
import { createLightSignal } from "../../process/light-signal.ts";
import { createBackoff } from "./backoff.ts";
import { batchParams, type CommandAnswer, readBatchResult } from "./batch.ts";
import type { Allowance } from "./bucket.ts";
import { type ParamMap, ResultRef } from "./calls.ts";
import type { CommandCosts } from "./command-costs.ts";
import type { Connection, RequestContent } from "./connection.ts";
import { PortalProtocolError, PortalRateLimited, PortalRefusal, PortalTimeout, UpstreamError } from "./errors.ts";
import { decodeResult, readFailure } from "./failures.ts";
import { forget, remember } from "./lane.ts";
import type { Lane, Outcome, ReadCommand, ReadRequest, ReadUnit } from "./queue-records.ts";
import { isWanted, latestDeadline, settle, settleFailed } from "./read-command.ts";
import { createSlices } from "./slices.ts";
import type { UpstreamUsage } from "./usage.ts";

export const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 4;
/** Of a smaller batch, what else happens in the same turn of the event loop is most of what can be measured. */
const LEAST_MEASURED = 5;
const backoff = createBackoff({ firstMs: 300, longestMs: 2_400 });

export interface ReadSenderOptions {
  readonly connection: Connection;
  readonly allowance: Allowance;
  readonly costs: CommandCosts;
  /** The portal's write epoch. */
  readonly epoch: () => number;
  /** Runs a function later; cancelled when the scheduler closes. */
  readonly later: (run: () => void, ms: number) => void;
  /** Takes units that may be repeated back into the queue. */
  readonly requeue: (units: readonly ReadUnit[]) => void;
}

/** Whether a command means nothing without the answer of the first of its unit. */
function refersToFirst({ call: { params } }: ReadCommand): boolean {
  return Object.values(params).some((value) => value instanceof ResultRef);
}

/** Sends the units of one lane as one request, settles their commands, and puts back those that may be repeated. */
export function createReadSender(
  options: ReadSenderOptions,
): (lane: Lane, units: readonly ReadUnit[]) => Promise<void> {
  const { connection, allowance, costs } = options;
  const repeats = new WeakMap<Lane, Map<number, ReadUnit[]>>();

  function markSent(lane: Lane, units: readonly ReadUnit[]): void {
    const now = performance.now();
    const countedFor = new Set<UpstreamUsage>();
    const longestWait = new Map<UpstreamUsage, number>();
    for (const unit of units) {
      forget(lane.waiting, unit);
      remember(lane.underWay, unit);
      for (const command of unit.commands) {
        command.sentEpoch = options.epoch();
        command.countedFor = countedFor;
        const counted = new Set<UpstreamUsage>();
        for (const { usage } of command.waiters) {
          if (!countedFor.has(usage)) usage.requests += 1;
          countedFor.add(usage);
          // An operation may wait for one command at several fields.
          if (!counted.has(usage)) usage.commands += 1;
          counted.add(usage);
          const waited = now - unit.enqueuedAt;
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
    const attempts = unit.attempts + 1;
    const wait = chance === undefined ? 0 : backoff(attempts, chance);
    const timeLeft = latestDeadline([unit]) - performance.now();
    if (attempts >= MAX_ATTEMPTS || wait >= timeLeft || !isWanted(unit)) {
      settleFailed(unit, () => error);
      return;
    }
    unit.attempts = attempts;
    for (const command of unit.commands) {
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
      options.requeue(units);
    }, wait);
  }

  function settleUnit(lane: Lane, unit: ReadUnit, answers: readonly CommandAnswer[], chance: number): void {
    let dependence: Outcome | undefined;
    for (const [index, command] of unit.commands.entries()) {
      const outcome =
        (refersToFirst(command) ? dependence : undefined) ??
        readAnswer(lane, unit, command, answers[index] ?? { kind: "missing" }, chance);
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
        if (answer.tookMs !== undefined) costs.observe(command.call, answer.tookMs);
        try {
          return { ok: true, value: decodeResult(command.call, answer.result, lane.endpoint) };
        } catch (error) {
          if (error instanceof UpstreamError) return { ok: false, error };
          throw error;
        }
      case "missing": {
        if (unit.commands.length === 1) unit.alone = true;
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
        if (refusal.code === "OPERATION_TIME_LIMIT") return { ok: false, error: blocked(lane, method) };
        if (refusal.code === "ERROR_BATCH_METHOD_NOT_ALLOWED" && unit.commands.length === 1 && !unit.alone) {
          unit.alone = true;
          retry(lane, unit, refusal, undefined);
          return "repeated";
        }
        if (refusal.code === "ERROR_BATCH_LENGTH_EXCEEDED") {
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
    const failure = readFailure(unit.commands[0].call.method, error);
    if (failure.transient) {
      retry(lane, unit, failure.error, failure.rateExceeded ? undefined : chance);
      return;
    }
    settleFailed(unit, (command) => readFailure(command.call.method, error).error);
  }

  /** Whoever waits for one of the commands goes on at the end of a slice, in the same turn of the event loop. */
  async function settleInSlices(
    lane: Lane,
    units: readonly ReadUnit[],
    answers: readonly CommandAnswer[],
    chance: number,
  ): Promise<void> {
    const begun = performance.now();
    const slices = createSlices();
    let isFirst = true;
    let at = 0;
    for (const unit of units) {
      const own = answers.slice(at, at + unit.commands.length);
      settleUnit(lane, unit, own, chance);
      at += own.length;
      if (at === answers.length) break;
      const turn = slices.handedOut(own.map((answer) => (answer.kind === "result" ? answer.result : undefined)));
      if (turn === undefined) continue;
      if (isFirst) measureHandling(begun, at);
      isFirst = false;
      await turn;
    }
    if (isFirst) measureHandling(begun, at);
  }

  /** What a slice of an answer sets going is over with this turn of the event loop. */
  function measureHandling(begun: number, commands: number): void {
    if (commands < LEAST_MEASURED) return;
    setImmediate(
      guard("measuring what an answer takes", () => costs.observeHandling((performance.now() - begun) / commands)),
    );
  }

  /** What is under way from now until `over`. */
  function begin(lane: Lane, units: readonly ReadUnit[]): { request: ReadRequest; over: () => void } {
    markSent(lane, units);
    const deadlineAt = Math.min(performance.now() + REQUEST_TIMEOUT_MS, latestDeadline(units));
    const request: ReadRequest = { deadlineAt, units, cancellation: createLightSignal() };
    for (const unit of units) unit.request = request;
    return {
      request,
      over() {
        for (const unit of units) {
          unit.request = undefined;
          forget(lane.underWay, unit);
        }
      },
    };
  }

  return async (lane, units) => {
    const calls = units.flatMap((unit) => unit.commands.map((command) => command.call));
    const [only] = calls;
    if (only === undefined) return;
    const { request, over } = begin(lane, units);
    const chance = Math.random();
    const limits = {
      timeoutMs: request.deadlineAt - performance.now(),
      signal: request.cancellation.signal,
      content: () => contentOf(units),
    };
    const post = (method: string, params: ParamMap) =>
      connection.post(lane.endpoint, lane.authorization, method, params, limits);
    try {
      let answers: readonly CommandAnswer[];
      if (calls.length === 1) {
        answers = [{ kind: "result", ...(await post(only.method, only.params)) }];
      } else {
        const groups = units.map((unit) => unit.commands.map((command) => command.call));
        answers = readBatchResult(calls, (await post("batch", batchParams(groups))).result);
      }
      over();
      await settleInSlices(lane, units, answers, chance);
    } catch (error) {
      over();
      const timeLimit = calls.length === 1 && isOperationTimeLimit(error);
      if (readFailure("batch", error).rateExceeded) allowance.exhausted();
      for (const unit of units) {
        if (timeLimit) settleFailed(unit, () => blocked(lane, only.method));
        else fail(lane, unit, error, chance);
      }
    }
  };
}

function isOperationTimeLimit(error: unknown): boolean {
  return error instanceof PortalRefusal && error.code === "OPERATION_TIME_LIMIT";
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

function contentOf(units: readonly ReadUnit[]): RequestContent {
  const commands = units.flatMap((unit) => unit.commands);
  const requestIds = new Set<string>();
  for (const { waiters } of commands) {
    for (const { usage } of waiters) if (usage.requestId !== undefined) requestIds.add(usage.requestId);
  }
  return { methods: commands.map(({ call }) => call.method), requestIds: [...requestIds] };
}
