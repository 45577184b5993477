import type { Connection, RequestContent } from "./connection.ts";
import { PortalRefusal } from "./errors.ts";

/** A request to a portal that is over: what may stand in a log. No parameters, no answers, no credential. */
export interface ObservedRequest extends RequestContent {
  readonly portal: string;
  readonly tookMs: number;
  /** `answered`, the portal's own code, or the kind of failure. */
  readonly outcome: string;
}

/** Tells of each request after it is over. */
export function observingRequests(connection: Connection, observe: (request: ObservedRequest) => void): Connection {
  return {
    async post(endpoint, authorization, method, params, limits) {
      const began = performance.now();
      const tell = (outcome: string): void =>
        observe({ portal: endpoint.host, ...limits.content(), tookMs: Math.round(performance.now() - began), outcome });
      try {
        const envelope = await connection.post(endpoint, authorization, method, params, limits);
        tell("answered");
        return envelope;
      } catch (error) {
        tell(outcomeOf(error));
        throw error;
      }
    },
  };
}

function outcomeOf(error: unknown): string {
  if (error instanceof PortalRefusal) return error.error;
  return error instanceof Error ? error.name : "failed";
}
