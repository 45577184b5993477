import type { FastifyInstance } from "fastify";

/**
 * Once a server closes, a connection ends with the answer that is under way on it. Node would keep it for its client's next request, and so
 * keep the server from closing.
 */
export function closeAfterAnswers(server: FastifyInstance): void {
  server.addHook("preClose", (done) => {
    server.server.keepAliveTimeout = SOON_MS;
    done();
  });
}

/** Zero would mean for ever. */
const SOON_MS = 1;
