import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const FORM_TYPE = "application/x-www-form-urlencoded";

/** Lets the routes of a scope take forms, as unparsed text, and nothing else. */
export function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser(FORM_TYPE, { parseAs: "string" }, (_request, body, done) => done(null, body));
}

/**
 * Answers what Fastify refuses before a route's handler runs, in one line of plain text: 413 for a body that is too large, 415 for one
 * that is no form. `onRefused` is told the status.
 */
export function answerFormErrors(
  scope: FastifyInstance,
  maxBodyBytes: number,
  onRefused?: (status: number) => void,
): void {
  scope.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    onRefused?.(status);
    reply.code(status).type("text/plain; charset=utf-8");
    switch (status) {
      case 413:
        return reply.send(`The body is larger than ${maxBodyBytes} bytes.`);
      case 415:
        return reply.send(`Send a form (${FORM_TYPE}), as Bitrix24 does.`);
      default:
        if (status >= 500) request.log.error(error);
        return reply.send(status >= 500 ? "Something went wrong here." : "The request cannot be read.");
    }
  });
}
