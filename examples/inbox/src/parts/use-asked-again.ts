import { CombinedGraphQLErrors } from "@apollo/client";
import { type GatewayError, NoAnswer, SubscriptionEnded } from "bitrix24-open-channels-client";
import { useEffect } from "react";

const AGAIN_MS = 5_000;
/** For what costs the portal a lot. */
export const SELDOM_MS = 15_000;

/** What the same question may be answered to in a while. */
const PASSING: ReadonlySet<unknown> = new Set([
  "INTERNAL_SERVER_ERROR",
  "LIMIT_EXCEEDED",
  "SERVICE_UNAVAILABLE",
  "STORAGE_UNAVAILABLE",
  "UPSTREAM_RATE_LIMITED",
  "UPSTREAM_TIMEOUT",
  "UPSTREAM_UNAVAILABLE",
]);

/** Whether a problem may be gone by itself: nobody answered, or whoever was asked is busy or down. */
function isPassing(problem: Error | GatewayError): boolean {
  if (problem instanceof NoAnswer) return true;
  if (problem instanceof SubscriptionEnded) return PASSING.has(problem.code);
  const [error = problem] = problem instanceof CombinedGraphQLErrors ? problem.errors : [];
  return "extensions" in error && PASSING.has(error.extensions?.code);
}

/** Asks again, from time to time, what failed for a reason that passes: nobody has to press a button when the portal is back. */
export function useAskedAgain(problem: Error | undefined, ask: () => Promise<unknown>, afterMs = AGAIN_MS): void {
  useEffect(() => {
    if (problem === undefined || !isPassing(problem)) return;
    // What it fails with comes as the next problem.
    const again = () => void ask().catch(() => undefined);
    const timer = setTimeout(again, afterMs * (0.75 + Math.random() / 2));
    return () => clearTimeout(timer);
  }, [problem, ask, afterMs]);
}
