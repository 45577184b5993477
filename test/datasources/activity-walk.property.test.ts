import fc from "fast-check";
import { expect, test } from "vitest";
import type { Call } from "../../src/datasources/bitrix24/calls.ts";
import { walkActivities } from "../../src/datasources/crm/activity-walk.ts";
import { activityAnswer } from "../fixtures/activity-examples.ts";
import { decoded } from "../kit/decoded.ts";

interface Entry {
  readonly id: number;
  /** Bound to so many of the wanted items: the portal sends it once for each. */
  readonly times: number;
  /** What of its row cannot be read. */
  readonly odd?: "session" | "start" | "whole" | undefined;
}

/** What `crm.activity.list` answers of them: 50 rows from a place on. */
function activitiesPortal(entries: readonly Entry[]) {
  const rowOf = ({ id, odd }: Entry): unknown => {
    const row = { ...activityAnswer[0], ID: String(id), ASSOCIATED_ENTITY_ID: String(id + 100), ORIGIN_ID: null };
    if (odd === "whole") return "x";
    if (odd === "session") return { ...row, ASSOCIATED_ENTITY_ID: "x" };
    return odd === "start" ? { ...row, START_TIME: false, CREATED: "soon" } : row;
  };
  return {
    async read<T>(call: Call<T>): Promise<T> {
      const { filter, order } = Object(call.params);
      const sign = order.ID === "ASC" ? 1 : -1;
      const rows = [...entries]
        .sort((a, b) => sign * (a.id - b.id))
        .filter(({ id }) => id > Number(filter[">ID"] ?? 0) && id < Number(filter["<ID"] ?? 1e9))
        .flatMap((entry) => Array.from({ length: entry.times }, () => rowOf(entry)));
      return decoded(call, rows.slice(0, 50));
    },
  };
}

test("a walk through activities gives each that can be read once, whatever stands beside it", async () => {
  const entry = fc.record({
    times: fc.integer({ min: 1, max: 4 }),
    odd: fc.option(fc.constantFrom("session" as const, "start" as const, "whole" as const), {
      nil: undefined,
      freq: 6,
    }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(entry, { maxLength: 260, size: "max" }),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom("ASC" as const, "DESC" as const),
      async (parts, size, direction) => {
        const entries = parts.map((each, index) => ({ id: index * 2 + 1, ...each }));
        const portal = activitiesPortal(entries);
        const ids: string[] = [];
        for (let after: string | undefined, pages = 0; ; pages++) {
          const page = await walkActivities(portal, { filter: {}, direction, after, size });
          ids.push(...page.activities.map(({ activityId }) => activityId));
          if (page.isEnd) break;
          const next = page.place ?? page.activities.at(-1)?.activityId;
          expect(next).not.toBe(after);
          after = next;
          expect(pages).toBeLessThan(600);
        }
        const readable = entries.filter(({ odd }) => odd === undefined).map(({ id }) => String(id));
        expect(ids).toEqual(direction === "ASC" ? readable : readable.reverse());
      },
    ),
    { numRuns: 80 },
  );
});
