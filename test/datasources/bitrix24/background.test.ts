import { beforeEach, expect, it, vi } from "vitest";
import { createOperatingTimes } from "../../../src/datasources/bitrix24/operating-time.ts";
import { ask, startVirtualPortal, useVirtualTime, type VirtualPortal } from "./virtual-portal.ts";

beforeEach(useVirtualTime);

/** A read that nobody waits for. */
function background(portal: VirtualPortal, credential: string, index: number): Promise<unknown> {
  const read = portal
    .session({ identity: "export", credential, budget: "background", timeoutMs: 3_600_000 })
    .read(ask("session.history.get", "export", index));
  read.catch(() => {});
  return read;
}

function requestsWith(portal: VirtualPortal, method: string): number {
  return portal.arrivals.filter(({ commands }) => commands.includes(method)).length;
}

it("work that nobody waits for uses half of the drain, in requests as full as they can be", async () => {
  const portal = startVirtualPortal();
  let answered = 0;
  for (let index = 0; index < 200; index += 1) void background(portal, "key", index).then(() => (answered += 1));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(answered).toBe(200);
  expect(requestsWith(portal, "session.history.get")).toBe(4);
  for (let tick = 0; tick < 600; tick += 1) {
    void background(portal, "key", 1000 + tick);
    await vi.advanceTimersByTimeAsync(100);
  }
  // A minute at one a second, and the burst.
  expect(requestsWith(portal, "session.history.get")).toBeLessThanOrEqual(4 + 60 + 4);
  expect(portal.refused()).toBe(0);
});

it("and none of it rides in, or goes before, a request that somebody waits for, with the same credential too", async () => {
  const portal = startVirtualPortal();
  for (let index = 0; index < 150; index += 1) void background(portal, "key", index);
  const began = performance.now();
  const query = portal.session({ identity: "person", credential: "key" }).read(ask("inbox.get", "person"));
  await Promise.all([query, vi.advanceTimersByTimeAsync(60_000)]);
  const [first] = portal.arrivals;
  expect(first?.commands).toEqual(["inbox.get"]);
  expect(performance.now() - began).toBeLessThan(61_000);
  expect(requestsWith(portal, "session.history.get")).toBe(3);
});

it("leaves half of a method's operating time to others", () => {
  let now = 1_000_000_000_000;
  const times = createOperatingTimes(() => now);
  const resetAt = now / 1000 + 30;
  times.observe("crm.activity.list", { operating: 209, resetAt });
  expect(times.sparedFor("crm.activity.list")).toBe(0);
  times.observe("crm.activity.list", { operating: 211, resetAt });
  expect(times.sparedFor("crm.activity.list")).toBe(30_000);
  expect(times.sparedFor("im.recent.list")).toBe(0);
  expect(times.blockedFor("crm.activity.list")).toBe(0);
  now += 30_001;
  expect(times.sparedFor("crm.activity.list")).toBe(0);
});

it("waits in a bounded room of its own", async () => {
  const portal = startVirtualPortal();
  const reads = Array.from({ length: 250 }, (_, index) => background(portal, "key", index));
  const outcomes = await Promise.all([Promise.allSettled(reads), vi.advanceTimersByTimeAsync(60_000)]);
  expect(outcomes[0].filter(({ status }) => status === "rejected")).toHaveLength(50);
});
