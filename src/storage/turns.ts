import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { guard, inBackground } from "../process/guard.ts";
import type { LightSignal } from "../process/light-signal.ts";
import { type KeyValueStore, type NamespaceBounds, NamespaceFull } from "./key-value-store.ts";
import { StorageUnavailable } from "./storage-unavailable.ts";

const NAMESPACE = "turns";
/** Bounds for `openStorage`. One that was dropped would let two in at once. */
export const TURN_NAMESPACES: NamespaceBounds = { [NAMESPACE]: { maxEntries: 10_000, whenFull: "refuse" } };

/** How long a turn outlives a process that died in it. */
const HELD_MS = 10_000;
const POLL_MS = 50;

/** The signal fired before the turn came; nothing was run. */
export class TurnGivenUp extends Error {
  constructor(name: string) {
    super(`The turn of ${name} did not come in time.`);
    this.name = "TurnGivenUp";
  }
}

/** Work that must not happen side by side, in this process and in others on the same store. */
export interface Turns {
  /**
   * Runs when nobody else runs under that name; first come, first served within the process. Rejects with `TurnGivenUp`, with
   * `StorageUnavailable` before it has run, or with what `run` rejects with. A process that is frozen for longer than ten seconds loses its
   * turn without noticing.
   */
  inTurn<T>(name: string, signal: LightSignal, run: () => Promise<T>, whenAway?: WhenAway): Promise<T>;
}

/** While the store is away: only what must never happen twice is refused; other work is in turn within its process alone. */
export type WhenAway = "refuse" | "run";

export function createTurns(keyValues: KeyValueStore): Turns {
  /** What the next of the same name waits for. */
  const last = new Map<string, Promise<unknown>>();

  async function take(name: string, holder: string, signal: LightSignal): Promise<void> {
    try {
      while (!(await keyValues.setIfAbsent(NAMESPACE, name, holder, { ttlMs: HELD_MS }))) {
        await delay(POLL_MS);
        if (signal.aborted) throw new TurnGivenUp(name);
      }
    } catch (error) {
      throw error instanceof NamespaceFull ? new StorageUnavailable(error.message, { cause: error }) : error;
    }
  }

  async function held<T>(name: string, signal: LightSignal, run: () => Promise<T>, whenAway: WhenAway): Promise<T> {
    if (signal.aborted) throw new TurnGivenUp(name);
    const holder = randomUUID();
    try {
      await take(name, holder, signal);
    } catch (error) {
      if (whenAway === "run" && error instanceof StorageUnavailable) return await run();
      throw error;
    }
    const hold = guard("holding a turn", () => {
      // Where the store is away it ends by itself.
      return keyValues.compareAndSet(NAMESPACE, name, holder, holder, { ttlMs: HELD_MS }).catch(() => false);
    });
    const holding = setInterval(hold, HELD_MS / 3);
    try {
      return await run();
    } finally {
      clearInterval(holding);
      await keyValues.compareAndSet(NAMESPACE, name, holder, null).catch(() => false);
    }
  }

  return {
    inTurn(name, signal, run, whenAway = "refuse") {
      const before = last.get(name);
      const hold = () => held(name, signal, run, whenAway);
      const own = before === undefined ? hold() : before.then(hold);
      const over = own.then(
        () => undefined,
        () => undefined,
      );
      last.set(name, over);
      inBackground("the end of a turn", async () => {
        await over;
        if (last.get(name) === over) last.delete(name);
      });
      return before === undefined ? own : Promise.race([own, givenUp(name, signal, before)]);
    },
  };
}

/** Rejects when the signal fires while somebody of this process goes first; pending for ever otherwise. */
function givenUp(name: string, signal: LightSignal, before: Promise<unknown>): Promise<never> {
  return new Promise((_resolve, reject) => {
    const giveUp = guard("a turn that is given up", () => reject(new TurnGivenUp(name)));
    signal.addEventListener("abort", giveUp);
    inBackground("waiting for a turn", async () => {
      await before;
      signal.removeEventListener("abort", giveUp);
    });
  });
}
