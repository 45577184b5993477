import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import type { Call } from "./calls.ts";
import { keyOf } from "./read-command.ts";

/**
 * What the commands of one portal take, learned from the times that its answers tell. It only decides how reads are spread over requests that
 * run side by side, so that a wrong guess costs milliseconds and nothing else.
 */
export interface CommandCosts {
  /** Milliseconds that the portal is thought to need: what this very call took lately, else its method, else an average. */
  of(call: Call<unknown>): number;
  /** The portal told how long it took. */
  observe(call: Call<unknown>, milliseconds: number): void;
  /** This process took so long from the portal's answer to the end of what that set going, for each of its commands. */
  observeHandling(milliseconds: number): void;
  /** How much longer than the part before it a part may be, because what arrives together is handled one after another. */
  growth(): number;
}

export interface CommandCostLimits {
  readonly maxMethods: number;
  /** Calls that are remembered for themselves, because they take much more or less than their method usually does. */
  readonly maxCalls: number;
}

const DEFAULT_LIMITS: CommandCostLimits = { maxMethods: 200, maxCalls: 2_000 };
/** What is known of a portal that has answered nothing yet. */
const GUESS_MS = 10;
/** Portals count whole milliseconds, some of them. */
const LEAST_MS = 0.5;
/** The part of a new observation in what is believed; older ones fade. */
const WEIGHT = 0.2;
/** One observation counts as at most so many times what was believed, and as no less than that part of it. */
const SURPRISE = 3;
/** From this on a call differs from its method. */
const REMARKABLE = 1.5;
const MOST_GROWTH = 1.2;

/** What a call took that differs from its method. Believed from the second time on: once proves nothing. */
interface OwnCost {
  readonly milliseconds: number;
  readonly isSure: boolean;
}

export function createCommandCosts(limits: CommandCostLimits = DEFAULT_LIMITS): CommandCosts {
  const methods = new LRUCache<string, number>(atMost(limits.maxMethods));
  const calls = new LRUCache<string, OwnCost>(atMost(limits.maxCalls));
  let average = GUESS_MS;
  let handling = 0;

  return {
    of(call) {
      const own = calls.get(keyOf(call));
      return own?.isSure === true ? own.milliseconds : (methods.get(call.method) ?? average);
    },
    observe(call, milliseconds) {
      const told = Math.max(LEAST_MS, milliseconds);
      average = blend(average, told);
      const usual = methods.get(call.method);
      methods.set(call.method, usual === undefined ? told : blend(usual, told));
      if (usual === undefined) return;
      const key = keyOf(call);
      const own = calls.get(key);
      if (own?.isSure === true) calls.set(key, { milliseconds: blend(own.milliseconds, told), isSure: true });
      else if (own !== undefined) calls.set(key, { milliseconds: Math.min(own.milliseconds, told), isSure: true });
      else if (told > usual * REMARKABLE || told < usual / REMARKABLE)
        calls.set(key, { milliseconds: told, isSure: false });
    },
    observeHandling(milliseconds) {
      handling = handling === 0 ? milliseconds : blend(handling, milliseconds);
    },
    growth: () => Math.min(MOST_GROWTH, 1 + handling / average),
  };
}

function blend(believed: number, told: number): number {
  return believed + WEIGHT * (within(told, believed, SURPRISE) - believed);
}

function within(told: number, believed: number, times: number): number {
  return Math.min(believed * times, Math.max(believed / times, told));
}
