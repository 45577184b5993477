import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { addMessage } from "../../simulator/world/messages.ts";
import { SessionStatus } from "../../simulator/world/records.ts";
import { keyFor, startGateway } from "../kit/gateway.ts";
import { type Office, openOffice } from "../kit/office.ts";
import { ABSENT, answeredChat, strangerTo } from "./refusals.ts";

let office: Office;

beforeAll(async () => {
  office = await openOffice();
});
afterEach(() => {
  office.portal.setFaults([]);
  office.portal.world.rights.restore();
});
afterAll(() => office.close());

describe("chatSearch", () => {
  const SEARCH = `query ($text: String!, $first: Int, $after: String) {
    chatSearch(text: $text, first: $first, after: $after) { nodes { id title state } pageInfo { hasNextPage endCursor } }
  }`;

  test("finds open-line chats by the beginnings of words, with their records, in one call", async () => {
    const chat = office.chatWith(SessionStatus.operatorReplied);
    const [word = ""] = chat.title.split(/[\s,.()&-]+/).filter((part) => part.length > 2);
    const { data, extensions } = await office.supervisor.ask(SEARCH, { text: ` ${word.slice(0, 3)} `, first: 49 });
    expect(data.chatSearch.nodes).toContainEqual({ id: String(chat.id), title: chat.title, state: "ASSIGNED" });
    expect(extensions.upstream).toMatchObject({ requests: 1, commands: 1 });
  });

  test("walked by pages gives each chat once, whatever their size", async () => {
    const all = await office.supervisor.act(SEARCH, { text: "on", first: 100 });
    const expected = all.nodes.map(({ id }: { id: string }) => id);
    expect(new Set(expected).size).toBe(expected.length);
    for (const first of [1, 7, 50]) {
      const walked: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } =
          await office.supervisor.act(SEARCH, { text: "on", first, after });
        walked.push(...page.nodes.map(({ id }) => id));
        more = page.pageInfo.hasNextPage && walked.length < expected.length;
        after = page.pageInfo.endCursor;
      }
      expect(walked).toEqual(expected);
    }
  });

  test("wants two characters before it asks", async () => {
    office.portal.resetStats();
    const { errors } = await office.supervisor.ask(SEARCH, { text: " é " });
    expect(errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" }, path: ["chatSearch"] });
    expect(office.portal.stats().requests).toBe(0);
  });

  test("reads the map of an older portal as well", async () => {
    const portal = await startPortal({ size: 0.2, plan: "on-premise", age: 2024 });
    const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
    const { data } = await gateway.graphql(SEARCH, { text: "on" });
    expect(data.chatSearch.nodes.length).toBeGreaterThan(0);
    await gateway.close();
    await portal.close();
  });
});

describe("messageReact", () => {
  test("sets a reaction once and takes it back, and what is so already is no error", async () => {
    const chat = answeredChat(office);
    const as = office.staff(chat.ownerId);
    const message = addMessage(office.portal.world, chat, { authorId: chat.customerId, text: "Thanks" });
    const react = (reaction: string) =>
      as.act(
        `mutation { messageReact(messageId: ${message.id}, reaction: ${reaction}) { userErrors { code } messageId } }`,
      );
    const done = { userErrors: [], messageId: String(message.id) };
    expect(await react("LIKE")).toEqual(done);
    expect(await react("LIKE")).toEqual(done);
    expect(message.params.LIKE).toEqual([chat.ownerId]);
    expect(await react("null")).toEqual(done);
    expect(await react("null")).toEqual(done);
    expect(message.params.LIKE).toBeUndefined();
    const { errors } = await as.ask(`mutation { messageReact(messageId: 1, reaction: UNKNOWN) { messageId } }`);
    expect(errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  });

  test("a message that is nowhere to be seen is refused", async () => {
    const payload = await office.supervisor.act(
      `mutation { messageReact(messageId: ${ABSENT}, reaction: LIKE) { userErrors { code field } messageId } }`,
    );
    expect(payload).toEqual({ userErrors: [{ code: "MESSAGE_NOT_FOUND", field: ["messageId"] }], messageId: null });
  });
});

describe("the caller's own inbox", () => {
  test("pins a chat and marks it as unread, for nobody else", async () => {
    const chat = answeredChat(office);
    const as = office.staff(chat.ownerId);
    const pin = (pinned: boolean) =>
      as.act(`mutation { inboxPin(chatId: ${chat.id}, pinned: ${pinned}) { userErrors { code } chat { id } } }`);
    expect(await pin(true)).toEqual({ userErrors: [], chat: { id: String(chat.id) } });
    expect([...chat.pinnedBy]).toEqual([as.id]);
    await pin(false);
    expect([...chat.pinnedBy]).toEqual([]);
    const marked = await as.act(`mutation { chatMarkAsUnread(chatId: ${chat.id}) { userErrors { code } } }`);
    expect(marked).toEqual({ userErrors: [] });
    expect([...chat.markedUnreadBy]).toEqual([as.id]);
  });

  test.each(["inboxPin(chatId: ID, pinned: true)", "chatMarkAsUnread(chatId: ID)"])(
    "%s of a chat that is not in it is refused",
    async (mutation) => {
      const chat = answeredChat(office);
      const payload = await strangerTo(office, chat).act(
        `mutation { ${mutation.replace("ID", String(chat.id))} { userErrors { code } } }`,
      );
      expect(payload).toEqual({ userErrors: [{ code: "ACCESS_DENIED" }] });
    },
  );
});

describe("quickReplies", () => {
  const LIST = `query ($lineId: ID!, $search: String, $first: Int, $after: String) {
    quickReplies(lineId: $lineId, search: $search, first: $first, after: $after) {
      nodes { id name text sectionName canEdit rating } pageInfo { hasNextPage endCursor }
    }
  }`;

  test("lists a line's canned responses, page by page, and searches them", async () => {
    const { world } = office.portal;
    const lineId = world.quickAnswers[0]?.lineId ?? 0;
    const ofLine = world.quickAnswers.filter((answer) => answer.lineId === lineId);
    const all = await office.supervisor.act(LIST, { lineId: String(lineId), first: 100 });
    expect(all.nodes).toHaveLength(ofLine.length);
    expect(all.pageInfo.hasNextPage).toBe(false);
    const one = await office.supervisor.act(LIST, { lineId: String(lineId), first: 1 });
    expect(one.nodes).toEqual(all.nodes.slice(0, 1));
    const next = await office.supervisor.act(LIST, { lineId: String(lineId), first: 1, after: one.pageInfo.endCursor });
    expect(next.nodes).toEqual(all.nodes.slice(1, 2));
    const search = all.nodes[0].text.slice(0, 8);
    const found = await office.supervisor.act(LIST, { lineId: String(lineId), search });
    expect(found.nodes).toContainEqual(all.nodes[0]);
  });

  test("says which right, method or line is missing", async () => {
    const { world } = office.portal;
    const lineId = String(world.quickAnswers[0]?.lineId);
    const absent = await office.supervisor.ask(LIST, { lineId: String(ABSENT) });
    expect(absent.errors?.[0]?.extensions.code).toBe("NOT_FOUND_OR_FORBIDDEN");
    world.rights.withdraw(office.supervisor.id, "QUICK_ANSWERS", Number(lineId));
    const refused = await office.supervisor.ask(LIST, { lineId });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason: "RIGHT" });

    const portal = await startPortal({ size: 0.2, plan: "on-premise", age: 2024 });
    const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
    const [supervisor] = portal.users;
    const key = supervisor === undefined ? null : keyFor(supervisor);
    const missing = await gateway.graphql(LIST, { lineId }, { key });
    expect(missing.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN" });
    const { extensions } = await gateway.graphql(LIST, { lineId }, { key });
    // What a portal lacks is not asked for again.
    expect(extensions.upstream.commands).toBe(0);
    await gateway.close();
    await portal.close();
  });
});
