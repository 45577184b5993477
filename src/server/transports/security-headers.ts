import type { FastifyInstance } from "fastify";

/** For every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

/** For what is no page: nothing of it is ever shown, run, or kept. */
export const DATA_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
};

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-cache",
  "content-security-policy": "frame-ancestors 'none'",
};

/** Adds what browsers are to be told of an answer. A page that must stand in somebody's frame says so itself. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook("onSend", async (request, reply, payload) => {
    const isPage = String(reply.getHeader("content-type") ?? "").startsWith("text/html");
    for (const headers of [SECURITY_HEADERS, isPage ? PAGE_HEADERS : DATA_HEADERS]) {
      for (const [name, value] of Object.entries(headers)) if (!reply.hasHeader(name)) reply.header(name, value);
    }
    reply.header("x-request-id", request.id);
    return payload;
  });
}
