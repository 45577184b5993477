import { describe, expect, test } from "vitest";
import { PortalRefusal } from "../../../src/datasources/bitrix24/errors.ts";
import { createCapabilityStore } from "../../../src/datasources/loaders/capabilities.ts";
import { createChatSessionsCache } from "../../../src/datasources/loaders/chat-sessions.ts";
import { createOperatorLoadCache } from "../../../src/datasources/loaders/operator-loads.ts";
import { startBench } from "../bitrix24/portal-fixture.ts";

const MINUTE_MS = 60_000;
const REFUSAL = new PortalRefusal("imopenlines.v2.Session.list", "TARIFF_RESTRICTION", "", 400);

describe("what a portal has", () => {
  function startStore(maxEntries?: number) {
    let at = 0;
    const store = createCapabilityStore({ now: () => at, ...(maxEntries === undefined ? {} : { maxEntries }) });
    const pass = (ms: number): void => {
      at += ms;
    };
    return { store, pass };
  }

  test("is believed for a day, what is missing for ten minutes, and a plan's no for an hour", () => {
    const { store, pass } = startStore();
    const anna = store.forCredential("portal.example.com", "anna");
    anna.isAvailable("sessionList");
    anna.isMissing("operatorLoad", "credential", REFUSAL);
    anna.isMissing("lineStatistics", "portal", REFUSAL);
    anna.isMissing("sessionRatings", "plan", REFUSAL);
    const known = () =>
      (["sessionList", "operatorLoad", "lineStatistics", "sessionRatings"] as const).map(
        (name) => anna.get(name)?.status,
      );
    pass(10 * MINUTE_MS - 1);
    expect(known()).toEqual(["available", "missing", "missing", "missing"]);
    pass(1);
    expect(known()).toEqual(["available", undefined, undefined, "missing"]);
    pass(50 * MINUTE_MS);
    expect(known()).toEqual(["available", undefined, undefined, undefined]);
    pass(23 * 60 * MINUTE_MS - 1);
    expect(known()[0]).toBe("available");
    pass(1);
    expect(known()[0]).toBeUndefined();
  });

  test("holds for all credentials of the portal where the plan or the module is why, and for no other portal", () => {
    const { store } = startStore();
    const anna = store.forCredential("portal.example.com", "anna");
    const marek = store.forCredential("portal.example.com", "marek");
    const elsewhere = store.forCredential("other.example.com", "anna");
    anna.isMissing("sessionList", "plan", REFUSAL);
    anna.isMissing("operatorLoad", "credential", REFUSAL);
    anna.isAvailable("lineStatistics");
    expect(marek.get("sessionList")?.status).toBe("missing");
    expect(marek.get("operatorLoad")).toBeUndefined();
    expect(marek.get("lineStatistics")).toBeUndefined();
    expect(elsewhere.get("sessionList")).toBeUndefined();
    // What answers one of them is there for all.
    marek.isAvailable("sessionList");
    expect(anna.get("sessionList")).toBeUndefined();
  });

  test("is forgotten where more credentials come than are kept", () => {
    const { store } = startStore(10);
    for (let index = 0; index < 11; index += 1)
      store.forCredential("portal.example.com", `c${index}`).isAvailable("sessionList");
    expect(store.forCredential("portal.example.com", "c0").get("sessionList")).toBeUndefined();
    expect(store.forCredential("portal.example.com", "c10").get("sessionList")?.status).toBe("available");
  });
});

describe("a chat's sessions", () => {
  test("are kept newest first, each once, for their portal, the newest two hundred of them", async () => {
    const cache = createChatSessionsCache();
    const here = cache.forPortal("portal.example.com");
    for (const id of ["9", "10", "9", "8"]) here.note("5", id);
    expect(await here.of("5")).toEqual(["10", "9", "8"]);
    expect(await here.of("6")).toEqual([]);
    expect(await cache.forPortal("other.example.com").of("5")).toEqual([]);
    for (let id = 100; id < 400; id += 1) here.note("7", String(id));
    expect(await here.of("7")).toHaveLength(200);
    expect((await here.of("7"))[0]).toBe("399");
  });

  test("are forgotten of the chat that was met least lately", async () => {
    const here = createChatSessionsCache({ maxChats: 2 }).forPortal("portal.example.com");
    for (const chat of ["1", "2", "3"]) here.note(chat, "50");
    const known = await Promise.all(["1", "2", "3"].map((chat) => here.of(chat)));
    expect(known.map(({ length }) => length)).toEqual([0, 1, 1]);
  });
});

describe("a look at the operators", () => {
  const row = (userId: number) => ({
    userId,
    configId: 1,
    status: "online",
    activeSessions: 0,
    maxChat: 5,
    freeSlots: 5,
  });

  async function startOperators(rows: number, maxRows = 1_000) {
    const bench = await startBench();
    bench.portal.answer = (_method, params) => {
      const offset = Number(params.offset);
      const operators = Array.from({ length: rows }, (_, index) => row(index + 1)).slice(offset, offset + 200);
      return { operators, hasNextPage: offset + 200 < rows };
    };
    return { bench, cache: createOperatorLoadCache({ maxRows }) };
  }

  test("is shared by all who ask with a credential, at once and afterwards, and by nobody else", async () => {
    const { bench, cache } = await startOperators(250);
    const anna = cache.forCredential("anna");
    const looks = await Promise.all([anna.look(bench.operation()), anna.look(bench.operation())]);
    looks.push(await anna.look(bench.operation()));
    expect(looks.map(({ rows }) => rows.length)).toEqual([250, 250, 250]);
    expect(bench.portal.requests).toHaveLength(2);
    await cache.forCredential("marek").look(bench.operation());
    expect(bench.portal.requests).toHaveLength(4);
  });

  test("is not kept where it is larger than the bound, and ends after five thousand rows", async () => {
    const { bench, cache } = await startOperators(6_000);
    const anna = cache.forCredential("anna");
    expect((await anna.look(bench.operation())).rows).toHaveLength(5_000);
    expect(bench.portal.requests).toHaveLength(25);
    await anna.look(bench.operation());
    expect(bench.portal.requests).toHaveLength(50);
  });

  test("that fails is not kept, and does not fail whoever waits for it beside", async () => {
    const { bench, cache } = await startOperators(1);
    const anna = cache.forCredential("anna");
    const gone = new AbortController();
    const first = anna.look(bench.operation({ abort: gone }));
    const second = anna.look(bench.operation());
    gone.abort();
    await expect(first).rejects.toThrow();
    expect((await second).rows).toHaveLength(1);
  });
});
