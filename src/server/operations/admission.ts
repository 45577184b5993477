import { guard } from "../../process/guard.ts";
import type { LightSignal } from "../../process/light-signal.ts";

/** A place among an identity's operations; the function gives it back. */
export type Leave = () => void;

export type Entry =
  | { readonly kind: "entered"; readonly leave: Leave }
  /** As many wait as may; or the time that it may wait is over. */
  | { readonly kind: "full" }
  /** The client has gone while it waited. */
  | { readonly kind: "gone" };

/** Bounds what goes on at once for each name; what is above waits in turn. */
export interface Admission {
  /** At once where there is a place. */
  enter(name: string, gone: LightSignal): Entry | Promise<Entry>;
}

interface Party {
  running: number;
  readonly waiting: Set<() => void>;
}

export interface AdmissionOptions {
  readonly places: number;
  readonly waiting: number;
  readonly patienceMs: number;
}

export function createAdmission({ places, waiting, patienceMs }: AdmissionOptions): Admission {
  const parties = new Map<string, Party>();

  function place(name: string, party: Party): Entry {
    party.running += 1;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      party.running -= 1;
      const [next] = party.waiting;
      if (next !== undefined) next();
      else if (party.running === 0 && parties.get(name) === party) parties.delete(name);
    };
    return { kind: "entered", leave };
  }

  function wait(name: string, party: Party, gone: LightSignal): Promise<Entry> {
    return new Promise((resolve) => {
      const end = (entry: () => Entry): void => {
        clearTimeout(patience);
        gone.removeEventListener("abort", giveUp);
        party.waiting.delete(go);
        resolve(entry());
      };
      const go = (): void => end(() => place(name, party));
      const giveUp = guard("an operation that no longer waits", () => end(() => ({ kind: "gone" })));
      const patience = setTimeout(
        guard("an operation that waits", () => end(() => ({ kind: "full" }))),
        patienceMs,
      );
      patience.unref();
      gone.addEventListener("abort", giveUp);
      party.waiting.add(go);
    });
  }

  return {
    enter(name, gone) {
      if (gone.aborted) return { kind: "gone" };
      const party = parties.get(name) ?? { running: 0, waiting: new Set() };
      parties.set(name, party);
      if (party.running < places && party.waiting.size === 0) return place(name, party);
      return party.waiting.size >= waiting ? { kind: "full" } : wait(name, party, gone);
    },
  };
}
