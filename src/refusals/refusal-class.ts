import type { PortalRefusal } from "../datasources/bitrix24/errors.ts";

/**
 * What a refusal is about. "business" is about this object or this action; every other class is about the caller, the portal or the gateway
 * and is the same on every method. Codes by `protocol.md` 2.3 and `wire-behaviour.md` 6.1; the HTTP status varies with the portal's age, so
 * it only helps where one code has two meanings.
 */
export type RefusalClass =
  | "unauthenticated"
  | "insufficient-scope"
  | "forbidden"
  | "plan"
  | "wrong-auth-type"
  | "unknown-method"
  | "module-missing"
  | "rate-limit"
  | "portal-fault"
  | "business";

const CLASSES: Readonly<Record<string, RefusalClass>> = {
  NO_AUTH_FOUND: "unauthenticated",
  EXPIRED_TOKEN: "unauthenticated",
  INVALID_TOKEN: "unauthenticated",
  AUTHORIZATION_ERROR: "unauthenticated",
  APPLICATION_NOT_FOUND: "unauthenticated",
  INVALID_GRANT: "unauthenticated",
  INVALID_CLIENT: "unauthenticated",
  INVALID_CREDENTIALS: "forbidden",
  USER_ACCESS_ERROR: "forbidden",
  INSUFFICIENT_SCOPE: "insufficient-scope",
  INVALID_SCOPE: "insufficient-scope",
  PAYMENT_REQUIRED: "plan",
  WRONG_LICENSE: "plan",
  WRONG_AUTH_TYPE: "wrong-auth-type",
  ERROR_METHOD_NOT_FOUND: "unknown-method",
  IM_NOT_INSTALLED: "module-missing",
  IM_LOAD_ERROR: "module-missing",
  IMBOT_ERROR: "module-missing",
  CRM_NOT_INSTALLED: "module-missing",
  QUERY_LIMIT_EXCEEDED: "rate-limit",
  OPERATION_TIME_LIMIT: "rate-limit",
  OVERLOAD_LIMIT: "rate-limit",
  INTERNAL_SERVER_ERROR: "portal-fault",
  ERROR_UNEXPECTED_ANSWER: "portal-fault",
  PORTAL_DELETED: "portal-fault",
  ERROR_CORE: "portal-fault",
  CONNECTION_ERROR: "portal-fault",
  INTERNAL_WRONG_TRANSPORT: "portal-fault",
  WRONG_ENCODING: "portal-fault",
  INVALID_REQUEST: "portal-fault",
};

/** Classes by code, folded to upper case because OAuth-type codes arrive in lower case. */
export function refusalClass(refusal: PortalRefusal): RefusalClass {
  // The plan refusal shares its code with refusals about objects; only the authentication layer answers it with 401.
  if (refusal.error === "ACCESS_DENIED" && refusal.status === 401) return "plan";
  return CLASSES[refusal.error.toUpperCase()] ?? "business";
}
