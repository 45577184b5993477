import { describe, expect, it } from "vitest";
import type { PortalUser } from "../../simulator/portal.ts";
import { joinChat, leaveChat } from "../../simulator/world/members.ts";
import type { Chat } from "../../simulator/world/records.ts";
import { keyFor } from "./gateway.ts";
import { type Listener, type LiveOffice, openLiveOffice } from "./live-office.ts";

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
  readonly chat: { readonly viewerUnreadCount: number | null };
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
    const { key, chat } = someoneWithChats(office);
    const whole = await nextChange(office.listen(CHANGES, { key, variables: { first: 100 } }));
    const listener = office.listen(CHANGES, { key, variables: { first: 2 } });
    const first = await nextChange(listener);
    expect(first).toMatchObject({ order: whole.order.slice(0, 2), hasMore: true });
    const below = ownChats(office, { ...chat, id: chat.ownerId } as never).find(
      ({ id }) => !first.order.includes(String(id)),
    );
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
