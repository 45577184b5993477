import { connect } from "node:net";
import type { Dice } from "../kit/random-operation.ts";

const PATHS = [
  "/graphql",
  "/graphql/stream",
  "/",
  "/health",
  "/ready",
  "/bitrix24/events",
  "/bitrix24/install",
  "/explorer",
  "/explorer/../../etc/passwd",
  "/docs/%2e%2e/%2e%2e/package.json",
  "/graphql?query=%7B",
  "/%ff",
  "//",
  "/graphql/stream?variables=%5B",
] as const;
const METHODS = ["GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "TRACE", "BREW"] as const;
const HEADERS = [
  "x-api-key: wrong",
  "x-api-key: ",
  `x-api-key: ${"k".repeat(5_000)}`,
  "authorization: Bearer random",
  "authorization: Bearer \x01\x02",
  "authorization: Basic eDp4",
  "x-bitrix24-portal: evil.example.com",
  "x-bitrix24-portal: 127.0.0.1:1",
  "x-forwarded-for: 127.0.0.1",
  "forwarded: for=127.0.0.1;host=localhost",
  "x-request-id: \x7f\x1b[31m",
  `x-request-id: ${"a".repeat(4_000)}`,
  "origin: https://evil.example.com",
  "origin: null",
  "accept: text/html",
  "accept: text/event-stream",
  "accept: */*;q=0",
  "content-type: application/json; charset=utf-7",
  "content-type: text/plain",
  "content-type: application/x-www-form-urlencoded",
  "content-type: multipart/form-data; boundary=x",
  "content-type: application/json",
  "content-encoding: gzip",
  "expect: 100-continue",
  "upgrade: h2c",
  "connection: upgrade",
  "transfer-encoding: chunked",
  "content-length: 99999999",
  "content-length: -1",
  "host: evil.example.com",
  `cookie: ${"c=1; ".repeat(2_000)}`,
] as const;
const BODIES = [
  "",
  "{",
  "null",
  "[]",
  '[{"query":"{ __typename }"}]',
  '{"query":"{ __typename }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
  '{"query":"{ __typename }","extensions":[]}',
  '{"__proto__":{"query":"{ __typename }"}}',
  `{"query":"${"{".repeat(1_000)}"}`,
  "event=ONIMCONNECTORMESSAGEADD&auth[member_id]=x&auth[application_token]=y",
  `${"a[".repeat(2_000)}=1`,
  "a=%zz&b=%ff%fe&=&&&",
  "5\r\nhello\r\n0\r\n\r\n",
  "zz\r\n",
] as const;

/** Sends one request of odd parts as bytes; resolves to the answer's bytes once the gateway has answered or closed. */
export function sendRequest(origin: string, dice: Dice): Promise<Buffer> {
  const { hostname, port, host } = new URL(origin);
  const body = dice.pick(BODIES);
  const headers: string[] = Array.from({ length: dice.below(5) }, () => dice.pick(HEADERS));
  if (!headers.some((header) => header.startsWith("content-length") || header.startsWith("transfer"))) {
    headers.push(`content-length: ${Buffer.byteLength(body)}`);
  }
  const lines = [
    `${dice.pick(METHODS)} ${dice.pick(PATHS)} HTTP/1.1`,
    `Host: ${host}`,
    "Connection: close",
    ...headers,
  ];
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    const answer: Buffer[] = [];
    const done = (): void => {
      socket.destroy();
      resolve(Buffer.concat(answer));
    };
    // A body that is never sent to its end, or an event stream, stays open.
    socket.setTimeout(250, done);
    socket.on("error", done);
    socket.on("close", done);
    socket.on("data", (data) => answer.push(data));
    socket.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1"));
  });
}
