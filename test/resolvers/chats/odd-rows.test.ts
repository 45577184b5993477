import { expect, test } from "vitest";
import { startGatewayCore } from "../operation.ts";
import { dialogOnWire, messagesOnWire, userOnWire } from "../wire-answers.ts";

type Params = Record<string, string>;

/** Of a page by position the second row cannot be read. */
function rows(count: number, params: Params, row: (id: number) => unknown): unknown[] {
  const offset = Number(params.OFFSET ?? 0);
  return Array.from({ length: count }, (_, index) => (index === 1 ? "odd" : row(index + 1))).slice(
    offset,
    offset + Number(params.LIMIT),
  );
}

const gatewayWithOddRows = () =>
  startGatewayCore((method, params) => {
    switch (method) {
      case "im.dialog.users.list":
        return rows(5, params, (id) => userOnWire(id));
      case "im.dialog.messages.get": {
        const page = messagesOnWire(1777, 60, params);
        const messages = Array.isArray(page.messages) ? page.messages : [];
        return { ...page, messages: messages.map((each) => (each.id === 40 ? { ...each, date: "soon" } : each)) };
      }
      default:
        return dialogOnWire();
    }
  });

test("participants go on behind a row that cannot be read, and none comes twice", async () => {
  const gateway = await gatewayWithOddRows();
  const seen: string[] = [];
  let after: unknown = null;
  for (let pages = 0; pages < 5; pages++) {
    const document =
      'query ($after: String) { chat(by: { id: "1777" }) { participants(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } }';
    const { chat } = await gateway.data(document, { after });
    const { nodes, pageInfo } = Object(chat).participants;
    seen.push(...nodes.map(({ id }: { id: string }) => id));
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) break;
  }
  expect(seen).toEqual(["1", "3", "4", "5"]);
});

test("messages of several calls go on behind one that cannot be read", async () => {
  const gateway = await gatewayWithOddRows();
  const { chat } = await gateway.data(
    '{ chat(by: { id: "1777" }) { messages(last: 55) { nodes { id } pageInfo { hasPreviousPage } } } }',
  );
  const { nodes, pageInfo } = Object(chat).messages;
  const ids = nodes.map(({ id }: { id: string }) => Number(id));
  expect(ids).toHaveLength(55);
  expect(ids).not.toContain(40);
  expect(pageInfo.hasPreviousPage).toBe(true);
});

/** Ids of all pages of two of a list of five rows of which the second cannot be read. */
async function walk(
  gateway: Awaited<ReturnType<typeof startGatewayCore>>,
  field: string,
  idOf: string,
): Promise<string[]> {
  const seen: string[] = [];
  let after: unknown = null;
  for (let pages = 0; pages < 5; pages++) {
    const document = `query ($after: String) { list: ${field} { nodes { ${idOf} } pageInfo { hasNextPage endCursor } } }`;
    const { list } = await gateway.data(document, { after });
    const { nodes, pageInfo } = Object(list);
    for (const node of nodes) seen.push(node.id ?? node.session.id);
    after = pageInfo.endCursor;
    if (!pageInfo.hasNextPage) break;
  }
  return seen;
}

const period = '{ from: "2026-10-01T00:00:00Z", to: "2026-10-31T00:00:00Z" }';
const at = "2026-10-05T08:12:44+01:00";

test.each([
  [
    "sessions",
    `sessions(first: 2, after: $after, filter: { created: ${period} }, orderBy: { field: WAITED_FOR_ANSWER }) `,
    "id",
  ],
  ["ratings", `sessionRatings(first: 2, after: $after, period: ${period})`, "session { id }"],
  ["canned responses", 'quickReplies(first: 2, after: $after, lineId: "7")', "id"],
  ["chats that are searched for", 'chatSearch(first: 2, after: $after, text: "guest")', "id"],
])("%s go on behind a row that cannot be read, and none comes twice", async (_name, field, idOf) => {
  const gateway = await startGatewayCore((method, params) => {
    const { offset, limit, OFFSET, LIMIT } = params;
    const place = { OFFSET: OFFSET ?? offset ?? "0", LIMIT: LIMIT ?? limit ?? "50" };
    const page = (row: (id: number) => unknown) => {
      const found = rows(5, place, row);
      return { found, hasNextPage: found.length === Number(place.LIMIT) };
    };
    switch (method) {
      case "imopenlines.v2.Session.list": {
        const { found, hasNextPage } = page((id) => ({ id, dateCreate: at }));
        return { sessions: found, hasNextPage };
      }
      case "imopenlines.v2.Session.Rating.list": {
        const { found, hasNextPage } = page((sessionId) => ({ sessionId, vote: "like" }));
        return { ratings: found, hasNextPage };
      }
      case "imopenlines.v2.QuickReply.list":
        return { replies: page((id) => ({ id, name: "Greeting", text: "Good morning" })).found, totalCount: 5 };
      case "im.search.chat.list":
        return page((id) => ({ ...Object(dialogOnWire()), id })).found;
      default:
        return dialogOnWire();
    }
  });
  expect(await walk(gateway, field, idOf)).toEqual(["1", "3", "4", "5"]);
});
