import { once } from "node:events";
import type { GraphQLFormattedError } from "graphql";
import { WebSocket } from "ws";

export interface StreamResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLFormattedError[];
}

export interface Stream {
  readonly id: string;
  readonly results: StreamResult[];
  /** Errors that ended the operation; undefined as long as it has not ended so. */
  readonly refused: () => readonly GraphQLFormattedError[] | undefined;
  /** Resolves when the operation is over, however it ended. */
  readonly ended: Promise<void>;
  complete(): void;
}

/** `graphql-transport-ws` spoken message by message, so that a test decides when it reads and what it sends. */
export interface SocketClient {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  open(query: string, options?: OperationOptions): Stream;
  /** A query or mutation; its one result. */
  ask(query: string, variables?: Record<string, unknown>): Promise<StreamResult>;
  /**
   * Resolves when every subscription to events sent before has its place in the log. The gateway opens them side by side; but each asks the
   * store for its place, as this question does after them, and a connection to the store answers in order.
   */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export interface OperationOptions {
  readonly variables?: Record<string, unknown>;
  readonly onResult?: (result: StreamResult) => void;
}

interface Message {
  readonly type: string;
  readonly id?: string;
  // The payload's shape depends on the type, which is looked at first.
  readonly payload?: StreamResult & readonly GraphQLFormattedError[];
}

export interface ConnectOptions {
  readonly key?: string | undefined;
  readonly protocols?: readonly string[];
}

/** An open socket, not initialised. */
export async function openSocket(
  origin: string,
  protocols: readonly string[] = ["graphql-transport-ws"],
): Promise<WebSocket> {
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, [...protocols], {
    perMessageDeflate: false,
  });
  await once(socket, "open");
  return socket;
}

export async function connectSocket(origin: string, { key, protocols }: ConnectOptions = {}): Promise<SocketClient> {
  const socket = await openSocket(origin, protocols);
  const streams = new Map<string, { take: (message: Message) => void; end: () => void }>();
  let next = 0;
  let acknowledge = (): void => {};
  const acknowledged = new Promise<void>((resolve) => {
    acknowledge = resolve;
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => {
      for (const each of streams.values()) each.end();
      resolve({ code, reason: String(reason) });
    });
  });
  socket.on("error", () => socket.terminate());
  socket.on("message", (data) => {
    const message: Message = JSON.parse(String(data));
    if (message.type === "connection_ack") acknowledge();
    else if (message.type === "ping") socket.send('{"type":"pong"}');
    else if (message.id !== undefined) streams.get(message.id)?.take(message);
  });
  socket.send(JSON.stringify({ type: "connection_init", payload: key === undefined ? {} : { "X-Api-Key": key } }));
  const refused = await Promise.race([acknowledged, closed]);
  if (refused !== undefined) throw new Error(`the socket was closed with ${refused.code} ${refused.reason}`);

  function open(query: string, { variables = {}, onResult }: OperationOptions = {}): Stream {
    next += 1;
    const id = String(next);
    const results: StreamResult[] = [];
    let errors: readonly GraphQLFormattedError[] | undefined;
    let end = (): void => {};
    const ended = new Promise<void>((resolve) => {
      end = () => {
        streams.delete(id);
        resolve();
      };
    });
    streams.set(id, {
      end,
      take({ type, payload }) {
        if (type === "next" && payload !== undefined) {
          if (onResult === undefined) results.push(payload);
          else onResult(payload);
        } else if (type === "error") {
          errors = payload ?? [];
          end();
        } else if (type === "complete") {
          end();
        }
      },
    });
    socket.send(JSON.stringify({ type: "subscribe", id, payload: { query, variables } }));
    return {
      id,
      results,
      refused: () => errors,
      ended,
      complete() {
        if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ type: "complete", id }));
        end();
      },
    };
  }

  async function ask(query: string, variables: Record<string, unknown> = {}): Promise<StreamResult> {
    const stream = open(query, { variables });
    await stream.ended;
    const errors = stream.refused();
    return stream.results[0] ?? (errors === undefined ? {} : { errors });
  }

  return {
    socket,
    closed,
    open,
    ask,
    async settled() {
      await ask("{ eventCursor }");
    },
    async close() {
      if (socket.readyState === socket.CLOSED) return;
      socket.close(1000);
      await closed;
    },
  };
}

/** The newest cursor of the key's portal. */
export async function currentCursor(origin: string, key: string): Promise<string> {
  const client = await connectSocket(origin, { key });
  const { data } = await client.ask("{ eventCursor }");
  await client.close();
  if (typeof data?.eventCursor !== "string") throw new Error("no cursor");
  return data.eventCursor;
}
