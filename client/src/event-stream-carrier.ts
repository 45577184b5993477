import { type Carrier, type CarrierEvents, type Closing, endAfter, type Sink } from "./carrier.ts";
import { type Operation, readResult } from "./result.ts";

export interface EventStreamOptions {
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** A stream without a byte for so long is dead: the gateway sends a comment every 12 s. */
  readonly silentForMs: number;
}

/**
 * Each operation as a stream of server-sent events, where no WebSocket gets through. All of them are one connection: when one breaks, all
 * are lost, and carried again from their places.
 */
export function openEventStreams(options: EventStreamOptions, events: CarrierEvents): Carrier {
  const all = new AbortController();
  let closing: Closing | undefined;
  let isConnected = false;

  function closed(how: Closing): void {
    if (closing !== undefined) return;
    closing = how;
    events.closed(how);
    all.abort();
  }

  async function follow(operation: Operation, sink: Sink, signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), options.silentForMs);
    };
    heard();
    try {
      const response = await options.fetch(options.url, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream", ...(await options.headers()) },
        body: JSON.stringify(operation),
        signal: AbortSignal.any([signal, all.signal, silence.signal]),
      });
      const isStream = response.headers.get("content-type")?.startsWith("text/event-stream") ?? false;
      if (!response.ok || !isStream || response.body === null) return await refused(response, sink);
      if (!isConnected) {
        isConnected = true;
        events.connected();
      }
      const isComplete = await readEvents(response.body, heard, (data) => {
        const result = readResult(data);
        if (result !== undefined && !signal.aborted && closing === undefined) sink.next(result);
      });
      if (isComplete) return sink.ended({ kind: "complete" });
      closed({ kind: "lost", message: "The stream was cut off." });
    } catch (error) {
      if (!signal.aborted) closed({ kind: "lost", message: error instanceof Error ? error.message : "" });
    } finally {
      clearTimeout(timer);
    }
    if (closing !== undefined) sink.ended(endAfter(closing));
  }

  async function refused(response: Response, sink: Sink): Promise<void> {
    const { errors = [] } = readResult(await response.text()) ?? {};
    const [first] = errors;
    const message = first?.message ?? `${options.url} answered ${response.status}.`;
    if (response.status === 401) closed({ kind: "refused", message });
    else if (response.status >= 500 || response.status === 429 || first === undefined) {
      const { retryAfterMs } = first?.extensions ?? {};
      closed({ kind: "lost", message, ...(typeof retryAfterMs === "number" ? { retryAfterMs } : {}) });
    } else return sink.ended({ kind: "errors", errors });
    sink.ended(response.status === 401 ? { kind: "refused", message } : { kind: "lost" });
  }

  return {
    transport: "event-stream",
    carry(operation, sink) {
      const stopped = new AbortController();
      const { signal } = stopped;
      void follow(operation, { next: sink.next, ended: (end) => signal.aborted || sink.ended(end) }, signal);
      return () => stopped.abort();
    },
    // A stream keeps the headers that it was opened with: all are opened anew, from their places.
    async renew() {
      closed({ kind: "left", message: "" });
      return true;
    },
    check: () => undefined,
    close: () => closed({ kind: "left", message: "" }),
  };
}

/** Reads `next` events until `complete`; resolves to whether that came. */
async function readEvents(
  body: ReadableStream<Uint8Array>,
  heard: () => void,
  next: (data: string) => void,
): Promise<boolean> {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return false;
    heard();
    const blocks = (rest + decoder.decode(value, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const lines = block.split("\n");
      if (lines.includes("event: complete")) return true;
      if (lines.includes("event: next")) next(lines.find((line) => line.startsWith("data: "))?.slice(6) ?? "");
    }
  }
}
