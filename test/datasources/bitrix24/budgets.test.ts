import { beforeEach, describe, expect, it, vi } from "vitest";
import { createBudget } from "../../../src/datasources/bitrix24/budgets.ts";
import { PortalRateLimited } from "../../../src/datasources/bitrix24/errors.ts";
import { ask, startVirtualPortal, untilSettled, useVirtualTime, type VirtualPortal } from "./virtual-portal.ts";

beforeEach(useVirtualTime);

/** A random token's proof, sent from an address. */
function prove(portal: VirtualPortal, address: string, token: string, isSuspect = false): Promise<unknown> {
  const proof = portal
    .session({ identity: address, credential: token, budget: "unproven", isSuspect, timeoutMs: 600_000 })
    .read(ask("profile", address));
  proof.catch(() => {});
  return proof;
}

function countOf(portal: VirtualPortal, method: string): number {
  return portal.arrivals.filter(({ commands }) => commands.includes(method)).length;
}

it("lets no minute take more than its quarter of the drain, the small burst after a quiet time included", () => {
  let time = 0;
  const budget = createBudget(2, 0.25, { now: () => time });
  let spent = 0;
  for (; time < 60_000; time += 10) {
    if (budget.waitFor(1) > 0) continue;
    budget.spend();
    spent += 1;
  }
  expect(spent).toBeGreaterThan(28);
  expect(spent).toBeLessThanOrEqual(30);
  expect(budget.waitFor(1)).toBeLessThanOrEqual(2_400);
  expect(budget.waitFor(3)).toBeGreaterThan(4_000);
});

describe("tokens not yet proven", () => {
  it("use a quarter of the drain together while a valid identity's queries go on as ever", async () => {
    const portal = startVirtualPortal();
    for (let tick = 0; tick < 600; tick += 1) {
      prove(portal, "198.51.100.7", `token-${tick}`);
      if (tick % 100 === 99) {
        const began = performance.now();
        const query = portal.session({ identity: "key", credential: "key" }).read(ask("inbox.get", "key", tick));
        await Promise.all([query, vi.advanceTimersByTimeAsync(50)]);
        expect(performance.now() - began).toBe(50);
      } else {
        await vi.advanceTimersByTimeAsync(50);
      }
    }
    // 30 s: half a request a second, and the burst.
    expect(countOf(portal, "profile")).toBeLessThanOrEqual(15 + 4);
    expect(countOf(portal, "profile")).toBeGreaterThanOrEqual(15);
    expect(portal.refused()).toBe(0);
  });

  it("take turns by address, those of suspect addresses last", async () => {
    const portal = startVirtualPortal();
    const order: string[] = [];
    const note = (who: string, proof: Promise<unknown>): void => void proof.then(() => order.push(who));
    for (let count = 0; count < 5; count += 1) note("first", prove(portal, "first", `f${count}`));
    for (let count = 0; count < 5; count += 1) note("suspect", prove(portal, "suspect", `s${count}`, true));
    for (let count = 0; count < 5; count += 1) note("other", prove(portal, "other", `o${count}`));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(order.slice(0, 10).filter((who) => who === "suspect")).toEqual([]);
    expect(order.slice(2, 8)).toEqual(["first", "other", "first", "other", "first", "other"]);
    expect(order.slice(10)).toEqual(["suspect", "suspect", "suspect", "suspect", "suspect"]);
  });

  it("wait in a bounded room of their own, which an address alone cannot keep from the others", async () => {
    const portal = startVirtualPortal();
    const proofs = Array.from({ length: 150 }, (_, index) => prove(portal, "greedy", `g${index}`));
    const other = prove(portal, "other", "token");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(countOf(portal, "profile")).toBeGreaterThan(1);
    await expect(other).resolves.toBe("profile");
    const refused = await Promise.all(
      proofs.slice(100).map((proof) =>
        proof.then(
          () => undefined,
          (error: unknown) => error,
        ),
      ),
    );
    expect(refused.every((error) => error instanceof PortalRateLimited)).toBe(true);
    const query = portal.session({ identity: "key", credential: "key" }).read(ask("inbox.get", "key"));
    expect(await untilSettled([query])).toEqual([{ status: "fulfilled", value: "inbox.get" }]);
  });

  it("are refused early whose turn would come too late, and a write is charged like a read", async () => {
    const portal = startVirtualPortal();
    const writes = Array.from({ length: 5 }, (_, index) =>
      portal
        .session({ identity: "a", credential: `w${index}`, budget: "unproven", timeoutMs: 600_000 })
        .write(ask("a.update", "a", index)),
    );
    await vi.advanceTimersByTimeAsync(1_000);
    expect(countOf(portal, "a.update")).toBe(4);
    for (let count = 0; count < 10; count += 1) prove(portal, "a", `t${count}`);
    const hurried = (timeoutMs: number) =>
      portal.session({ identity: "a", credential: "hurried", budget: "unproven", timeoutMs }).read(ask("profile", "a"));
    const began = performance.now();
    const early = hurried(5_000).catch((error: unknown) => [error, performance.now() - began]);
    const outcomes = await untilSettled([early, hurried(60_000), ...writes]);
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => "fulfilled"));
    expect(outcomes[0]).toMatchObject({ value: [{ name: "PortalRateLimited" }, 0] });
  });

  it("hold a quarter of the slots at most, when the portal is slow to refuse them", async () => {
    const portal = startVirtualPortal({ plan: "on-premise" });
    portal.latency = ({ commands }) => (commands.includes("profile") ? 20_000 : 50);
    for (let count = 0; count < 20; count += 1) prove(portal, `address-${count}`, `token-${count}`);
    await vi.advanceTimersByTimeAsync(100);
    expect(portal.underWay()).toBe(2);
    const reads = Array.from({ length: 8 }, (_, index) =>
      portal.session({ identity: `key-${index}`, credential: `key-${index}` }).read(ask("a.get", "key")),
    );
    const began = performance.now();
    await untilSettled(reads);
    expect(performance.now() - began).toBeLessThan(200);
  });
});

describe("the live side's own questions", () => {
  function askLive(portal: VirtualPortal, number: number, urgency: "event" | "heartbeat"): Promise<unknown> {
    const question = portal
      .session({
        identity: "live",
        credential: urgency === "event" ? `live-${number % 7}` : "heartbeats",
        budget: "live",
        urgency,
        timeoutMs: 600_000,
      })
      .read(ask(`${urgency}.get`, "live", number));
    question.catch(() => {});
    return question;
  }

  it("use the share that is set, events before heartbeats", async () => {
    const portal = startVirtualPortal({ liveShare: 0.5 });
    // Every second second 7 credentials have a question each.
    for (let second = 0; second < 60; second += 1) {
      if (second % 2 === 0) for (let number = 0; number < 7; number += 1) askLive(portal, second * 7 + number, "event");
      if (second === 0) askLive(portal, 500, "heartbeat");
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(portal.arrivals.length).toBeGreaterThanOrEqual(60);
    expect(portal.arrivals.length).toBeLessThanOrEqual(60 + 4);
    expect(countOf(portal, "heartbeat.get")).toBe(0);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(countOf(portal, "heartbeat.get")).toBe(1);
  });

  it("use a quarter by default, and ride for nothing in requests of their credential", async () => {
    const portal = startVirtualPortal();
    // Nothing is left over for splitting.
    portal.allowance.takeSurplus(10, 0);
    for (let number = 0; number < 70; number += 1) askLive(portal, number, "event");
    await vi.advanceTimersByTimeAsync(0);
    const spent = portal.arrivals.length;
    expect(spent).toBeLessThanOrEqual(4);
    // One request for each of the 7 credentials carries all of its questions.
    await untilSettled([portal.session({ identity: "key", credential: "live-6" }).read(ask("a.get", "key"))]);
    const shared = portal.arrivals.find(({ by }) => by.includes("key"));
    expect(shared?.by).toEqual(["key", ...Array.from({ length: 10 }, () => "live")]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(portal.arrivals.flatMap(({ by }) => by)).toHaveLength(71);
    expect(portal.arrivals).toHaveLength(7);
  });

  it("never wait for what heartbeats have used up: a request for an event goes at once, however many heartbeats wait", async () => {
    const portal = startVirtualPortal();
    for (let number = 0; number < 40; number += 1) {
      portal
        .session({
          identity: "live",
          credential: `list-${number}`,
          budget: "live",
          urgency: "heartbeat",
          timeoutMs: 600_000,
        })
        .read(ask("heartbeat.get", "live", number))
        .catch(() => {});
    }
    await vi.advanceTimersByTimeAsync(10_000);
    for (let round = 0; round < 10; round += 1) {
      const began = performance.now();
      await untilSettled([askLive(portal, round, "event")]);
      expect(performance.now() - began).toBeLessThan(200);
      await vi.advanceTimersByTimeAsync(4_000);
    }
    // They have the rest of the share.
    expect(countOf(portal, "heartbeat.get")).toBeGreaterThan(12);
  });

  it("hold up nobody who asks the same", async () => {
    const portal = startVirtualPortal();
    for (let number = 0; number < 14; number += 1) askLive(portal, number, "event");
    await vi.advanceTimersByTimeAsync(10);
    const waiting = ["a", "b"].map((identity) =>
      portal.session({ identity, credential: "live-6" }).read(ask("event.get", "live", 6)),
    );
    const began = performance.now();
    await untilSettled(waiting);
    expect(performance.now() - began).toBeLessThan(200);
    // Both share one command; the live side's two questions came along.
    const sent = portal.arrivals.map(({ numbers }) => numbers).filter((numbers) => numbers.includes("6"));
    expect(sent).toEqual([["6", "6", "13"]]);
  });
});
