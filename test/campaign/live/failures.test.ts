import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createClient } from "graphql-sse";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { askOverHttp, startGatewayHere } from "../../kit/gateway-here.ts";
import { connectSocket, openSocket, type SocketClient } from "../../kit/socket-client.ts";
import { until } from "../../kit/until.ts";
import { messageForm, postForm, type SentEvent } from "./event-sender.ts";
import { type GatewayOffice, openGatewayOffice } from "./installed-portal.ts";

interface Running {
  readonly office: GatewayOffice;
  readonly origin: string;
  readonly client: SocketClient;
  /** Posts a message with this text; the gateway has accepted it when this resolves. */
  write(text: string): Promise<void>;
}

async function start(more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const office = await openGatewayOffice();
  const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory(), more));
  const sender = await office.install(origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const client = await connectSocket(origin, { key: office.key });
  onTestFinished(() => client.close());
  return {
    office,
    origin,
    client,
    async write(text) {
      const event: SentEvent = { text, place, direction: "OUTGOING" };
      expect(await postForm(origin, messageForm(event, sender))).toBe(200);
    },
  };
}

/** A connection that has been upgraded, without a library that looks after it. */
async function upgraded(origin: string, protocol: string): Promise<Socket> {
  const { hostname, port, host } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const headers = [
    "GET /graphql HTTP/1.1",
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Protocol: ${protocol}`,
  ];
  socket.write(`${headers.join("\r\n")}\r\n\r\n`);
  let answer = "";
  for (;;) {
    const byte: Buffer | null = socket.read(1);
    if (byte === null) await once(socket, "readable");
    else answer += byte.toString("latin1");
    if (answer.endsWith("\r\n\r\n")) break;
  }
  if (!answer.startsWith("HTTP/1.1 101")) throw new Error(`no upgrade: ${answer}`);
  return socket;
}

const TEXTS = "subscription { messageAdded { content { text } } }";
const delivered = (text: string): { data: unknown } => ({ data: { messageAdded: { content: { text } } } });

describe("what goes wrong in one operation", () => {
  it("ends neither its socket nor another subscription: a syntax error, an unknown field, a wrong variable, a wrong cursor", async () => {
    const { client, write } = await start();
    const listening = client.open(TEXTS);
    await client.settled();
    const wrong = [
      client.open("subscription { messageAdded {"),
      client.open("subscription { messageAdded { nothing } }"),
      client.open("subscription ($after: EventCursor) { messageAdded(after: $after) { cursor } }", {
        variables: { after: { not: "a cursor" } },
      }),
      client.open('subscription { messageAdded(after: "garbage") { cursor } }'),
    ];
    await Promise.all(wrong.map(({ ended }) => ended));
    const codes = wrong.map((stream) => (stream.refused() ?? stream.results[0]?.errors)?.[0]?.extensions?.code);
    expect(codes).toEqual(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT", "BAD_USER_INPUT"]);
    await write("1.1");
    await until(() => listening.results.length > 0);
    expect(listening.results).toMatchObject([delivered("1.1")]);
    expect(await client.ask("{ __typename }")).toMatchObject({ data: { __typename: "Query" } });
  });

  it("as a resolver that fails for one event, is told with that event, and the next is delivered whole", async () => {
    const { client, office, write } = await start();
    const listening = client.open("subscription { messageAdded { content { text } chat { title } } }");
    await client.settled();
    office.portal.setFaults([
      { kind: "error", error: "ERROR_CORE", description: "broken", method: "imopenlines.dialog.get" },
    ]);
    await write("1.1");
    await until(() => listening.results.length === 1);
    office.portal.setFaults([]);
    await write("1.2");
    await until(() => listening.results.length === 2);
    const [broken, whole] = listening.results;
    expect(broken?.errors?.map(({ path }) => path)).toEqual([["messageAdded", "chat", "title"]]);
    expect(broken?.data).toMatchObject({ messageAdded: { content: { text: "1.1" } } });
    expect(whole?.errors).toBeUndefined();
    expect(whole?.data).toMatchObject({
      messageAdded: { content: { text: "1.2" }, chat: { title: expect.any(String) } },
    });
  });

  it("as one operation too many on a socket, is refused, and completing one makes room", async () => {
    const { client, write } = await start({ GATEWAY_MAX_OPERATIONS_PER_SOCKET: "3" });
    const open = [client.open(TEXTS), client.open(TEXTS), client.open(TEXTS)];
    const refused = client.open(TEXTS);
    await refused.ended;
    expect(refused.refused()?.map(({ extensions }) => extensions?.code)).toEqual(["LIMIT_EXCEEDED"]);
    open[0]?.complete();
    const later = client.open(TEXTS);
    // With three open there is no room for a question that tells when the third is open: events tell it.
    await until(async () => {
      await write(`1.${Date.now()}`);
      return later.results.length > 0;
    });
    expect(later.refused()).toBeUndefined();
    expect(open[1]?.results.length).toBeGreaterThan(0);
  });
});

describe("a socket", () => {
  it("with a wrong key or none is closed with 4401, which client libraries do not try again after", async () => {
    const { origin } = await start();
    await expect(connectSocket(origin, { key: "not-a-key-of-this-gateway" })).rejects.toThrow("closed with 4401");
    await expect(connectSocket(origin)).rejects.toThrow("closed with 4401");
  });

  it("whose message is larger than the limit is closed with 1009, and no other", async () => {
    const { origin, office, client } = await start({ GATEWAY_MAX_BODY_BYTES: "4096" });
    const large = await connectSocket(origin, { key: office.key });
    large.open(`{ __typename ${"#".repeat(5_000)}\n }`);
    expect((await large.closed).code).toBe(1009);
    await client.settled();
  });

  it("of an unknown protocol is closed with 4406", async () => {
    const { origin } = await start();
    const socket = await upgraded(origin, "graphql-ws");
    let received = Buffer.alloc(0);
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
    });
    // A close frame of the server: 0x88, its length, the code in two bytes.
    await until(() => received.length >= 4);
    expect([received[0], received.readUInt16BE(2)]).toEqual([0x88, 4406]);
    socket.destroy();
  });

  it("that initialises twice is closed with 4429, one that subscribes before with 4401, nonsense with 4400", async () => {
    const { origin, client } = await start();
    client.socket.send('{"type":"connection_init"}');
    expect((await client.closed).code).toBe(4429);
    const early = await openSocket(origin);
    early.send('{"type":"subscribe","id":"1","payload":{"query":"{ __typename }"}}');
    expect((await once(early, "close"))[0]).toBe(4401);
    const nonsense = await openSocket(origin);
    nonsense.send("nonsense");
    expect((await once(nonsense, "close"))[0]).toBe(4400);
  });

  it("that breaks off in the middle of a frame leaves the gateway at work", async () => {
    const { origin, client, write } = await start();
    const listening = client.open(TEXTS);
    await client.settled();
    const raw = await upgraded(origin, "graphql-transport-ws");
    raw.write(Buffer.from([0x81, 0xfe, 0x00]));
    raw.resetAndDestroy();
    await write("1.1");
    await until(() => listening.results.length > 0);
    expect(listening.results).toMatchObject([delivered("1.1")]);
  });
});

describe("over server-sent events", () => {
  it("a request that does not accept them is refused with 406, a wrong key with 401", async () => {
    const { origin, office } = await start();
    const wrong = await openEventStream(origin, TEXTS, { key: office.key, accept: "application/json" });
    await wrong.ended;
    expect(wrong.status).toBe(406);
    expect(wrong.text()).toContain("text/event-stream");
    const stranger = await openEventStream(origin, TEXTS, { key: "not-a-key-of-this-gateway" });
    expect(stranger.status).toBe(401);
    stranger.close();
  });

  it("a subscription sent to /graphql instead is refused, and both right addresses are named", async () => {
    const { origin, office } = await start();
    const { errors } = await askOverHttp(origin, office.key, TEXTS);
    expect(errors).toHaveLength(1);
    expect(errors?.[0]?.message).toContain("/graphql/stream");
    expect(errors?.[0]?.message).toMatch(/WebSocket.*\/graphql\b/i);
  });

  it("the graphql-sse client library listens, and asks for what is no subscription", async () => {
    const { origin, office, write } = await start();
    const client = createClient({
      url: `${origin}/graphql/stream`,
      headers: { "x-api-key": office.key },
      retryAttempts: 0,
    });
    onTestFinished(() => client.dispose());
    const asked = client.iterate({ query: "{ eventCursor }" });
    const { value: first } = await asked.next();
    expect(first?.data).toEqual({ eventCursor: expect.any(String) });
    const after = first?.data?.eventCursor;
    const listening = client.iterate({
      query: "subscription ($after: EventCursor) { messageAdded(after: $after) { content { text } } }",
      variables: { after },
    });
    await write("1.1");
    await write("1.2");
    expect((await listening.next()).value).toMatchObject(delivered("1.1"));
    expect((await listening.next()).value).toMatchObject(delivered("1.2"));
  });
});
