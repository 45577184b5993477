import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { parseExportCursor } from "../../src/export/export-cursor.ts";
import { exportSessions } from "../../src/export/export-sessions.ts";
import { type Habits, type Kept, reportsPortal } from "../datasources/reports-portal.ts";

const NOW = Math.floor(Date.now() / 1000);
const DAY = 86_400;

/** The ids of an export, and the calls it took. */
async function exported(
  sessions: readonly Kept[],
  { habits, from = 0, to = NOW, after }: { habits?: Habits; from?: number; to?: number; after?: string } = {},
): Promise<{ ids: string[]; cursors: string[]; calls: number }> {
  const portal = reportsPortal(sessions, habits);
  const read = <T>(calls: readonly Call<T>[]) => Promise.all(calls.map(portal.read));
  const ids: string[] = [];
  const cursors: string[] = [];
  const query = {
    from: new Date(from * 1000),
    to: new Date(to * 1000),
    withMessages: false,
    after: after === undefined ? undefined : parseExportCursor(after),
  };
  for await (const part of exportSessions(read, query)) {
    ids.push(...part.map(({ session }) => session.id));
    cursors.push(...part.map(({ cursor }) => cursor));
  }
  return { ids, cursors, calls: portal.calls() };
}

/** The oldest first, those of one second by id. */
const inOrder = (sessions: readonly Kept[]): string[] =>
  [...sessions].sort((a, b) => a.at - b.at || a.id - b.id).map(({ id }) => String(id));

test("an export has every session once and in order, whatever the portal's habits, and goes on behind any of them", async () => {
  const seconds = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 900, size: "max" });
  // Ids that do not follow the time.
  const sessions = seconds.map((all) =>
    all.map((at, index) => ({ id: ((index * 7_919) % 9_973) + 1, at: NOW - DAY + at })),
  );
  const habits = fc.record({
    mostRows: fc.constantFrom(200, 50),
    isRestless: fc.boolean(),
    excludes: fc.constantFrom("from" as const, "to" as const, undefined),
    writesText: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(sessions, habits, fc.nat(), async (all, ways, stop) => {
      const whole = await exported(all, { habits: ways });
      expect(whole.ids).toEqual(inOrder(all));
      const place = stop % all.length;
      const rest = await exported(all, { habits: ways, after: whole.cursors[place] ?? "" });
      expect(rest.ids).toEqual(whole.ids.slice(place + 1));
    }),
    { numRuns: 60 },
  );
});

test("a page's end that lies in a second loses none of it where the portal turns the order of that second at each call", async () => {
  for (const before of [0, 30, 49]) {
    const all = Array.from({ length: before + 80 }, (_, index) => ({
      id: index + 1,
      at: index < before ? NOW - DAY : NOW - DAY + 1,
    }));
    const { ids } = await exported(all, { habits: { mostRows: 50, isRestless: true } });
    expect(ids).toEqual(inOrder(all));
  }
});

test("a period that begins before and ends after all portals costs no call for each of its years", async () => {
  const all = [
    { id: 5, at: NOW - 800 * DAY },
    { id: 9, at: NOW - DAY },
  ];
  const { ids, calls } = await exported(all, { from: -2_000_000_000, to: 250_000_000_000 });
  expect(ids).toEqual(["5", "9"]);
  expect(calls).toBeLessThanOrEqual(4);
});
