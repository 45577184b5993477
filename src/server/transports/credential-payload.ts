import type { IncomingHttpHeaders } from "node:http";

const NAMES: ReadonlySet<string> = new Set(["x-api-key", "authorization", "x-bitrix24-portal"]);

type Payload = Readonly<Record<string, unknown>> | undefined;

/** The headers of identity that a message carries, at its top level or under `headers`: a browser cannot set them on a socket. */
export function credentialsOf(payload: Payload): IncomingHttpHeaders {
  const found: IncomingHttpHeaders = {};
  const nested = payload?.headers;
  for (const source of [payload, typeof nested === "object" && nested !== null ? nested : undefined]) {
    for (const [name, value] of Object.entries(source ?? {})) {
      const lower = name.toLowerCase();
      if (typeof value === "string" && NAMES.has(lower)) found[lower] = value;
    }
  }
  return found;
}
