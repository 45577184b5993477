import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { ErrorLog } from "../operations/error-shaping.ts";
import { setPageHeaders } from "./pages/page-headers.ts";
import { problemPage } from "./pages/problem-page.ts";

/** A request that never became an operation: the status, the code and the sentence of its answer. */
export interface HttpProblem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** When asking again makes sense. */
  readonly retryAfterMs?: number;
  /** What is bounded, and what would pass. */
  readonly limit?: string;
  readonly maximum?: number;
}

/** A body that is JSON text and yet not a request. Carries what the client should read. */
export class BadBody extends Error {
  readonly problem: HttpProblem;
  constructor(message: string, status = 400) {
    super(message);
    this.name = "BadBody";
    this.problem = { status, code: "BAD_REQUEST", message };
  }
}

/** A browser that opens an address asks for a page before anything else; programs do not. */
export function wantsPage(accept: string | undefined): boolean {
  return accept?.includes("text/html") ?? false;
}

/** Answers with a GraphQL error body, whatever went wrong before GraphQL began; a person in a browser gets the same as a page. */
export function sendProblem(reply: FastifyReply, problem: HttpProblem, accept: string | undefined): FastifyReply {
  if (wantsPage(accept)) {
    return setPageHeaders(reply.code(problem.status), "plain", undefined)
      .header("content-type", "text/html; charset=utf-8")
      .send(problemPage(problem.status, problem.code, problem.message));
  }
  const type = accept?.includes("application/graphql-response+json")
    ? "application/graphql-response+json"
    : "application/json";
  return reply.code(problem.status).header("content-type", `${type}; charset=utf-8`).send(problemBody(problem));
}

/** The body of a problem's answer. */
export function problemBody({ status: _status, message, ...extensions }: HttpProblem): string {
  return JSON.stringify({ errors: [{ message, extensions }] });
}

function problemOf(error: FastifyError | BadBody, maxBodyBytes: number): HttpProblem | undefined {
  if (error instanceof BadBody) return error.problem;
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return {
        status: 413,
        code: "LIMIT_EXCEEDED",
        limit: "bodyBytes",
        maximum: maxBodyBytes,
        message: `The request's body is larger than the limit of ${maxBodyBytes} bytes.`,
      };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
    case "FST_ERR_ROUTE_MISSING_CONTENT_TYPE":
      return {
        status: 415,
        code: "BAD_REQUEST",
        message: "Send the operation as JSON, with the header content-type: application/json.",
      };
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return EMPTY_BODY;
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return {
        status: 400,
        code: "BAD_REQUEST",
        message: "The body is shorter or longer than its content-length says.",
      };
    default:
      return isOfTheRequest(error) ? UNREADABLE : undefined;
  }
}

/** What Fastify says of a request that it cannot read: an address that is none, a client that vanished in the middle of its body. */
function isOfTheRequest({ statusCode }: FastifyError): boolean {
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500;
}

const UNREADABLE: HttpProblem = { status: 400, code: "BAD_REQUEST", message: "The request cannot be read." };
export const BAD_ADDRESS: HttpProblem = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The request's address cannot be read: it is too long, or its percent signs begin no character.",
};

export const EMPTY_BODY: HttpProblem = {
  status: 400,
  code: "BAD_REQUEST",
  message: 'The body is empty. Send JSON such as {"query": "{ __typename }"}.',
};

/** Fastify's own errors in GraphQL shape. Without it they would bypass Apollo and tell internals. */
export function httpErrorHandler(maxBodyBytes: number, log: ErrorLog) {
  return (error: FastifyError | BadBody, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const known = problemOf(error, maxBodyBytes);
    if (known === undefined)
      log.error({ err: error, requestId: request.id }, "A request failed outside of any operation");
    // An oversized body is not read to its end; the connection cannot carry another request.
    if (known?.status === 413) reply.header("connection", "close");
    return sendProblem(
      reply,
      known ?? {
        status: 500,
        code: "INTERNAL_SERVER_ERROR",
        message: `The gateway failed. Its log has the details under the request id ${request.id}.`,
      },
      request.headers.accept,
    );
  };
}
