import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect, it } from "vitest";
import { UpstreamError } from "../../../src/datasources/bitrix24/errors.ts";
import type { Credential } from "../../../src/datasources/bitrix24/portals.ts";
import { eventually } from "../../kit/until.ts";
import { type Bench, call, startBench } from "./portal-fixture.ts";
import { Refused, type ScriptedPortal, type Step } from "./scripted-portal.ts";

type Fault = "reset" | "reset after" | "half" | "page" | "rate" | "slow" | "fault" | "cut batch" | "hang";

/** What one of the clients does. */
interface Action {
  readonly kind: "read" | "linked" | "write" | "write and read";
  readonly object: number;
  readonly credential: number;
  readonly startsAfterMs: number;
  readonly timeoutMs: number;
  readonly leavesAfterMs: number | undefined;
}

const OBJECTS = 4;

const action: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom(
    "read" as const,
    "read" as const,
    "linked" as const,
    "write" as const,
    "write and read" as const,
  ),
  object: fc.nat(OBJECTS - 1),
  credential: fc.nat(2),
  startsAfterMs: fc.nat(600),
  timeoutMs: fc.integer({ min: 40, max: 2_500 }),
  leavesAfterMs: fc.option(fc.nat(400), { freq: 4, nil: undefined }),
});
const faults = fc.array(
  fc.constantFrom<Fault | "none">(
    "none",
    "none",
    "reset",
    "reset after",
    "half",
    "page",
    "rate",
    "slow",
    "fault",
    "cut batch",
    "hang",
  ),
  { maxLength: 14 },
);

function stepOf(fault: Fault, portal: ScriptedPortal): Step {
  switch (fault) {
    case "reset":
      return (_request, response) => {
        response.destroy();
        return "handled";
      };
    case "reset after":
      return ({ method, body }, response) => {
        if (method === "counter.add") portal.answer(method, { ID: String(body.ID), NUMBER: String(body.NUMBER) });
        response.destroy();
        return "handled";
      };
    case "half":
      return () => ({ body: '{"result": {"c0":' });
    case "page":
      return () => ({ status: 502, headers: { "content-type": "text/html" }, body: "<html></html>" });
    case "rate":
      return () => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' });
    case "slow":
      return () => pause(150, { body: '{"error":"INTERNAL_SERVER_ERROR"}', status: 500 });
    case "fault":
      return () => ({ status: 500, body: '{"error":"INTERNAL_SERVER_ERROR"}' });
    case "cut batch":
      return ({ method }) => ({
        body: method === "batch" ? '{"result":{"result":[],"result_error":[]}}' : '{"result"',
      });
    case "hang":
      return () => new Promise<never>(() => {});
  }
}

/** A portal of counters: writes add a number of their own, reads tell all that were added. */
function countersOf({ portal }: Bench, script: readonly (Fault | "none")[]) {
  const added: string[][] = Array.from({ length: OBJECTS }, () => []);
  const waiting = [...script];
  portal.answer = (method, params) => {
    const numbers = added[Number(params.ID)];
    if (numbers === undefined) throw new Refused("ACCESS_ERROR");
    if (method === "counter.add") {
      numbers.push(params.NUMBER ?? "");
      return true;
    }
    return { id: params.ID, seen: [...numbers] };
  };
  portal.intercept = () => {
    const fault = waiting.shift();
    if (fault !== undefined && fault !== "none") portal.next.unshift(stepOf(fault, portal));
    return undefined;
  };
  return { added };
}

interface Seen {
  readonly id: string;
  readonly seen: readonly string[];
}

/** Plays the clients and checks every promise of the scheduler on the way. */
async function play(actions: readonly Action[], script: readonly (Fault | "none")[]): Promise<void> {
  const bench = await startBench();
  const { portal, portals, operation } = bench;
  const { added } = countersOf(bench, script);
  const credentials: Credential[] = [1, 2, 3].map((user) => ({
    kind: "webhook",
    url: `${portal.origin}/rest/${user}/secret1234567890/`,
  }));
  const confirmed: Set<string>[] = Array.from({ length: OBJECTS }, () => new Set());
  const impossible: string[] = [];

  async function act({ kind, object, credential, startsAfterMs, timeoutMs, leavesAfterMs }: Action, index: number) {
    await pause(startsAfterMs);
    const abort = new AbortController();
    const own = credentials[credential];
    if (own === undefined) throw new Error("no such credential");
    const session = operation({ credential: own, timeoutMs, abort });
    if (leavesAfterMs !== undefined) setTimeout(() => abort.abort(), leavesAfterMs).unref();
    const get = call("counter.get", { ID: object });
    const check = async (read: Promise<unknown>): Promise<void> => {
      const before = [...(confirmed[object] ?? [])];
      const { id, seen } = (await read) as Seen;
      expect(id).toBe(String(object));
      for (const number of before) expect(seen).toContain(number);
    };
    const number = String(index);
    switch (kind) {
      case "read":
        return check(session.read(get));
      case "linked": {
        const linked = session.readLinked(get, (ref) => call("counter.get", { ID: ref("id") }));
        return Promise.all(linked.map(check));
      }
      case "write":
      case "write and read": {
        const outcome = await session
          .write(call("counter.add", { ID: object, NUMBER: number }), kind === "write" ? undefined : get)
          .catch((error: unknown) => {
            // Everything but an unknown outcome says that it was not carried out, now or later.
            if (!(error instanceof Error) || error.name !== "OutcomeUnknown") impossible.push(number);
            throw error;
          });
        expect(outcome.result).toEqual({ kind: "done", value: true });
        confirmed[object]?.add(number);
        if (outcome.reread !== undefined) await check(outcome.reread);
        return;
      }
    }
  }

  const outcomes = await Promise.allSettled(actions.map(act));
  for (const outcome of outcomes) {
    // Anything else is a failed expectation.
    if (outcome.status === "rejected" && !(outcome.reason instanceof UpstreamError)) throw outcome.reason;
  }
  // Nobody waits any more; what is still under way ends by the deadlines of those who did.
  await eventually(() => {
    const { queuedCommands } = portals.status(credentials[0] ?? bench.webhook);
    expect(queuedCommands).toBe(0);
  });
  const all = added.flat();
  expect(new Set(all).size, "a write was carried out twice").toBe(all.length);
  for (const number of impossible) expect(all, `write ${number} was said not to be carried out`).not.toContain(number);
  const sent = portal.requests.flatMap(({ method, body }) =>
    method === "counter.add"
      ? [String(body.NUMBER)]
      : [...JSON.stringify(body.cmd ?? "").matchAll(/NUMBER=(\d+)/g)].map(([, each]) => each ?? ""),
  );
  const refusedForRate = script.filter((fault) => fault === "rate").length;
  expect(sent.length - new Set(sent).size, "a write was sent again without a refusal").toBeLessThanOrEqual(
    refusedForRate,
  );
  for (const { path, commands } of portal.requests) {
    expect(commands.length).toBeLessThanOrEqual(50);
    expect(path).toMatch(/^\/rest\/[123]\/secret1234567890\/(batch|counter\.(get|add))$/);
  }
}

it("keeps its promises whatever clients, connections and the portal do", async () => {
  await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 10, maxLength: 60 }), faults, play), {
    numRuns: 6,
    endOnFailure: true,
  });
});
