import { join } from "node:path";
import { expect, test } from "vitest";
import type { Closing, End } from "../../client/src/carrier.ts";
import { openEventStreams } from "../../client/src/event-stream-carrier.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { type GatewayOffice, openGatewayOffice } from "../campaign/live/installed-portal.ts";
import { freePort } from "../kit/free-port.ts";
import { startGatewayHere } from "../kit/gateway-here.ts";
import { startGatewayProcess } from "../kit/gateway-process.ts";
import { eventually } from "../kit/until.ts";
import { createWriter, heardAll, heardFirst, listen, openClient } from "./listening.ts";
import { openOperatorScene } from "./operator.ts";
import { openWay } from "./way.ts";

const connected = { phase: "connected" } as const;

async function open(env: Readonly<Record<string, string>> = {}) {
  const office = await openGatewayOffice();
  const settings = office.settings(await freePort(), await office.dataDirectory(), env);
  const origin = await startGatewayHere(settings);
  const sender = await office.install(origin);
  return { office, origin, way: await openWay(origin), writer: createWriter(origin, placeIn(office), sender) };
}

function placeIn(office: GatewayOffice) {
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  return place;
}

test("a gateway that is killed and started again loses nothing and doubles nothing, and tells the gap", async () => {
  const office = await openGatewayOffice();
  const settings = office.settings(await freePort(), await office.dataDirectory());
  const first = await startGatewayProcess(settings);
  const writer = createWriter(first.origin, placeIn(office), await office.install(first.origin));
  const client = openClient({ url: `${first.origin}/graphql`, identity: { apiKey: office.key } });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  const ofOneKind: string[] = [];
  client.subscribe<{ messageAdded: { content: { text: string } } }>(
    "subscription ($place: EventCursor) { messageAdded(after: $place) { cursor content { text } } }",
    {},
    { next: ({ messageAdded }) => ofOneKind.push(messageAdded.content.text), gap: () => ofOneKind.push("a gap") },
  );
  await eventually(async () => {
    await writer.write(1);
    expect(ofOneKind.length).toBeGreaterThan(0);
  });
  await writer.write(20);
  await first.kill();
  await eventually(() => expect(client.connection.state()).toMatchObject({ phase: "waiting" }));
  const second = await startGatewayProcess(settings);
  await writer.write(20);
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
  expect(listener.gaps.length).toBe(1);
  expect(listener.ends).toEqual([]);
  await eventually(() => expect(ofOneKind.at(-1)).toBe(writer.taken.at(-1)));
  const heard = ofOneKind.filter((text) => text !== "a gap");
  expect([ofOneKind.length - heard.length, heard]).toEqual([1, writer.taken.slice(-heard.length)]);
  await second.stop();
});

test("an event that the portal could not be asked about is told as withheld, and the next one comes", async () => {
  const { portal, url, key, chatIds } = await openOperatorScene({ GATEWAY_ACCESS_RECHECK_SECONDS: "1" });
  const chatId = Number(chatIds[0]);
  const client = openClient({ url, identity: { apiKey: key } });
  const told: string[] = [];
  client.subscribe<{ messageAdded: { content: { text: string } } }>(
    "subscription ($after: EventCursor) { messageAdded(after: $after) { cursor content { text } } }",
    {},
    {
      next: ({ messageAdded }) => told.push(messageAdded.content.text),
      withheld: ({ errors }) => told.push(String(errors[0]?.extensions?.code)),
    },
  );
  await eventually(() => expect(client.connection.state()).toMatchObject(connected));
  /** Resolves to what is told of one more message. */
  async function write(text: string): Promise<string | undefined> {
    const before = told.length;
    portal.world.customerWrites(chatId, text);
    await eventually(() => expect(told.length).toBe(before + 1));
    return told.at(-1);
  }
  expect(await write("first")).toBe("first");
  portal.setFaults([{ kind: "hang" }]);
  // For a second what was asked before still counts.
  while ((await write("unclear")) === "unclear");
  expect(told.at(-1)).toBe("EVENT_WITHHELD");
  portal.setFaults([]);
  await eventually(async () => expect(await write("last")).toBe("last"));
});

test("events between the subscription and its first connection are not missed", async () => {
  const { office, way, writer } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const { data } = await client.request<{ eventCursor: string }>("{ eventCursor }");
  await writer.write(3);
  const listener = listen(client, { after: data?.eventCursor ?? "" });
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
});

test("a connection that died before its first event misses none", async () => {
  const { office, way, writer } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const listener = listen(client);
  await eventually(() => expect(client.connection.state()).toMatchObject(connected));
  way.freeze();
  await writer.write(5);
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
});

test("a frozen socket is noticed by the missing pong, and the subscription goes on over another, each event once", async () => {
  const { office, way, writer } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  for (let round = 0; round < 3; round += 1) {
    await heardAll(listener, writer);
    way.freeze();
    await writer.write(10);
  }
  await heardAll(listener, writer);
  expect(listener.texts).toEqual(writer.taken);
  expect(listener.ends).toEqual([]);
});

test("where no WebSocket gets through, event streams carry the subscription, and it goes on where one broke", async () => {
  const { office, way, writer } = await open();
  way.refuseSockets(true);
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  expect(client.connection.state()).toMatchObject({ phase: "connected", transport: "event-stream" });
  way.cut();
  await writer.write(10);
  await heardAll(listener, writer);
  way.refuseSockets(false);
  way.cut();
  await writer.write(10);
  await heardAll(listener, writer);
  expect(client.connection.state()).toMatchObject({ phase: "connected", transport: "websocket" });
  expect(listener.texts).toEqual(writer.taken);
});

test("an event stream that falls silent is noticed", async () => {
  const { office, way } = await open();
  const closings: Closing[] = [];
  let isConnected = false;
  const streams = openEventStreams(
    {
      url: `${way.url}/stream`,
      fetch,
      headers: async () => ({ "x-api-key": office.key }),
      silentForMs: 1_000,
    },
    {
      connected() {
        isConnected = true;
        way.freeze();
      },
      closed: (closing) => closings.push(closing),
    },
  );
  const ends: End[] = [];
  streams.carry(
    { query: "subscription { messageAdded { cursor } }" },
    { next: () => {}, ended: (end) => ends.push(end) },
  );
  await eventually(() => expect(ends).toEqual([{ kind: "lost" }]));
  expect([isConnected, closings.map(({ kind }) => kind)]).toEqual([true, ["lost"]]);
});

test("events that are no longer kept are put into the application's hands, which says where to go on", async () => {
  const office = await openGatewayOffice();
  const directory = await office.dataDirectory();
  const settings = office.settings(await freePort(), directory);
  const first = await startGatewayProcess(settings);
  const writer = createWriter(first.origin, placeIn(office), await office.install(first.origin));
  const client = openClient({ url: `${first.origin}/graphql`, identity: { apiKey: office.key } });
  const { data } = await client.request<{ eventCursor: string }>("{ eventCursor }");
  await writer.write(10);
  await first.stop();
  // What the gateway does each minute, for a time that is long over.
  const storage = await openEventStorage(
    { kind: "lmdb", directory: join(directory, "live") },
    { retention: { maxAgeMs: 3_600_000, maxEvents: 4 } },
  );
  await storage.log.trim();
  await storage.close();
  const second = await startGatewayProcess(settings);
  const listener = listen(client, { after: data?.eventCursor ?? "", lost: ({ oldestCursor }) => oldestCursor });
  await writer.write(5);
  await heardAll(listener, writer);
  expect(listener.losses.map(({ reason }) => reason)).toEqual(["too-old"]);
  expect(listener.texts.length).toBeGreaterThanOrEqual(7);
  expect(listener.texts).toEqual(writer.taken.slice(-listener.texts.length));
  expect(listener.ends).toEqual([]);
  await second.stop();
});

test("a log that is gone is put into the application's hands too", async () => {
  const { office, way, writer } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const listener = listen(client);
  await heardFirst(client, listener, writer);
  await office.portal.uninstallApplication();
  await eventually(() => expect(listener.ends.map(({ code }) => code)).toEqual(["EVENTS_LOST"]));
  expect(listener.losses).toMatchObject([{ reason: "log-gone", headCursor: undefined }]);
});

test("a cursor that the gateway does not take is a loss too, and without an answer the subscription ends", async () => {
  const { office, way, writer } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: office.key } });
  const given = listen(client, { after: "nonsense" });
  await eventually(() => expect(given.ends.map(({ code }) => code)).toEqual(["EVENTS_LOST"]));
  expect(given.losses.map(({ reason }) => reason)).toEqual(["not-usable"]);
  const { data } = await client.request<{ eventCursor: string }>("{ eventCursor }");
  const answered = listen(client, { after: "nonsense", lost: async () => data?.eventCursor });
  await heardAll(answered, writer);
  expect(answered.ends).toEqual([]);
});

test("the cursor is kept under its name, so that the next page goes on where the last one stopped", async () => {
  const { office, way, writer } = await open();
  const kept = new Map<string, string>();
  const storage = {
    getItem: async (name: string) => kept.get(name) ?? null,
    setItem: async (name: string, text: string) => void kept.set(name, text),
    removeItem: async (name: string) => void kept.delete(name),
  };
  const options = { url: way.url, identity: { apiKey: office.key }, storage };
  const first = openClient(options);
  const before = listen(first, { name: "events" });
  await heardFirst(first, before, writer);
  await eventually(() => expect(kept.size).toBe(1));
  first.close();
  const heard = before.texts.length;
  await writer.write(5);
  const after = listen(openClient(options), { name: "events" });
  await heardAll(after, writer);
  expect([...before.texts.slice(0, heard), ...after.texts]).toEqual(writer.taken);
});

test("a key that is not known ends the subscription and says so", async () => {
  const { way } = await open();
  const client = openClient({ url: way.url, identity: { apiKey: "no-key-of-this-gateway" } });
  const listener = listen(client, { after: "x" });
  await eventually(() => expect(listener.ends.map(({ code }) => code)).toEqual(["UNAUTHENTICATED"]));
  expect(client.connection.state()).toMatchObject({ phase: "refused" });
});
