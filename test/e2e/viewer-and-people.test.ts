import { afterAll, beforeAll, expect, test } from "vitest";
import { SessionStatus } from "../../simulator/world/records.ts";
import { type Office, openOffice } from "../kit/office.ts";

let office: Office;
/** Somebody whose webhook has the scope imopenlines alone. */
const NARROW = "narrow";
const OPERATOR_ID = 27;

beforeAll(async () => {
  office = await openOffice((portal) => ({ [NARROW]: portal.createWebhook(OPERATOR_ID, ["imopenlines"]) }));
});

afterAll(async () => {
  await office.close();
});

test("the viewer is the user of the key, with rights, scopes and unread chats", async () => {
  const chat = office.chatWith(SessionStatus.customerWaits, ({ ownerId }) => ownerId !== 0);
  const owner = office.staff(chat.ownerId);
  office.portal.world.customerWrites(chat.id, "Anybody there?");
  const viewer = await owner.act(
    "{ viewer { kind label portalHost user { id name email } isAdmin scopes unread { total chats { chat { id title } count } } } }",
  );
  expect(viewer).toMatchObject({
    kind: "API_KEY",
    portalHost: new URL(office.portal.url).host,
    user: { id: String(owner.id), name: office.portal.world.userName(owner.id) },
    isAdmin: false,
  });
  expect(viewer.scopes).toEqual(expect.arrayContaining(["imopenlines", "im"]));
  const unread = viewer.unread.chats.find(({ chat: { id } }: { chat: { id: string } }) => id === String(chat.id));
  expect(unread).toMatchObject({ chat: { title: chat.title } });
  expect(unread.count).toBeGreaterThan(0);
  expect(viewer.unread.total).toBeGreaterThanOrEqual(unread.count);
  expect(await office.supervisor.act("{ viewer { isAdmin } }")).toEqual({ isAdmin: true });
});

test("all that the viewer's profile tells is one call", async () => {
  office.portal.resetStats();
  await office.supervisor.act("{ viewer { label portalHost user { id firstName lastName } isAdmin timeZone } }");
  expect(office.portal.stats()).toMatchObject({ requests: 1, commands: 1, byMethod: { profile: 1 } });
  const free = await office.supervisor.ask("{ viewer { kind label portalHost } upstream { plan circuit } }");
  expect(free.extensions.upstream).toMatchObject({ requests: 0, commands: 0 });
});

test("a scope that was not granted nulls its field and is named", async () => {
  const narrow = office.staffWithKey(NARROW, OPERATOR_ID);
  const { data, errors } = await narrow.ask("{ viewer { isAdmin unread { total } } operators { nodes { id } } }");
  expect(data).toEqual({ viewer: { isAdmin: false, unread: null }, operators: null });
  expect(errors?.map(({ path, extensions }) => [path?.join("."), extensions.code]).sort()).toEqual([
    ["operators", "FORBIDDEN"],
    ["viewer.unread", "FORBIDDEN"],
  ]);
});

test("upstream tells the allowance without a call", async () => {
  const { data, extensions } = await office.supervisor.ask(
    "{ upstream { plan level capacity drainPerSecond queuedCommands inFlightRequests blockedMethods { method until } circuit } }",
  );
  expect(data.upstream).toEqual({
    plan: "ON_PREMISE",
    level: expect.any(Number),
    capacity: null,
    drainPerSecond: null,
    queuedCommands: 0,
    inFlightRequests: 0,
    blockedMethods: [],
    circuit: "CLOSED",
  });
  expect(extensions.upstream.requests).toBe(0);
});

test("operators are active employees; a page goes on where the last one ended", async () => {
  const list = `query ($first: Int, $after: String) {
    operators(first: $first, after: $after) { nodes { id name kind } pageInfo { hasNextPage hasPreviousPage endCursor } }
  }`;
  const whole = await office.supervisor.act(list, { first: 100 });
  const active = [...office.portal.world.users.values()].filter(
    ({ kind, active: isActive }) => kind === "staff" && isActive,
  );
  const ids = whole.nodes.map(({ id }: { id: string }) => id);
  expect([...ids].sort()).toEqual(active.map(({ id }) => String(id)).sort());
  expect(whole.pageInfo.hasNextPage).toBe(false);

  const paged: string[] = [];
  let after: string | null = null;
  do {
    const page: typeof whole = await office.supervisor.act(list, { first: 4, after });
    paged.push(...page.nodes.map(({ id }: { id: string }) => id));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  expect(paged).toEqual(ids);
});

test("operators of a line come in the queue's order, searched by name; an absent line is null", async () => {
  const line = office.portal.users.find(({ role }) => role === "operator")?.lines[0];
  const ask = `query ($lineId: ID, $search: String) { operators(lineId: $lineId, search: $search) { nodes { id name } } }`;
  const { nodes } = await office.supervisor.act(ask, { lineId: line });
  const queue = await office.supervisor.act(
    "query ($id: ID!) { openLine(id: $id) { queue { members { user { id } } } } }",
    { id: line },
  );
  expect(nodes.map(({ id }: { id: string }) => id)).toEqual(
    queue.queue.members.map(({ user }: { user: { id: string } }) => user.id),
  );
  const [someone] = nodes;
  const found = await office.supervisor.act(ask, { lineId: line, search: someone.name.toUpperCase() });
  expect(found.nodes).toEqual([someone]);
  expect((await office.supervisor.ask(ask, { lineId: 999_999 })).data).toEqual({ operators: null });
  const bad = await office.supervisor.ask("{ operators(first: 101) { nodes { id } } }");
  expect(bad.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
});

test("a CRM item tells its chats, their channels and the latest, and null for none", async () => {
  const chat = office.chatWith(SessionStatus.operatorReplied, ({ crm }) => crm.saved);
  const ask = `query ($ref: CrmEntityInput!) {
    crmEntity(ref: $ref) {
      type entityId chats { id title } active: chats(activeOnly: true) { id }
      channels { chat { id } connector { id title } } latestChat { id }
    }
  }`;
  const entity = await office.supervisor.act(ask, { ref: { type: chat.crm.type, entityId: String(chat.crm.id) } });
  expect(entity).toEqual({
    type: chat.crm.type,
    entityId: String(chat.crm.id),
    chats: [{ id: String(chat.id), title: chat.title }],
    active: [{ id: String(chat.id) }],
    channels: [{ chat: { id: String(chat.id) }, connector: { id: chat.connectorId, title: expect.any(String) } }],
    latestChat: { id: String(chat.id) },
  });
  expect(await office.supervisor.act(ask, { ref: { type: "COMPANY", entityId: "987654321" } })).toMatchObject({
    chats: [],
    channels: [],
    latestChat: null,
  });
  const bad = await office.supervisor.ask(ask, { ref: { type: "LEAD", entityId: "L_5" } });
  expect(bad.data).toEqual({ crmEntity: null });
  expect(bad.errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT" }, path: ["crmEntity"] });
});

test("a CRM item that the caller may not see is an error at its chats", async () => {
  const chat = office.chatWith(
    SessionStatus.operatorReplied,
    ({ crm }) => crm.saved && office.portal.world.crm.get(`${crm.type}|${crm.id}`)?.assignedTo !== OPERATOR_ID,
  );
  const { data, errors } = await office
    .staff(OPERATOR_ID)
    .ask(`{ crmEntity(ref: { type: ${chat.crm.type}, entityId: ${chat.crm.id} }) { entityId chats { id } } }`);
  expect(data).toEqual({ crmEntity: { entityId: String(chat.crm.id), chats: null } });
  expect(errors?.[0]).toMatchObject({ path: ["crmEntity", "chats"], extensions: { code: "NOT_FOUND_OR_FORBIDDEN" } });
});
