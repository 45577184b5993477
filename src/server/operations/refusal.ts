import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { z } from "zod";
import type { Limits } from "../../config/limits.ts";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import { counted, limitExceeded } from "./limit-exceeded.ts";

/** Nothing was begun. */
export interface Refused {
  readonly kind: "refused";
  /** That goes with it over HTTP. */
  readonly status: number;
  readonly errors: readonly GraphQLFormattedError[];
  readonly extensions: Readonly<Record<string, unknown>>;
}

const ownStatus = z.object({ http: z.object({ status: z.number() }) });

/** The HTTP status of a refusal: the one that the error names, else the one of its code. */
export function statusOf(error: GraphQLError | undefined, code: unknown): number {
  const own = ownStatus.safeParse(error?.extensions).data?.http.status;
  if (own !== undefined) return own;
  switch (code) {
    case "FORBIDDEN":
      return 403;
    case "INTERNAL_SERVER_ERROR":
      return 500;
    default:
      return 400;
  }
}

/** What a client reads of an operation that was not begun; with its cost where that was computed. */
export function refusalOf(
  causes: readonly GraphQLError[],
  shape: (error: GraphQLError) => GraphQLFormattedError,
  cost?: number,
): Refused {
  const errors = causes.map(shape);
  const code = errors[0]?.extensions?.code;
  const spent = new UpstreamUsage().toJSON();
  const isTold = cost !== undefined && Number.isFinite(cost);
  return {
    kind: "refused",
    status: statusOf(causes[0], code),
    errors,
    extensions: { upstream: isTold ? { ...spent, cost } : spent },
  };
}

/** As many operations of the identity are under way and wait as may. */
export function tooBusy({ operations, waitingOperations }: Limits): GraphQLError {
  const excess = limitExceeded({
    limit: "operations",
    maximum: operations,
    message: `${counted(operations)} operations of this identity are under way and up to ${counted(waitingOperations)} wait; this one had no turn in time. Wait for some of them before sending more.`,
  });
  return new GraphQLError(excess.message, {
    extensions: { ...excess.extensions, retryAfterMs: BUSY_RETRY_MS, http: { status: 429 } },
  });
}

const BUSY_RETRY_MS = 1_000;

export function forbidden(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "FORBIDDEN" } });
}

/** An address that could be opened by any page must change nothing. */
export const MUTATION_OVER_GET = new GraphQLError("A mutation must be sent with POST.", {
  extensions: { code: "BAD_REQUEST", http: { status: 405 } },
});

/** Nobody reads it. */
export const GONE = new GraphQLError("The client no longer waits for this operation.", {
  extensions: { code: "BAD_REQUEST" },
});
