import { setTimeout as pause } from "node:timers/promises";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { connectSocket, type StreamResult } from "../../kit/socket-client.ts";
import { documentOf, type Interest } from "../live/resuming-subscriber.ts";
import type { Heard } from "./history.ts";

/** A client that goes on behind its last cursor, whatever ended its stream, until it is told what no client may be told here. */
export interface Listener {
  readonly heard: readonly Heard[];
  /** Breaks its connection off without a word. */
  vanish(): void;
  /** Connections so far. */
  connections(): number;
  /** It does not come back any more. */
  isOver(): boolean;
  close(): Promise<void>;
}

export interface ListenerOptions {
  readonly transport: "websocket" | "event stream";
  readonly interest: Pick<Interest, "field" | "filter">;
  readonly key: string;
  readonly cursor: string;
  /** Origin to connect to; asked each time. */
  readonly target: () => string;
}

/** Between two attempts. */
const RETRY_MS = 50;

export function startListener({ transport, interest, key, target, cursor: from }: ListenerOptions): Listener {
  const query = documentOf({ ...interest, matches: () => true });
  const heard: Heard[] = [];
  let cursor = from;
  let connections = 0;
  let isClosing = false;
  let breakOff = (): void => {};

  function take({ data, errors }: StreamResult): void {
    for (const { message, extensions = {} } of errors ?? []) {
      const { code, since, until, cursor: at } = extensions;
      if (code === "STREAM_GAP") heard.push(gapOf(since, until));
      else if (code === "EVENT_WITHHELD" && typeof at === "string") heard.push({ kind: "withheld", cursor: at });
      // It says when to come back, and this client comes back anyway.
      else if (code !== "STORAGE_UNAVAILABLE") heard.push({ kind: "problem", what: `${code} ${message}` });
      if (typeof at === "string") cursor = at;
    }
    const event = data?.event;
    if (typeof event !== "object" || event === null || !("cursor" in event)) return;
    cursor = String(event.cursor);
    if ("content" in event) heard.push({ kind: "event", text: textOf(event.content), cursor });
    else if ("since" in event && "until" in event) heard.push(gapOf(event.since, event.until));
  }

  async function overSocket(): Promise<void> {
    const client = await connectSocket(target(), { key });
    connections += 1;
    breakOff = () => client.socket.terminate();
    const stream = client.open(query, { variables: { after: cursor }, onResult: take });
    await Promise.race([stream.ended, client.closed]);
    for (const { message, extensions } of stream.refused() ?? []) {
      heard.push({ kind: "problem", what: `${extensions?.code} ${message}` });
    }
    client.socket.terminate();
  }

  async function overEventStream(): Promise<void> {
    const stream = await openEventStream(target(), query, { key, variables: { after: cursor }, onResult: take });
    connections += 1;
    breakOff = () => stream.close();
    await stream.ended;
    if (stream.status !== 200 && stream.status !== 503) {
      heard.push({ kind: "problem", what: `${stream.status} ${stream.text()}` });
    }
  }

  const hasFailed = (): boolean => heard.some(({ kind }) => kind === "problem");
  let isOver = false;
  const running = (async () => {
    while (!isClosing && !hasFailed()) {
      try {
        await (transport === "websocket" ? overSocket() : overEventStream());
      } catch {
        // Nobody there.
      }
      breakOff = () => {};
      if (!isClosing) await pause(RETRY_MS);
    }
    isOver = true;
  })();

  return {
    heard,
    vanish: () => breakOff(),
    connections: () => connections,
    isOver: () => isOver,
    async close() {
      isClosing = true;
      breakOff();
      await running;
    },
  };
}

function gapOf(since: unknown, until: unknown): Heard {
  return { kind: "gap", since: Date.parse(String(since)), until: Date.parse(String(until)) };
}

function textOf(content: unknown): string {
  return typeof content === "object" && content !== null && "text" in content ? String(content.text) : "no text";
}
