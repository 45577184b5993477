import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "pino";
import { type AddressRefusals, createAddressRefusals } from "./address-refusals.ts";
import { type IdentityRefusal, tooMany } from "./identity.ts";

/** What becomes of a refusal before its client reads it: it is logged, and later than the one before where an address tries many. */
export type Answering = (refused: IdentityRefusal, address: string) => Promise<IdentityRefusal>;

/** Whoever types his key wrong a few times does not notice. */
const UNHURRIED = 5;
const STEP_MS = 100;
const LONGEST_MS = 5_000;
/** Refusals that wait at once. */
const MAX_WAITING = 1_000;
const MAX_WAITING_OF_ADDRESS = 20;
interface Full {
  readonly limit: string;
  readonly maximum: number;
  readonly message: string;
}

const FULL_ADDRESS: Full = {
  limit: "wrongCredentialsOfAddress",
  maximum: MAX_WAITING_OF_ADDRESS,
  message: `Too many wrong credentials come from this address: the answers to ${MAX_WAITING_OF_ADDRESS} of them wait already. A right one works at once.`,
};
const FULL: Full = {
  limit: "wrongCredentials",
  maximum: MAX_WAITING,
  message: `Too many wrong credentials come in: the answers to ${MAX_WAITING} of them wait already. A right one works at once.`,
};
/** Lines for one address, then one for each power of ten. */
const LINES = 10;

/**
 * Slows down whoever tries wrong credentials, without slowing down a right one of the same address. Refusals wait in bounded numbers; one
 * too many is told to come back later.
 */
export function createWrongCredentialAnswering(refusals: AddressRefusals, log: Logger): Answering {
  /** What is no wrong credential: a portal that is not served, a portal that does not answer. */
  const others = createAddressRefusals();
  const waiting = new Map<string, number>();
  let total = 0;

  /** Resolves once the time is over; at once, to what is full, where no more may wait. */
  async function hold(address: string, ms: number): Promise<Full | undefined> {
    const ofAddress = waiting.get(address) ?? 0;
    if (ofAddress >= MAX_WAITING_OF_ADDRESS) return FULL_ADDRESS;
    if (total >= MAX_WAITING) return FULL;
    waiting.set(address, ofAddress + 1);
    total += 1;
    await delay(ms, undefined, { ref: false });
    total -= 1;
    const left = (waiting.get(address) ?? 1) - 1;
    if (left === 0) waiting.delete(address);
    else waiting.set(address, left);
    return undefined;
  }

  return async (refused, address) => {
    const { code, message } = refused;
    const isWrong = code === "UNAUTHENTICATED";
    const count = (isWrong ? refusals : others).note(address);
    if (isLogged(count)) {
      log.warn({ address, code, reason: message, refusals: count }, "A request was refused for who it is from");
    }
    if (!isWrong || count <= UNHURRIED) return refused;
    const ms = Math.min((count - UNHURRIED) * STEP_MS, LONGEST_MS);
    const full = await hold(address, ms);
    return full === undefined ? refused : tooMany({ ...full, retryAfterMs: ms });
  };
}

function isLogged(count: number): boolean {
  return count <= LINES || Number.isInteger(Math.log10(count));
}
