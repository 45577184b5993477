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
