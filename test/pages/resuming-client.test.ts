import { once } from "node:events";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { createResumingClient } from "../../pages/explorer/resuming-client.ts";
import { eventually } from "../kit/until.ts";

afterEach(() => vi.unstubAllGlobals());

test("a socket of the explorer that answers no ping is given up, and its subscription goes on over another from its place", async () => {
  vi.stubGlobal("WebSocket", WebSocket);
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "graphql-transport-ws" });
  await once(server, "listening");
  const places: unknown[] = [];
  server.on("connection", (socket) => {
    socket.on("message", (data) => {
      const { type, id, payload } = JSON.parse(String(data));
      if (type === "connection_init") socket.send('{"type":"connection_ack"}');
      if (type !== "subscribe") return;
      places.push(payload.variables.after);
      const event = { data: { openLineEvents: { cursor: `place ${places.length}` } } };
      socket.send(JSON.stringify({ type: "next", id, payload: event }));
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `ws://127.0.0.1:${address.port}/graphql`;
  const client = createResumingClient(
    url,
    () => ({}),
    () => undefined,
    { pingMs: 50, pongMs: 100 },
  );
  onTestFinished(() => {
    void client.dispose();
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  const query = "subscription ($after: EventCursor) { openLineEvents(after: $after) { cursor } }";
  client.subscribe({ query }, { next: () => undefined, error: () => undefined, complete: () => undefined });
  await eventually(() => expect(places.slice(0, 2)).toEqual([undefined, "place 1"]));
});
