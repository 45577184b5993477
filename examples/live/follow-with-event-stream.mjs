// Follows live events over server-sent events, for networks that do not let WebSocket through.
//   node examples/live/follow-with-event-stream.mjs [--url http://…/graphql] [--key KEY] [--cursor FILE] [--events N]
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "graphql-sse";
import { createFollower, createOutageNotice, EVENTS, readOptions, retryDelay } from "./event-follower.mjs";

const { url, key, cursorFile, limit } = readOptions();
const notice = createOutageNotice(url);
const headers = { "x-api-key": key };

const client = createClient({
  url: `${url}/stream`,
  headers,
  // One request for each operation; the gateway does not offer the library's other mode.
  singleConnection: false,
  // The loop below tries again; the library would do so after a wrong key, too.
  retryAttempts: 0,
});

/** Queries need no stream. */
async function ask(query) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query }),
  });
  if (!response.ok) throw Object.assign(new Error(`HTTP ${response.status}`), { response });
  return await response.json();
}

let ending = false;
function end() {
  ending = true;
  client.dispose();
}
process.once("SIGINT", end);

const follower = createFollower({ cursorFile, ask, limit, onLimit: end });

function receive(result) {
  notice.reached();
  follower.handle(result);
}

/** Resolves when the gateway ends the stream, which it also does when it is shut down in good order. */
function follow() {
  return new Promise((resolve, reject) => {
    client.subscribe(
      { query: EVENTS, variables: follower.variables },
      { next: receive, error: reject, complete: resolve },
    );
  });
}

for (let failures = 0; !ending; ) {
  try {
    await follower.begin();
    await follow();
    failures = 0;
  } catch (problem) {
    if (ending) break;
    const refusal = problem?.response;
    // A status that a second try does not change: a wrong key, a document that is not valid.
    if (refusal !== undefined && refusal.status >= 400 && refusal.status < 500) {
      console.error(`Refused with ${refusal.status}: ${await refusal.text().catch(() => "")}`);
      process.exitCode = 1;
      break;
    }
    notice.unreachable(problem);
    failures += 1;
  }
  if (!ending) await pause(retryDelay(failures));
}
