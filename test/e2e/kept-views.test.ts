import { describe, expect, it, onTestFinished } from "vitest";
import { type PortalUser, startPortal } from "../../simulator/portal.ts";
import { leaveChat } from "../../simulator/world/members.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { type GraphqlAnswer, keyFor, startGateway } from "../kit/gateway.ts";
import { type Listener, type LiveOffice, openLiveOffice } from "../kit/live-office.ts";
import { eventually } from "../kit/until.ts";

const PAGE = `{
  inbox(first: 50) {
    nodes {
      id
      chat {
        messageCount
        state
        viewerUnreadCount
        readMarks { messageId }
        line { id name }
        operator { id name }
        currentSession { id participants { id } messages(last: 2) { nodes { id text } } }
      }
    }
  }
}`;
const RIGHTS =
  "{ inbox(first: 50) { nodes { id chat { viewerRole viewerCanSend currentSession { viewerCanJoin } } } } }";
const LISTEN = "subscription { inboxChanged(first: 50) { changed { id } } }";

/** Records that were not read anew; undefined where the answer names none. */
function keptIn({ errors, extensions }: GraphqlAnswer): number | undefined {
  expect(errors).toBeUndefined();
  return extensions.upstream.kept;
}

interface Desk {
  readonly office: LiveOffice;
  readonly operator: PortalUser;
  readonly listener: Listener;
  readonly chat: Chat;
  page(query?: string): Promise<GraphqlAnswer>;
  /** Until a page is answered from what was read for the one before it. */
  settled(): Promise<GraphqlAnswer>;
}

/** An operator whose page has been read while he listens. */
async function openDesk(env: Readonly<Record<string, string>> = {}): Promise<Desk> {
  const office = await openLiveOffice({ size: 0.4 }, env);
  const { portal, gateway } = office;
  const ownChats = ({ id }: PortalUser): Chat[] =>
    [...portal.world.chats.values()].filter(
      (chat) =>
        chat.connectorId === "livechat" &&
        chat.ownerId === id &&
        chat.members.has(id) &&
        chat.recents.has(id) &&
        portal.world.openSession(chat.id) !== undefined,
    );
  const operator = portal.users.find((user) => user.role === "operator" && ownChats(user).length > 1);
  const [chat] = operator === undefined ? [] : ownChats(operator);
  if (operator === undefined || chat === undefined) throw new Error("nobody has enough chats");
  const key = keyFor(operator);
  const listener = office.listen(LISTEN, { key });
  await listener.next();
  const page = (query = PAGE) => gateway.graphql(query, {}, { key });
  return { office, operator, listener, chat, page, settled: () => settledBy(page) };
}

async function settledBy(page: () => Promise<GraphqlAnswer>): Promise<GraphqlAnswer> {
  await page();
  return await page();
}

function rowOf({ data }: GraphqlAnswer, { id }: Chat) {
  return data.inbox.nodes.find((row: { id: string }) => row.id === String(id));
}

describe("what is kept for who listens", () => {
  it("answers the page of whoever comes back, with the same data, and the operation says so", async () => {
    const { page } = await openDesk();
    const first = await page();
    expect(keptIn(first)).toBeUndefined();
    const second = await page();
    expect(keptIn(second)).toBeGreaterThan(10);
    expect(second.extensions.upstream.commands).toBe(1);
    expect(second.data).toEqual(first.data);
  });

  it("ends for a chat with the chat's event, and for no other", async () => {
    const { office, listener, chat, page, settled } = await openDesk();
    const before = await settled();
    office.portal.world.customerWrites(chat.id, "One more.");
    await listener.next();
    const after = await page();
    expect(rowOf(after, chat).chat.messageCount).toBe(rowOf(before, chat).chat.messageCount + 1);
    expect(rowOf(after, chat).chat.currentSession.messages.nodes.at(-1).text).toBe("One more.");
    expect(keptIn(after)).toBeGreaterThan(0);
    expect(after.extensions.upstream.commands).toBe(3);
  });

  it("ends for a chat whose row in the newest list tells otherwise, although no event told of it", async () => {
    const { office, chat, page, settled } = await openDesk();
    await settled();
    const colleague = office.portal.users.find(({ role, id }) => role === "operator" && id !== chat.ownerId);
    chat.ownerId = colleague?.id ?? 0;
    chat.messages.pop();
    const after = await page();
    expect(rowOf(after, chat).chat.operator.id).toBe(String(colleague?.id));
    expect(rowOf(after, chat).chat.messageCount).toBe(chat.messages.length);
  });

  it("ends with the operator's own write", async () => {
    const { office, operator, chat, page, settled } = await openDesk();
    await settled();
    const pin = `mutation { chatPin(chatId: "${chat.id}") { userErrors { code } chat { isPinned } } }`;
    const { errors } = await office.gateway.graphql(pin, {}, { key: keyFor(operator) });
    expect(errors).toBeUndefined();
    expect(keptIn(await page())).toBeUndefined();
  });

  it("goes on while the operator types", async () => {
    const { office, operator, chat, page, settled } = await openDesk();
    const kept = keptIn(await settled());
    expect(kept).toBeGreaterThan(0);
    const typing = "mutation ($id: ID!) { chatTyping(chatId: $id) { userErrors { code } } }";
    const told = await office.gateway.graphql(typing, { id: String(chat.id) }, { key: keyFor(operator) });
    expect(told.data.chatTyping.userErrors).toEqual([]);
    expect(keptIn(await page())).toBe(kept);
  });

  it("ends with a colleague's write to the chat, before any event of it", async () => {
    const { office, chat, page, settled } = await openDesk();
    const before = keptIn(await settled()) ?? 0;
    const say = `mutation { chatMessageSend(chatId: "${chat.id}", text: "From a colleague") { userErrors { code } } }`;
    const { errors } = await office.gateway.graphql(say, {}, { key: office.supervisor });
    expect(errors).toBeUndefined();
    expect(keptIn(await page())).toBeLessThan(before);
  });

  it("never tells what the viewer may do", async () => {
    const { page } = await openDesk();
    await page(RIGHTS);
    await page();
    const { extensions, errors } = await page(RIGHTS);
    expect(errors).toBeUndefined();
    expect(extensions.upstream.kept).toBeUndefined();
  });

  it("does not outlive a right: who has lost a chat is refused at the next question", async () => {
    const { office, operator, chat, page, settled } = await openDesk();
    await settled();
    leaveChat(office.portal.world, chat, [operator.id]);
    chat.recents.delete(operator.id);
    chat.ownerId = 0;
    const lostAt = performance.now();
    expect(rowOf(await page(), chat)).toBeUndefined();
    const { data, errors } = await office.gateway.graphql(
      `{ chat(by: { id: "${chat.id}" }) { messageCount viewerRole } }`,
      {},
      { key: keyFor(operator) },
    );
    expect(data.chat === null ? errors?.[0]?.extensions.code : data.chat.viewerRole).toMatch(/NOT_FOUND|GUEST|NONE/);
    expect((performance.now() - lostAt) / 1_000).toBeLessThan(60);
  });

  it("is not what an action looks at before it writes", async () => {
    const { office, operator, chat, settled } = await openDesk();
    await settled();
    const colleague = office.portal.users.find(({ role, id }) => role === "operator" && id !== operator.id);
    chat.ownerId = colleague?.id ?? 0;
    const answer = `mutation { chatAnswer(chatId: "${chat.id}") { userErrors { code } chat { messageCount } } }`;
    const { data, extensions } = await office.gateway.graphql(answer, {}, { key: keyFor(operator) });
    expect(data.chatAnswer.userErrors).toEqual([{ code: "ALREADY_ASSIGNED" }]);
    expect(extensions.upstream.kept).toBeUndefined();
  });

  it("ends by age", async () => {
    const { page } = await openDesk({ GATEWAY_KEPT_SECONDS: "2" });
    await eventually(async () => expect(keptIn(await page())).toBeGreaterThan(0));
    // Each page would be answered from the one before it if their age began anew with each.
    await eventually(async () => expect(keptIn(await page())).toBeUndefined());
  });

  it("ends when nobody listens with the credential any more", async () => {
    const { listener, page, settled } = await openDesk();
    expect(keptIn(await settled())).toBeGreaterThan(0);
    await listener.stop();
    await eventually(async () => expect(keptIn(await page())).toBeUndefined());
  });

  it("is nothing where it is switched off, and nothing for a portal without live events", async () => {
    const { settled } = await openDesk({ GATEWAY_KEPT_SECONDS: "0" });
    expect(keptIn(await settled())).toBeUndefined();

    const portal = await startPortal({ size: 0.2, plan: "on-premise" });
    const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise", GATEWAY_POLLING: "off" } });
    onTestFinished(async () => {
      await gateway.close();
      await portal.close();
    });
    const [user] = portal.users;
    if (user === undefined) throw new Error("a portal without people");
    expect(keptIn(await settledBy(() => gateway.graphql(PAGE, {}, { key: keyFor(user) })))).toBeUndefined();
  });
});
