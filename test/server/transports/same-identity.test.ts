import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { send } from "../../kit/http-client.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";

type Headers = Readonly<Record<string, string>>;

/** What a client is told: `ok`, or why not; and under which id of its request. */
interface Told {
  readonly verdict: string;
  readonly requestId: string | undefined;
}

type Transport = (origin: string, headers: Headers, query: string) => Promise<Told>;

/** The first error's sentence, cut as a reason for closing a socket is. */
function verdictOf(text: string): string {
  const { errors }: { errors?: readonly { message: string }[] } = JSON.parse(text);
  return errors?.[0]?.message.slice(0, 60) ?? "ok";
}

const overHttp: Transport = async (origin, headers, query) => {
  const answer = await send(`${origin}/graphql`, {
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  return { verdict: verdictOf(answer.text), requestId: String(answer.headers["x-request-id"]) };
};

const overEventStream: Transport = async (origin, headers, query) => {
  const answer = await send(`${origin}/graphql/stream`, {
    headers: { ...headers, "content-type": "application/json", accept: "text/event-stream" },
    body: JSON.stringify({ query }),
  });
  const result = /^event: next\ndata: (.*)$/m.exec(answer.text)?.[1] ?? answer.text;
  return { verdict: verdictOf(result), requestId: String(answer.headers["x-request-id"]) };
};

interface Message {
  readonly type: string;
  readonly payload?: unknown;
}

/** With the headers on the request that opens the socket, or in the payload of `connection_init`. */
const overSocket =
  (inPayload: boolean): Transport =>
  async (origin, headers, query) => {
    const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, ["graphql-transport-ws"], {
      headers: inPayload ? {} : headers,
    });
    await once(socket, "open");
    let requestId: string | undefined;
    const verdict = new Promise<string>((resolve) => {
      socket.on("message", (data) => {
        const { type, payload }: Message = JSON.parse(String(data));
        if (type === "connection_ack") {
          requestId = requestIdIn(payload);
          socket.send(JSON.stringify({ type: "subscribe", id: "1", payload: { query } }));
        } else if (type === "next") resolve(verdictOf(JSON.stringify(payload)));
        else if (type === "error") resolve(verdictOf(JSON.stringify({ errors: payload })));
      });
      socket.on("close", (_code, reason) => resolve(String(reason).replace(/…$/, "").slice(0, 60)));
    });
    socket.send(JSON.stringify({ type: "connection_init", payload: inPayload ? headers : undefined }));
    const told = { verdict: await verdict, requestId };
    socket.terminate();
    return told;
  };

function requestIdIn(payload: unknown): string | undefined {
  return typeof payload === "object" && payload !== null && "requestId" in payload
    ? String(payload.requestId)
    : undefined;
}

const TRANSPORTS: Readonly<Record<string, Transport>> = {
  HTTP: overHttp,
  "event stream": overEventStream,
  "socket, by its request": overSocket(false),
};
/** `connection_init` carries what says who it is, and nothing else. */
const WITH_PAYLOAD = { ...TRANSPORTS, "socket, by connection_init": overSocket(true) };

async function toldOver(
  transports: Readonly<Record<string, Transport>>,
  origin: string,
  headers: Headers,
  query: string,
): Promise<Record<string, Told>> {
  const told: Record<string, Told> = {};
  for (const [name, ask] of Object.entries(transports)) told[name] = await ask(origin, headers, query);
  return told;
}

const KIND = "{ viewer { kind } }";
const WRITE = 'mutation { chatSkip(chatId: "1") { userErrors { code } } }';
const KEY = "0123456789abcdef";

describe("who a request is from gets the same verdict on all transports", () => {
  const keys = [
    `inbox:${KEY}`,
    "old:old-0123456789abcdef:rights=query:expires=2020-01-01",
    "reader:reader-0123456789abcdef:rights=query",
    "listener:listener-0123456789abcdef:rights=events",
  ];

  test.each<[string, Headers, string, RegExp]>([
    ["nothing that says who it is", {}, KIND, /^Send an API key/],
    ["a right key", { "x-api-key": KEY }, KIND, /^ok$/],
    ["a right key as a bearer token", { authorization: `Bearer ${KEY}` }, KIND, /^ok$/],
    ["a wrong key", { "x-api-key": "wrong-0123456789" }, KIND, /^The API key is not known/],
    ["a wrong bearer token", { authorization: "Bearer wrong-0123456789" }, KIND, /^The API key is not known/],
    ["an authorization of another kind", { authorization: "Basic dXNlcjpwYXNz" }, KIND, /^Send an API key/],
    ["an expired key", { "x-api-key": "old-0123456789abcdef" }, KIND, /^The API key old expired at 2020/],
    ["two identities", { "x-api-key": KEY, "x-bitrix24-portal": "portal.example.com" }, KIND, /^Send either X-Api-Key/],
    [
      "a portal that is not served",
      { "x-bitrix24-portal": "other.example.com" },
      KIND,
      /^The portal in X-Bitrix24-Portal/,
    ],
    ["a portal without a token", { "x-bitrix24-portal": "portal.example.com" }, KIND, /^X-Bitrix24-Portal needs/],
    ["a key without the right to change", { "x-api-key": "reader-0123456789abcdef" }, WRITE, /no right to change/],
    ["a key without the right to read", { "x-api-key": "listener-0123456789abcdef" }, KIND, /no right to/],
    ["a key with the right to read", { "x-api-key": "reader-0123456789abcdef" }, KIND, /^ok$/],
  ])("%s", async (_what, headers, query, expected) => {
    const { origin } = await startScriptedGateway({
      GATEWAY_API_KEYS: keys.join(","),
      BITRIX24_PORTALS: "portal.example.com",
    });
    const told = Object.entries(await toldOver(WITH_PAYLOAD, origin, headers, query));
    const [first] = told;
    expect(first?.[1].verdict).toMatch(expected);
    expect(Object.fromEntries(told.map(([name, { verdict }]) => [name, verdict]))).toEqual(
      Object.fromEntries(told.map(([name]) => [name, first?.[1].verdict])),
    );
  });
});

describe("without keys only this machine is served, on all transports", () => {
  test.each<[string, Headers, RegExp]>([
    ["by itself", {}, /^ok$/],
    ["with X-Forwarded-For", { "x-forwarded-for": "127.0.0.1" }, /^Without keys the gateway answers this/],
    ["with another X-Forwarded header", { "x-forwarded-proto": "https" }, /^Without keys the gateway answers this/],
    ["with Forwarded", { forwarded: "for=127.0.0.1" }, /^Without keys the gateway answers this/],
    ["with Via", { via: "1.1 proxy" }, /^Without keys the gateway answers this/],
    ["with X-Real-IP", { "x-real-ip": "127.0.0.1" }, /^Without keys the gateway answers this/],
  ])("%s", async (_what, headers, expected) => {
    const { origin } = await startScriptedGateway();
    for (const { verdict } of Object.values(await toldOver(TRANSPORTS, origin, headers, KIND))) {
      expect(verdict).toMatch(expected);
    }
  });
});

describe("the id of a request is the client's where it can stand in a log, on all transports", () => {
  test.each<[string, string, boolean]>([
    ["a plain one", "order-17.a_B", true],
    ["one with a space", "order 17", false],
    ["one that is too long", "x".repeat(65), false],
    ["one that looks like JSON", '{"a":1}', false],
  ])("%s", async (_what, id, isKept) => {
    const { origin } = await startScriptedGateway();
    for (const { requestId } of Object.values(await toldOver(TRANSPORTS, origin, { "x-request-id": id }, KIND))) {
      expect(requestId).toMatch(isKept ? new RegExp(`^${id}$`) : /^[0-9a-f-]{36}$/);
    }
  });
});
