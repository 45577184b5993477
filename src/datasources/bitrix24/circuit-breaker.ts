import { createBackoff } from "./backoff.ts";

/** Gives a portal that fails again and again a rest: calls are refused at once, then one is let through to see. */
export interface CircuitBreaker {
  /** 0 when a request may go; else the milliseconds of rest that are left. A call after the rest is the probe: others wait for its outcome. */
  restLeft(): number;
  /** A request is about to be sent. */
  starting(): void;
  succeeded(): void;
  failed(): void;
  /** The request ended without telling anything about the portal. */
  undecided(): void;
  state(): "closed" | "open" | "half-open";
}

const FAILURES_TO_OPEN = 5;
const restAfter = createBackoff({ firstMs: 2_000, longestMs: 60_000 });
const PROBE_WAIT_MS = 1_000;

/** `now` is milliseconds of a monotonic clock. */
export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  let failures = 0;
  let rests = 0;
  let restUntil: number | undefined;
  let probing = false;
  return {
    restLeft() {
      if (restUntil === undefined) return 0;
      const left = restUntil - now();
      if (left > 0) return left;
      return probing ? PROBE_WAIT_MS : 0;
    },
    starting() {
      if (restUntil !== undefined) probing = true;
    },
    succeeded() {
      failures = 0;
      rests = 0;
      restUntil = undefined;
      probing = false;
    },
    failed() {
      failures += 1;
      const probeFailed = restUntil !== undefined && probing;
      const failsAgain = restUntil === undefined && failures >= FAILURES_TO_OPEN;
      if (!probeFailed && !failsAgain) return;
      rests += 1;
      // One portal is probed by one process: there is nobody whom chance would keep apart.
      restUntil = now() + restAfter(rests, 1);
      probing = false;
    },
    undecided() {
      probing = false;
    },
    state: () => {
      if (restUntil === undefined) return "closed";
      return restUntil > now() ? "open" : "half-open";
    },
  };
}
