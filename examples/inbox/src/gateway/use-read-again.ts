import { CombinedGraphQLErrors } from "@apollo/client";
import { type GatewayError, NoAnswer, SubscriptionEnded } from "bitrix24-open-channels-client";
import { type DocumentNode, getOperationAST } from "graphql";
import { useCallback, useEffect } from "react";
import { useAskAnew } from "./ask-anew.ts";

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

interface Answer {
  readonly error?: Error | undefined;
  readonly refetch: () => Promise<unknown>;
}

/**
 * Asks again, from time to time, what failed for a reason that passes: nobody has to press a button when the portal is back. Returns what asks
 * at once, for a person who presses it: also while an answer is waited for.
 */
export function useReadAgain(
  question: DocumentNode,
  { error, refetch }: Answer,
  { afterMs = AGAIN_MS }: { readonly afterMs?: number } = {},
): () => void {
  const askAnew = useAskAnew();
  useEffect(() => {
    if (error === undefined || !isPassing(error)) return;
    const timer = setTimeout(() => ask(refetch), afterMs * (0.75 + Math.random() / 2));
    return () => clearTimeout(timer);
  }, [error, refetch, afterMs]);
  return useCallback(() => {
    const name = getOperationAST(question)?.name?.value;
    if (name === undefined || !askAnew(name)) ask(refetch);
  }, [askAnew, question, refetch]);
}

/** What it fails with comes as the next problem. */
function ask(refetch: Answer["refetch"]): void {
  refetch().catch(() => undefined);
}
