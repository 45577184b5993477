import type { SessionStatus } from "../domain/chat.ts";

const STATUSES: ReadonlyMap<number, SessionStatus> = new Map<number, SessionStatus>([
  [0, "NEW"],
  [5, "SKIPPED"],
  [10, "ANSWERED_BY_OPERATOR"],
  [20, "CUSTOMER_WAITING"],
  [25, "CUSTOMER_WAITING_AGAIN"],
  [40, "OPERATOR_REPLIED"],
  [50, "CLOSING"],
  [60, "CLOSED"],
  [65, "SPAM"],
  [69, "DUPLICATE"],
  [75, "SILENTLY_CLOSED"],
]);

/** The word for a session's status number; the portal's documentation lists none of them, so an unknown number is UNKNOWN. */
export function sessionStatus(code: number): SessionStatus {
  return STATUSES.get(code) ?? "UNKNOWN";
}
