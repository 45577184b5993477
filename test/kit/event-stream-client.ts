import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import type { StreamResult } from "./socket-client.ts";

/** An operation over server-sent events, read when the test wants to. */
export interface EventStreamClient {
  readonly status: number;
  readonly results: readonly StreamResult[];
  /** Resolves when the answer is over, whoever ended it. */
  readonly ended: Promise<void>;
  /** True when the gateway said that the operation is complete. */
  isComplete(): boolean;
  /** The whole answer where it is no event stream; await `ended` first. */
  text(): string;
  stall(): void;
  goOn(): void;
  close(): void;
}

export interface EventStreamOptions {
  readonly key?: string;
  readonly variables?: Record<string, unknown>;
  readonly accept?: string;
  readonly onResult?: (result: StreamResult) => void;
}

export async function openEventStream(
  origin: string,
  query: string,
  { key, variables = {}, accept = "text/event-stream", onResult }: EventStreamOptions = {},
): Promise<EventStreamClient> {
  const call = request(`${origin}/graphql/stream`, {
    method: "POST",
    agent: false,
    headers: {
      "content-type": "application/json",
      accept,
      ...(key === undefined ? {} : { "x-api-key": key }),
    },
  });
  const answered = once(call, "response");
  call.end(JSON.stringify({ query, variables }));
  const [response]: IncomingMessage[] = await answered;
  if (response === undefined) throw new Error("no answer");
  const results: StreamResult[] = [];
  let complete = false;
  let rest = "";
  let whole = "";
  const isStream = (response.headers["content-type"] ?? "").startsWith("text/event-stream");
  response.setEncoding("utf8");
  response.on("data", (text: string) => {
    if (!isStream) {
      whole += text;
      return;
    }
    const blocks = (rest + text).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) take(block);
  });

  function take(block: string): void {
    if (block.startsWith("event: complete")) complete = true;
    const data = /^event: next\ndata: (.*)$/s.exec(block)?.[1];
    if (data === undefined) return;
    const result: StreamResult = JSON.parse(data);
    if (onResult === undefined) results.push(result);
    else onResult(result);
  }

  const ended = new Promise<void>((resolve) => {
    response.once("close", () => resolve());
    response.once("error", () => resolve());
  });
  return {
    status: response.statusCode ?? 0,
    results,
    ended,
    isComplete: () => complete,
    text: () => whole,
    stall: () => void response.pause(),
    goOn: () => void response.resume(),
    close: () => void response.destroy(),
  };
}
