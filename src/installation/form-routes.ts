import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const FORM_TYPE = "application/x-www-form-urlencoded";

/** For routes that take bodies which say what a form says in another way. */
export const JSON_TYPE = "application/json";

/** Lets the routes of a scope take forms, as unparsed text, and nothing but those and the types that are named. */
export function acceptForms(scope: FastifyInstance, ...others: readonly string[]): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser([FORM_TYPE, ...others], { parseAs: "string" }, (_request, body, done) => done(null, body));
}

export interface FormErrorOptions {
  /** Types that are taken besides forms. */
  readonly accepted?: readonly string[];
  /** Is told the status. */
  readonly onRefused?: (status: number) => void;
}

/**
 * Answers what Fastify refuses before a route's handler runs, in one line of plain text: 413 for a body that is too large, 415 for one
 * of another type.
 */
export function answerFormErrors(
  scope: FastifyInstance,
  maxBodyBytes: number,
  { accepted = [], onRefused }: FormErrorOptions = {},
): void {
  scope.setErrorHandler((error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const status = error.statusCode ?? 500;
    onRefused?.(status);
    reply.code(status).type("text/plain; charset=utf-8");
    switch (status) {
      case 413:
        return reply.send(`The body is larger than ${maxBodyBytes} bytes.`);
      case 415:
        return reply.send(`Send a form (${[FORM_TYPE, ...accepted].join(" or ")}), as Bitrix24 does.`);
      default:
        if (status >= 500) request.log.error(error);
        return reply.send(status >= 500 ? "Something went wrong here." : "The request cannot be read.");
    }
  });
}
