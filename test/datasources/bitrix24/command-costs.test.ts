import { expect, it } from "vitest";
import { createCommandCosts } from "../../../src/datasources/bitrix24/command-costs.ts";
import { call, startBench } from "./portal-fixture.ts";
import type { SeenRequest } from "./scripted-portal.ts";

/** Milliseconds of a call: records are short, sessions long, and one of them very long. */
function tookMs(method: string, { ID }: Record<string, unknown>): number {
  if (method === "record.get") return 10;
  return String(ID) === "7" ? 600 : 60;
}

const page = () => [
  ...Array.from({ length: 50 }, (_, id) => call("record.get", { ID: id })),
  ...Array.from({ length: 50 }, (_, id) => call("session.get", { ID: id })),
];

/** What a request's commands take together, one after another. */
function lengthOf({ body }: SeenRequest): number {
  return Object.values(body.cmd ?? {}).reduce((sum: number, command) => {
    const [method = "", query = ""] = String(command).split("?");
    return sum + tookMs(method, Object.fromEntries(new URLSearchParams(query)));
  }, 0);
}

it("spreads a page over requests that end together, by what each of its reads took before", async () => {
  const { portal, operation } = await startBench({ plan: "on-premise" });
  portal.tookMs = tookMs;
  const read = async (): Promise<number[]> => {
    portal.requests.length = 0;
    await Promise.all(page().map((each) => operation().read(each)));
    return portal.requests.map(lengthOf);
  };
  const before = await read();
  await read();
  const after = await read();
  // 4,040 ms in seven requests: none can be shorter than 577 ms on average, nor the longest than the longest read.
  expect(Math.max(...before)).toBeGreaterThan(1_000);
  expect(Math.max(...after)).toBeLessThan(750);
  expect(after).toHaveLength(7);
});

it("asks for as many reads of each page as fit, however unlike they are", async () => {
  const { portal, operation } = await startBench();
  portal.tookMs = (_method, { ID }) => (Number(ID) < 10 ? 1_000 : 1);
  const many = Array.from({ length: 290 }, (_, id) => call("session.get", { ID: id }));
  const read = async () => {
    portal.requests.length = 0;
    await Promise.all(many.map((each) => operation().read(each)));
    return portal.requests.map(({ commands }) => commands.length);
  };
  await read();
  await read();
  const sizes = await read();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(290);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
  expect(sizes.length).toBeLessThanOrEqual(7);
});

it("is not misled by one answer that took long, and follows when all of them do", () => {
  const costs = createCommandCosts();
  const get = call("a.get");
  for (let times = 0; times < 30; times++) costs.observe(get, 10);
  costs.observe(get, 20_000);
  expect(costs.of(get)).toBeLessThan(20);
  for (let times = 0; times < 30; times++) costs.observe(get, 100);
  expect(costs.of(get)).toBeGreaterThan(80);
});

it("remembers no more methods and calls than it may", () => {
  const costs = createCommandCosts({ maxMethods: 2, maxCalls: 2 });
  for (const method of ["a.get", "b.get", "c.get"]) costs.observe(call(method), 100);
  // Forgotten: an average, to which all have added.
  expect(costs.of(call("a.get", { ID: 1 }))).toBeLessThan(100);
  expect(costs.of(call("c.get", { ID: 1 }))).toBe(100);
  for (const ID of [1, 1, 2, 2, 3, 3]) {
    costs.observe(call("c.get", { ID }), 400);
    for (let times = 0; times < 20; times++) costs.observe(call("c.get"), 100);
  }
  expect(costs.of(call("c.get", { ID: 3 }))).toBe(400);
  expect(costs.of(call("c.get", { ID: 1 }))).toBe(costs.of(call("c.get", { ID: 99 })));
});

it("lets later parts be longer where answers take this process long, but never much", () => {
  const costs = createCommandCosts();
  for (let times = 0; times < 30; times++) costs.observe(call("a.get"), 4);
  expect(costs.growth()).toBe(1);
  for (let times = 0; times < 30; times++) costs.observeHandling(0.4);
  expect(costs.growth()).toBeCloseTo(1.1, 1);
  for (let times = 0; times < 30; times++) costs.observeHandling(40);
  expect(costs.growth()).toBe(1.2);
});
