import { createHash } from "node:crypto";
import { OutcomeUnknown, PortalTimeout, UpstreamError } from "../../datasources/bitrix24/errors.ts";
import type { Turns as PortalTurns } from "../../resolvers/engine/context.ts";
import type { KeyedSend, SendOutcome, Sends, SendTry } from "../../resolvers/sends/sends.ts";
import type { KeyValueStore, NamespaceBounds } from "../../storage/key-value-store.ts";
import { TurnGivenUp, type Turns } from "../../storage/turns.ts";
import { decodeRecord, encodeRecord, type SendRecord } from "./send-record.ts";

const OUTCOMES = "sends";
const PAUSES = "send-pauses";
/** Bounds for `openStorage`. The oldest go first: at a portal's own rate that is what a day brings. */
export const SEND_NAMESPACES: NamespaceBounds = {
  [OUTCOMES]: { maxEntries: 100_000, whenFull: "dropOldest" },
  [PAUSES]: { maxEntries: 100_000, whenFull: "dropOldest" },
};

const KEPT_MS = 24 * 60 * 60_000;
/** A message that was not found so long after it left is sent again. */
const PAUSE_MS = 60_000;
/** Beyond an operation's time nothing of it can leave any more; then so long until it has arrived. */
const ARRIVAL_MS = 30_000;

const ADVICE =
  "Send it again with the same idempotency key: it is looked for first, and sent again only when it is not found after a minute.";

const ADVICE_UNSEEN =
  "It cannot be looked for, so that this stays the answer to the same idempotency key: look yourself whether it arrived, before you send it with a new one.";

export interface SendLedger {
  /** `identity` is the stable name of who sends. */
  forIdentity(host: string, identity: string): Sends;
}

export interface SendLedgerOptions {
  readonly keyValues: KeyValueStore;
  readonly turns: Turns;
  /** Milliseconds of an operation. */
  readonly operationTimeoutMs: number;
}

/**
 * Remembers sends by their keys for all processes on the same store. What is owed is noted before an attempt leaves, so that whoever asks again,
 * also after a crash, looks for the message before it sends it.
 */
export function createSendLedger({ keyValues, turns, operationTimeoutMs }: SendLedgerOptions): SendLedger {
  const pauseMs = Math.max(PAUSE_MS, operationTimeoutMs + ARRIVAL_MS);

  const keep = (name: string, record: SendRecord): Promise<void> =>
    keyValues.set(OUTCOMES, name, encodeRecord(record), { ttlMs: KEPT_MS });

  /** Where the store is away the note stays: whoever asks again then looks for the message. */
  async function keepIfPossible(name: string, record: SendRecord | undefined): Promise<void> {
    const kept = record === undefined ? keyValues.delete(OUTCOMES, name) : keep(name, record);
    await kept.catch(() => undefined);
  }

  /** Nothing has left: it may be tried again at once. */
  async function undo(name: string, earlier: SendRecord | undefined): Promise<void> {
    await keepIfPossible(name, earlier);
    await endPause(name);
  }

  /** Where the store is away it ends by itself. */
  async function endPause(name: string): Promise<void> {
    await keyValues.delete(PAUSES, name).catch(() => undefined);
  }

  async function attempt(
    name: string,
    body: string,
    send: KeyedSend,
    run: () => Promise<SendTry>,
    earlier: SendRecord | undefined,
  ): Promise<SendOutcome> {
    // An earlier attempt may arrive late: what is beyond its place counts.
    const after = earlier?.state === "owed" ? earlier.after : await send.search.newestId();
    // The store's clock counts the pause, so that those of the processes need not agree. Whoever finds one is too early, or lost his turn unnoticed.
    if (!(await keyValues.setIfAbsent(PAUSES, name, "", { ttlMs: pauseMs }))) throw unknown(send, after !== null);
    const mark = earlier?.state === "owed" ? earlier.mark : send.search.mark;
    await keep(name, { state: "owed", body, after, mark }).catch(async (error: unknown) => {
      await endPause(name);
      throw error;
    });
    let made: SendTry;
    try {
      made = await run();
    } catch (error) {
      if (error instanceof OutcomeUnknown) throw unknown(send, after !== null, error.cause);
      // All other failures of the upstream say that nothing was carried out.
      if (error instanceof UpstreamError) await undo(name, earlier);
      throw error;
    }
    const { neverLeft, ...outcome } = made;
    if (neverLeft) await undo(name, earlier);
    else await keepIfPossible(name, { state: "done", body, outcome });
    return outcome;
  }

  async function lookAgain(
    name: string,
    body: string,
    send: KeyedSend,
    { after, mark }: Extract<SendRecord, { readonly state: "owed" }>,
  ): Promise<SendOutcome | "none"> {
    const found = after === null ? "unclear" : await send.search.sentSince(after, mark);
    if (found === "unclear") throw unknown(send, after !== null);
    if (found === "none") return "none";
    const outcome = { messageId: found.messageId, userErrors: [] };
    await keepIfPossible(name, { state: "done", body, outcome });
    return outcome;
  }

  async function inTurn(
    name: string,
    send: KeyedSend,
    run: () => Promise<SendTry>,
  ): Promise<SendOutcome | "key-reused"> {
    const body = hash(send.body);
    const text = await keyValues.get(OUTCOMES, name);
    const record = text === null ? undefined : decodeRecord(text);
    if (record !== undefined && record.body !== body) return "key-reused";
    if (record?.state === "done") return record.outcome;
    if (record !== undefined) {
      const found = await lookAgain(name, body, send, record);
      if (found !== "none") return found;
    }
    return attempt(name, body, send, run, record);
  }

  return {
    forIdentity: (host, identity) => ({
      async once(send, run) {
        const name = hash([host, identity, send.mutation, send.idempotencyKey]);
        try {
          return await turns.inTurn(`send ${name}`, send.signal, () => inTurn(name, send, run));
        } catch (error) {
          // Whoever goes first may be sending it.
          if (error instanceof TurnGivenUp) throw unknown(send, true);
          throw error;
        }
      },
    }),
  };
}

function unknown({ method }: KeyedSend, canBeFound: boolean, cause?: unknown): OutcomeUnknown {
  return new OutcomeUnknown(method, { cause, advice: canBeFound ? ADVICE : ADVICE_UNSEEN });
}

function hash(parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("base64url");
}

/** Turns of one portal for resolvers; what did not come in time is the portal's time-out to a client. */
export function turnsOf(turns: Turns, host: string): PortalTurns {
  return {
    async inTurn(name, signal, run) {
      try {
        return await turns.inTurn(`${host} ${name}`, signal, run, "run");
      } catch (error) {
        if (error instanceof TurnGivenUp)
          throw new PortalTimeout("Others were before this operation for all of its time. Nothing was sent.");
        throw error;
      }
    },
  };
}
