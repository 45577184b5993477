import type { SessionFilter, SessionState } from "../graphql.ts";
import { instantsOf, lastDays, type Period } from "./period.ts";

/** What was chosen above the lists; empty for what is not narrowed. */
export interface Filters extends Period {
  readonly lineId: string;
  readonly operatorId: string;
  readonly state: SessionState | "";
}

export const STATES = ["NEW", "ANSWERED", "CLOSED"] as const satisfies readonly SessionState[];

export const FIRST_FILTERS: Filters = { ...lastDays(7), lineId: "", operatorId: "", state: "" };

/** Undefined where the period is none. */
export function sessionFilter(filters: Filters): SessionFilter | undefined {
  const created = instantsOf(filters);
  if (created === undefined) return undefined;
  return {
    created,
    ...(filters.lineId === "" ? {} : { lineIds: [filters.lineId] }),
    ...(filters.operatorId === "" ? {} : { operatorIds: [filters.operatorId] }),
    ...(filters.state === "" ? {} : { state: filters.state }),
  };
}
