import { createClient } from "graphql-ws/client";
import { type Carrier, type CarrierEvents, type Closing, type End, endAfter } from "./carrier.ts";
import { isGatewayError, isRecord, type Result } from "./result.ts";

export interface SocketOptions {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** For Node before 22, whose own is missing. */
  readonly webSocketImpl?: unknown;
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  readonly pingEveryMs: number;
  /** A connection that does not answer a ping for so long is dead. */
  readonly pongWithinMs: number;
}

const ACKNOWLEDGED_WITHIN_MS = 10_000;
/** A socket without operations is kept a little: the next may come at once. */
const IDLE_MS = 3_000;

/** One socket for `graphql-transport-ws`, opened with the first operation. It is not opened again: whoever needs another makes one. */
export function openSocket(options: SocketOptions, events: CarrierEvents): Carrier {
  const { pingEveryMs, pongWithinMs } = options;
  let raw: Pick<WebSocket, "send"> | undefined;
  let closing: Closing | undefined;
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  /** Who waits to hear whether new headers are accepted; answers come in the order of the questions. */
  const renewing: ((isAccepted: boolean) => void)[] = [];
  let carried = 0;

  function closed(how: Closing): void {
    if (closing !== undefined) return;
    closing = how;
    clearTimeout(pongTimer);
    for (const tell of renewing.splice(0)) tell(false);
    events.closed(how);
  }
  function expectPong(): void {
    clearTimeout(pongTimer);
    pongTimer = setTimeout(() => client.terminate(), pongWithinMs);
  }
  function ping(payload?: Readonly<Record<string, string>>): void {
    raw?.send(JSON.stringify({ type: "ping", ...(payload === undefined ? {} : { payload }) }));
    expectPong();
  }

  const client = createClient({
    url: options.url,
    webSocketImpl: options.webSocketImpl,
    connectionParams: async () => ({ ...(await options.headers()) }),
    retryAttempts: 0,
    lazyCloseTimeout: IDLE_MS,
    keepAlive: pingEveryMs,
    connectionAckWaitTimeout: ACKNOWLEDGED_WITHIN_MS,
    on: {
      connected(socket) {
        raw = isSocket(socket) ? socket : undefined;
        events.connected();
      },
      ping: (isReceived) => isReceived || expectPong(),
      pong(isReceived, payload) {
        if (!isReceived) return;
        clearTimeout(pongTimer);
        if (typeof payload?.renewed === "boolean") renewing.shift()?.(payload.renewed);
      },
      // A browser does not tell why; Node does.
      error: (problem) => closed({ kind: "lost", message: messageOf(problem) }),
      closed: (event) => {
        // After 1000 the library would open another by itself, and subscribe again from the old places.
        Promise.resolve(client.dispose()).catch(() => undefined);
        const how = closingOf(event);
        // The library closes what carries nothing; else it was somebody in between.
        closed(how.kind === "left" && carried > 0 ? { ...how, kind: "lost" } : how);
      },
    },
  });

  return {
    transport: "websocket",
    carry(operation, sink) {
      let over = false;
      carried += 1;
      const finish = (): void => {
        if (!over) carried -= 1;
        over = true;
      };
      const end = (how: End): void => {
        if (over) return;
        finish();
        sink.ended(how);
      };
      const stop = client.subscribe<Record<string, unknown>>(
        { ...operation },
        {
          next: (result) => over || sink.next(asResult(result)),
          error: (error) => end(endOf(error, closing)),
          // A socket that was closed in order ends its operations as if they were complete.
          complete: () => end(closing === undefined ? { kind: "complete" } : { kind: "lost" }),
        },
      );
      return () => {
        finish();
        stop();
      };
    },
    renew: (headers) =>
      new Promise((resolve) => {
        if (raw === undefined || closing !== undefined) return resolve(false);
        renewing.push(resolve);
        ping(headers);
      }),
    check: () => ping(),
    close() {
      closed({ kind: "left", message: "" });
      client.terminate();
    },
  };
}

function endOf(error: unknown, closing: Closing | undefined): End {
  if (closing === undefined && Array.isArray(error)) return { kind: "errors", errors: error.filter(isGatewayError) };
  return endAfter(closing ?? closingOf(error));
}

/** What the close codes of the gateway mean; see its guide of live events. */
function closingOf(event: unknown): Closing {
  const { code, reason } = isRecord(event) ? event : {};
  const message = `${String(code ?? "")} ${String(reason ?? "")}`.trim();
  switch (code) {
    case 1000:
      // The library, once nothing is subscribed to.
      return { kind: "left", message };
    case 4401:
      return { kind: "refused", message: String(reason) };
    case 1009:
    case 4400:
    case 4406:
    case 4409:
    case 4429:
      return { kind: "broken", message };
    default:
      return { kind: "lost", message };
  }
}

function asResult({ data, errors, extensions }: { data?: unknown; errors?: unknown; extensions?: unknown }): Result {
  return {
    data: isRecord(data) ? data : null,
    errors: Array.isArray(errors) ? errors.filter(isGatewayError) : undefined,
    extensions: isRecord(extensions) ? extensions : undefined,
  };
}

function isSocket(value: unknown): value is Pick<WebSocket, "send"> {
  return typeof value === "object" && value !== null && "send" in value && typeof value.send === "function";
}

function messageOf(problem: unknown): string {
  if (problem instanceof Error) return problem.message;
  return typeof problem === "object" && problem !== null && "message" in problem ? String(problem.message) : "";
}
