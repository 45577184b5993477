import type { IncomingHttpHeaders } from "node:http";

/** Types that a plain form of any page can send. */
const FORM_TYPES: ReadonlySet<string> = new Set([
  "text/plain",
  "application/x-www-form-urlencoded",
  "multipart/form-data",
]);
const ASKED_FOR = ["x-apollo-operation-name", "apollo-require-preflight"] as const;

/**
 * Whether a browser would have asked before it sent a request of another site's page: the rule by which Apollo Server refuses possible
 * forgeries, for addresses that Apollo does not serve.
 */
export function isPreflighted(headers: IncomingHttpHeaders): boolean {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== undefined && type !== "" && !FORM_TYPES.has(type)) return true;
  return ASKED_FOR.some((name) => typeof headers[name] === "string" && headers[name] !== "");
}

export const POSSIBLE_FORGERY = `A page of another site could have sent this request. Send a content-type such as application/json, or one of the headers ${ASKED_FOR.join(", ")}.`;
