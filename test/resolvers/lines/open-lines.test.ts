import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LineOperations, startLineOperations } from "../line-operations.ts";

let operations: LineOperations;
beforeAll(async () => {
  operations = await startLineOperations();
});
afterAll(() => operations.close());

const LIST = `query ($filter: OpenLineFilter, $orderBy: OpenLineOrder, $first: Int, $after: String) {
  openLines(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    nodes { id name } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

interface Listed {
  readonly nodes: { readonly id: string; readonly name: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
}

async function listLines(variables: Record<string, unknown>): Promise<Listed> {
  const { data, errors } = await operations.run(LIST, variables);
  expect(errors).toEqual([]);
  return (data as { openLines: Listed }).openLines;
}

const storedIds = () => operations.portal.world.lines.all().map(({ id }) => String(id));

describe("openLine", () => {
  test("answers a line with its queue in one call", async () => {
    const [id = ""] = storedIds();
    const { data, errors, upstream } = await operations.run(
      `query ($id: ID!) { openLine(id: $id) { id name queue { members { user { id } position } isOnline } } }`,
      { id },
    );
    expect(errors).toEqual([]);
    const stored = operations.portal.world.lines.get(Number(id));
    expect(data).toMatchObject({
      openLine: {
        id,
        name: stored?.columns.LINE_NAME,
        queue: {
          members: stored?.operators.map(({ userId }, position) => ({ user: { id: String(userId) }, position })),
        },
      },
    });
    expect(upstream.commands).toBe(1);
  });

  test("is null without an error when there is no such line", async () => {
    const { data, errors } = await operations.run(`{ openLine(id: "999999") { id name } }`);
    expect(data).toEqual({ openLine: null });
    expect(errors).toEqual([]);
  });

  test("refuses an id that is no number", async () => {
    const { data, errors } = await operations.run(`{ openLine(id: "first") { id } }`);
    expect(data).toEqual({ openLine: null });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining('"first"') }]);
  });

  test("reads the configured queue from the list, which alone tells it", async () => {
    const [id = ""] = storedIds();
    const { data, upstream } = await operations.run(
      `query ($id: ID!) { openLine(id: $id) { queue { configured { type entityId user { id } } users { id } } } }`,
      { id },
    );
    const stored = operations.portal.world.lines.get(Number(id));
    expect(data).toEqual({
      openLine: {
        queue: {
          configured: stored?.queue.map((entry) => ({
            type: entry.type === "user" ? "USER" : "DEPARTMENT",
            entityId: String(entry.id),
            user: entry.type === "user" ? { id: String(entry.id) } : null,
          })),
          users: stored?.operators.map(({ userId }) => ({ id: String(userId) })),
        },
      },
    });
    expect(upstream.commands).toBe(2);
  });
});

describe("openLines", () => {
  test("lists all lines of the portal in one call, oldest first", async () => {
    const { nodes, pageInfo } = await listLines({});
    expect(nodes.map(({ id }) => id)).toEqual(storedIds());
    expect(pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  test("walks all lines by cursor, each once", async () => {
    const seen: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 10; page++) {
      const { nodes, pageInfo }: Listed = await listLines({ first: 4, after });
      seen.push(...nodes.map(({ id }) => id));
      expect(pageInfo.hasPreviousPage).toBe(page > 0);
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(seen).toEqual(storedIds());
  });

  test("filters by id, state and part of the name, and orders by name", async () => {
    const ids = storedIds().slice(1, 3);
    expect((await listLines({ filter: { ids } })).nodes.map(({ id }) => id)).toEqual(ids);
    expect((await listLines({ filter: { isActive: false } })).nodes).toEqual(
      operations.portal.world.lines
        .all()
        .filter(({ columns }) => columns.ACTIVE === "N")
        .map(({ id, columns }) => ({ id: String(id), name: columns.LINE_NAME })),
    );
    const { nodes } = await listLines({ orderBy: { field: "NAME", direction: "DESC" } });
    const names = nodes.map(({ name }) => name);
    expect(names).toEqual([...names].sort((a, b) => b.toLowerCase().localeCompare(a.toLowerCase(), "en")));
    const part = (names[0] ?? "").slice(1, 5).toUpperCase();
    expect((await listLines({ filter: { nameContains: part } })).nodes.map(({ name }) => name)).toContain(names[0]);
  });

  test("finds no line among no ids, without asking the portal", async () => {
    const { data, upstream } = await operations.run(`{ openLines(filter: { ids: [] }) { nodes { id } } }`);
    expect(data).toEqual({ openLines: { nodes: [] } });
    expect(upstream.commands).toBe(0);
  });

  test.each([
    [{ first: 0 }, "first"],
    [{ first: 101 }, "first"],
    [{ after: "bm90IGEgY3Vyc29y" }, "after"],
    [{ filter: { ids: ["x"] } }, "filter.ids"],
  ])("refuses %j", async (variables, culprit) => {
    const { errors, upstream } = await operations.run(LIST, variables);
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", message: expect.stringContaining(culprit) }]);
    expect(upstream.commands).toBe(0);
  });

  test("needs one more call for each line only where the list does not tell something", async () => {
    const { data, upstream } = await operations.run(
      `{ openLines { nodes { id isActive crm { createMode } workTime { from to holidays } queue { configured { entityId } } } } }`,
    );
    expect(data).toMatchObject({ openLines: { nodes: expect.any(Array) } });
    expect(upstream.commands).toBe(1);
    const withMembers = await operations.run(`{ openLines { nodes { queue { isOnline members { user { id } } } } } }`);
    expect(withMembers.errors).toEqual([]);
    expect(withMembers.upstream.commands).toBe(1 + storedIds().length);
  });
});

describe("the portal's own facts", () => {
  test("publicPage joins address and path", async () => {
    const { data } = await operations.run(`{ publicPage { serverUrl path url } }`);
    const { serverUrl, path, url } = (data as { publicPage: Record<string, string> }).publicPage;
    expect(url).toBe(new URL(path ?? "", serverUrl).href);
  });

  test("apiRevision tells three numbers", async () => {
    const { data } = await operations.run(`{ apiRevision { rest web mobile } }`);
    expect(data).toEqual({ apiRevision: { rest: 2, web: 1, mobile: 1 } });
  });
});
