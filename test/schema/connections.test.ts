import fc from "fast-check";
import { GraphQLError } from "graphql";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineCursor, defineIdCursor, defineOffsetCursor, Page } from "../../src/schema/connections.ts";
import { parseWindow, sliceById, type Window } from "../../src/schema/pagination.ts";

function refusal(act: () => unknown): GraphQLError {
  try {
    act();
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

describe("cursors", () => {
  const offsets = defineOffsetCursor("things");

  test("come back as what they were made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (offset) => {
        expect(offsets.decode(offsets.encode(offset), "after")).toBe(offset);
      }),
    );
  });

  test("can stand in an address and hide nothing that would need escaping", () => {
    const pairs = defineCursor("pairs", z.strictObject({ a: z.string(), b: z.int() }));
    fc.assert(
      fc.property(fc.string(), fc.integer(), (a, b) => {
        const cursor = pairs.encode({ a, b });
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(pairs.decode(cursor, "before")).toEqual({ a, b });
      }),
    );
  });

  test("of another list are refused with a sentence that names the argument", () => {
    const error = refusal(() => offsets.decode(defineOffsetCursor("others").encode(3), "before"));
    expect(error.extensions.code).toBe("BAD_USER_INPUT");
    expect(error.message).toContain("before is not a cursor of this list");
  });

  test("that no list made are BAD_USER_INPUT, whatever they are", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(encode)), (garbage) => {
        expect(refusal(() => offsets.decode(garbage, "after")).extensions.code).toBe("BAD_USER_INPUT");
      }),
    );
  });

  test.each([
    ["an older version", { v: 0, k: "things", at: 3 }],
    ["a negative offset", { v: 1, k: "things", at: -1 }],
    ["a fraction", { v: 1, k: "things", at: 1.5 }],
    ["something added", { v: 1, k: "things", at: 1, more: true }],
    ["no position", { v: 1, k: "things" }],
  ])("with %s are refused", (_what, payload) => {
    expect(refusal(() => offsets.decode(encode(JSON.stringify(payload)), "after")).extensions.code).toBe(
      "BAD_USER_INPUT",
    );
  });

  test("by id keep ids past 2^53 exact and take nothing but ids", () => {
    const ids = defineIdCursor("message");
    expect(ids.decode(ids.encode("9007199254740993"), "after")).toBe("9007199254740993");
    for (const at of ["0", "-1", "1e3", "", 5])
      expect(() => ids.decode(encode(JSON.stringify({ v: 1, k: "message", at })), "after")).toThrow(GraphQLError);
  });

  function encode(text: string): string {
    return Buffer.from(text).toString("base64url");
  }
});

describe("the window a client asks for", () => {
  const cursor = defineIdCursor("message");

  test("is the newest items when nothing is said", () => {
    expect(parseWindow({}, cursor, 20)).toEqual({ direction: "backward", size: 20, before: null });
    expect(parseWindow({ first: null, after: null, last: null, before: null }, cursor, 20).direction).toBe("backward");
  });

  test("goes forward as soon as first or after is given", () => {
    expect(parseWindow({ first: 5 }, cursor, 20)).toEqual({ direction: "forward", size: 5, after: null });
    expect(parseWindow({ after: cursor.encode("7") }, cursor, 20)).toEqual({
      direction: "forward",
      size: 20,
      after: "7",
    });
  });

  test("is never both ways at once", () => {
    const error = refusal(() => parseWindow({ first: 5, before: cursor.encode("7") }, cursor, 20));
    expect(error.extensions.code).toBe("BAD_USER_INPUT");
  });

  test.each([0, -1, 101])("of %i items is refused", (size) => {
    expect(refusal(() => parseWindow({ first: size }, cursor, 20)).message).toContain(
      "first must be between 1 and 100",
    );
    expect(refusal(() => parseWindow({ last: size }, cursor, 20)).message).toContain("last must be between 1 and 100");
  });
});

describe("a window cut from a whole list", () => {
  const cursor = defineIdCursor("message");
  const lists = fc
    .uniqueArray(fc.bigInt({ min: 1n, max: 2n ** 60n }), { maxLength: 60 })
    .map((ids) => ids.sort((a, b) => (a < b ? -1 : 1)).map((id) => ({ id: String(id) })));
  const sizes = fc.integer({ min: 1, max: 20 });

  const pageOf = (items: { id: string }[], window: Window<string>) => {
    const page = sliceById(items, window, cursor);
    return { ids: page.nodes.map((node) => node.id), info: page.pageInfo };
  };

  test("walked forward to its end gives every item once and in order", () => {
    fc.assert(
      fc.property(lists, sizes, (items, size) => {
        const walked: string[] = [];
        let after: string | null = null;
        for (;;) {
          const { ids, info } = pageOf(items, { direction: "forward", size, after });
          expect(info.hasPreviousPage).toBe(walked.length > 0);
          walked.push(...ids);
          if (!info.hasNextPage) break;
          after = cursor.decode(info.endCursor ?? "", "after");
        }
        expect(walked).toEqual(items.map((item) => item.id));
      }),
    );
  });

  test("walked backward to its start gives every item once and in order", () => {
    fc.assert(
      fc.property(lists, sizes, (items, size) => {
        const walked: string[] = [];
        let before: string | null = null;
        for (;;) {
          const { ids, info } = pageOf(items, { direction: "backward", size, before });
          walked.unshift(...ids);
          if (!info.hasPreviousPage) break;
          before = cursor.decode(info.startCursor ?? "", "before");
        }
        expect(walked).toEqual(items.map((item) => item.id));
      }),
    );
  });

  test("goes on at the right place when the item of the cursor is gone", () => {
    const items = ["3", "10", "200"].map((id) => ({ id }));
    expect(pageOf(items, { direction: "forward", size: 5, after: "9" }).ids).toEqual(["10", "200"]);
    expect(pageOf(items, { direction: "backward", size: 5, before: "11" }).ids).toEqual(["3", "10"]);
  });
});

describe("a page", () => {
  test("names the place where a search stopped, even when it found nothing", () => {
    const page = new Page([], () => "never", { hasNextPage: true, hasPreviousPage: false, endCursor: "here" });
    expect(page.edges).toEqual([]);
    expect(page.pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: "here" });
  });

  test("gives each edge the cursor of its own node", () => {
    const page = new Page(["a", "b"], (node, index) => `${node}${index}`, {
      hasNextPage: false,
      hasPreviousPage: false,
    });
    expect(page.edges).toEqual([
      { cursor: "a0", node: "a" },
      { cursor: "b1", node: "b" },
    ]);
    expect(page.pageInfo).toMatchObject({ startCursor: "a0", endCursor: "b1" });
  });
});
