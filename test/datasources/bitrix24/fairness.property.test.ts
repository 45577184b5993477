import fc from "fast-check";
import { beforeEach, expect, it, vi } from "vitest";
import {
  type Arrival,
  ask,
  startVirtualPortal,
  untilSettled,
  useVirtualTime,
  type VirtualPortal,
} from "./virtual-portal.ts";

beforeEach(useVirtualTime);

/** A group of calls that an identity makes at once. */
interface Group {
  readonly identity: number;
  /** Of the identity's own credential, or of one that all share. */
  readonly isShared: boolean;
  readonly kind: "read" | "write";
  readonly calls: number;
  readonly atMs: number;
}

const IDENTITIES = 6;

const group: fc.Arbitrary<Group> = fc.record({
  identity: fc.nat(IDENTITIES - 1),
  isShared: fc.boolean(),
  kind: fc.constantFrom("read" as const, "read" as const, "write" as const),
  calls: fc.integer({ min: 1, max: 120 }),
  atMs: fc.nat(4_000),
});

/** Commands take their time one after another, as a portal runs them. */
const latency = ({ commands }: Arrival): number => 30 + 4 * commands.length;

function nameOf(identity: number): string {
  return `identity-${identity}`;
}

interface Waiting {
  calls: number;
  underWay: number;
  /** Turns that each other one had while it could have had its own. */
  readonly passedBy: Map<string, number>;
}

/**
 * Watches every request: an identity that waits with nothing under way is passed at most once by each other. Not counted is what held it up
 * itself: slots that are all taken, or those of its own credential.
 */
function watchTurns(portal: VirtualPortal) {
  const waiting = new Map<string, Waiting>();
  const underWayOf = new Map<string, number>();
  const credentialsOf = new Map<string, Set<string>>();
  const violations: string[] = [];
  const of = (name: string): Waiting => {
    const known = waiting.get(name) ?? { calls: 0, underWay: 0, passedBy: new Map<string, number>() };
    waiting.set(name, known);
    return known;
  };
  const add = (counts: Map<string, number>, key: string, by: number): void => {
    counts.set(key, (counts.get(key) ?? 0) + by);
  };

  portal.onArrival = ({ by, credential, at }) => {
    const [owner] = by;
    if (owner === undefined) throw new Error("every request has an owner");
    for (const name of by) of(name).calls -= 1;
    for (const [name, who] of waiting) {
      if (who.calls === 0) who.passedBy.clear();
      const couldGo =
        who.calls > 0 &&
        who.underWay === 0 &&
        portal.underWay() < 8 &&
        [...(credentialsOf.get(name) ?? [])].every((each) => (underWayOf.get(each) ?? 0) < 2);
      if (name === owner || !couldGo) continue;
      add(who.passedBy, owner, 1);
      if ((who.passedBy.get(owner) ?? 0) > 1) violations.push(`${owner} passed ${name} again at ${at}`);
    }
    of(owner).passedBy.clear();
    of(owner).underWay += 1;
    add(underWayOf, credential, 1);
  };
  portal.onAnswer = ({ by, credential }) => {
    of(by[0] ?? "").underWay -= 1;
    add(underWayOf, credential, -1);
  };
  return {
    violations,
    asked(name: string, credential: string, calls: number): void {
      of(name).calls += calls;
      credentialsOf.set(name, (credentialsOf.get(name) ?? new Set()).add(credential));
    },
  };
}

async function play(groups: readonly Group[], isScarce: boolean): Promise<void> {
  const portal = startVirtualPortal();
  portal.latency = latency;
  if (isScarce) portal.allowance.exhausted();
  const watch = watchTurns(portal);
  const work: Promise<unknown>[] = [];
  let number = 0;
  const begin = ({ identity, isShared, kind, calls }: Group): void => {
    const name = nameOf(identity);
    const credential = isShared ? "shared" : name;
    const session = portal.session({ identity: name, credential, timeoutMs: 3_600_000 });
    // No more writes than the waiting room takes from all of them.
    const count = kind === "write" ? Math.ceil(calls / 20) : calls;
    watch.asked(name, credential, count);
    for (let call = 0; call < count; call += 1) {
      number += 1;
      work.push(
        kind === "write" ? session.write(ask("a.update", name, number)) : session.read(ask("a.get", name, number)),
      );
    }
  };
  for (const each of groups) setTimeout(() => begin(each), each.atMs);
  await vi.advanceTimersByTimeAsync(4_001);
  const outcomes = await untilSettled(work);
  expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
  expect(watch.violations).toEqual([]);
  expect(portal.refused(), "the portal refused a request for its rate").toBe(0);
  const sent = portal.arrivals.flatMap(({ numbers }) => numbers);
  expect(new Set(sent).size, "a call was sent twice").toBe(sent.length);
  expect(sent).toHaveLength(number);
}

it("lets nobody wait for more than one request of each other, and the portal never refuses", async () => {
  await fc.assert(fc.asyncProperty(fc.array(group, { minLength: 2, maxLength: 20 }), fc.boolean(), play), {
    numRuns: 150,
  });
});

it("answers each within three times the time that it takes alone while there is allowance to spare", async () => {
  const groups = fc.array(fc.record({ reads: fc.integer({ min: 1, max: 100 }), atMs: fc.nat(200) }), {
    minLength: 2,
    maxLength: 6,
  });
  async function timesOf(each: readonly { reads: number; atMs: number }[]): Promise<number[]> {
    const portal = startVirtualPortal();
    portal.latency = latency;
    // A busy hour: there is allowance, but idleness has left nothing over for splitting.
    portal.allowance.takeSurplus(10, 0);
    portal.allowance.take(5, 0);
    const times: number[] = [];
    const work = each.map(async ({ reads, atMs }, index) => {
      await new Promise<void>((resolve) => setTimeout(resolve, atMs));
      const began = performance.now();
      const name = nameOf(index);
      const session = portal.session({ identity: name, credential: name });
      await Promise.all(Array.from({ length: reads }, (_, number) => session.read(ask("a.get", name, number))));
      times[index] = performance.now() - began;
    });
    await untilSettled(work);
    return times;
  }
  await fc.assert(
    fc.asyncProperty(groups, async (all) => {
      const together = await timesOf(all);
      for (const [index, own] of all.entries()) {
        const [alone = 0] = await timesOf([own]);
        expect(together[index]).toBeLessThanOrEqual(3 * alone);
      }
    }),
    { numRuns: 60 },
  );
});

it("uses at least 95 % of the allowance while there is work, whoever has it", async () => {
  const workers = fc.array(
    fc.record({ kind: fc.constantFrom("read" as const, "write" as const), atOnce: fc.integer({ min: 3, max: 60 }) }),
    { minLength: 2, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(workers, async (all) => {
      const portal = startVirtualPortal();
      portal.latency = latency;
      const MINUTES = 3;
      const endsAt = performance.now() + MINUTES * 60_000;
      let number = 0;
      /** Always has a few calls waiting. */
      async function work(kind: "read" | "write", name: string): Promise<void> {
        const session = portal.session({ identity: name, credential: name, timeoutMs: 600_000 });
        while (performance.now() < endsAt) {
          number += 1;
          await (kind === "write"
            ? session.write(ask("a.update", name, number))
            : session.read(ask("a.get", name, number)));
        }
      }
      const running = all.flatMap(({ kind, atOnce }, index) =>
        Array.from({ length: kind === "write" ? Math.ceil(atOnce / 10) + 1 : atOnce }, () => work(kind, nameOf(index))),
      );
      await vi.advanceTimersByTimeAsync(MINUTES * 60_000);
      const sent = portal.arrivals.length;
      await untilSettled(running);
      expect(portal.refused()).toBe(0);
      expect(sent).toBeGreaterThanOrEqual(0.95 * (50 + MINUTES * 120));
    }),
    { numRuns: 15 },
  );
});
