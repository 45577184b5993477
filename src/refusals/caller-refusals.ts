import type { CallerMeaning, CallerRefusal, QueryErrorCode } from "./meaning.ts";

function caller(kind: CallerRefusal, query: QueryErrorCode, sentence: string): CallerMeaning {
  return { kind, query, sentence };
}

/** The portal's front lets nobody in with this credential. */
export const UNAUTHENTICATED = caller(
  "unauthenticated",
  "UNAUTHENTICATED",
  "The portal does not accept the credential this request acts with: a token may have expired, the webhook may have been removed, or its user may have been dismissed",
);
const NO_SCOPE = caller(
  "insufficient-scope",
  "FORBIDDEN",
  "The credential lacks a scope: add it to the webhook or application on the portal",
);
const NO_MODULE = caller(
  "module-missing",
  "FORBIDDEN",
  "The method needs a module that is not installed on the portal",
);
const UNKNOWN_METHOD = caller(
  "unknown-method",
  "FORBIDDEN",
  "The portal does not know the method: its module is not installed, or the portal is older than the method",
);
const RATE_LIMITED = caller(
  "rate-limit",
  "UPSTREAM_RATE_LIMITED",
  "The portal's allowance is used up: wait and repeat",
);
const PORTAL_FAULT = caller("portal-fault", "UPSTREAM_UNAVAILABLE", "The portal failed to carry it out");

/** Refused on a method of the reports. */
export const NO_REPORTS = caller(
  "no-right",
  "FORBIDDEN",
  "The credential's user has no access to the Open Channels reports: an administrator grants it in the permissions of Open Channels",
);

/** Refused to a user whom the portal knows. */
export const NO_RIGHT = caller(
  "no-right",
  "FORBIDDEN",
  "The portal does not let the credential's user call the method",
);

export const PLAN = caller("plan", "FORBIDDEN", "The portal's plan does not include REST calls");

/**
 * Refusals about the caller, the portal or the gateway, by code in upper case: OAuth-type codes arrive in lower case. By `protocol.md` 2.3 and
 * `wire-behaviour.md` 6.1; the HTTP status varies with the portal's age.
 */
export const CALLER_REFUSALS: ReadonlyMap<string, CallerMeaning> = new Map([
  ["NO_AUTH_FOUND", UNAUTHENTICATED],
  ["EXPIRED_TOKEN", UNAUTHENTICATED],
  ["INVALID_TOKEN", UNAUTHENTICATED],
  ["AUTHORIZATION_ERROR", UNAUTHENTICATED],
  ["APPLICATION_NOT_FOUND", UNAUTHENTICATED],
  ["INVALID_GRANT", UNAUTHENTICATED],
  ["INVALID_CLIENT", UNAUTHENTICATED],
  ["INVALID_CREDENTIALS", UNAUTHENTICATED],
  ["USER_ACCESS_ERROR", UNAUTHENTICATED],
  ["INSUFFICIENT_SCOPE", NO_SCOPE],
  ["INVALID_SCOPE", NO_SCOPE],
  ["PAYMENT_REQUIRED", PLAN],
  ["WRONG_LICENSE", PLAN],
  [
    "WRONG_AUTH_TYPE",
    caller(
      "wrong-auth-type",
      "FORBIDDEN",
      "The method does not accept this kind of credential: some methods are for applications only",
    ),
  ],
  ["ERROR_METHOD_NOT_FOUND", UNKNOWN_METHOD],
  // A portal whose controller is there already and whose action is not says it with a number.
  ["22002", UNKNOWN_METHOD],
  [
    "TARIFF_RESTRICTION",
    caller("plan", "FORBIDDEN", "The portal's plan has no Open Channels reports: they come with a higher plan"),
  ],
  [
    "ALLOWED_ONLY_INTRANET_USER",
    caller(
      "no-right",
      "FORBIDDEN",
      "Only employees of the portal may use the method, and the credential's user is none",
    ),
  ],
  ["IM_NOT_INSTALLED", NO_MODULE],
  ["IM_LOAD_ERROR", NO_MODULE],
  ["IMBOT_ERROR", NO_MODULE],
  ["CRM_NOT_INSTALLED", NO_MODULE],
  [
    "INVALID_REQUEST",
    caller(
      "configuration",
      "FORBIDDEN",
      "The portal answers over https only: set the credential's portal address with https:// in the gateway's configuration",
    ),
  ],
  ["QUERY_LIMIT_EXCEEDED", RATE_LIMITED],
  ["OPERATION_TIME_LIMIT", RATE_LIMITED],
  ["OVERLOAD_LIMIT", RATE_LIMITED],
  ["INTERNAL_SERVER_ERROR", PORTAL_FAULT],
  ["ERROR_UNEXPECTED_ANSWER", PORTAL_FAULT],
  ["PORTAL_DELETED", PORTAL_FAULT],
  ["ERROR_CORE", PORTAL_FAULT],
  ["CONNECTION_ERROR", PORTAL_FAULT],
  ["INTERNAL_WRONG_TRANSPORT", PORTAL_FAULT],
  ["WRONG_ENCODING", PORTAL_FAULT],
]);
