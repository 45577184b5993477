// Follows live events over WebSocket and goes on where it stopped: after a lost connection, a restart of the gateway, a restart of this program.
//   node examples/live/follow-with-websocket.mjs [--url http://…/graphql] [--key KEY] [--cursor FILE] [--events N]
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { WebSocket } from "ws";
import { createFollower, createOutageNotice, EVENTS, readOptions, retryDelay } from "./event-follower.mjs";

const { url, key, cursorFile, limit } = readOptions();
const PONG_MS = 5_000;
let pongTimer;
let connected = false;
const address = url.replace(/^http/, "ws");
const notice = createOutageNotice(address);

const client = createClient({
  url: address,
  // Browsers and Node 22 have a WebSocket of their own.
  webSocketImpl: WebSocket,
  // A function is asked at each connect, so that a renewed token goes along.
  connectionParams: () => ({ "x-api-key": key }),
  // The snapshot's socket is still there for the subscription.
  lazyCloseTimeout: 5_000,
  // Without limit: a gateway that restarts, or a laptop that sleeps, comes back. Close codes that are final end it all the same.
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: () => true,
  retryWait: (retries) => pause(retryDelay(retries)),
  // A connection that died without a word is noticed by the missing pong.
  keepAlive: 10_000,
  on: {
    connected: () => {
      connected = true;
      notice.reached();
      console.log("Connected.");
    },
    // Before it is closed with 1006: only this event knows why.
    error: (problem) => notice.unreachable(problem),
    closed: ({ code, reason }) => {
      clearTimeout(pongTimer);
      if (connected) console.log(`Closed: ${code} ${reason}`);
      connected = false;
    },
    ping: (received) => {
      if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_MS);
    },
    pong: (received) => {
      if (received) clearTimeout(pongTimer);
    },
  },
});

/** Queries ride on the same socket. */
async function ask(query) {
  for await (const result of client.iterate({ query })) return result;
}

let ending = false;
async function end() {
  ending = true;
  clearTimeout(pongTimer);
  await client.dispose();
}
process.once("SIGINT", end);

const follower = createFollower({ cursorFile, ask, limit, onLimit: end });

/** Resolves when the gateway ends the stream; rejects with a final close event or with errors of the document. */
function follow() {
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query: EVENTS, variables: follower.variables },
      { next: (result) => follower.handle(result), error: reject, complete: resolve },
    );
  });
}

try {
  while (!ending) {
    await follower.begin();
    await follow();
    if (!ending) await pause(retryDelay(0));
  }
} catch (problem) {
  if (!ending) {
    console.error(
      Array.isArray(problem) ? problem.map(({ message }) => message).join("\n") : (problem.reason ?? problem),
    );
    process.exitCode = 1;
    await end();
  }
}
