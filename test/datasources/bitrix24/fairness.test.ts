import { beforeEach, describe, expect, it, vi } from "vitest";
import { PortalRateLimited } from "../../../src/datasources/bitrix24/errors.ts";
import { ask, startVirtualPortal, untilSettled, useVirtualTime, type VirtualPortal } from "./virtual-portal.ts";

beforeEach(useVirtualTime);

/** Uses up the allowance, so that from now on a request may leave every half second. */
function useUpAllowance(portal: VirtualPortal): void {
  portal.allowance.exhausted();
}

function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Whose turn each request was. */
function turnsOf(portal: VirtualPortal): (string | undefined)[] {
  return portal.arrivals.map(({ by }) => by[0]);
}

function flood(work: readonly Promise<unknown>[]): void {
  for (const each of work) each.catch(() => {});
}

describe("turns between identities", () => {
  it.each(["shared", undefined])(
    "answers three readers while one identity writes without end (credential: %s)",
    async (shared) => {
      const portal = startVirtualPortal();
      useUpAllowance(portal);
      const typing = portal.session({ identity: "typist", credential: shared ?? "typist" });
      flood(numbered(200).map((number) => typing.write(ask("typing.send", "typist", number))));
      await vi.advanceTimersByTimeAsync(2_600);
      const readers = ["a", "b", "c"];
      const asked = portal.arrivals.length;
      const reads = readers.map((identity) =>
        portal
          .session({ identity, credential: shared ?? identity, timeoutMs: 30_000 })
          .read(ask("inbox.get", identity)),
      );
      await expect(untilSettled(reads)).resolves.toMatchObject(reads.map(() => ({ status: "fulfilled" })));
      const since = turnsOf(portal).slice(asked);
      // Reads of one credential share a request.
      const requests = shared === undefined ? 3 : 1;
      expect(since.slice(0, requests + 2).filter((by) => by !== "typist")).toHaveLength(requests);
    },
  );

  it("sends the only write of one identity next, whatever many another one has queued", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    flood(
      numbered(4).flatMap(() => {
        const socket = portal.session({ identity: "sender" });
        return numbered(45).map((number) => socket.write(ask("message.send", "sender", number)));
      }),
    );
    await vi.advanceTimersByTimeAsync(3_000);
    const before = portal.arrivals.length;
    await untilSettled([portal.session({ identity: "other" }).write(ask("message.send", "other"))]);
    expect(turnsOf(portal).slice(before)).toContain("other");
    expect(turnsOf(portal).slice(before).indexOf("other")).toBeLessThanOrEqual(1);
  });

  it("serves identities of one credential in turns and fills their requests with each other's reads", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const work = ["a", "b"].flatMap((identity) => {
      const session = portal.session({ identity });
      return numbered(identity === "a" ? 120 : 10).map((number) => session.read(ask("a.get", identity, number)));
    });
    await untilSettled(work);
    expect(portal.arrivals.map(({ by }) => [by[0], by.length])).toEqual([
      ["a", 50],
      ["b", 50],
      ["a", 30],
    ]);
    expect(portal.arrivals[1]?.by.filter((by) => by === "b")).toHaveLength(10);
  });

  it("takes no more of a scarce allowance than the request whose turn it is needs", async () => {
    const portal = startVirtualPortal();
    // Two requests are left to reads.
    portal.allowance.take(46, 0);
    const greedy = portal.session({ identity: "a", credential: "a" });
    flood(numbered(150).map((number) => greedy.read(ask("a.get", "a", number))));
    flood([portal.session({ identity: "b", credential: "b" }).read(ask("b.get", "b"))]);
    await vi.advanceTimersByTimeAsync(10);
    expect(turnsOf(portal)).toEqual(["a", "b"]);
  });

  it("lets a write pass reads asked before it, but never one that has waited long, and each only once", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const reads = ["a", "b"].map((identity) =>
      portal.session({ identity, credential: identity }).read(ask("x.get", identity)),
    );
    const writer = portal.session({ identity: "w", credential: "w" });
    const writes = [writer.write(ask("x.update", "w", 1)), writer.write(ask("x.update", "w", 2))];
    await untilSettled([...reads, ...writes]);
    expect(turnsOf(portal)).toEqual(["w", "a", "b", "w"]);

    useUpAllowance(portal);
    portal.arrivals.length = 0;
    const old = portal.session({ identity: "old", credential: "old" }).read(ask("x.get", "old"));
    await vi.advanceTimersByTimeAsync(900);
    // The level keeps the read back until it has aged.
    for (let count = 0; count < 3; count += 1) portal.allowance.count();
    await vi.advanceTimersByTimeAsync(1_200);
    const late = ["l1", "l2", "l3"].map((identity) =>
      portal.session({ identity, credential: identity }).write(ask("x.update", identity)),
    );
    await untilSettled([old, ...late]);
    expect(turnsOf(portal)).toEqual(["old", "l1", "l2", "l3"]);
  });

  it("sends a read that has waited long ahead of the newer writes of its own identity", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const session = portal.session({ identity: "a" });
    const read = session.read(ask("a.get", "a"));
    for (let number = 0; number < 20; number += 1) {
      flood([session.write(ask("a.update", "a", number))]);
      await vi.advanceTimersByTimeAsync(250);
    }
    expect(portal.arrivals.map(({ commands }) => commands[0]).indexOf("a.get")).toBeLessThanOrEqual(3);
    expect(await untilSettled([read])).toEqual([{ status: "fulfilled", value: "a.get" }]);
  });
});

describe("requests under way", () => {
  it("leaves slots for others when one identity's reads are slow, also of the same credential", async () => {
    const portal = startVirtualPortal({ plan: "on-premise" });
    portal.latency = ({ commands }) => (commands.includes("history.get") ? 6_500 : 50);
    for (const number of numbered(8)) {
      flood([portal.session({ identity: "slow" }).read(ask("history.get", "slow", number))]);
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(portal.underWay()).toBe(8);
    for (const [identity, credential] of [
      ["a", "shared"],
      ["b", "own"],
    ] as const) {
      const began = performance.now();
      await untilSettled([portal.session({ identity, credential }).read(ask("a.get", identity))]);
      expect(performance.now() - began).toBeLessThan(200);
    }
  });

  it("gives who waits beside others no more slots than its share", async () => {
    const portal = startVirtualPortal({ plan: "on-premise" });
    portal.latency = () => 1_000;
    const identities = ["a", "b", "c", "d", "e"];
    flood(
      identities.flatMap((identity) => {
        const session = portal.session({ identity, credential: identity });
        return numbered(500).map((number) => session.read(ask("a.get", identity, number)));
      }),
    );
    await vi.advanceTimersByTimeAsync(100);
    for (const identity of identities) expect(turnsOf(portal).filter((by) => by === identity)).toHaveLength(2);
  });

  it("gives the slots of writes back when their operations are over, and keeps the number of sockets bounded", async () => {
    const portal = startVirtualPortal({ plan: "on-premise" });
    portal.latency = ({ by }) => (by[0] === "slow" ? Number.POSITIVE_INFINITY : 50);
    let most = 0;
    portal.onArrival = () => {
      most = Math.max(most, portal.underWay() + 1);
    };
    for (let round = 0; round < 10; round += 1) {
      const operation = portal.session({ identity: "slow", timeoutMs: 1_500 });
      const stuck = numbered(4).map((number) => operation.write(ask("a.update", "slow", 4 * round + number)));
      flood(stuck);
      await vi.advanceTimersByTimeAsync(100);
      const outcomes = await untilSettled([
        portal.session({ identity: "other", timeoutMs: 1_000 }).write(ask("b.update", "other", round)),
        portal.session({ identity: "slow", timeoutMs: 1_000 }).read(ask("b.get", "other", round)),
        ...stuck,
      ]);
      expect(outcomes.map((outcome) => (outcome.status === "fulfilled" ? "done" : outcome.reason.name))).toEqual([
        "done",
        "done",
        ...stuck.map(() => "OutcomeUnknown"),
      ]);
      expect(portal.scheduler.status(undefined).inFlightRequests).toBe(0);
    }
    expect(most).toBeLessThanOrEqual(8 + 8 + 1);
    const sent = portal.arrivals.filter(({ by }) => by[0] === "slow").map(({ numbers }) => numbers[0]);
    expect(new Set(sent).size).toBe(sent.length);
  });

  it("notes the late answer of a write whose operation was over: what was read before it is stale", async () => {
    const portal = startVirtualPortal();
    portal.latency = () => 5_000;
    const operation = portal.session({ identity: "a", timeoutMs: 1_000 });
    await untilSettled([operation.write(ask("a.update", "a"))]);
    const epoch = operation.writeEpoch();
    await vi.advanceTimersByTimeAsync(6_000);
    expect(operation.writeEpoch()).toBeGreaterThan(epoch);
  });

  it("gives up a read that nobody waits for any more, and lets nobody join it", async () => {
    const portal = startVirtualPortal({ plan: "on-premise" });
    portal.latency = () => (portal.arrivals.length <= 1 ? 20_000 : 50);
    const first = portal.session({ identity: "a" });
    const second = portal.session({ identity: "b" });
    const reads = [first.read(ask("a.get", "x")), second.read(ask("a.get", "x"))];
    flood(reads);
    await vi.advanceTimersByTimeAsync(10);
    first.abort();
    await vi.advanceTimersByTimeAsync(10);
    expect(portal.underWay()).toBe(1);
    second.abort();
    const third = portal.session({ identity: "c" }).read(ask("a.get", "x"));
    await vi.advanceTimersByTimeAsync(10);
    expect(portal.arrivals).toHaveLength(2);
    expect(await untilSettled([third])).toEqual([{ status: "fulfilled", value: "a.get" }]);
    expect(portal.scheduler.status(undefined)).toMatchObject({ inFlightRequests: 0, circuit: "closed" });
  });
});

describe("the waiting room", () => {
  it("takes in a bystander when one operation has filled it, at the expense of that operation's newest", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const greedy = portal.session({ identity: "greedy" });
    const flooded = numbered(2_000).map((number) => greedy.read(ask("chat.get", "greedy", number)));
    flood(flooded);
    const bystanders = ["a", "b", "c"].map((identity) =>
      portal.session({ identity, timeoutMs: 5_000 }).read(ask("inbox.get", identity)),
    );
    const outcomes = await untilSettled([...bystanders, ...flooded]);
    expect(outcomes.slice(0, 3).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "fulfilled"]);
    const refused = outcomes.flatMap((outcome, index) =>
      outcome.status === "rejected" ? [[index - 3, outcome.reason]] : [],
    );
    expect(refused.map(([index]) => index)).toEqual([1_997, 1_998, 1_999]);
    for (const [, reason] of refused) expect(reason).toBeInstanceOf(PortalRateLimited);
  });

  it("gives one identity all of it alone, and half of it beside another", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const alone = portal.session({ identity: "a" });
    const first = numbered(250).map((number) => alone.write(ask("a.update", "a", number)));
    const other = portal.session({ identity: "b", timeoutMs: 600_000 });
    const second = numbered(250).map((number) => other.write(ask("a.update", "b", number)));
    flood([...first, ...second]);
    await vi.advanceTimersByTimeAsync(0);
    const refusedOf = async (work: readonly Promise<unknown>[]): Promise<number> => {
      let refused = 0;
      for (const each of work) each.catch(() => (refused += 1));
      await vi.advanceTimersByTimeAsync(0);
      return refused;
    };
    // 200 places: of a's 250 the last 50 found none, and b took every second of a's.
    expect([await refusedOf(first), await refusedOf(second)]).toEqual([150, 150]);
  });

  it("takes in a call whose turn comes in time, however much others have queued, and refuses one whose turn does not", async () => {
    const portal = startVirtualPortal();
    useUpAllowance(portal);
    const greedy = portal.session({ identity: "greedy", credential: "greedy" });
    flood(numbered(1_000).map((number) => greedy.read(ask("chat.get", "greedy", number))));
    const quick = portal.session({ identity: "quick", credential: "quick", timeoutMs: 3_000 });
    const late = greedy.read(ask("chat.get", "greedy", 1_001));
    const hasty = portal.session({ identity: "greedy", credential: "greedy", timeoutMs: 3_000 });
    const refused = hasty.read(ask("chat.get", "greedy", 1_002));
    const [own, hurried] = await untilSettled([quick.read(ask("inbox.get", "quick")), refused]);
    expect(own?.status).toBe("fulfilled");
    expect(hurried).toMatchObject({ status: "rejected", reason: { name: "PortalRateLimited" } });
    flood([late]);
  });
});
