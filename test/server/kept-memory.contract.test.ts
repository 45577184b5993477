import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { startPortal } from "../../simulator/portal.ts";
import { closeSession } from "../../simulator/world/sessions.ts";
import { PortalRefusal } from "../../src/datasources/bitrix24/errors.ts";
import { portalName } from "../../src/datasources/bitrix24/portal-ref.ts";
import {
  type BelievedCapability,
  createCapabilityStore,
  type KeptCapabilities,
} from "../../src/datasources/loaders/capabilities.ts";
import { createCredentialMemories } from "../../src/datasources/loaders/credential-memory.ts";
import { createKeptCapabilities } from "../../src/server/kept-capabilities.ts";
import { createKeptSessions } from "../../src/server/kept-sessions.ts";
import { createSessionLearner } from "../../src/server/session-learner.ts";
import { StorageUnavailable } from "../../src/storage/storage-unavailable.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { startGateway } from "../kit/gateway.ts";
import { openLiveOffice } from "../kit/live-office.ts";
import { eventually, until } from "../kit/until.ts";
import { adapters, type Place } from "../storage/adapters.ts";

const HOST = "portal.example.com";
const QUIET = pino({ level: "silent" });
const KEY = Buffer.alloc(32, 7);

describe.each(adapters)("what answers have told, over $name", ({ makePlace }) => {
  let place: Place;
  let storage: EventStorage;
  let beside: EventStorage;
  beforeEach(async () => {
    place = await makePlace();
    storage = await place.open();
    beside = await place.openBeside(storage);
  });
  afterEach(async () => {
    await storage.close();
    await beside.close();
    await place.remove();
  });

  const memoryOn = ({ keyValues }: EventStorage, credential = "anna", key = KEY) =>
    createCredentialMemories({
      sessions: createKeptSessions(keyValues, QUIET),
      capabilities: createKeptCapabilities(keyValues, key, QUIET),
    }).forCredential(HOST, credential);

  test("of a chat's sessions is known to another process, to later lives and of no other portal", async () => {
    const [here, there] = [memoryOn(storage), memoryOn(beside)];
    // At the same moment, so that neither may overwrite the other's.
    for (const id of ["101", "103"]) here.chatSessions.note("5", id);
    for (const id of ["102", "104"]) there.chatSessions.note("5", id);
    await until(async () => (await memoryOn(storage).chatSessions.of("5")).length === 4);
    expect(await memoryOn(beside).chatSessions.of("5")).toEqual(["104", "103", "102", "101"]);
    expect(await createKeptSessions(storage.keyValues, QUIET).of("other.example.com", "5")).toEqual([]);
  });

  test("of a chat's sessions goes with the portal, and what is no list of ids is none", async () => {
    const kept = createKeptSessions(storage.keyValues, QUIET);
    await storage.keyValues.set(`chat-sessions ${HOST}`, "6", '["x"]');
    expect(await kept.of(HOST, "6")).toEqual([]);
    await storage.keyValues.set(`chat-sessions ${HOST}`, "6", '["7"]');
    expect(await kept.of(HOST, "6")).toEqual(["7"]);
    await kept.forget(HOST);
    expect(await kept.of(HOST, "6")).toEqual([]);
  });

  test("of a capability is known to another process, sealed, for its credential and as long as it is believed", async () => {
    const refusal = new PortalRefusal("imopenlines.v2.Stat.get", "TARIFF_RESTRICTION", "Not on this plan", 400);
    const anna = memoryOn(storage).capabilities;
    anna.isAvailable("sessionList");
    anna.isMissing("lineStatistics", "plan", refusal);
    await until(async () => (await storage.keyValues.list("capabilities")).length === 2);
    const text = JSON.stringify(await storage.keyValues.list("capabilities"));
    for (const word of ["anna", "sessionList", "TARIFF", HOST]) expect(text).not.toContain(word);

    const again = memoryOn(beside).capabilities;
    await again.recalled();
    expect(again.get("sessionList")).toEqual(anna.get("sessionList"));
    expect(again.get("lineStatistics")).toMatchObject({
      status: "missing",
      refusal: { error: "TARIFF_RESTRICTION", status: 400 },
    });
    const marek = memoryOn(beside, "marek").capabilities;
    await marek.recalled();
    expect(marek.get("sessionList")).toBeUndefined();
    expect(marek.get("lineStatistics")?.status).toBe("missing");
    const otherKey = memoryOn(beside, "anna", Buffer.alloc(32, 8)).capabilities;
    await otherKey.recalled();
    expect(otherKey.get("sessionList")).toBeUndefined();

    again.isAvailable("lineStatistics");
    await until(async () => {
      const later = memoryOn(storage, "zoe").capabilities;
      await later.recalled();
      return later.get("lineStatistics") === undefined;
    });
  });
});

const REFUSAL = new PortalRefusal("imopenlines.v2.Stat.get", "TARIFF_RESTRICTION", "Not on this plan", 400);

/** A store of another process, in which the answer to what was asked may be late. */
function storeOf(told: Map<string, BelievedCapability>) {
  const late: (() => void)[] = [];
  const kept: KeptCapabilities = {
    get: (key) => {
      const found = told.get(key);
      return new Promise((resolve) => late.push(() => resolve(found)));
    },
    set: (key, believed) => told.set(key, believed),
    delete: (key) => told.delete(key),
  };
  const answer = (): void => {
    for (const each of late.splice(0)) each();
  };
  return { kept, answer };
}

test("what another process stored as missing before a portal was seen to have it wins neither here nor in the store", async () => {
  let at = 1_000_000;
  const told = new Map<string, BelievedCapability>();
  const elsewhere = createCapabilityStore({ now: () => at, kept: storeOf(told).kept });
  elsewhere.forCredential(HOST, "marek").isMissing("lineStatistics", "plan", REFUSAL);
  expect(told.size).toBe(1);

  at += 1_000;
  const { kept, answer } = storeOf(told);
  const here = createCapabilityStore({ now: () => at, kept });
  // It is asked for before, and answered after.
  const recalled = here.forCredential(HOST, "zoe").recalled();
  here.forCredential(HOST, "anna").isAvailable("lineStatistics");
  expect([...told.values()].map(({ capability }) => capability.status)).toEqual(["available"]);
  answer();
  await recalled;
  expect(here.forCredential(HOST, "zoe").get("lineStatistics")).toBeUndefined();
  expect(here.forCredential(HOST, "anna").get("lineStatistics")?.status).toBe("available");

  at += 1_000;
  here.forCredential(HOST, "zoe").isMissing("lineStatistics", "plan", REFUSAL);
  expect(here.forCredential(HOST, "anna").get("lineStatistics")?.status).toBe("missing");
});

test("of what is known of the portal and of the credential, what was seen last holds", async () => {
  let at = 1_000_000;
  const told = new Map<string, BelievedCapability>();
  const { kept, answer } = storeOf(told);
  const here = createCapabilityStore({ now: () => at, kept });
  here.forCredential(HOST, "anna").isAvailable("lineStatistics");
  at += 1_000;
  const elsewhere = createCapabilityStore({ now: () => at, kept: storeOf(told).kept });
  elsewhere.forCredential(HOST, "marek").isMissing("lineStatistics", "plan", REFUSAL);
  const recalled = here.forCredential(HOST, "anna").recalled();
  answer();
  await recalled;
  expect(here.forCredential(HOST, "anna").get("lineStatistics")?.status).toBe("missing");
  at += 60 * 60_000;
  expect(here.forCredential(HOST, "anna").get("lineStatistics")?.status).toBe("available");
});

test("a store that cannot be asked whose session an event is of is told, and harms nothing", async () => {
  const errors: unknown[] = [];
  const added: string[] = [];
  const learn = createSessionLearner({
    installations: { find: async () => Promise.reject(new StorageUnavailable("away")) },
    sessions: { add: (...session) => added.push(session.join()) },
    onError: (error) => errors.push(error),
  });
  const address = {
    connectorId: null,
    lineId: null,
    chatId: "5",
    externalChatId: null,
    namedChatId: null,
    userId: null,
  };
  const event = { kind: "sessionStarted", address, dispatchedAt: null, sessionId: "7" } as const;
  await learn("0f3c", event);
  expect(errors).toEqual([expect.any(StorageUnavailable)]);
  await learn(portalName({ host: HOST, memberId: undefined }), event);
  expect(added).toEqual([`${HOST},5,7`]);
  expect(errors).toHaveLength(1);
});

test("more writes at once than are allowed are left out, and none is waited for", () => {
  let release = (): void => undefined;
  const stuck = new Promise<null>((resolve) => {
    release = () => resolve(null);
  });
  const never = {
    get: () => stuck,
    setIfAbsent: async () => true,
    compareAndSet: async () => true,
    list: async () => [],
  };
  const kept = createKeptSessions({ ...never, set: async () => undefined, delete: async () => true }, QUIET);
  for (let id = 1; id <= 1_005; id += 1) kept.add(HOST, "5", String(id));
  expect(kept.dropped()).toBe(5);
  release();
});

test("a gateway that begins again knows a chat's earlier sessions and what the portal lacks without asking", async () => {
  const portal = await startPortal({ size: 0.2, plan: "on-premise", age: 2024 });
  onTestFinished(() => portal.close());
  const env = { BITRIX24_PLAN: "on-premise", GATEWAY_DATA_DIR: mkdtempSync(join(tmpdir(), "memory-")) };
  const [supervisor] = portal.users;
  const chat = [...portal.world.chats.values()].find(({ id }) => portal.world.openSession(id) !== undefined);
  if (supervisor === undefined || chat === undefined) throw new Error("nobody, or no chat");
  const opened = portal.world.openSession(chat.id);
  const ask = "query ($id: ID!) { chat(by: {id: $id}) { currentSession { id } sessions { nodes { id } } } }";
  const lacks =
    '{ lineStatistics(period: {from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z"}) { sessionCount } }';

  const first = await startGateway({ portal, env });
  const before = await first.graphql(ask, { id: String(chat.id) });
  expect(before.data.chat.currentSession.id).toBe(String(opened?.id));
  const missing = await first.graphql(lacks);
  expect(missing.errors).toMatchObject([{ extensions: { code: "FORBIDDEN", reason: "MODULE" } }]);
  expect(missing.extensions.upstream.requests).toBe(1);
  await first.close();
  if (opened === undefined) throw new Error("no session");
  closeSession(portal.world, chat, opened);

  const second = await startGateway({ portal, env });
  onTestFinished(() => second.close());
  const after = await second.graphql(ask, { id: String(chat.id) });
  expect(after.data.chat.currentSession).toBeNull();
  expect(after.data.chat.sessions.nodes).toContainEqual({ id: String(opened?.id) });
  const again = await second.graphql(lacks);
  expect(again.errors).toEqual(missing.errors);
  expect(again.extensions.upstream.requests).toBe(0);
});

test("an event teaches whose its session is", async () => {
  const { portal, gateway } = await openLiveOffice({ age: 2024, events: { shape: "documented" } });
  const chat = [...portal.world.chats.values()].find(({ id }) => portal.world.openSession(id) !== undefined);
  const ended = chat === undefined ? undefined : portal.world.openSession(chat.id);
  if (chat === undefined || ended === undefined) throw new Error("no chat");
  closeSession(portal.world, chat, ended);
  await eventually(async () => {
    const { data } = await gateway.graphql("query ($id: ID!) { chat(by: {id: $id}) { sessions { nodes { id } } } }", {
      id: String(chat.id),
    });
    expect(data.chat.sessions.nodes).toContainEqual({ id: String(ended.id) });
  });
});
