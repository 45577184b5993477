import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { createTransport } from "../../../src/datasources/bitrix24/transport.ts";
import { createLightSignal } from "../../../src/process/light-signal.ts";
import { until } from "../../kit/until.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A server that answers by a function, and a transport to it. */
async function start(answer: (response: ServerResponse, path: string) => void) {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    paths.push(request.url ?? "");
    answer(response, request.url ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const transport = createTransport();
  closing.push(async () => {
    await transport.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { transport, paths, url: `http://127.0.0.1:${port}` };
}

it("reads the answer behind what a server in front of the portal tells before it", async () => {
  const { transport, url } = await start((response) => {
    response.writeProcessing();
    response.writeEarlyHints({ link: "</style.css>; rel=preload" });
    response.writeHead(404, { "content-type": "application/json" });
    response.end('{"error":"NOT_FOUND"}');
  });
  const answer = await transport.exchange(`${url}/rest/a`, "{}", 30_000);
  expect(answer).toEqual({
    status: 404,
    contentType: "application/json",
    location: undefined,
    body: '{"error":"NOT_FOUND"}',
  });
});

it("never sends a request that was given up while it waited for a connection", async () => {
  const held: ServerResponse[] = [];
  let isHolding = true;
  const { transport, url, paths } = await start((response) => {
    if (isHolding) held.push(response);
    else response.end("{}");
  });
  // As many as there are connections.
  const busy = Array.from({ length: 40 }, () => transport.exchange(`${url}/busy`, "{}", 30_000));
  await until(() => held.length === busy.length);
  const { signal, abort } = createLightSignal();
  const givenUp = transport.exchange(`${url}/given-up`, "{}", 30_000, signal);
  const later = transport.exchange(`${url}/later`, "{}", 30_000);
  abort();
  await expect(givenUp).rejects.toMatchObject({ name: "TransportFailure", timedOut: true });
  isHolding = false;
  for (const response of held) response.end("{}");
  await Promise.all([...busy, later]);
  expect(new Set(paths)).toEqual(new Set(["/busy", "/later"]));
});

it("takes nothing more of an answer that nobody waits for any more", async () => {
  let isClosed = false;
  const { transport, url } = await start((response) => {
    response.on("close", () => {
      isClosed = true;
    });
    response.write('{"result":"');
  });
  await expect(transport.exchange(`${url}/endless`, "{}", 50)).rejects.toMatchObject({ sent: true, timedOut: true });
  await until(() => isClosed);
});
