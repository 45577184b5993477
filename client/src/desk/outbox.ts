import type { OpenLinesClient } from "../client.ts";
import type { TextStorage } from "../cursors.ts";
import { type GatewayError, isRecord, type Result } from "../result.ts";
import { type UserError, userErrorsOf } from "../user-errors.ts";
import { keptMessages } from "./kept-messages.ts";
import { createStore, type Watched } from "./store.ts";

/** A message of one's own on its way, shown from the moment it was written. */
export interface Outgoing {
  /** Its idempotency key. */
  readonly key: string;
  readonly chatId: string;
  readonly text: string;
  readonly replyToId?: string | undefined;
  /** Milliseconds since 1970. */
  readonly writtenAt: number;
  /**
   * `sent`: confirmed, `messageId` names it. `unknown`: no answer tells whether it was sent; it is being looked up. `refused`: it will not be
   * sent, `userErrors` say why. `failed`: nothing was sent, `error` says why; `retry` tries again.
   */
  readonly state: "sending" | "sent" | "unknown" | "refused" | "failed";
  readonly messageId?: string | undefined;
  readonly userErrors: readonly UserError[];
  readonly error?: GatewayError | undefined;
}

export interface Message {
  readonly chatId: string;
  readonly text: string;
  readonly replyToId?: string | undefined;
}

export interface Outbox extends Watched<readonly Outgoing[]> {
  /** Shows the message and sends it. Throws when too many wait already. */
  send(message: Message): string;
  /** Tries again what failed or is not known, as the same message: it is never sent twice. One not known for 20 hours is left as it is. */
  retry(key: string): void;
  /** Forgets a message, for example once it is among those of the chat. One that is under way may still arrive. */
  discard(key: string): void;
  close(): void;
}

export interface OutboxOptions {
  /** Milliseconds after which the gateway is asked again for a message whose outcome is not known, one after another; then it is up to the person. */
  readonly lookUpAfterMs?: readonly number[];
  /** Where messages that are not settled outlive the page; those of other people must have another `name`. */
  readonly storage?: TextStorage | undefined;
  readonly name?: string | undefined;
}

const MOST = 200;
/** The gateway sends a message again when it does not find it a minute after the first attempt. */
const LOOK_UP_AFTER_MS = [1_000, 3_000, 10_000, 20_000, 30_000, 30_000, 60_000];
/** The gateway knows a message by its key for 24 hours; after that it would send it once more. */
const KNOWN_FOR_MS = 20 * 3_600_000;
const TOO_OLD: GatewayError = {
  message: "This message is too old to be looked up. Whether it was sent is not known.",
  extensions: { code: "OUTCOME_UNKNOWN" },
};

const SEND = `mutation Send($chatId: ID!, $text: String!, $replyToId: ID, $idempotencyKey: String!) {
  chatMessageSend(chatId: $chatId, text: $text, replyToId: $replyToId, idempotencyKey: $idempotencyKey) {
    messageId
    userErrors { code message field bitrixCode portalMessage }
  }
}`;

/** Sends messages with a key each: asking again with it is how one is looked up, and the gateway sends nothing twice. */
export function createOutbox(client: Pick<OpenLinesClient, "request">, options: OutboxOptions = {}): Outbox {
  const { lookUpAfterMs = LOOK_UP_AFTER_MS, storage, name = "open-lines outbox" } = options;
  const store = createStore<readonly Outgoing[]>([]);
  const kept = keptMessages(storage, name);
  let isClosed = false;
  const timers = new Map<string, ReturnType<typeof setTimeout>>();

  function change(key: string, how: Partial<Outgoing>): void {
    put(store.get().map((each) => (each.key === key ? { ...each, ...how } : each)));
  }
  function put(messages: readonly Outgoing[]): void {
    kept.keep(messages);
    store.set(messages);
  }
  function find(key: string): Outgoing | undefined {
    return store.get().find((each) => each.key === key);
  }

  async function attempt({ key, chatId, text, replyToId }: Outgoing, attempts: number): Promise<void> {
    const outcome = await ask({ chatId, text, replyToId: replyToId ?? null, idempotencyKey: key });
    if (find(key) === undefined) return;
    change(key, outcome);
    const wait = waitBefore(outcome, lookUpAfterMs[attempts]);
    if (wait !== undefined)
      timers.set(
        key,
        setTimeout(() => again(key, attempts + 1), wait),
      );
  }
  async function ask(variables: Readonly<Record<string, unknown>>): Promise<Outcome> {
    try {
      return outcomeOf(await client.request(SEND, variables));
    } catch {
      // Without an answer nobody knows.
      return { state: "unknown", userErrors: [] };
    }
  }
  function again(key: string, attempts: number): void {
    clearTimeout(timers.get(key));
    timers.delete(key);
    const message = find(key);
    if (message === undefined) return;
    if (message.state === "unknown" && Date.now() - message.writtenAt > KNOWN_FOR_MS) change(key, { error: TOO_OLD });
    else void attempt(message, attempts);
  }
  /** What the page before left behind; what it did not know is looked up. */
  async function restore(): Promise<void> {
    const left = await kept.read();
    if (isClosed) return;
    const room = MOST - store.get().length;
    const restored = left.filter(({ key }) => find(key) === undefined).slice(-room);
    if (restored.length === 0 || room <= 0) return;
    put([...restored, ...store.get()]);
    for (const { key, state } of restored) if (state === "unknown") again(key, 0);
  }
  void restore();

  return {
    ...store,
    send({ chatId, text, replyToId }) {
      const waiting = store.get().filter(({ state }) => state !== "sent");
      if (waiting.length >= MOST) throw new RangeError(`${MOST} messages wait already.`);
      const key = newKey();
      const message: Outgoing = {
        key,
        chatId,
        text,
        replyToId,
        writtenAt: Date.now(),
        state: "sending",
        userErrors: [],
      };
      // Sent ones that nobody discarded make room first.
      put([...(store.get().length >= MOST ? waiting : store.get()), message]);
      void attempt(message, 0);
      return key;
    },
    retry(key) {
      const state = find(key)?.state;
      if (state !== "failed" && state !== "unknown") return;
      if (state === "failed") change(key, { state: "sending", error: undefined });
      again(key, 0);
    },
    discard(key) {
      clearTimeout(timers.get(key));
      timers.delete(key);
      put(store.get().filter((each) => each.key !== key));
    },
    close() {
      isClosed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      store.set([]);
    },
  };
}

type Outcome = Pick<Outgoing, "state" | "userErrors" | "error" | "messageId">;

function outcomeOf(result: Result): Outcome {
  const userErrors = userErrorsOf(result);
  if (userErrors.length > 0) return { state: "refused", userErrors };
  const payload = result.data?.chatMessageSend;
  if (isRecord(payload) && typeof payload.messageId === "string") {
    return { state: "sent", messageId: payload.messageId, userErrors };
  }
  const [error] = result.errors ?? [];
  if (error === undefined || error.extensions?.code === "OUTCOME_UNKNOWN")
    return { state: "unknown", userErrors, error };
  return { state: "failed", userErrors, error };
}

/** Milliseconds until it is asked again by itself; undefined for what is settled, or is up to the person now. */
function waitBefore({ state, error }: Outcome, lookUpAfter: number | undefined): number | undefined {
  if (lookUpAfter === undefined) return undefined;
  if (state === "unknown") return lookUpAfter;
  const { retryAfterMs } = error?.extensions ?? {};
  return state === "failed" && typeof retryAfterMs === "number" ? Math.max(retryAfterMs, lookUpAfter) : undefined;
}

/** `crypto.randomUUID` is missing on pages without https. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
