import { describe, expect, test } from "vitest";
import { type PortalOptions, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { createLeakyBucket } from "../../simulator/protocol/leaky-bucket.ts";
import { createOperatingLimiter } from "../../simulator/protocol/operating-time.ts";
import { actAs, objectAt } from "./rest-client.ts";

async function withPortal(options: PortalOptions, run: (portal: RunningPortal) => Promise<void>): Promise<void> {
  const portal = await startPortal({ size: 0.05, ...options });
  try {
    await run(portal);
  } finally {
    await portal.close();
  }
}

describe("the request limit", () => {
  test("a bucket admits its capacity at once and what leaks afterwards", () => {
    let now = 0;
    const bucket = createLeakyBucket({ capacity: 50, leakPerSecond: 2 }, () => now);
    const admitted = (count: number) => Array.from({ length: count }, () => bucket.admit()).filter(Boolean).length;
    expect(admitted(60)).toBe(50);
    now = 500;
    expect(admitted(5)).toBe(1);
    now = 15_500;
    expect(admitted(60)).toBe(30);
    now = 60_000;
    expect(bucket.level()).toBe(0);
  });

  test("beyond 50 requests a standard portal answers QUERY_LIMIT_EXCEEDED; a batch counts once", async () => {
    await withPortal({ plan: "standard" }, async (portal) => {
      const { call } = actAs(portal, 27);
      const cmd = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`k${index}`, "profile"]));
      const answers = await Promise.all([call("batch", { cmd }), ...Array.from({ length: 70 }, () => call("profile"))]);
      const refused = answers.filter((answer) => answer.status === 503);
      expect(refused.length).toBeGreaterThanOrEqual(15);
      expect(refused.length).toBeLessThanOrEqual(21);
      expect(refused[0]?.body.error).toBe("QUERY_LIMIT_EXCEEDED");
      const stats = portal.stats();
      expect(stats.requests).toBe(71);
      expect(stats.refusals).toBe(refused.length);
      expect(stats.peakLevel).toBeGreaterThan(49);
      expect(stats.peakLevel).toBeLessThanOrEqual(50);
    });
  });

  test("an enterprise portal admits more, one on-premise everything", async () => {
    for (const plan of ["enterprise", "on-premise"] as const) {
      await withPortal({ plan }, async (portal) => {
        const { call } = actAs(portal, 27);
        const answers = await Promise.all(Array.from({ length: 120 }, () => call("profile")));
        expect(answers.every((answer) => answer.status === 200)).toBe(true);
      });
    }
  });
});

describe("the operating time limit", () => {
  test("sums ten minutes per credential and method, and forgets runs up to 0.1 s", () => {
    let now = 1_000_000_000_000;
    const limiter = createOperatingLimiter(420, () => now);
    limiter.record("one", "a", 0.1);
    expect(limiter.read("one", "a").seconds).toBe(0);
    limiter.record("one", "a", 419);
    expect(limiter.isBlocked("one", "a")).toBe(false);
    now += 60_000;
    limiter.record("one", "a", 2);
    expect(limiter.isBlocked("one", "a")).toBe(true);
    expect(limiter.isBlocked("one", "b")).toBe(false);
    expect(limiter.isBlocked("two", "a")).toBe(false);
    const { resetAt } = limiter.read("one", "a");
    expect(resetAt * 1000 - now).toBeGreaterThan(8 * 60_000);
    expect(resetAt * 1000 - now).toBeLessThanOrEqual(9 * 60_000);
    now = resetAt * 1000;
    expect(limiter.isBlocked("one", "a")).toBe(false);
  });

  test("the call that crosses the limit succeeds, the next of that method is refused, others go on", async () => {
    const latency = { commandMs: 300 };
    await withPortal({ plan: "enterprise", operatingLimitSeconds: 0.55, latency }, async (portal) => {
      const { call } = actAs(portal, 27);
      const first = await call("imopenlines.revision.get");
      expect(objectAt(first.body, "time").operating).toBeGreaterThanOrEqual(0.3);
      expect((await call("imopenlines.revision.get")).status).toBe(200);
      expect(await call("imopenlines.revision.get")).toMatchObject({
        status: 429,
        body: { error: "OPERATION_TIME_LIMIT" },
      });
      expect((await call("profile")).status).toBe(200);
      const batch = await call("batch", { cmd: { a: "imopenlines.revision.get", b: "scope" } });
      expect(objectAt(batch.body, "result", "result_error", "a").error).toBe("OPERATION_TIME_LIMIT");
      expect(objectAt(batch.body, "result", "result").b).toEqual(expect.any(Array));
    });
  });

  test("on-premise portals have neither the limit nor its fields", async () => {
    await withPortal({ plan: "on-premise" }, async (portal) => {
      const answer = await actAs(portal, 27).call("profile");
      expect(objectAt(answer.body, "time")).not.toHaveProperty("operating");
    });
  });
});

describe("simulated work", () => {
  test("requests run side by side, commands of one batch one after another", async () => {
    await withPortal({ plan: "on-premise", latency: { requestMs: 100, commandMs: 50 } }, async (portal) => {
      const { call } = actAs(portal, 27);
      const started = performance.now();
      const cmd = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`k${index}`, "profile"]));
      await Promise.all([call("batch", { cmd }), call("batch", { cmd }), call("profile")]);
      const taken = performance.now() - started;
      expect(taken).toBeGreaterThan(590);
      expect(taken).toBeLessThan(1_200);
    });
  });
});
