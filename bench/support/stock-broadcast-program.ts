import "reflect-metadata";
import { createServer } from "node:http";
import { useServer } from "graphql-ws/use/ws";
import { Pool } from "undici";
import { WebSocketServer } from "ws";
import { readEnvelope } from "../../src/datasources/bitrix24/event-envelope.ts";
import { parseForm } from "../../src/datasources/bitrix24/form-body.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { emptyMemory } from "../../src/datasources/loaders/credential-memory.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";
import { writeCursor } from "../../src/subscriptions/events/cursor.ts";
import { decodeEvent } from "../../src/subscriptions/intake/decoding/events.ts";
import type { LiveDelivery } from "../../src/subscriptions/live/live-request.ts";
import { createPeerSession } from "./peer-session.ts";

// A program of its own: the gateway's schema on graphql-ws's own server, an async iterable for each subscriber, fed with what is posted. It keeps
// nothing and checks nobody; it only does what the library's documentation shows.

interface Feed extends AsyncIterableIterator<LiveDelivery> {
  push(delivery: LiveDelivery): void;
}

const feeds = new Set<Feed>();

function openFeed(): Feed {
  const queue: LiveDelivery[] = [];
  let wake: ((result: IteratorResult<LiveDelivery>) => void) | undefined;
  const feed: Feed = {
    push(delivery) {
      if (wake === undefined) queue.push(delivery);
      else wake({ done: false, value: delivery });
      wake = undefined;
    },
    next() {
      const value = queue.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    return() {
      feeds.delete(feed);
      wake?.({ done: true, value: undefined });
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => feed,
  };
  feeds.add(feed);
  return feed;
}

let position = 0;

function publish(form: string): void {
  const envelope = readEnvelope(parseForm(form));
  const decoded = envelope === undefined ? undefined : decodeEvent(envelope);
  if (decoded?.kind !== "decoded") throw new Error("The posted event is not understood");
  for (const event of decoded.events) {
    if (event.kind === "gap") continue;
    position += 1;
    const delivery: LiveDelivery = {
      cursor: writeCursor("portal", { log: "stock-server", position }),
      receivedAt: new Date(),
      content: { kind: "event", event },
    };
    for (const feed of feeds) feed.push(delivery);
  }
}

const schema = buildSchema();
const field = schema.getSubscriptionType()?.getFields().messageAdded;
if (field === undefined) throw new Error("The schema has no messageAdded");
field.subscribe = openFeed;

// No field of the benchmark reads from a portal.
const pool = new Pool("http://127.0.0.1:9");
// One for all, as the gateway has one for each credential: made anew for each context it would cost the peer more than its own work.
const memory = emptyMemory();
function openContext(): OperationContext {
  const portal = createPeerSession(pool, "http://127.0.0.1:9/rest/1/none/");
  return {
    viewer: { kind: "open", label: "peer" },
    portal,
    loaders: createLoaders(portal, { get: () => undefined, set: () => undefined }, memory),
    signal: new AbortController().signal,
    usage: new UpstreamUsage(),
    upstreamStatus: () => {
      throw new Error("The peer does not model an allowance");
    },
    live: NO_LIVE_LOG,
    ...WITHOUT_STORE,
  };
}

const server = createServer((request, response) => {
  let form = "";
  request.setEncoding("utf8");
  request.on("data", (piece: string) => {
    form += piece;
  });
  request.on("end", () => {
    publish(form);
    response.writeHead(200, { "content-length": 2 }).end("ok");
  });
});
useServer({ schema, context: openContext }, new WebSocketServer({ server }));
server.keepAliveTimeout = 600_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port");
  process.stdout.write(`${JSON.stringify({ port: address.port })}\n`);
});
process.once("SIGTERM", () => process.exit(0));
process.stdin.on("end", () => process.exit(0)).resume();
