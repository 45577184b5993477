import type { UserErrorCode } from "../schema/mutation-payload.ts";

/** Codes of GraphQL errors that a refusal may become. */
export type QueryErrorCode =
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "NOT_FOUND_OR_FORBIDDEN"
  | "BAD_USER_INPUT"
  | "UPSTREAM_RATE_LIMITED"
  | "UPSTREAM_UNAVAILABLE"
  | "UPSTREAM_PROTOCOL";

/** What a refusal is about, where it is about the caller, the portal or the gateway: the same on every method. */
export type CallerRefusal =
  | "unauthenticated"
  | "insufficient-scope"
  | "plan"
  | "wrong-auth-type"
  | "unknown-method"
  | "module-missing"
  | "no-right"
  | "configuration"
  | "rate-limit"
  | "portal-fault";

/** "business" is about this object or this action. */
export type RefusalClass = CallerRefusal | "business";

/** About the caller, the portal or the gateway: a GraphQL error for queries and mutations alike. */
export interface CallerMeaning {
  readonly kind: CallerRefusal;
  readonly query: QueryErrorCode;
  /** A sentence that says what would be right; what was refused is added to it. */
  readonly sentence: string;
}

/** About this object or this action: data of a mutation, a GraphQL error of a query. */
export interface ObjectMeaning {
  readonly kind: "business";
  readonly query: QueryErrorCode;
  readonly user: UserErrorCode;
  /** A sentence that says what would be right. */
  readonly sentence: string;
}

export type Meaning = CallerMeaning | ObjectMeaning;
