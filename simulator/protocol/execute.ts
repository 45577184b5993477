import { setTimeout as delay } from "node:timers/promises";
import { relabelled } from "../methods/legacy-error.ts";
import { type Call, type Credential, type Method, PagedResult, type PortalIdentity } from "../methods/method.ts";
import { missingMethod } from "../methods/registry.ts";
import { isoDate } from "../methods/wire-date.ts";
import { RestError } from "../rest-error.ts";
import type { World } from "../world/world.ts";
import type { FaultPlan } from "./faults.ts";
import type { OperatingLimiter } from "./operating-time.ts";
import type { Params } from "./php-form.ts";
import type { StatisticsRecorder } from "./statistics.ts";

export interface Engine {
  world: World;
  portal: PortalIdentity;
  /** By lower-case name. */
  methods: ReadonlyMap<string, Method>;
  faults: FaultPlan;
  statistics: StatisticsRecorder;
  /** Absent on portals without load limiter. */
  limiter: OperatingLimiter | undefined;
  /** Work each command takes, milliseconds. */
  commandMs: number;
}

/** A method's answer: `result`, of lists also `next` and `total`, and `time`. An odd one may have lost any of them. */
export type Answer = Partial<Record<"result" | "next" | "total" | "time", unknown>>;

export type Outcome = { ok: true; answer: Answer } | { ok: false; error: RestError };

function answerOf(result: unknown, time: unknown): Answer {
  if (!(result instanceof PagedResult)) return { result, time };
  const { next, total } = result;
  return {
    result: result.result,
    ...(next === undefined ? {} : { next }),
    ...(total === undefined ? {} : { total }),
    time,
  };
}

function checkScope(method: Method, credential: Credential): void {
  if (method.scope.length === 0 || method.scope.some((scope) => credential.scopes.includes(scope))) return;
  const holder = credential.kind === "webhook" ? "webhook" : "access token";
  throw new RestError(
    "insufficient_scope",
    `The request requires higher privileges than provided by the ${holder}`,
    401,
  );
}

function blocked(): RestError {
  return new RestError("OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", 429);
}

/** When the simulated work of a request's commands so far is done. */
const workedUntil = new WeakMap<Map<string, unknown>, number>();

/**
 * Lets the work of one more command of a request pass. What this program itself needs for answering is part of that work, and late
 * timers are caught up with, so that a batch of n commands takes n times as long as one.
 */
async function pass(milliseconds: number, request: Map<string, unknown>): Promise<void> {
  const until = (workedUntil.get(request) ?? performance.now()) + milliseconds;
  workedUntil.set(request, until);
  const left = until - performance.now();
  if (left > 0) await delay(left);
}

async function answer(engine: Engine, name: string, call: Call): Promise<unknown> {
  const key = name.toLowerCase();
  const { faults, statistics, limiter } = engine;
  const planned = faults.forCommand(key);
  switch (planned?.kind) {
    case "limit":
      statistics.refusal();
      throw blocked();
    case "result":
      return planned.result;
    case "error":
      throw new RestError(planned.error, planned.description ?? "", planned.status ?? 400);
    case undefined:
      break;
  }
  const method = engine.methods.get(key);
  if (!method) throw missingMethod(name, engine.portal.age);
  checkScope(method, call.credential);
  if (limiter?.isBlocked(call.credential.id, key)) {
    statistics.refusal();
    throw blocked();
  }
  statistics.command(method.name);
  const started = performance.now();
  const work = engine.commandMs + faults.commandDelay(key);
  try {
    if (work > 0) await pass(work, call.cache);
    const result = method.run(call);
    if (method.kind === "write") {
      statistics.write({ method: method.name, params: call.params, userId: call.userId });
    }
    return result;
  } finally {
    limiter?.record(call.credential.id, key, Math.max(work, performance.now() - started) / 1000);
  }
}

/** The `time` block of a success; the operating pair only where the load limiter works. */
export function timeBlock(startedAt: number, limiter?: { seconds: number; resetAt: number }): Record<string, unknown> {
  const finishedAt = Date.now();
  const duration = (finishedAt - startedAt) / 1000;
  return {
    start: Math.floor(startedAt / 1000),
    finish: finishedAt / 1000,
    duration,
    processing: Math.floor(duration),
    date_start: isoDate(startedAt),
    date_finish: isoDate(finishedAt),
    ...(limiter ? { operating_reset_at: limiter.resetAt, operating: limiter.seconds } : {}),
  };
}

/** Runs one method by name and never throws: failures of the method are outcomes, unexpected ones ERROR_CORE. */
export async function execute(
  engine: Engine,
  name: string,
  params: Params,
  credential: Credential,
  cache: Map<string, unknown>,
): Promise<Outcome> {
  const startedAt = Date.now();
  const { world, portal } = engine;
  try {
    const result = await answer(engine, name, { world, params, userId: credential.userId, credential, cache, portal });
    const time = timeBlock(startedAt, engine.limiter?.read(credential.id, name.toLowerCase()));
    const changed = engine.faults.changeAnswer(name.toLowerCase(), answerOf(result, time));
    return { ok: true, answer: changed };
  } catch (error) {
    if (error instanceof RestError) return { ok: false, error: relabelled(cache, error) };
    const description = error instanceof Error ? error.message : String(error);
    return { ok: false, error: new RestError("ERROR_CORE", description, 500) };
  }
}

/** An error as JSON: code and text, extra keys behind, no `time`. */
export function errorBody(error: RestError): Record<string, unknown> {
  return { error: error.code, error_description: error.description, ...error.extra };
}
