import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { walkSessions } from "../../src/datasources/imopenlines/statistics/session-walk.ts";
import type { WalkPlace, WalkQuery } from "../../src/datasources/imopenlines/statistics/walk-page.ts";
import { type Habits, type Kept, reportsPortal } from "./reports-portal.ts";

const NOW = Math.floor(Date.now() / 1000);
const YEAR = 365 * 86_400;

interface Walked {
  readonly ids: readonly string[];
  readonly pages: number;
  readonly calls: number;
}

/** All pages of a walk, one behind the other. */
async function walk(
  sessions: readonly Kept[],
  query: Partial<WalkQuery> & { readonly habits?: Habits } = {},
): Promise<Walked> {
  const { habits, ...more } = query;
  const portal = reportsPortal(sessions, habits);
  const ids: string[] = [];
  let after: WalkPlace | undefined;
  let oldest: number | undefined;
  for (let pages = 1; ; pages++) {
    const page = await walkSessions(portal, {
      filter: {},
      order: "CREATED",
      direction: "DESC",
      size: 100,
      ...more,
      after,
      oldest,
    });
    ids.push(...page.sessions.map(({ id }) => id));
    if (page.isEnd) return { ids, pages, calls: portal.calls() };
    const next = page.place ?? page.places.at(-1);
    expect(next, "goes on somewhere else").not.toEqual(after);
    after = next;
    oldest = page.oldest;
    expect(pages).toBeLessThan(1_000);
  }
}

const idsOf = (sessions: readonly Kept[]): string[] => sessions.map(({ id }) => String(id)).sort();

/** Sessions in crowds: each second of the list with so many. */
function crowds(seconds: readonly (readonly [at: number, count: number])[]): Kept[] {
  return seconds
    .flatMap(([at, count]) => Array.from({ length: count }, () => at))
    .map((at, index) => ({ id: index + 1, at, closedAt: at + (index % 3) }));
}

const habits = fc.oneof(
  fc.record({ mostRows: fc.constant(50), writesText: fc.boolean() }),
  fc.record({ excludes: fc.constantFrom("from" as const, "to" as const, undefined), writesText: fc.boolean() }),
);

describe("a walk through the sessions of any portal gives each of them once", () => {
  test("whatever shares a second, whatever the page, forwards and backwards, by creation and by closing", async () => {
    const seconds = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 1, max: 230 })), {
      minLength: 1,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        seconds,
        fc.integer({ min: 1, max: 100 }),
        fc.constantFrom("ASC" as const, "DESC" as const),
        fc.constantFrom("CREATED" as const, "CLOSED" as const),
        habits,
        async (parts, size, direction, order, ways) => {
          const all = crowds(parts.map(([at, count]) => [NOW - 86_400 + at, count]));
          const { ids } = await walk(all, { size, direction, order, habits: ways });
          expect([...ids].sort()).toEqual(idsOf(all));
        },
      ),
      { numRuns: 30 },
    );
  });

  test.each(["ASC", "DESC"] as const)(
    "thousands that were imported in one second, with others beside it: %s",
    async (direction) => {
      const at = NOW - 2 * YEAR;
      const all = crowds([
        [at - 1, 140],
        [at, 3_300],
        [at + 1, 130],
        [at + 2, 5],
      ]);
      const { ids } = await walk(all, { direction });
      expect(ids).toHaveLength(all.length);
      expect([...ids].sort()).toEqual(idsOf(all));
    },
  );

  test.each(["ASC", "DESC"] as const)(
    "years apart, in a period that begins before and ends after all portals: %s",
    async (direction) => {
      const all = crowds([
        [NOW - 7 * YEAR, 3],
        [NOW - 3 * YEAR, 2],
        [NOW - 10, 4],
      ]);
      const created = { from: new Date("1900-01-01T00:00:00Z"), to: new Date("9999-12-31T23:59:59Z") };
      const { ids, calls, pages } = await walk(all, { direction, filter: { created } });
      expect([...ids].sort()).toEqual(idsOf(all));
      expect(calls).toBeLessThanOrEqual(11);
      expect(pages).toBeLessThanOrEqual(3);
      const none = await walk([], { direction, filter: { created } });
      expect(none).toMatchObject({ ids: [], pages: 1 });
      expect(none.calls).toBeLessThanOrEqual(2);
    },
  );

  test("a portal that tells equal dates in another order each time", async () => {
    const all = crowds(Array.from({ length: 60 }, (_, index) => [NOW - 50_000 + index, 1 + (index % 9)]));
    for (const direction of ["ASC", "DESC"] as const) {
      const { ids } = await walk(all, { size: 17, direction, habits: { isRestless: true } });
      expect([...ids].sort()).toEqual(idsOf(all));
    }
  });
});
