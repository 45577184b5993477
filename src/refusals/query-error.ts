import type { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import type { QueryErrorCode } from "./meaning.ts";
import { type MissingReason, missingReasonOf } from "./missing-reason.ts";
import { meaningOf } from "./refusal-table.ts";

/** A refusal as a GraphQL error. */
export interface QueryError {
  readonly message: string;
  readonly extensions: {
    readonly code: QueryErrorCode;
    readonly bitrix24: { readonly method: string | undefined; readonly error: string };
    /** What is missing, where that is why. */
    readonly reason?: MissingReason;
    readonly requiredScope?: string;
    readonly retryAfterMs?: number;
  };
}

/** Scope that a method needs, by the first part of its name. */
const SCOPES: ReadonlySet<string> = new Set(["imopenlines", "im", "imbot", "imconnector", "user", "crm", "disk"]);

/**
 * What a refusal means to a client that queries. `bitrix24.error` is the portal's own code; its free text, which is in the portal's language,
 * is not passed on here. Refusals of mutations about the object become user errors before they come here.
 */
export function queryErrorOf(refusal: PortalRefusal): QueryError {
  const { method, error } = refusal;
  const { kind, query: code, sentence } = meaningOf(refusal);
  const reason = missingReasonOf(refusal);
  const scope = kind === "insufficient-scope" ? scopeOf(method ?? "") : undefined;
  const wanted = scope === undefined ? "" : `, needs the scope "${scope}"`;
  const what = `${error === "" ? "without a code" : error} on ${method ?? "the call"}${wanted}`;
  return {
    message: `${sentence.replace(/\.$/, "")} (${what}).`,
    extensions: {
      code,
      ...(reason === undefined ? {} : { reason }),
      ...(scope === undefined ? {} : { requiredScope: scope }),
      ...(kind === "rate-limit" ? { retryAfterMs: 1000 } : {}),
      bitrix24: { method, error },
    },
  };
}

function scopeOf(method: string): string | undefined {
  const scope = method.split(".")[0] ?? "";
  return SCOPES.has(scope) ? scope : undefined;
}
