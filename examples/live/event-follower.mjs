// What a client of live events has to do whatever the transport: keep the newest cursor, begin with a snapshot, and handle gaps and losses.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";

/** `cursor` is selected on every kind, and `after` goes on behind the last one that was handled. */
export const EVENTS = `
  subscription Events($after: EventCursor) {
    openLineEvents(after: $after, checkpoints: true) {
      __typename
      cursor
      ... on ChatEvent { chat { id } line { id } }
      ... on MessageAdded { direction content { text author { id } } }
      ... on MessageUpdated { direction content { text } }
      ... on MessageDeleted { deletedMessageId externalIds }
      ... on ChatChanged { source }
      ... on StreamGap { since until refetchAfterMs }
    }
  }`;

/** The cursor is taken before anything else of the query is read, so that nothing falls between this and the stream. */
export const SNAPSHOT = `
  query Snapshot {
    eventCursor
    openLines(first: 100) { nodes { id name } }
    inbox(first: 5) { nodes { id chat { id title state } } }
  }`;

export function readOptions() {
  const { values } = parseArgs({
    options: {
      url: { type: "string", default: "http://127.0.0.1:4000/graphql" },
      key: { type: "string", default: "demo-api-key-of-helena" },
      cursor: { type: "string", default: join(tmpdir(), "open-line-events.cursor") },
      events: { type: "string", default: "Infinity" },
    },
  });
  return { url: values.url, key: values.key, cursorFile: values.cursor, limit: Number(values.events) };
}

/** Milliseconds before the next try: longer each time up to half a minute, and never the same for all clients. */
export function retryDelay(retries) {
  return Math.min(30_000, 500 * 2 ** Math.min(retries, 10)) * (0.5 + Math.random());
}

/** What to tell of an address where nobody answers: which one, why, and how to name another. Said once for each outage. */
export function createOutageNotice(address) {
  let said = false;
  return {
    unreachable(problem) {
      if (said) return;
      said = true;
      console.error(`Cannot reach ${address}: ${reasonOf(problem)}`);
      console.error(
        "Is the gateway running there? Another address: --url http://127.0.0.1:PORT/graphql. Trying again …",
      );
    },
    reached() {
      said = false;
    },
  };
}

/** The innermost words: `fetch failed` hides the reason in its cause, and an error of several addresses has its reasons in a list. */
function reasonOf(problem) {
  if (problem?.cause !== undefined) return reasonOf(problem.cause);
  if (problem?.error !== undefined) return reasonOf(problem.error);
  return problem?.message || problem?.errors?.map(reasonOf).join(", ") || problem?.code || String(problem);
}

/**
 * @param cursorFile where the cursor outlives this program
 * @param ask runs a query and resolves with its result
 * @param onLimit called once `limit` events were handled
 */
export function createFollower({ cursorFile, ask, limit, onLimit }) {
  let cursor = keptCursor();
  let handled = 0;

  function keptCursor() {
    try {
      return readFileSync(cursorFile, "utf8").trim() || undefined;
    } catch {
      return undefined;
    }
  }

  /** Written beside and moved, so that a crash leaves a whole cursor. */
  function keep(newest) {
    cursor = newest;
    writeFileSync(`${cursorFile}.new`, newest);
    renameSync(`${cursorFile}.new`, cursorFile);
  }

  async function readAgain() {
    const { data, errors } = await ask(SNAPSHOT);
    for (const error of errors ?? []) console.log(`! ${error.extensions?.code}: ${error.message}`);
    const { openLines, inbox } = data ?? {};
    console.log(`Snapshot: ${openLines?.nodes.length ?? 0} lines, ${inbox?.nodes.length ?? 0} chats of one's own`);
    return data?.eventCursor;
  }

  function show(event) {
    const place = `${event.chat ? `chat ${event.chat.id}` : "unknown chat"}, line ${event.line?.id ?? "?"}`;
    switch (event.__typename) {
      case "MessageAdded":
      case "MessageUpdated":
        console.log(`${event.__typename} (${place}) ${event.direction}: ${event.content.text ?? "(no text)"}`);
        break;
      case "StreamGap":
        console.log(`StreamGap: nobody listened from ${event.since} to ${event.until}`);
        // Nothing is lost that was accepted; what the portal sent meanwhile has to be read. Not at once: other clients were told too.
        pause(event.refetchAfterMs).then(readAgain).catch(console.error);
        break;
      case "StreamCheckpoint":
        break;
      default:
        // Kinds may be added: reading the chat again is always right.
        console.log(`${event.__typename} (${place})`);
    }
  }

  return {
    /** For a transport that sends the variables again by itself: read each time, so that the newest cursor goes along. */
    variables: {
      get after() {
        return cursor;
      },
    },
    /** The first time there is no cursor: read what is there, and go on behind it. */
    async begin() {
      if (cursor !== undefined) return console.log("Going on after the kept cursor.");
      const head = await readAgain();
      if (head === undefined || head === null) throw new Error("This gateway has no source of live events.");
      keep(head);
    },
    handle({ data, errors }) {
      for (const error of errors ?? []) {
        const { code, cursor: place, headCursor } = error.extensions ?? {};
        console.log(`! ${code}: ${error.message}`);
        // The cursor is of no use any more: of a log that is gone, or older than what is kept. The stream ends and `begin` reads anew.
        if (code === "EVENTS_LOST" || (code === "BAD_USER_INPUT" && headCursor === undefined)) cursor = undefined;
        // An error of one event: the stream goes on behind it.
        else if (place !== undefined) keep(place);
      }
      const event = data?.openLineEvents;
      if (event === null || event === undefined) return;
      show(event);
      // Only now: an event that was shown twice does less harm than one that was not.
      keep(event.cursor);
      handled += 1;
      if (handled === limit) onLimit();
    },
  };
}
