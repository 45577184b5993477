import { describe, expect, it, onTestFinished } from "vitest";
import { type PortalUser, startPortal } from "../../simulator/portal.ts";
import { joinChat, leaveChat } from "../../simulator/world/members.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { openEventStream } from "../kit/event-stream-client.ts";
import { keyFor, startGateway } from "../kit/gateway.ts";
import { type Listener, type LiveOffice, openListener, openLiveOffice, type StreamResult } from "../kit/live-office.ts";

const ITEM =
  "id isPinned changedAt preview { text } chat { id title viewerUnreadCount line { id name } operator { id name } }";
const LIST = `query ($first: Int, $filter: InboxFilter) { inbox(first: $first, filter: $filter) { nodes { ${ITEM} } pageInfo { hasNextPage } } }`;
const CHANGES = `subscription ($first: Int, $filter: InboxFilter) {
  inboxChanged(first: $first, filter: $filter) { isWholeList order removedIds hasMore changed { ${ITEM} } }
}`;

interface Row {
  readonly id: string;
  readonly isPinned: boolean;
  readonly preview: { readonly text: string | null } | null;
  readonly chat: {
    readonly viewerUnreadCount: number | null;
    readonly line: { readonly name: string | null } | null;
    readonly operator: { readonly name: string | null } | null;
  };
}

interface Change {
  readonly isWholeList: boolean;
  readonly order: readonly string[];
  readonly removedIds: readonly string[];
  readonly hasMore: boolean;
  readonly changed: readonly Row[];
}

async function nextChange(listener: Listener): Promise<Change> {
  const { data, errors } = await listener.next();
  expect(errors).toBeUndefined();
  return data?.inboxChanged as Change;
}

/** The first change in which something holds. */
async function changeWith(listener: Listener, holds: (change: Change) => boolean): Promise<Change> {
  for (;;) {
    const change = await nextChange(listener);
    if (holds(change)) return change;
  }
}

function ownChats({ portal }: LiveOffice, { id }: PortalUser): Chat[] {
  return [...portal.world.chats.values()].filter(
    ({ ownerId, connectorId, members }) => connectorId === "livechat" && ownerId === id && members.has(id),
  );
}

function someoneWithChats(office: LiveOffice): {
  readonly operator: PortalUser;
  readonly key: string;
  readonly chat: Chat;
} {
  const { portal } = office;
  const operator = portal.users.find((user) => user.role === "operator" && ownChats(office, user).length > 2);
  const chat = operator === undefined ? undefined : ownChats(office, operator).at(-1);
  if (operator === undefined || chat === undefined) throw new Error("nobody has enough chats");
  return { operator, key: keyFor(operator), chat };
}

describe("an inbox that is watched", () => {
  it("comes as inbox tells it, moves a row at once when a message comes, and tells what is unread after the next look", async () => {
    const office = await openLiveOffice({ size: 1 });
    const { key, chat } = someoneWithChats(office);
    const { data } = await office.gateway.graphql(LIST, { first: 100 }, { key });
    const listener = office.listen(CHANGES, { key, variables: { first: 100 } });
    const whole = await nextChange(listener);
    expect(whole).toMatchObject({ isWholeList: true, removedIds: [], hasMore: data.inbox.pageInfo.hasNextPage });
    expect(whole.changed).toEqual(data.inbox.nodes);
    expect(whole.order).toEqual(whole.changed.map(({ id }) => id));
    const id = String(chat.id);
    const unread = whole.changed.find((row) => row.id === id)?.chat.viewerUnreadCount ?? 0;

    office.portal.world.customerWrites(chat.id, "Is [b]anybody[/b] there?");
    const moved = await nextChange(listener);
    expect(moved).toMatchObject({ isWholeList: false, removedIds: [] });
    expect(moved.changed.map((row) => [row.id, row.preview?.text])).toEqual([[id, "Is anybody there?"]]);
    const pinned = whole.changed.filter((row) => row.isPinned).length;
    expect(moved.order[pinned]).toBe(id);
    expect([...moved.order].sort()).toEqual([...whole.order].sort());

    const counted = await changeWith(listener, ({ changed }) => (changed[0]?.chat.viewerUnreadCount ?? 0) > unread);
    expect(counted.changed).toHaveLength(1);
    expect(counted.changed[0]).toMatchObject({ id, chat: { viewerUnreadCount: unread + 1 } });
  });

  it("loses the row of a chat that was handed over in Bitrix24 itself, and gets that of a chat that came", async () => {
    const office = await openLiveOffice({ size: 1 });
    const { operator, key, chat } = someoneWithChats(office);
    const listener = office.listen(CHANGES, { key, variables: { first: 100 } });
    const whole = await nextChange(listener);
    const id = String(chat.id);
    expect(whole.order).toContain(id);
    leaveChat(office.portal.world, chat, [operator.id]);
    chat.recents.delete(operator.id);
    const others = [...office.portal.world.chats.values()];
    const foreign = others.find((each) => each.connectorId === "livechat" && !whole.order.includes(String(each.id)));
    if (foreign === undefined) throw new Error("every chat is the operator's");
    joinChat(office.portal.world, foreign, [operator.id]);
    foreign.ownerId = operator.id;
    office.portal.world.customerWrites(foreign.id, "And me?");
    const came = await changeWith(listener, ({ order }) => order.includes(String(foreign.id)));
    expect(came.removedIds).toEqual([id]);
    expect(came.changed.map((row) => [row.id, row.preview?.text])).toEqual([[String(foreign.id), "And me?"]]);
  });

  it("is a window of the rows that are wanted", async () => {
    const office = await openLiveOffice({ size: 1 });
    const { operator, key } = someoneWithChats(office);
    const whole = await nextChange(office.listen(CHANGES, { key, variables: { first: 100 } }));
    const listener = office.listen(CHANGES, { key, variables: { first: 2 } });
    const first = await nextChange(listener);
    expect(first).toMatchObject({ order: whole.order.slice(0, 2), hasMore: true });
    const below = ownChats(office, operator).find(({ id }) => !first.order.includes(String(id)));
    expect(below).toBeDefined();
    office.portal.world.customerWrites(below?.id ?? 0, "Up!");
    const moved = await nextChange(listener);
    expect(moved.removedIds).toHaveLength(1);
    expect(moved.order).toHaveLength(2);
    expect(moved.changed.map(({ id }) => id)).toEqual([String(below?.id)]);
    const closed = await nextChange(
      office.listen(CHANGES, { key, variables: { filter: { states: ["NO_OPEN_SESSION"] } } }),
    );
    const { data } = await office.gateway.graphql(LIST, { filter: { states: ["NO_OPEN_SESSION"] } }, { key });
    expect(closed.changed).toEqual(data.inbox.nodes);
  });
});

describe("the names in a watched inbox", () => {
  const asked = ({ portal }: LiveOffice): Record<string, number> =>
    Object.fromEntries(
      Object.entries(portal.stats().byMethod).filter(([method]) => /user\.list|config|dialog\.users/.test(method)),
    );

  it("are read once for all who watch, and not again for each change", async () => {
    const office = await openLiveOffice({ size: 1 });
    const { operator, key, chat } = someoneWithChats(office);
    office.portal.resetStats();
    const listener = office.listen(CHANGES, { key, variables: { first: 100 } });
    const whole = await nextChange(listener);
    const lines = new Set(whole.changed.map((row) => row.chat.line?.name));
    expect([...lines].every((name) => typeof name === "string" && name !== "")).toBe(true);
    const before = asked(office);
    expect(before["imopenlines.config.get"]).toBe(lines.size);
    const again = await nextChange(office.listen(CHANGES, { key, variables: { first: 100 } }));
    expect(again.changed).toEqual(whole.changed);
    office.portal.world.customerWrites(chat.id, "Hello again?");
    await changeWith(listener, ({ changed }) => changed.some(({ preview }) => preview?.text === "Hello again?"));
    const other = office.portal.users.find(
      (user) => user.id !== operator.id && user.role === "operator" && ownChats(office, user).length > 0,
    );
    if (other === undefined) throw new Error("nobody else has a chat");
    const foreign = await nextChange(office.listen(CHANGES, { key: keyFor(other), variables: { first: 100 } }));
    const further = new Set(foreign.changed.map((row) => row.chat.line?.name).filter((name) => !lines.has(name)));
    const { "imopenlines.config.get": reads = 0, "im.user.list.get": people = 0 } = asked(office);
    expect(reads).toBe(lines.size + further.size);
    // Of the other's rows those who were not known yet, in one question.
    expect(people - (before["im.user.list.get"] ?? 0)).toBeLessThanOrEqual(1);
  });

  it("of several lists that are opened at about the same time are asked for in one question", async () => {
    const office = await openLiveOffice({ size: 1 });
    const [first, ...others] = office.portal.users.filter((user) => user.role === "operator");
    if (first === undefined || others.length < 3) throw new Error("too few operators");
    for (const chat of office.portal.world.chats.values()) {
      const owner = [first, ...others][chat.id % (others.length + 1)];
      if (chat.connectorId !== "livechat" || chat.ownerId === 0 || owner === undefined) continue;
      joinChat(office.portal.world, chat, [owner.id]);
      chat.ownerId = owner.id;
    }
    await nextChange(office.listen(CHANGES, { key: keyFor(first), variables: { first: 100 } }));
    const before = asked(office)["im.user.list.get"] ?? 0;
    const lists = others.map((user) => office.listen(CHANGES, { key: keyFor(user), variables: { first: 100 } }));
    const operators = new Set<string>();
    for (const listener of lists) {
      const { changed } = await nextChange(listener);
      for (const { chat } of changed) if (chat.operator?.name) operators.add(chat.operator.name);
    }
    expect(operators.size).toBeGreaterThan(2);
    expect((asked(office)["im.user.list.get"] ?? 0) - before).toBeLessThan(others.length);
  });
});

describe("an inbox that is watched with a webhook alone", () => {
  it("is told at first, and again after what its owner did through the gateway, over an event stream too", async () => {
    const portal = await startPortal({ size: 0.3, plan: "on-premise" });
    const gateway = await startGateway({ portal, env: { BITRIX24_PLAN: "on-premise" } });
    onTestFinished(async () => {
      await gateway.close();
      await portal.close();
    });
    const operator = portal.users.find((user) =>
      [...portal.world.chats.values()].some(({ ownerId, members }) => ownerId === user.id && members.has(user.id)),
    );
    if (operator === undefined) throw new Error("nobody has a chat");
    const key = keyFor(operator);
    const { data } = await gateway.graphql(
      "{ eventCursor viewer { liveEvents { checkedEverySeconds } } }",
      {},
      { key },
    );
    expect(data).toEqual({ eventCursor: null, viewer: { liveEvents: { checkedEverySeconds: null } } });

    const results: StreamResult[] = [];
    let wake: (() => void) | undefined;
    const stream = await openEventStream(new URL(gateway.url).origin, CHANGES, {
      key: gateway.keyOf(key),
      variables: { first: 100 },
      onResult(result) {
        results.push(result);
        wake?.();
      },
    });
    onTestFinished(() => stream.close());
    const resultAt = async (place: number): Promise<Change> => {
      while (results.length <= place) await new Promise<void>((resolve) => (wake = resolve));
      return results[place]?.data?.inboxChanged as Change;
    };
    const whole = await resultAt(0);
    const last = whole.changed.findLast(({ isPinned }) => !isPinned);
    if (last === undefined) throw new Error("everything is pinned");
    const watched = await gateway.graphql("{ viewer { liveEvents { checkedEverySeconds } } }", {}, { key });
    expect(watched.data.viewer.liveEvents.checkedEverySeconds).toBeGreaterThanOrEqual(60);

    const pin = `mutation { inboxPin(chatId: "${last.id}", pinned: true) { userErrors { code } } }`;
    const pinned = await gateway.graphql(pin, {}, { key });
    expect(pinned.errors).toBeUndefined();
    const change = await resultAt(1);
    expect(change.changed).toEqual([{ ...last, isPinned: true }]);
    expect(change.order[0]).toBe(last.id);
  });

  it("is refused to whoever has no right to live events, and with a size that is none, and not for what the list cannot be", async () => {
    const portal = await startPortal({ size: 0.2, plan: "on-premise" });
    const [supervisor] = portal.users;
    if (supervisor === undefined) throw new Error("nobody");
    const gateway = await startGateway({
      portal,
      env: {
        BITRIX24_PLAN: "on-premise",
        GATEWAY_API_KEYS: `reader:reader-key-of-a-test:${keyFor(supervisor)}:none,listener:listener-key-of-a-test:${keyFor(supervisor)}`,
      },
    });
    onTestFinished(async () => {
      await gateway.close();
      await portal.close();
    });
    expect(await refusal("reader", { first: 5 })).toBe("FORBIDDEN");
    expect(await refusal("listener", { first: 0 })).toBe("BAD_USER_INPUT");
    expect(await refusal("listener", { first: 101 })).toBe("BAD_USER_INPUT");
    expect(await refusal("listener", { filter: { lineIds: ["a line"] } })).toBe("BAD_USER_INPUT");
    portal.setFaults([{ kind: "http", method: "im.recent.get", status: 401, body: { error: "insufficient_scope" } }]);
    expect(await refusal("listener", { first: 5 })).toBe("FORBIDDEN");

    async function refusal(key: string, variables: Record<string, unknown>): Promise<unknown> {
      const listener = openListener(gateway, CHANGES, key, variables);
      const first = await listener.next().catch((error: unknown) => String(error));
      if (typeof first === "string") return /"code":"([A-Z_]+)"/.exec(first)?.[1];
      await expect(listener.next()).rejects.toThrow("the stream ended");
      return first.errors?.[0]?.extensions?.code;
    }
  });
});
