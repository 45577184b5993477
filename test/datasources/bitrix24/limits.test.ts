import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLocalAllowance } from "../../../src/datasources/bitrix24/bucket.ts";
import { createCircuitBreaker } from "../../../src/datasources/bitrix24/circuit-breaker.ts";
import { PortalRateLimited, PortalUnavailable } from "../../../src/datasources/bitrix24/errors.ts";
import { createOperatingTimes } from "../../../src/datasources/bitrix24/operating-time.ts";
import { eventually } from "../../kit/until.ts";
import { call, startBench } from "./portal-fixture.ts";

function clock() {
  let time = 0;
  return { now: () => time, advance: (ms: number) => (time += ms) };
}

describe("the request allowance", () => {
  it("never lets more requests through than the portal would", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("standard" as const, "enterprise" as const),
        fc.array(fc.record({ pauseMs: fc.nat(3_000), wanted: fc.integer({ min: 1, max: 12 }), reserve: fc.nat(3) }), {
          maxLength: 200,
        }),
        (plan, steps) => {
          const { now, advance } = clock();
          const allowance = createLocalAllowance(plan, now);
          const [capacity, drain] = plan === "standard" ? [50, 2] : [250, 5];
          let level = 0;
          for (const { pauseMs, wanted, reserve } of steps) {
            advance(pauseMs);
            level = Math.max(0, level - (pauseMs / 1000) * drain);
            const answer = allowance.take(wanted, reserve);
            if (answer instanceof Promise) throw new Error("a local allowance answers at once");
            expect(answer.taken).toBeLessThanOrEqual(wanted);
            level += answer.taken;
            expect(level).toBeLessThanOrEqual(capacity);
            if (answer.taken === 0) expect(answer.waitMs).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it("lets a request through after the wait that it named", () => {
    const { now, advance } = clock();
    const allowance = createLocalAllowance("standard", now);
    allowance.take(100, 0);
    const refused = allowance.take(1, 0);
    if (refused instanceof Promise) throw new Error("a local allowance answers at once");
    advance(refused.waitMs);
    expect(allowance.take(1, 0)).toMatchObject({ taken: 1 });
  });

  it("gives surplus back only for time in which the bucket was empty", () => {
    const { now, advance } = clock();
    const allowance = createLocalAllowance("standard", now);
    expect(allowance.takeSurplus(100, 0)).toBe(4);
    allowance.take(16, 0);
    advance(10_000);
    expect(allowance.takeSurplus(100, 0)).toBe(0);
    advance(1_000);
    expect(allowance.takeSurplus(100, 0)).toBe(2);
  });
});

describe("a portal without limits that refuses for its request rate", () => {
  it("is left alone for growing times, which requests under way together do not add to", () => {
    const { now, advance } = clock();
    const allowance = createLocalAllowance("on-premise", now);
    const pauses = Array.from({ length: 4 }, () => {
      expect(allowance.take(8, 1)).toEqual({ taken: 8, waitMs: 0 });
      allowance.exhausted();
      const pauseMs = allowance.waitFor(1);
      allowance.exhausted();
      expect([allowance.take(1, 0), allowance.takeSurplus(1, 0)]).toEqual([
        { taken: 0, waitMs: Math.ceil(pauseMs) },
        0,
      ]);
      advance(pauseMs);
      return pauseMs;
    });
    for (const [index, pauseMs] of pauses.entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(250 * 2 ** index);
      expect(pauseMs).toBeLessThanOrEqual(500 * 2 ** index);
    }
    advance(60_000);
    allowance.exhausted();
    expect(allowance.waitFor(1)).toBeLessThanOrEqual(500);
  });

  it("is not asked again at once, neither with reads nor with writes", async () => {
    const { portal, portals, webhook, operation } = await startBench({ plan: "on-premise" });
    portal.answer = () => true;
    portal.next.push(
      () => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' }),
      () => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' }),
    );
    const sentAt: number[] = [];
    portal.intercept = () => void sentAt.push(performance.now());
    await operation().read(call("a.get"));
    await operation().write(call("a.update"));
    portal.next.push(() => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' }));
    await operation().write(call("a.update"));
    const pauses = sentAt.slice(1).map((at, index) => at - (sentAt[index] ?? 0));
    // Refused twice, read, written, refused, written.
    expect(pauses).toHaveLength(5);
    expect(pauses[0]).toBeGreaterThan(200);
    expect(pauses[1]).toBeGreaterThan(400);
    expect(pauses[4]).toBeGreaterThan(400);
    expect(portals.status(webhook).capacity).toBeNull();
  });
});

describe("the circuit breaker", () => {
  it("rests after repeated failures, lets one request through, and rests longer when that fails too", () => {
    const { now, advance } = clock();
    const breaker = createCircuitBreaker(now);
    for (let failure = 0; failure < 5; failure += 1) {
      expect(breaker.restLeft()).toBe(0);
      breaker.starting();
      breaker.failed();
    }
    expect(breaker.state()).toBe("open");
    const rest = breaker.restLeft();
    advance(rest);
    expect([breaker.state(), breaker.restLeft()]).toEqual(["half-open", 0]);
    breaker.starting();
    expect(breaker.restLeft()).toBeGreaterThan(0);
    breaker.failed();
    expect(breaker.restLeft()).toBe(rest * 2);
    advance(rest * 2);
    breaker.starting();
    breaker.succeeded();
    expect(breaker.state()).toBe("closed");
  });

  it("is closed again by one success between failures", () => {
    const breaker = createCircuitBreaker();
    for (let failure = 0; failure < 20; failure += 1) {
      breaker.starting();
      if (failure % 4 === 3) breaker.succeeded();
      else breaker.failed();
    }
    expect(breaker.state()).toBe("closed");
  });
});

describe("operating time", () => {
  it("blocks until the time that the portal named last, for a minute if it named none that makes sense", () => {
    let time = 1_000_000_000_000;
    const times = createOperatingTimes(() => time);
    times.observe("a.get", { operating: 400, resetAt: time / 1000 + 90 });
    expect(times.block("a.get")).toBe(90_000);
    times.observe("b.get", { operating: 400, resetAt: time / 1000 - 5 });
    expect(times.block("b.get")).toBe(60_000);
    expect(times.block("c.get")).toBe(60_000);
    time += 60_000;
    expect([times.blockedFor("a.get"), times.blockedFor("b.get")]).toEqual([30_000, 0]);
    expect(times.blocked().map((each) => each.method)).toEqual(["a.get"]);
  });
});

it("blocks only the method whose operating time is used up, and says until when", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(() => ({ status: 429, body: '{"error":"OPERATION_TIME_LIMIT","error_description":""}' }));
  await expect(operation().read(call("a.get"))).rejects.toMatchObject({
    name: "PortalRateLimited",
    retryAfterMs: 60_000,
    error: "OPERATION_TIME_LIMIT",
  });
  await expect(operation().read(call("a.get"))).rejects.toBeInstanceOf(PortalRateLimited);
  expect(await operation().read(call("b.get"))).toEqual({ method: "b.get" });
  expect(portal.requests.map((request) => request.method)).toEqual(["a.get", "b.get"]);
  expect(portals.status(webhook).blockedMethods.map((each) => each.method)).toEqual(["a.get"]);
});

it("refuses early what could not be sent before the deadline", async () => {
  const { portal, portals, webhook, operation } = await startBench();
  portal.next.push(() => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' }));
  const waits = operation().read(call("a.get"));
  await eventually(() => expect(portals.status(webhook).level).toBeGreaterThan(48));
  const refused = operation({ timeoutMs: 200 }).read(call("b.get"));
  await expect(refused).rejects.toBeInstanceOf(PortalRateLimited);
  await expect(refused).rejects.toMatchObject({ retryAfterMs: expect.any(Number) });
  expect(await waits).toEqual({ method: "a.get" });
});

it("holds no more than its bound of waiting reads, and says so", async () => {
  const { portal, operation } = await startBench({ plan: "on-premise" });
  portal.latencyMs = 300;
  const session = operation();
  const reads = Array.from({ length: 3_000 }, (_, index) => session.read(call("a.get", { ID: index })));
  const outcomes = await Promise.allSettled(reads);
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  expect(refused).toHaveLength(1_000);
  expect(refused.every((outcome) => outcome.reason instanceof PortalRateLimited)).toBe(true);
});

it("gathers reads into full batches once the allowance is used up, and loses none", async () => {
  const { portal, operation } = await startBench();
  portal.next.push(() => ({ status: 503, body: '{"error":"QUERY_LIMIT_EXCEEDED"}' }));
  const first = operation().read(call("a.get"));
  await eventually(() => expect(portal.requests).toHaveLength(1));
  const reads = Array.from({ length: 99 }, (_, index) => operation().read(call("a.get", { ID: index })));
  await Promise.all([first, ...reads]);
  expect(portal.requests.slice(1).map((request) => request.commands.length)).toEqual([50, 50]);
});

it("gives a failing portal a rest while others do not notice", async () => {
  const failing = await startBench();
  const healthy = await startBench();
  const broken = () => ({ status: 502, body: "<html></html>" });
  failing.portal.next.push(...Array.from({ length: 20 }, () => broken));
  const reads = Array.from({ length: 6 }, (_, index) =>
    failing
      .operation({
        credential: { kind: "webhook", url: `${failing.portal.origin}/rest/${index + 1}/secret1234567890/` },
      })
      .read(call("a.get")),
  );
  await Promise.allSettled(reads);
  const before = failing.portal.requests.length;
  await expect(failing.operation().read(call("a.get"))).rejects.toMatchObject({
    message: expect.stringContaining("given a rest"),
    retryAfterMs: expect.toSatisfy((left: number) => left > 0 && left <= 2_000),
  });
  await expect(failing.operation().write(call("a.update"))).rejects.toBeInstanceOf(PortalUnavailable);
  expect(failing.portal.requests).toHaveLength(before);
  expect(failing.portals.status(failing.webhook).circuit).toBe("open");
  expect(await healthy.operation().read(call("a.get"))).toEqual({ method: "a.get" });
  failing.portal.next.length = 0;
  await eventually(async () => expect(await failing.operation().read(call("a.get"))).toEqual({ method: "a.get" }));
});
