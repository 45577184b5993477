import { beforeEach, expect, it, onTestFinished } from "vitest";
import type { Allowance } from "../../src/datasources/bitrix24/bucket.ts";
import { createBudgets } from "../../src/datasources/bitrix24/budgets.ts";
import { createRedisAllowance } from "../../src/storage/redis-allowance.ts";
import { connectRedis } from "../../src/storage/redis-connection.ts";
import { type RedisServer, startRedisServer } from "../kit/redis-server.ts";
import { until } from "../kit/until.ts";

let server: RedisServer;

beforeEach(async () => {
  server = await startRedisServer();
  onTestFinished(() => server.close());
});

/** What a gateway of its own has of a portal's allowance. */
async function allowanceOf(portal = "portal.example.com"): Promise<Allowance> {
  const connection = connectRedis(server.url, "test");
  onTestFinished(() => connection.close());
  await connection.becomesReady(60_000);
  return createRedisAllowance(connection, `test:{${portal}}`, "standard");
}

it("two gateways together take no more than one may, and another portal has its own", async () => {
  const gateways = [await allowanceOf(), await allowanceOf()];
  const begun = performance.now();
  const taken = await Promise.all(
    Array.from({ length: 80 }, async (_, at) => (await gateways[at % 2]?.take(1, 0))?.taken ?? 0),
  );
  const drained = ((performance.now() - begun) / 1_000) * 2;
  const sum = taken.reduce((all, each) => all + each, 0);
  expect(sum).toBeGreaterThan(40);
  expect(sum).toBeLessThanOrEqual(50 + Math.ceil(drained));
  expect((await (await allowanceOf("other.example.com")).take(1, 0)).taken).toBe(1);
});

it("two gateways together stay within a small budget, but for one request each", async () => {
  const first = await allowanceOf();
  const one = createBudgets("standard", 0.25, first);
  const two = createBudgets("standard", 0.25, await allowanceOf());
  // A burst of four passes: the first spends it all, and the second learns that with its first request.
  for (let count = 0; count < 4; count += 1) one.unproven.spend();
  expect(one.unproven.waitFor(1)).toBeGreaterThan(0);
  expect(two.unproven.waitFor(1)).toBe(0);
  // Answered in order: by now Redis knows of the four.
  await first.take(1, 0);
  two.unproven.spend();
  await until(() => two.unproven.waitFor(1) > 0);
  // Other budgets are others.
  expect(two.live.waitFor(1)).toBe(0);
  expect(one.background.waitFor(1)).toBe(0);
});

it("while Redis is away each gateway counts alone", async () => {
  const budgets = createBudgets("standard", 0.25, await allowanceOf());
  await server.kill();
  for (let count = 0; count < 4; count += 1) budgets.live.spend();
  expect(budgets.live.waitFor(1)).toBeGreaterThan(0);
});
