import { onTestFinished, vi } from "vitest";
import { type Allowance, createLocalAllowance } from "../../../src/datasources/bitrix24/bucket.ts";
import type { Call, PortalSession } from "../../../src/datasources/bitrix24/calls.ts";
import { createCircuitBreaker } from "../../../src/datasources/bitrix24/circuit-breaker.ts";
import type { Connection } from "../../../src/datasources/bitrix24/connection.ts";
import { PortalRefusal } from "../../../src/datasources/bitrix24/errors.ts";
import { createScheduler, type Scheduler } from "../../../src/datasources/bitrix24/scheduler.ts";
import { createSession, type Operation } from "../../../src/datasources/bitrix24/session.ts";
import { TransportFailure } from "../../../src/datasources/bitrix24/transport.ts";
import { type Plan, UpstreamUsage } from "../../../src/datasources/bitrix24/usage.ts";
import type { LightSignal } from "../../../src/process/light-signal.ts";

/** One request as it arrived. */
export interface Arrival {
  /** Milliseconds since the portal started. */
  readonly at: number;
  readonly credential: string;
  /** Who asked for each command, in order (`BY`). */
  readonly by: readonly string[];
  /** Methods in order. */
  readonly commands: readonly string[];
  /** `NUMBER` of each command that has one. */
  readonly numbers: readonly string[];
}

export interface VirtualPortal {
  readonly scheduler: Scheduler;
  readonly allowance: Allowance;
  readonly arrivals: Arrival[];
  /** Requests that the portal refused for their rate. */
  readonly refused: () => number;
  readonly underWay: () => number;
  /** How long a request takes, in milliseconds; infinite: it is never answered. */
  latency: (arrival: Arrival) => number;
  /** Sees each request before it is counted as under way. */
  onArrival: (arrival: Arrival) => void;
  onAnswer: (arrival: Arrival) => void;
  session(who: VirtualOperation): PortalSession & { usage: UpstreamUsage; abort: () => void };
}

export interface VirtualOperation extends Partial<Operation> {
  /** Told to the portal as `BY`, so that a test sees whose commands a request carries. */
  readonly identity: string;
  readonly credential?: string;
  readonly timeoutMs?: number;
}

export function ask(method: string, by: string, number = 0): Call<unknown> {
  return { method, params: { BY: by, NUMBER: number }, decode: passOn };
}

const passOn = (result: unknown): unknown => result;

/** A time that passes only when the test says so, for everything in this process that asks for it. Ends with the test. */
export function useVirtualTime(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "clearImmediate", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
}

/** Lets the virtual time pass until the work has settled. Only its own timers can bring that about. */
export async function untilSettled(work: readonly Promise<unknown>[]): Promise<PromiseSettledResult<unknown>[]> {
  let settled: PromiseSettledResult<unknown>[] | undefined;
  void Promise.allSettled(work).then((outcomes) => {
    settled = outcomes;
  });
  while (settled === undefined) await vi.advanceTimersToNextTimerAsync();
  return settled;
}

/** A portal in virtual time, with its own bucket, and the scheduler in front of it. Only the connection between them is played. */
export function startVirtualPortal({ plan = "standard", liveShare = 0.25 }: { plan?: Plan; liveShare?: number } = {}) {
  const startedAt = performance.now();
  const [capacity, drain] = plan === "enterprise" ? [250, 5] : [50, 2];
  let level = 0;
  let countedAt = startedAt;
  let refused = 0;
  let underWay = 0;

  function countArrival(): void {
    const now = performance.now();
    level = Math.max(0, level - ((now - countedAt) / 1000) * drain) + 1;
    countedAt = now;
    if (plan === "on-premise" || level <= capacity) return;
    level -= 1;
    refused += 1;
    throw new PortalRefusal("batch", "QUERY_LIMIT_EXCEEDED", "", 503);
  }

  function answered(limits: { timeoutMs: number; signal: LightSignal }, ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        clearTimeout(answer);
        clearTimeout(timeout);
        reject(new TransportFailure("no answer in time", true, true));
      };
      const timeout = setTimeout(giveUp, limits.timeoutMs);
      const answer = Number.isFinite(ms)
        ? setTimeout(() => {
            clearTimeout(timeout);
            limits.signal.removeEventListener("abort", giveUp);
            resolve();
          }, ms)
        : undefined;
      limits.signal.addEventListener("abort", giveUp);
    });
  }

  const connection: Connection = {
    async post(endpoint, _authorization, method, params, limits) {
      const commands: [string, URLSearchParams][] =
        method === "batch"
          ? Object.values(params.cmd ?? {}).map((command) => {
              const [name = "", query = ""] = String(command).split("?");
              return [name, new URLSearchParams(query)];
            })
          : [
              [
                method,
                new URLSearchParams(
                  Object.entries(params).map(([key, value]): [string, string] => [key, String(value)]),
                ),
              ],
            ];
      const arrival: Arrival = {
        at: performance.now() - startedAt,
        credential: endpoint.path,
        commands: commands.map(([name]) => name),
        by: commands.map(([, query]) => query.get("BY") ?? ""),
        numbers: commands.map(([, query]) => query.get("NUMBER") ?? ""),
      };
      portal.arrivals.push(arrival);
      portal.onArrival(arrival);
      countArrival();
      underWay += 1;
      await answered(limits, portal.latency(arrival)).finally(() => {
        underWay -= 1;
        portal.onAnswer(arrival);
      });
      const results = Object.fromEntries(commands.map(([name], index) => [`c${index}`, name]));
      const result = method === "batch" ? { result: results, result_error: [], result_time: [] } : method;
      return { result, operating: undefined, tookMs: undefined };
    },
  };

  const allowance = createLocalAllowance(plan);
  const scheduler = createScheduler({ plan, connection, allowance, breaker: createCircuitBreaker(), liveShare });
  const portal: VirtualPortal = {
    scheduler,
    allowance,
    arrivals: [],
    refused: () => refused,
    underWay: () => underWay,
    latency: () => 50,
    onArrival: () => {},
    onAnswer: () => {},
    session({ credential = "shared", timeoutMs = 60_000, ...operation }) {
      const usage = new UpstreamUsage();
      const controller = new AbortController();
      setTimeout(() => controller.abort(), timeoutMs);
      const session = createSession(
        {
          scheduler,
          endpoint: { origin: "https://portal.example", host: "portal.example", path: credential },
          laneName: credential,
          authorization: () => ({ kind: "path" }),
          botClientId: undefined,
        },
        { signal: controller.signal, deadlineAt: performance.now() + timeoutMs, usage, ...operation },
      );
      return Object.assign(session, { usage, abort: () => controller.abort() });
    },
  };
  return portal;
}
