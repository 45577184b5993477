import type { IncomingHttpHeaders } from "node:http";

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;

/**
 * The gateway's address as a client used it; undefined where he names none. What a client says of it, or a proxy for him, stands in no answer but
 * his own.
 */
export function reachedAt(headers: IncomingHttpHeaders): string | undefined {
  const { host } = headers;
  if (host === undefined || host.length > 255 || !HOST.test(host)) return undefined;
  const told = headers["x-forwarded-proto"];
  const scheme = typeof told === "string" && told.split(",")[0]?.trim().toLowerCase() === "https" ? "https" : "http";
  return `${scheme}://${host.toLowerCase()}`;
}
