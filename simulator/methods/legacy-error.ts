import { RestError } from "../rest-error.ts";

const key = "legacy exception";

/**
 * Raises the vendor's global legacy exception. It says nothing by itself, but whatever fails later in the same HTTP
 * request, also another command of a batch, is answered with its code and text under the failure's own status.
 */
export function raiseLegacy(cache: Map<string, unknown>, error: RestError): void {
  cache.set(key, error);
}

/** The failure as it reaches the wire: relabelled if a legacy exception was raised before. */
export function relabelled(cache: Map<string, unknown>, error: RestError): RestError {
  const legacy = cache.get(key);
  if (!(legacy instanceof RestError)) return error;
  return new RestError(legacy.code || "ERROR_CORE", legacy.description, error.status, error.extra);
}
