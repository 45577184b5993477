import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { logTo } from "../../kit/log-lines.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";

const BODY = JSON.stringify({ query: "{ __typename }" });
const JSON_TYPE = "content-type: application/json\r\n";

/** Sends bytes on a connection of their own; resolves to all that came once the gateway has closed it. */
function exchange(origin: string, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = "";
    socket.on("data", (data) => {
      received += data.toString("latin1");
    });
    socket.on("error", reject);
    socket.on("close", () => resolve(received));
    socket.write(Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part))));
  });
}

function post(headers: string, body: string | Buffer = BODY, path = "/graphql"): [string, string | Buffer] {
  const length = Buffer.byteLength(body);
  return [
    `POST ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}content-length: ${length}\r\n\r\n`,
    body,
  ];
}

const ask = (line: string, headers = "host: localhost\r\n"): string =>
  `${line} HTTP/1.1\r\n${headers}connection: close\r\n\r\n`;
const upgrade = (path: string, headers: string): string =>
  `GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n${headers}\r\n`;
const WEBSOCKET = "upgrade: websocket\r\nsec-websocket-version: 13\r\n";
const KEY = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const utf16 = Buffer.from(BODY, "utf16le");
const noText = Buffer.concat([Buffer.from('{"query":"{ __typename } #'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);

let origin: string;
let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  // Without keys, for whoever is on this machine.
  const env = { GATEWAY_API_KEYS: "", BITRIX24_WEBHOOK_URL: portal.users[0]?.webhookUrl ?? "" };
  gateway = await startGateway({ portal, env });
  ({ origin } = new URL(gateway.url));
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

describe("a request that is odd", () => {
  test.each<[string, readonly (string | Buffer)[], number, string, RegExp]>([
    [
      "with a compressed body",
      post(`${JSON_TYPE}content-encoding: gzip\r\n`, gzipSync(BODY)),
      415,
      "BAD_REQUEST",
      /without content-encoding/,
    ],
    ["in another charset", post("content-type: application/json; charset=latin1\r\n"), 415, "BAD_REQUEST", /UTF-8/],
    ["in UTF-16", post('content-type: application/json; charset="UTF-16"\r\n', utf16), 415, "BAD_REQUEST", /UTF-8/],
    ["with bytes that are no text", post(JSON_TYPE, noText), 400, "BAD_REQUEST", /not UTF-8/],
    [
      "for a stream, with bytes that are no text",
      post(`${JSON_TYPE}accept: text/event-stream\r\n`, noText, "/graphql/stream"),
      400,
      "BAD_REQUEST",
      /not UTF-8/,
    ],
    ["of a method that the address does not take", [ask("TRACE /graphql")], 405, "BAD_REQUEST", /GET, POST only/],
    ["of a method that changes things elsewhere", [ask("DELETE /graphql")], 405, "BAD_REQUEST", /GET, POST only/],
    [
      "for a stream, with variables that are a list",
      post(
        `${JSON_TYPE}accept: text/event-stream\r\n`,
        '{"query":"{ __typename }","variables":[1]}',
        "/graphql/stream",
      ),
      400,
      "BAD_REQUEST",
      /`variables` must be an object/,
    ],
    [
      "for a stream, with a name that is a number",
      post(
        `${JSON_TYPE}accept: text/event-stream\r\n`,
        '{"query":"{ __typename }","operationName":5}',
        "/graphql/stream",
      ),
      400,
      "BAD_REQUEST",
      /`operationName` must be a text/,
    ],
    ["of a method that is new", [ask("QUERY /graphql")], 415, "BAD_REQUEST", /content-type/],
    ["of a method that nobody takes", [ask("PROPFIND /graphql")], 405, "BAD_REQUEST", /only/],
    [
      "of a method that a file's address does not take",
      [ask("DELETE /files/abc")],
      405,
      "BAD_REQUEST",
      /GET, HEAD only/,
    ],
    [
      "of a method that nobody takes, for what is not there",
      [ask("PROPFIND /nothing")],
      404,
      "NOT_FOUND",
      /nothing here/,
    ],
    ["of an address that cannot be decoded", [ask("GET /%zz")], 400, "BAD_REQUEST", /percent signs/],
    ["without a host", [ask("GET /health", "")], 400, "BAD_REQUEST", /host header/],
    [
      "with headers of 60 KB",
      [ask("GET /health", `host: localhost\r\nx: ${"x".repeat(60_000)}\r\n`)],
      431,
      "LIMIT_EXCEEDED",
      /16384 bytes/,
    ],
    ["for a socket, without a key", [upgrade("/graphql", WEBSOCKET)], 400, "BAD_REQUEST", /Sec-WebSocket-Key/],
    ["for a socket elsewhere", [upgrade("/health", WEBSOCKET + KEY)], 404, "NOT_FOUND", /\/graphql/],
    [
      "for a socket, from a page of elsewhere",
      [upgrade("/graphql", `${WEBSOCKET}${KEY}origin: https://evil.example\r\n`)],
      403,
      "FORBIDDEN",
      /GATEWAY_CORS_ORIGINS/,
    ],
  ])(
    "%s is refused with a sentence, and with the headers of every answer",
    async (_what, parts, status, code, words) => {
      const answer = await exchange(origin, ...parts);
      const [head = "", body = ""] = answer.split("\r\n\r\n");
      expect(head).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(head).toContain("x-content-type-options: nosniff");
      expect(head).toContain("cache-control: no-store");
      const { errors } = JSON.parse(body);
      expect(errors).toEqual([
        { message: expect.stringMatching(words), extensions: expect.objectContaining({ code }) },
      ]);
    },
  );

  test.each<[string, readonly (string | Buffer)[]]>([
    [
      "asks for HTTP/2 as some clients do with every request",
      post(`${JSON_TYPE}connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABkAAQAAP__\r\n`),
    ],
    ["asks for a protocol that nobody knows", post(`${JSON_TYPE}connection: upgrade\r\nupgrade: something/7\r\n`)],
    ["begins with a byte order mark", post(JSON_TYPE, Buffer.from(`\ufeff${BODY}`))],
    ["names its charset", post("content-type: application/json; charset=UTF-8\r\n")],
    ["expects what nobody promises", post(`${JSON_TYPE}expect: the-moon\r\n`)],
  ])("that %s is served", async (_what, parts) => {
    const answer = await exchange(origin, ...parts);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('{"data":{"__typename":"Query"}');
  });

  test("may be of a kind that the address takes, which it can be asked for", async () => {
    expect(await exchange(origin, ask("OPTIONS /graphql"))).toMatch(/^HTTP\/1\.1 204 [\s\S]*allow: GET, POST/);
    expect(await exchange(origin, ask("HEAD /health"))).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test("sockets of one address that say nothing are refused with how many may wait", async () => {
  const { origin: narrow } = await startScriptedGateway({ GATEWAY_MAX_SILENT_SOCKETS: "1" });
  const request = upgrade("/graphql", WEBSOCKET + KEY);
  const { hostname, port } = new URL(narrow);
  const first = connect(Number(port), hostname);
  first.write(request);
  await new Promise((opened) => first.once("data", opened));
  const answer = await exchange(narrow, request);
  expect(answer).toMatch(/^HTTP\/1\.1 429 /);
  expect(answer).toContain('"limit":"silentSockets","maximum":1');
  first.destroy();
});

test("a client that vanishes in the middle of its body is no fault of the gateway: its log says nothing of it", async () => {
  const { logger, lines } = logTo("warn");
  const { origin: logged, close } = await startScriptedGateway({}, logger);
  const { hostname, port } = new URL(logged);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /graphql HTTP/1.1\r\nhost: localhost\r\n${JSON_TYPE}expect: 100-continue\r\ncontent-length: 100\r\n\r\n`,
  );
  // Its headers are there: it is told to go on.
  await new Promise((begun) => socket.once("data", begun));
  socket.write('{"query"');
  socket.destroy();
  await new Promise((gone) => socket.once("close", gone));
  // Whatever was under way is over then.
  await close();
  expect(lines()).toEqual([]);
});
