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
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;
const PROBE_WAIT_MS = 1_000;

/** `now` is milliseconds of a monotonic clock. */
export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  let failures = 0;
  let restMs = FIRST_REST_MS;
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
      restMs = FIRST_REST_MS;
      restUntil = undefined;
      probing = false;
    },
    failed() {
      failures += 1;
      if (restUntil !== undefined && probing) {
        restMs = Math.min(LONGEST_REST_MS, restMs * 2);
        restUntil = now() + restMs;
        probing = false;
      } else if (restUntil === undefined && failures >= FAILURES_TO_OPEN) {
        restUntil = now() + restMs;
      }
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
