import { describe, expect, test } from "vitest";
import type { Plan } from "../../../src/datasources/bitrix24/usage.ts";
import { Refused } from "../../datasources/bitrix24/scripted-portal.ts";
import { type Gateway, startGatewayCore } from "../operation.ts";
import { dialogOnWire, historyOfOnWire, messagesOnWire, userOnWire } from "../wire-answers.ts";

/** A portal whose chat 1777 holds messages 1 to `count` and `members` participants. Without a request limit unless told, because walking takes many. */
function start(count: number, members = 0, plan: Plan = "on-premise"): Promise<Gateway> {
  const answer = (method: string, params: Record<string, string>): unknown => {
    switch (method) {
      case "imopenlines.dialog.get":
        return dialogOnWire();
      case "im.dialog.messages.get":
        return messagesOnWire(1777, count, params);
      case "im.dialog.users.list": {
        const offset = Number(params.OFFSET ?? 0);
        const users = Array.from({ length: members }, (_, index) => userOnWire(100 + index));
        return users.slice(offset, offset + Number(params.LIMIT));
      }
      default:
        throw new Refused("ERROR_METHOD_NOT_FOUND", 404);
    }
  };
  return startGatewayCore(answer, { plan });
}

interface PageSeen {
  readonly ids: number[];
  readonly info: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string };
}

async function page(gateway: Gateway, args: Record<string, unknown>, field = "messages"): Promise<PageSeen> {
  const types: Record<string, string> = { first: "Int", after: "String", last: "Int", before: "String" };
  const names = Object.keys(args);
  const declared = names.map((name) => `$${name}: ${types[name]}`).join(", ");
  const passed = names.map((name) => `${name}: $${name}`).join(", ");
  const { chat } = await gateway.data(
    `query ${declared === "" ? "" : `(${declared})`} { chat(by: {id: 1777}) { page: ${field}${passed === "" ? "" : `(${passed})`} {
      nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } } }`,
    args,
  );
  const found = (chat as { page: { nodes: { id: string }[]; pageInfo: PageSeen["info"] } }).page;
  return { ids: found.nodes.map((node) => Number(node.id)), info: found.pageInfo };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("messages of a chat", () => {
  test("are the last 20, oldest first, when nothing is said", async () => {
    const { ids, info } = await page(await start(120), {});
    expect(ids).toEqual(range(101, 120));
    expect(info).toMatchObject({ hasPreviousPage: true, hasNextPage: false });
  });

  test("of a short chat come whole and announce no more", async () => {
    const { ids, info } = await page(await start(7), {});
    expect(ids).toEqual(range(1, 7));
    expect(info).toMatchObject({ hasPreviousPage: false, hasNextPage: false });
  });

  test("of an empty chat are an empty page", async () => {
    const { ids, info } = await page(await start(0), {});
    expect(ids).toEqual([]);
    expect(info).toEqual({ hasPreviousPage: false, hasNextPage: false, startCursor: null, endCursor: null });
  });

  test.each([7, 20, 50, 60, 100])("walked back by %i are each given once", async (size) => {
    const gateway = await start(217);
    const walked: number[] = [];
    let before: string | undefined;
    for (;;) {
      const { ids, info } = await page(gateway, before === undefined ? { last: size } : { last: size, before });
      walked.unshift(...ids);
      if (!info.hasPreviousPage) break;
      before = info.startCursor;
    }
    expect(walked).toEqual(range(1, 217));
  });

  test.each([7, 50, 60, 100])("walked forward from the first by %i are each given once", async (size) => {
    const gateway = await start(217);
    const walked: number[] = [];
    let after: string | undefined;
    for (;;) {
      const { ids, info } = await page(gateway, after === undefined ? { first: size } : { first: size, after });
      walked.push(...ids);
      if (!info.hasNextPage) break;
      after = info.endCursor;
    }
    expect(walked).toEqual(range(1, 217));
  });

  test("cost one call for 50 and two for 100", async () => {
    const gateway = await start(500);
    await page(gateway, { last: 50 });
    expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "im.dialog.messages.get"]);
    await page(gateway, { last: 100 });
    expect(gateway.seen().commands.filter((command) => command === "im.dialog.messages.get")).toHaveLength(2);
  });

  test("of a chat looked up by its id come in the same request once the caller is known to take part, each page that is asked for", async () => {
    const gateway = await start(500, 0, "standard");
    await gateway.data("{ chat(by: {id: 1777}) { viewerRole } }");
    gateway.seen();
    const { chat } = await gateway.data(`query ($size: Int = 3) { chat(by: {id: 1777}) {
      title newest: messages(last: $size) { nodes { id } } ...Oldest
    } } fragment Oldest on Chat { oldest: messages(first: 2) { nodes { id } } }`);
    expect(chat).toMatchObject({
      newest: { nodes: [{ id: "498" }, { id: "499" }, { id: "500" }] },
      oldest: { nodes: [{ id: "1" }, { id: "2" }] },
    });
    const { requests, commands } = gateway.seen();
    expect(commands.sort()).toEqual(["im.dialog.messages.get", "im.dialog.messages.get", "imopenlines.dialog.get"]);
    expect(requests).toBe(1);
  });

  test("more of which come than were asked for, as the portal does with unread ones, are cut to the newest", async () => {
    const gateway = await startGatewayCore((method) =>
      method === "imopenlines.dialog.get" ? dialogOnWire() : messagesOnWire(1777, 40, { LIMIT: "40" }),
    );
    const { ids, info } = await page(gateway, { last: 5 });
    expect(ids).toEqual(range(36, 40));
    expect(info.hasPreviousPage).toBe(true);
  });

  test("bring their authors along; the portal's own have none", async () => {
    const gateway = await start(6);
    const { chat } = await gateway.data(
      `{ chat(by: {id: 1777}) { messages(last: 2) { edges { node { id isSystem html author { id name } chat { id } text } } } } }`,
    );
    expect(chat).toEqual({
      messages: {
        edges: [
          {
            node: {
              id: "5",
              isSystem: false,
              html: "message 5",
              author: { id: "27", name: "Samantha Johnson" },
              chat: { id: "1777" },
              text: "message 5",
            },
          },
          {
            node: { id: "6", isSystem: true, html: "message 6", author: null, chat: { id: "1777" }, text: "message 6" },
          },
        ],
      },
    });
    expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "im.dialog.messages.get"]);
  });

  test("that a participant is refused are refused at their place", async () => {
    const gateway = await startGatewayCore((method) => {
      if (method === "im.dialog.messages.get") throw new Refused("ACCESS_ERROR", 403);
      return dialogOnWire();
    });
    const result = await gateway.run("{ chat(by: {id: 1777}) { id messages { nodes { id } } } }");
    expect(result.data).toEqual({ chat: { id: "1777", messages: null } });
    expect(result.errors?.[0]?.path).toEqual(["chat", "messages"]);
  });

  test.each(["guest", "none", undefined])(
    "are those of the latest session for a %s, who takes no part in the chat",
    async (role) => {
      const gateway = await startGatewayCore((method) => {
        if (method === "im.dialog.messages.get") throw new Refused("ACCESS_ERROR", 403);
        if (method === "imopenlines.session.history.get") return historyOfOnWire(343, 1777);
        return dialogOnWire({ role });
      });
      const { chat } = await gateway.data(
        "{ chat(by: {id: 1777}) { messages(last: 1) { scope nodes { id } pageInfo { hasPreviousPage startCursor } } } }",
      );
      expect(chat).toMatchObject({
        messages: { scope: "LATEST_SESSION", nodes: [{ id: "85851" }], pageInfo: { startCursor: "85851" } },
      });
    },
  );

  test("go on from any message that is known by its id", async () => {
    const gateway = await start(120);
    expect(await page(gateway, { last: 3, before: "50" })).toMatchObject({
      ids: [47, 48, 49],
      info: { startCursor: "47" },
    });
    expect(await page(gateway, { first: 2, after: "50" })).toMatchObject({ ids: [51, 52] });
  });

  test.each([
    ["both directions", "first: 1, last: 1"],
    ["a page of none", "first: 0"],
    ["a page of 101", "last: 101"],
    ["a cursor of nowhere", 'after: "nowhere"'],
  ])("with %s are BAD_USER_INPUT", async (_what, args) => {
    const gateway = await start(10);
    const result = await gateway.run(`{ chat(by: {id: 1777}) { messages(${args}) { nodes { id } } } }`);
    expect(result.errors?.map((error) => error.extensions.code)).toEqual(["BAD_USER_INPUT"]);
  });
});

describe("participants of a chat", () => {
  test("walked through are each given once, with their records", async () => {
    const gateway = await start(0, 45);
    const walked: number[] = [];
    let after: string | undefined;
    for (;;) {
      const args = after === undefined ? { first: 20 } : { first: 20, after };
      const { ids, info } = await page(gateway, args, "participants");
      walked.push(...ids);
      expect(info.hasPreviousPage).toBe(after !== undefined);
      if (!info.hasNextPage) break;
      after = info.endCursor;
    }
    expect(walked).toEqual(range(100, 144));
    gateway.seen();
    const { chat } = await gateway.data("{ chat(by: {id: 1777}) { participants(first: 2) { nodes { name kind } } } }");
    expect(chat).toEqual({
      participants: {
        nodes: [
          { name: "User 100", kind: "EMPLOYEE" },
          { name: "User 101", kind: "EMPLOYEE" },
        ],
      },
    });
    expect(gateway.seen().commands).toEqual(["imopenlines.dialog.get", "im.dialog.users.list"]);
  });
});
