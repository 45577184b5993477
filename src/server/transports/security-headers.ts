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

const FOR_DATA = Object.entries({ ...SECURITY_HEADERS, ...DATA_HEADERS });
const FOR_PAGES = Object.entries({ ...SECURITY_HEADERS, ...PAGE_HEADERS });

/** Adds what browsers are to be told of an answer. A page that must stand in somebody's frame says so itself. */
export function addSecurityHeaders(server: FastifyInstance): void {
  server.addHook("onSend", (request, reply, payload, done) => {
    const isPage = String(reply.getHeader("content-type") ?? "").startsWith("text/html");
    for (const [name, value] of isPage ? FOR_PAGES : FOR_DATA) {
      if (!reply.hasHeader(name)) reply.header(name, value);
    }
    reply.header("x-request-id", request.id);
    done(null, payload);
  });
}
