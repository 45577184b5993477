import { once } from "node:events";
import { createServer } from "node:http";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createDesk, openChat } from "../../client/src/desk/main.ts";
import { type OpenLinesClient, SubscriptionEnded } from "../../client/src/main.ts";
import { startPortal } from "../../simulator/portal.ts";
import { keyFor, startGateway } from "../kit/gateway.ts";
import { eventually, until } from "../kit/until.ts";
import { openClient } from "./listening.ts";
import { type OperatorScene, openOperatorScene } from "./operator.ts";
import { serveHere } from "./serve-here.ts";
import { openWay } from "./way.ts";

const MESSAGES = "subscription ($after: EventCursor) { messageAdded(after: $after) { cursor content { text } } }";

afterEach(() => vi.unstubAllGlobals());

interface Told {
  readonly texts: string[];
  readonly ends: string[];
}

function follow(client: OpenLinesClient, after?: string): Told {
  const told: Told = { texts: [], ends: [] };
  client.subscribe<{ messageAdded: { content: { text: string } } }>(
    MESSAGES,
    { variables: { after } },
    {
      next: ({ messageAdded }) => told.texts.push(messageAdded.content.text),
      error: ({ code, message }) => told.ends.push(`${code}: ${message}`),
    },
  );
  return told;
}

/** A customer writes until it is heard; resolves to what was written. */
async function heardOne({ portal, chatIds }: OperatorScene, told: Told): Promise<void> {
  const before = told.texts.length;
  await eventually(
    () => {
      portal.world.customerWrites(Number(chatIds[0]), `message ${Math.random()}`);
      expect(told.texts.length).toBeGreaterThan(before);
    },
    { everyMs: 300 },
  );
}

/** How long each lost connection was waited for, as the client says at the moment. */
function waitsOf(client: OpenLinesClient): number[] {
  const waits: number[] = [];
  client.connection.onChange(() => {
    const { phase, retryAt } = client.connection.state();
    if (phase === "waiting" && retryAt !== undefined) waits.push(retryAt - Date.now());
  });
  return waits;
}

test("a subscription that is begun while the gateway's storage is away begins when the gateway says", async () => {
  const scene = await openOperatorScene();
  let refusals = 2;
  const client = openClient({
    url: scene.url,
    identity: { apiKey: scene.key },
    async fetch(input, init) {
      refusals -= 1;
      if (refusals < 0) return fetch(input, init);
      const extensions = { code: "STORAGE_UNAVAILABLE", retryAfterMs: 50 };
      return Response.json({ data: { eventCursor: null }, errors: [{ message: "away", extensions }] });
    },
  });
  const told = follow(client);
  await heardOne(scene, told);
  expect(told.ends).toEqual([]);
});

test.each([
  ["503", 503],
  ["the page of somebody who wants a password, as 200", 200],
])(
  "a proxy that answers with pages (%s) is waited for, and what was subscribed to comes after it",
  async (_how, status) => {
    const scene = await openOperatorScene();
    const way = await openWay(new URL(scene.url).origin);
    way.answerPages(status);
    const client = openClient({ url: way.url, identity: { apiKey: scene.key }, transport: "event-stream" });
    const phases = new Set<string>();
    client.connection.onChange(() => phases.add(client.connection.state().phase));
    const first = await openClient({ url: scene.url, identity: { apiKey: scene.key } }).request<{
      eventCursor: string;
    }>("{ eventCursor }");
    const told = follow(client, first.data?.eventCursor);
    await until(() => way.connections() > 2);
    expect([...phases].sort()).toEqual(["connecting", "waiting"]);
    await expect(client.request("{ viewer { label } }")).rejects.toThrow(`answered ${status} with something else`);
    way.answerPages(undefined);
    await heardOne(scene, told);
    expect(told.ends).toEqual([]);
  },
);

test.each([
  ["as if all were in order", 1000],
  ["because it goes away", 1001],
])("sockets that are closed as soon as they are open (%s) are opened less and less often", async (_how, code) => {
  const server = createServer((_request, response) => void response.writeHead(503).end("<p>busy</p>"));
  new WebSocketServer({ server, handleProtocols: () => "graphql-transport-ws" }).on("connection", (socket) => {
    socket.on("message", (data) => {
      if (String(data).includes("connection_init")) socket.send('{"type":"connection_ack"}', () => socket.close(code));
    });
  });
  const client = openClient({ url: `${await serveHere(server)}graphql`, identity: { apiKey: "any" } });
  const waits = waitsOf(client);
  const told = follow(client, "a cursor");
  await until(() => waits.length > 2);
  // Each between a half and all of 0.5 s, 1 s and 2 s.
  expect(waits[0]).toBeGreaterThan(200);
  expect(waits[2]).toBeGreaterThan(900);
  expect(told.ends).toEqual([]);
});

test("sockets that something in between closes as if all were in order cost no event, and bring none twice", async () => {
  const scene = await openOperatorScene();
  const { origin } = new URL(scene.url);
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { "content-type": type = "", "x-api-key": key = "" } = request.headers;
    const headers = { "content-type": type, "x-api-key": String(key) };
    const answer = await fetch(`${origin}${request.url}`, { method: "POST", headers, body: Buffer.concat(chunks) });
    response.setHeader("content-type", "application/json").end(await answer.text());
  });
  const between = new WebSocketServer({ server, handleProtocols: () => "graphql-transport-ws" });
  between.on("connection", (near) => {
    const far = new WebSocket(scene.url.replace("http", "ws"), "graphql-transport-ws");
    onTestFinished(() => far.terminate());
    const opened = once(far, "open");
    near.on("message", async (data) => {
      await opened;
      far.send(String(data));
    });
    far.on("message", (data) => near.send(String(data)));
  });
  const client = openClient({ url: `${await serveHere(server)}graphql`, identity: { apiKey: scene.key } });
  const told = follow(client);
  await heardOne(scene, told);
  for (let round = 0; round < 2; round += 1) {
    for (const near of between.clients) near.close(1000);
    await heardOne(scene, told);
  }
  expect(told.texts).toEqual([...new Set(told.texts)]);
  expect(told.ends).toEqual([]);
});

test("whoever cannot say yet who he is is asked again, and hears what comes then", async () => {
  const scene = await openOperatorScene();
  let asked = 0;
  const client = openClient({
    url: scene.url,
    identity() {
      asked += 1;
      if (asked < 3) throw new Error("the server of tokens is not reached");
      return { apiKey: scene.key };
    },
  });
  const told = follow(client);
  await expect(client.request("{ viewer { label } }")).rejects.toMatchObject({ name: "NoAnswer" });
  await heardOne(scene, told);
  expect([told.ends, asked]).toEqual([[], 3]);
});

test("a token that ended long ago by this machine's clock is used as long as the gateway takes it", async () => {
  const scene = await openOperatorScene();
  let asked = 0;
  const client = openClient({
    url: scene.url,
    async identity() {
      asked += 1;
      return { token: "none", expiresAt: Date.now() - 3_600_000 };
    },
    // The gateway of this scene knows keys only.
    fetch: (input, init) => fetch(input, { ...init, headers: keyed(init?.headers, scene.key) }),
    transport: "event-stream",
  });
  const told = follow(client);
  await heardOne(scene, told);
  await client.request("{ viewer { label } }");
  expect(asked).toBe(1);
});

function keyed(headers: HeadersInit | undefined, key: string): Headers {
  const with_ = new Headers(headers);
  with_.delete("authorization");
  with_.set("x-api-key", key);
  return with_;
}

test("a client that was closed says so to whoever subscribes, and connects to nothing", async () => {
  const scene = await openOperatorScene();
  const way = await openWay(new URL(scene.url).origin);
  const client = openClient({ url: way.url, identity: { apiKey: scene.key } });
  client.close();
  const told = follow(client, "a cursor");
  await until(() => told.ends.length > 0);
  expect([told.ends, way.connections()]).toEqual([["BAD_REQUEST: This client is closed."], 0]);
});

test("where there is no WebSocket at all event streams carry the subscriptions, and whoever wants a socket alone is told", async () => {
  vi.stubGlobal("WebSocket", undefined);
  const scene = await openOperatorScene();
  const options = { url: scene.url, identity: { apiKey: scene.key }, webSocketImpl: undefined };
  const client = openClient(options);
  await heardOne(scene, follow(client));
  expect(client.connection.state()).toMatchObject({ transport: "event-stream" });
  const told = follow(openClient({ ...options, transport: "websocket" }));
  await until(() => told.ends.length > 0);
  expect(told.ends[0]).toMatch(/^BAD_REQUEST: .*WebSocket/);
});

test("a chat whose place among the events could not be told is shown, says so, and becomes live", async () => {
  const scene = await openOperatorScene();
  const [chatId = ""] = scene.chatIds;
  let failing = true;
  const client = openClient({
    url: scene.url,
    identity: { apiKey: scene.key },
    async fetch(input, init) {
      const response = await fetch(input, init);
      if (!failing) return response;
      const { data } = await response.json();
      const error = { message: "away", path: ["eventCursor"], extensions: { code: "STORAGE_UNAVAILABLE" } };
      return Response.json({ data: { ...data, eventCursor: null }, errors: [error] });
    },
  });
  const desk = createDesk(client);
  const chat = openChat(client, { chatId, outbox: desk.outbox });
  onTestFinished(() => chat.close());
  await eventually(() =>
    expect(chat.get()).toMatchObject({ isLoading: false, problem: { extensions: { code: "STORAGE_UNAVAILABLE" } } }),
  );
  expect(chat.get().messages.length).toBeGreaterThan(0);
  failing = false;
  await eventually(() => expect(client.connection.state()).toMatchObject({ phase: "connected" }));
  scene.portal.world.customerWrites(Number(chatId), "Is anybody there?");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ plainText: "Is anybody there?" }));
  expect(chat.get().problem).toBeUndefined();
});

test("a chat of a portal that tells no events is shown, and says that it is not live", async () => {
  const portal = await startPortal({ size: 0.1 });
  const gateway = await startGateway({ portal, env: { GATEWAY_POLLING: "off" } });
  onTestFinished(async () => {
    await gateway.close();
    await portal.close();
  });
  const [person] = portal.users;
  if (person === undefined) throw new Error("nobody");
  const client = openClient({ url: gateway.url, identity: { apiKey: gateway.keyOf(keyFor(person)) } });
  const chat = openChat(client, { chatId: String(portal.quietChat?.chatId), outbox: createDesk(client).outbox });
  onTestFinished(() => chat.close());
  await eventually(() => expect(chat.get().problem).toMatchObject({ code: "FORBIDDEN" }));
  expect(chat.get().messages.length).toBeGreaterThan(0);
  await chat.readAgain();
  expect(chat.get().problem).toMatchObject({ code: "FORBIDDEN" });
});

test("events of a chat that ended by a fault of the gateway begin anew", async () => {
  const scene = await openOperatorScene();
  const [chatId = ""] = scene.chatIds;
  const real = openClient({ url: scene.url, identity: { apiKey: scene.key } });
  let faults = 1;
  const client: OpenLinesClient = {
    ...real,
    subscribe(document, options, handlers) {
      faults -= 1;
      if (faults < 0) return real.subscribe(document, options, handlers);
      handlers.error?.(new SubscriptionEnded("INTERNAL_SERVER_ERROR", "The gateway failed."));
      return () => undefined;
    },
  };
  const chat = openChat(client, { chatId, outbox: createDesk(real).outbox });
  onTestFinished(() => chat.close());
  await eventually(() => expect(chat.get().problem).toMatchObject({ code: "INTERNAL_SERVER_ERROR" }));
  await eventually(() => expect(real.connection.state()).toMatchObject({ phase: "connected" }));
  scene.portal.world.customerWrites(Number(chatId), "Is anybody there?");
  await eventually(() => expect(chat.get().messages.at(-1)).toMatchObject({ plainText: "Is anybody there?" }));
  expect(chat.get().problem).toBeUndefined();
});
