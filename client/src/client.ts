import type { Sink } from "./carrier.ts";
import { type Connection, type ConnectionState, openConnection } from "./connection.ts";
import { keptCursor, type TextStorage } from "./cursors.ts";
import { cursorVariable, type TypedDocument, textOf } from "./documents.ts";
import { createCredentials, type IdentitySource } from "./identity.ts";
import { type RequestOptions, request } from "./request.ts";
import { type Operation, type Result, SubscriptionEnded } from "./result.ts";
import { shareConnection } from "./shared-connection.ts";
import { type Handlers, keepSubscribed } from "./subscription.ts";

export interface OpenLinesClientOptions {
  /** Address of the API, such as `https://gateway.example.com/graphql`; in a browser it may be relative. */
  readonly url: string;
  readonly identity: IdentitySource;
  /** Where cursors of subscriptions with a name are kept: `sessionStorage` outlives a reload. */
  readonly storage?: TextStorage | undefined;
  /** `auto`: a WebSocket, and event streams where none gets through. */
  readonly transport?: "auto" | "websocket" | "event-stream" | undefined;
  /** Whether tabs with equal address and identity share a socket, where the browser can do it. `true` by default. */
  readonly shared?: boolean | undefined;
  /** Milliseconds between pings; 10,000 by default. */
  readonly pingEveryMs?: number | undefined;
  /** Milliseconds until a connection without a pong is given up; 5,000 by default. */
  readonly pongWithinMs?: number | undefined;
  /** Node before 22 has no WebSocket of its own. */
  readonly webSocketImpl?: unknown;
  readonly fetch?: typeof fetch | undefined;
}

export interface SubscribeOptions<Variables> {
  readonly variables?: Variables | undefined;
  readonly operationName?: string | undefined;
  /** Keeps the cursor under this name in `storage`. One name for one subscription. */
  readonly name?: string | undefined;
}

export interface OpenLinesClient {
  /** A query or a mutation, over HTTP, sent once. Errors of the gateway are in the result; without an answer it rejects with `NoAnswer`. */
  request<Data = Record<string, unknown>, Variables = Readonly<Record<string, unknown>>>(
    document: TypedDocument<Data, Variables>,
    variables?: Variables,
    options?: RequestOptions & { readonly operationName?: string },
  ): Promise<Result<Data>>;
  /**
   * A subscription that lives until it is stopped by what is returned. One with a variable of type `EventCursor` misses nothing and gets
   * nothing twice, over reconnects and restarts of the gateway; without a value it begins now.
   */
  subscribe<Data = Record<string, unknown>, Variables = Readonly<Record<string, unknown>>>(
    document: TypedDocument<Data, Variables>,
    options: SubscribeOptions<Variables>,
    handlers: Handlers<Data>,
  ): () => void;
  readonly connection: ConnectionStatus;
  /** Ends all subscriptions and the connection. */
  close(): void;
}

export interface ConnectionStatus {
  state(): ConnectionState;
  /** Calls at each change; returns what ends that. */
  onChange(listener: () => void): () => void;
  /** Tries at once what waits, and makes sure that the connection is alive. */
  hurry(): void;
}

const IDLE: ConnectionState = { phase: "idle" };
const PING_MS = 10_000;
const PONG_MS = 5_000;
const RETRY_MS = 2_000;

/** A client of the gateway, for as long as a person is the same one: close it when another signs in. */
export function createOpenLinesClient(options: OpenLinesClientOptions): OpenLinesClient {
  const { identity, storage, transport = "auto", pingEveryMs = PING_MS, pongWithinMs = PONG_MS } = options;
  const url = new URL(options.url, globalThis.location?.href).href;
  const credentials = createCredentials(identity);
  const send = options.fetch ?? ((input, init) => fetch(input, init));
  const requests = { url, fetch: send, credentials };
  const listeners = new Set<() => void>();
  const stops = new Set<() => void>();
  let connecting: Promise<Connection> | undefined;
  let connection: Connection | undefined;
  /** Until it is known who this is. */
  let unknown = IDLE;
  let isClosed = false;
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const open = (onChange: () => void): Connection =>
    openConnection({
      ...requests,
      webSocketImpl: options.webSocketImpl,
      transport,
      pingEveryMs,
      pongWithinMs,
      changed: onChange,
    });

  async function connect(): Promise<Connection> {
    const name = options.shared === false || !(await canShare()) ? undefined : await sharedName(url, credentials);
    connection =
      name === undefined
        ? open(changed)
        : shareConnection({ name, open, changed, checkEveryMs: pingEveryMs, answerWithinMs: pongWithinMs });
    if (isClosed) connection.close();
    return connection;
  }
  async function connected(): Promise<Connection> {
    connecting ??= connect();
    try {
      return await connecting;
    } catch (error) {
      // Nobody could say who this is; the next one asks again.
      connecting = undefined;
      throw error;
    }
  }
  function carry(operation: Operation, sink: Sink): () => void {
    let isStopped = false;
    let stop: () => void = () => undefined;
    if (isClosed) {
      sink.ended({ kind: "broken", message: "This client is closed." });
      return stop;
    }
    connected().then(
      (through) => {
        if (!isStopped) stop = through.carry(operation, sink);
      },
      // Nobody could say who this is: asked again after a while.
      (error: unknown) => {
        unknown = { phase: "waiting", retryAt: Date.now() + RETRY_MS, message: String(error) };
        changed();
        setTimeout(() => isStopped || sink.ended({ kind: "lost" }), RETRY_MS);
      },
    );
    return () => {
      isStopped = true;
      stop();
    };
  }
  async function head(): Promise<string | undefined> {
    const { data, errors } = await request(requests, { query: "{ eventCursor }" }, {});
    if (typeof data?.eventCursor === "string") return data.eventCursor;
    const [error] = errors ?? [];
    if (error === undefined) return undefined;
    throw new SubscriptionEnded(error.extensions?.code ?? "INTERNAL_SERVER_ERROR", error.message, errors);
  }

  const state = stateWithNetwork(() => connection?.state() ?? unknown);
  const hurry = (): void => connection?.hurry();
  const stopWatching = watchPage(() => {
    hurry();
    changed();
  });
  return {
    async request<Data, Variables>(
      document: TypedDocument<Data, Variables>,
      variables?: Variables,
      { operationName, ...how }: RequestOptions & { readonly operationName?: string } = {},
    ) {
      const operation: Operation = {
        query: textOf(document),
        operationName,
        variables: variables as Operation["variables"],
      };
      return (await request(requests, operation, how)) as Result<Data>;
    },
    subscribe(document, { variables, operationName, name }, handlers) {
      const query = textOf(document);
      const operation: Operation = { query, operationName, variables: variables as Operation["variables"] };
      const stop = keepSubscribed(operation, handlers, {
        carry,
        renew: async () => (await connected()).renew(),
        head,
        kept: keptCursor(storage, name),
        variable: cursorVariable(query),
      });
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    connection: {
      state,
      onChange(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      hurry,
    },
    close() {
      isClosed = true;
      stopWatching();
      for (const stop of stops) stop();
      stops.clear();
      connection?.close();
    },
  };
}

/** A frame of another site may have locks and be denied their use, as it is denied a storage. */
async function canShare(): Promise<boolean> {
  if (typeof BroadcastChannel === "undefined" || globalThis.crypto?.subtle === undefined) return false;
  try {
    return (await globalThis.navigator?.locks?.query()) !== undefined;
  } catch {
    return false;
  }
}

/** Equal for equal address and identity; a hash, so that neither can be told from it. */
async function sharedName(
  url: string,
  credentials: { current(): Promise<{ readonly sharedBy: string }> },
): Promise<string> {
  const { sharedBy } = await credentials.current();
  const bytes = new TextEncoder().encode(JSON.stringify([url, sharedBy]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return `open-lines ${Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** What is waited for without a network is `offline`; the same object as long as nothing changes, as hooks want it. */
function stateWithNetwork(current: () => ConnectionState): () => ConnectionState {
  let last: ConnectionState = IDLE;
  let offline = last;
  return () => {
    const state = current();
    const isWaiting = state.phase === "waiting" || state.phase === "connecting";
    if (!isWaiting || globalThis.navigator?.onLine !== false) return state;
    if (last !== state) [last, offline] = [state, { ...state, phase: "offline" }];
    return offline;
  };
}

/** Calls when the network goes or is back, or the page is looked at again: after a laptop's sleep for example. */
function watchPage(back: () => void): () => void {
  if (typeof document === "undefined") return () => undefined;
  const looked = (): void => {
    if (document.visibilityState === "visible") back();
  };
  globalThis.addEventListener("online", back);
  // What is open has 5 s to show that it still is.
  globalThis.addEventListener("offline", back);
  document.addEventListener("visibilitychange", looked);
  return () => {
    globalThis.removeEventListener("online", back);
    globalThis.removeEventListener("offline", back);
    document.removeEventListener("visibilitychange", looked);
  };
}
