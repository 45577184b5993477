import type { Carrier, CarrierEvents, Carry, Closing, End } from "./carrier.ts";
import { openEventStreams } from "./event-stream-carrier.ts";
import { type Credential, type Credentials, isSameCredential, renewalAt } from "./identity.ts";
import { createPace } from "./pace.ts";
import { openSocket } from "./socket-carrier.ts";

export interface ConnectionState {
  /**
   * `idle`: nothing is subscribed to. `waiting`: lost, tried again at `retryAt`. `offline`: so too, and the browser says that it has no network
   * at all. `refused`: the identity is not accepted.
   */
  readonly phase: "idle" | "connecting" | "connected" | "waiting" | "offline" | "refused";
  readonly transport?: "websocket" | "event-stream" | "other-tab" | undefined;
  /** Milliseconds since 1970. */
  readonly retryAt?: number | undefined;
  /** Why it is not connected, in the words of whoever ended it. */
  readonly message?: string | undefined;
}

/** The way of all subscriptions to the gateway: one carrier at a time. */
export interface Connection {
  readonly carry: Carry;
  /** Asks for another identity in place of one that is not accepted any more; resolves to whether there was another. */
  renew(): Promise<boolean>;
  readonly state: () => ConnectionState;
  /** Now, in place of later. */
  hurry(): void;
  close(): void;
}

export interface ConnectionOptions {
  /** Of the API, `http:` or `https:`. */
  readonly url: string;
  readonly fetch: typeof fetch;
  readonly webSocketImpl?: unknown;
  readonly transport: "auto" | "websocket" | "event-stream";
  readonly credentials: Credentials;
  readonly pingEveryMs: number;
  readonly pongWithinMs: number;
  readonly changed: () => void;
}

/** So many sockets that did not open mean that none gets through, where the gateway can be reached otherwise. */
const FAILED_SOCKETS = 2;
const SILENT_FOR_MS = 30_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export function openConnection(options: ConnectionOptions): Connection {
  const { url, credentials, changed } = options;
  const pace = createPace();
  let state: ConnectionState = { phase: "idle" };
  let carrier: Carrier | undefined;
  let opening: Promise<Carrier> | undefined;
  let credential: Credential | undefined;
  /** One for all operations that ask for it at a time. */
  let renewal: Promise<boolean> | undefined;
  let renewalTimer: ReturnType<typeof setTimeout> | undefined;
  let failedSockets = 0;
  let isClosed = false;

  function become(next: ConnectionState): void {
    state = next;
    changed();
  }
  async function headers(): Promise<Readonly<Record<string, string>>> {
    credential = await credentials.current();
    return credential.headers;
  }

  /** Whoever is not accepted asks for another identity, once for all operations of a carrier. */
  async function afterRefusal(used: Credential | undefined, refused: End): Promise<End> {
    if (used === undefined) return refused;
    try {
      const next = await credentials.renew(used);
      return isSameCredential(used, next) ? refused : { kind: "lost" };
    } catch {
      return refused;
    }
  }

  async function open(): Promise<Carrier> {
    await pace.turn();
    const transport = await nextTransport();
    become({ ...state, phase: "connecting", transport, retryAt: undefined });
    let own: Carrier | undefined;
    let wasConnected = false;
    const events: CarrierEvents = {
      connected() {
        wasConnected = true;
        failedSockets = 0;
        pace.succeeded();
        become({ phase: "connected", transport });
        if (own !== undefined) renewInTime(own);
      },
      closed(closing) {
        clearTimeout(renewalTimer);
        if (transport === "websocket" && !wasConnected && closing.kind === "lost") failedSockets += 1;
        carrier = undefined;
        if (!isClosed) become(stateAfter(closing));
      },
    };
    own =
      transport === "websocket"
        ? openSocket({ ...options, url: url.replace(/^http/, "ws"), headers }, events)
        : openEventStreams({ ...options, url: `${url}/stream`, headers, silentForMs: SILENT_FOR_MS }, events);
    carrier = own;
    return own;
  }

  function stateAfter({ kind, message, retryAfterMs }: Closing): ConnectionState {
    switch (kind) {
      case "left":
        return { phase: "idle" };
      case "lost":
        pace.failed(retryAfterMs);
        return { phase: "waiting", retryAt: pace.retryAt(), message };
      case "refused":
        // Another identity may be refused too.
        pace.failed();
        return { phase: "refused", message };
      case "broken":
        return { phase: "idle", message };
      default:
        return kind satisfies never;
    }
  }

  async function nextTransport(): Promise<"websocket" | "event-stream"> {
    if (options.transport !== "auto") return options.transport;
    if (options.webSocketImpl === undefined && typeof WebSocket === "undefined") return "event-stream";
    if (failedSockets < FAILED_SOCKETS || !(await isReachable())) return "websocket";
    // When that breaks, one more socket that fails is enough.
    failedSockets = FAILED_SOCKETS - 1;
    return "event-stream";
  }
  async function isReachable(): Promise<boolean> {
    try {
      const asked = { method: "POST", body: '{"query":"{__typename}"}', signal: AbortSignal.timeout(10_000) };
      const response = await options.fetch(url, {
        ...asked,
        headers: { "content-type": "application/json", ...(await headers()) },
      });
      return response.ok;
    } catch {
      return false;
    }
  }

  async function renewOnce(): Promise<boolean> {
    const used = credential ?? (await credentials.current());
    const next = await credentials.renew(used);
    if (isSameCredential(used, next)) return false;
    credential = next;
    if (carrier !== undefined && !(await carrier.renew(next.headers))) carrier?.close();
    return true;
  }
  function renewInTime(own: Carrier): void {
    clearTimeout(renewalTimer);
    const used = credential;
    if (used?.expiresAt === undefined) return;
    const at = renewalAt(used, Date.now());
    if (at === Number.POSITIVE_INFINITY) return;
    const wait = Math.min(LONGEST_TIMER_MS, Math.max(0, at - Date.now()));
    renewalTimer = setTimeout(async () => {
      const next = await credentials.renew(used).catch(() => used);
      if (carrier !== own || isSameCredential(used, next)) return;
      credential = next;
      // One that is not taken over ends when its time has come, and is opened again with what is newest then.
      await own.renew(next.headers);
      if (carrier === own) renewInTime(own);
    }, wait);
  }

  return {
    carry(operation, sink) {
      let isStopped = false;
      let stop: () => void = () => undefined;
      // Node without a WebSocket, where nothing else is to carry.
      const notOpened = (error: unknown): void => sink.ended({ kind: "broken", message: String(error) });
      opening ??= (carrier === undefined ? open() : Promise.resolve(carrier)).finally(() => {
        opening = undefined;
      });
      opening.then((through) => {
        if (isStopped) return;
        if (isClosed || through !== carrier) return sink.ended({ kind: "lost" });
        let used = credential;
        stop = through.carry(operation, {
          next(result) {
            used = credential;
            sink.next(result);
          },
          async ended(end) {
            const how = end.kind === "refused" ? await afterRefusal(used ?? credential, end) : end;
            if (!isStopped) sink.ended(how);
          },
        });
      }, notOpened);
      return () => {
        isStopped = true;
        stop();
      };
    },
    renew() {
      renewal ??= renewOnce().finally(() => {
        renewal = undefined;
      });
      return renewal;
    },
    state: () => state,
    hurry() {
      pace.hurry();
      carrier?.check();
    },
    close() {
      isClosed = true;
      clearTimeout(renewalTimer);
      pace.hurry();
      carrier?.close();
      become({ phase: "idle" });
    },
  };
}
