import { describe, expect, test } from "vitest";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { dialogOnWire, recentItemOnWire } from "../wire-answers.ts";

type Item = Record<string, unknown>;

/** A portal with this recent list, paged by OFFSET and LIMIT. */
function start(items: readonly Item[]): Promise<Gateway> {
  return startGatewayCore((method, params) => {
    switch (method) {
      case "im.recent.list": {
        const offset = Number(params.OFFSET);
        const limit = Number(params.LIMIT);
        return { items: items.slice(offset, offset + limit), hasMore: items.length > offset + limit };
      }
      case "imopenlines.dialog.get":
        return dialogOnWire({ id: Number(params.CHAT_ID) });
      default:
        throw new Refused("ERROR_METHOD_NOT_FOUND", 404);
    }
  });
}

const chats = (from: number, to: number): Item[] =>
  Array.from({ length: to - from + 1 }, (_, index) => recentItemOnWire(from + index));

interface Inbox {
  readonly ids: number[];
  readonly info: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string };
  readonly cursors: string[];
}

async function inbox(gateway: Gateway, variables: Record<string, unknown>): Promise<Inbox> {
  const data = await gateway.data(
    `query ($filter: InboxFilter, $first: Int, $after: String) { inbox(filter: $filter, first: $first, after: $after) {
      edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor }
    } }`,
    variables,
  );
  const found = data.inbox as { edges: { cursor: string; node: { id: string } }[]; pageInfo: Inbox["info"] };
  return {
    ids: found.edges.map((edge) => Number(edge.node.id)),
    cursors: found.edges.map((edge) => edge.cursor),
    info: found.pageInfo,
  };
}

async function walk(gateway: Gateway, variables: Record<string, unknown>): Promise<number[]> {
  const walked: number[] = [];
  let after: string | undefined;
  for (;;) {
    const { ids, info } = await inbox(gateway, after === undefined ? variables : { ...variables, after });
    walked.push(...ids);
    if (!info.hasNextPage) return walked;
    after = info.endCursor;
  }
}

describe("the inbox", () => {
  test("gives each chat with its record, counters, last message and author in one call", async () => {
    const gateway = await start(chats(1001, 1003));
    const data = await gateway.data(`{ inbox(first: 3) { nodes {
      id status statusCode isPinned isMarkedAsUnread changedAt preview { messageId text sentAt author { id name kind } hasFile hasAttachment }
      chat {
        id title state line { id } operator { id } connector { title } currentSession { id startedAt }
        viewerUnreadCount viewerLastReadMessageId lastMessageId customer { id name }
      }
    } } }`);
    expect((data.inbox as { nodes: unknown[] }).nodes[0]).toEqual({
      id: "1001",
      status: "CUSTOMER_WAITING",
      statusCode: 20,
      isPinned: false,
      isMarkedAsUnread: false,
      changedAt: "2026-06-01T10:00:00.000Z",
      preview: {
        messageId: "10010",
        text: "last of 1001",
        sentAt: "2026-06-01T10:00:00.000Z",
        author: { id: "599", name: "Guest", kind: "CUSTOMER" },
        hasFile: false,
        hasAttachment: false,
      },
      chat: {
        id: "1001",
        title: "Customer 1001",
        state: "ASSIGNED",
        line: { id: "22" },
        operator: { id: "27" },
        connector: { title: "Live chat" },
        currentSession: { id: "343", startedAt: "2026-03-16T17:41:58.000Z" },
        viewerUnreadCount: 2,
        viewerLastReadMessageId: "10008",
        lastMessageId: "10010",
        customer: { id: "599", name: "Guest" },
      },
    });
    expect(gateway.seen()).toEqual({ requests: 1, commands: ["im.recent.list"] });
  });

  test("reads the full record, once per chat, only for what the list does not tell", async () => {
    const gateway = await start(chats(1001, 1003));
    await gateway.data(
      "{ inbox(first: 3) { nodes { preview { text } chat { title messageCount readMarks { messageId } } } } }",
    );
    expect(gateway.seen()).toEqual({
      requests: 2,
      commands: ["im.recent.list", ...Array.from({ length: 3 }, () => "imopenlines.dialog.get")],
    });
  });

  test("asks the portal to leave out private and group chats, and leaves out what comes all the same", async () => {
    const group = recentItemOnWire(7, { lines: undefined }, { entity_type: "", entity_id: "", type: "chat" });
    const gateway = await start([...chats(1001, 1002), group, ...chats(1003, 1004)]);
    expect((await inbox(gateway, { first: 100 })).ids).toEqual([1001, 1002, 1003, 1004]);
    expect(gateway.portal.requests[0]?.body).toMatchObject({ SKIP_DIALOG: "Y", SKIP_CHAT: "Y", OFFSET: 0, LIMIT: 100 });
  });

  test.each([1, 7, 20, 100])("walked by %i gives each chat once", async (first) => {
    const gateway = await start(chats(1001, 1045));
    expect(await walk(gateway, { first })).toEqual(chats(1001, 1045).map((item) => item.chat_id));
  });

  test("goes on behind any edge, not only the last", async () => {
    const gateway = await start(chats(1001, 1010));
    const { cursors } = await inbox(gateway, { first: 5 });
    expect((await inbox(gateway, { first: 3, after: cursors[1] })).ids).toEqual([1003, 1004, 1005]);
  });

  test("gives a chat once where the portal's pages overlap", async () => {
    const group = recentItemOnWire(7, { lines: undefined }, { entity_type: "", entity_id: "", type: "chat" });
    const items = [...chats(1001, 1003), group, recentItemOnWire(1003), recentItemOnWire(1002), ...chats(1004, 1009)];
    const { ids } = await inbox(await start(items), { first: 4 });
    expect(ids).toEqual([1001, 1002, 1003, 1004]);
  });

  test("fills a page from several of the portal's when some items are no open-line chats", async () => {
    const group = recentItemOnWire(7, { lines: undefined }, { entity_type: "", entity_id: "", type: "chat" });
    const items = chats(1001, 1030).flatMap((item) => [item, group]);
    expect((await inbox(await start(items), { first: 10 })).ids).toEqual(chats(1001, 1010).map((item) => item.chat_id));
  });
});

describe("a filtered inbox", () => {
  const mixed = Array.from({ length: 60 }, (_, index) =>
    recentItemOnWire(
      1001 + index,
      {},
      {
        owner: index % 2 === 0 ? 27 : 0,
        entity_id: `${index % 3 === 0 ? "telegrambot" : "livechat"}|22|1|599`,
        entity_data_1: `N|NONE|0|N|${index % 5 === 0 ? "Y" : "N"}|${index % 7 === 0 ? 0 : 343}|1773682918|${index % 4 === 0 ? 12 : 0}|0|0`,
      },
    ),
  );
  const where = (holds: (index: number) => boolean): number[] =>
    mixed.flatMap((item, index) => (holds(index) ? [Number(item.chat_id)] : []));

  test.each([
    [{ states: ["NO_OPEN_SESSION"] }, where((index) => index % 7 === 0)],
    [{ states: ["CLOSING"] }, where((index) => index % 5 === 0 && index % 7 !== 0)],
    [{ states: ["UNASSIGNED"] }, where((index) => index % 2 === 1 && index % 5 !== 0 && index % 7 !== 0)],
    [{ lineIds: ["12"] }, where((index) => index % 4 === 0)],
    [{ connectorIds: ["telegrambot"] }, where((index) => index % 3 === 0)],
    [{ operatorIds: ["27"], lineIds: ["22"] }, where((index) => index % 2 === 0 && index % 4 !== 0)],
    [{ states: [] }, []],
  ])("%j gives exactly the chats that it holds for", async (filter, expected) => {
    const gateway = await start(mixed);
    expect(await walk(gateway, { filter, first: 7 })).toEqual(expected);
  });

  test("lets the portal look for unread chats", async () => {
    const gateway = await start(chats(1001, 1002));
    await inbox(gateway, { filter: { unreadOnly: true } });
    expect(gateway.portal.requests[0]?.body.UNREAD_ONLY).toBe("Y");
  });

  test("that matches nothing stops after three of the portal's pages and says where to go on", async () => {
    const gateway = await start([...chats(1001, 1700), recentItemOnWire(2000, {}, { owner: 55 })]);
    const filter = { operatorIds: ["55"] };
    const { ids, info } = await inbox(gateway, { filter });
    expect(ids).toEqual([]);
    expect(info.hasNextPage).toBe(true);
    expect(gateway.seen().commands).toHaveLength(3);
    expect((await inbox(gateway, { filter, after: info.endCursor })).ids).toEqual([2000]);
  });
});

describe("an inbox on a portal that does not know im.recent.list", () => {
  test("is cut from the whole list that the older method gives", async () => {
    const gateway = await startGatewayCore((method) => {
      if (method !== "im.recent.get") throw new Refused("ERROR_METHOD_NOT_FOUND", 404);
      return [...chats(1001, 1024), recentItemOnWire(1025, { counter: 0 })];
    });
    expect(await walk(gateway, { first: 10 })).toEqual([...chats(1001, 1025)].map((item) => item.chat_id));
    expect(await walk(gateway, { filter: { unreadOnly: true }, first: 10 })).not.toContain(1025);
  });

  test("is refused as the portal refuses it when the scope is missing", async () => {
    const gateway = await startGatewayCore(() => {
      throw new Refused("insufficient_scope", 401);
    });
    const result = await gateway.run("{ inbox { nodes { id } } }");
    expect(result.data).toEqual({ inbox: null });
    expect(gateway.seen().commands).toEqual(["im.recent.list"]);
  });
});

describe("an inbox asked for in a way that cannot be meant", () => {
  test.each([
    ["a page of none", "first: 0"],
    ["a cursor of another list", 'after: "eyJ2IjoxLCJrIjoibWVzc2FnZSIsImF0IjoiNSJ9"'],
    ["a line that is no id", 'filter: {lineIds: ["queue12"]}'],
  ])("with %s is BAD_USER_INPUT", async (_what, args) => {
    const gateway = await start([]);
    const result = await gateway.run(`{ inbox(${args}) { nodes { id } } }`);
    expect(result.errors?.map((error) => error.extensions.code)).toEqual(["BAD_USER_INPUT"]);
    expect(gateway.seen().requests).toBe(0);
  });
});
