import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Limits } from "../../config/limits.ts";
import { LOOPBACK_ORIGINS } from "../../config/setting-values.ts";
import { isLoopback } from "../../datasources/bitrix24/loopback.ts";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import { guard } from "../../process/guard.ts";
import { answerBytes } from "../../subscriptions/live/written-data.ts";
import { oversizedAnswer } from "../operations/answer-limits.ts";
import type { Door } from "../operations/door.ts";
import type { HttpContext } from "./apollo.ts";
import type { Authentication } from "./authentication.ts";
import { closeAfterAnswers } from "./closing-connections.ts";
import { BAD_ADDRESS, EMPTY_BODY, type HttpProblem, httpErrorHandler, sendProblem } from "./http-errors.ts";
import { runHttpOperation } from "./http-operation.ts";
import { acceptJson } from "./json-bodies.ts";
import { knownRoutes } from "./known-routes.ts";
import { GRAPHQL_PATH } from "./paths.ts";
import { requestIdOf } from "./request-id.ts";
import { addSecurityHeaders, DATA_HEADERS, SECURITY_HEADERS } from "./security-headers.ts";
import { answerLateBody, answerUnreadable, MAX_HEADER_BYTES } from "./unreadable-requests.ts";
import { usualRequest } from "./usual-request.ts";

export interface HttpServerOptions {
  readonly apollo: ApolloServer<HttpContext>;
  readonly door: Door;
  readonly authentication: Authentication;
  readonly corsOrigins: readonly string[];
  readonly limits: Limits;
  /** Whether the gateway can do its work now. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly details: Record<string, unknown> }>;
  /** Whether whoever asks is to be told more of it than that. */
  readonly maySeeDetails: (request: FastifyRequest) => Promise<boolean>;
  readonly log: Logger;
}

/** The HTTP server: `/graphql` by the GraphQL-over-HTTP specification, and `/health`. Not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { log, limits, authentication } = options;
  // The last resort: of ordinary requests the bodies must be there sooner.
  const requestMs = Math.max(limits.headersMs, limits.bodyMs, LONGEST_REQUEST_MS);
  const server = fastify({
    bodyLimit: limits.bodyBytes,
    forceCloseConnections: "idle",
    exposeHeadRoutes: false,
    genReqId: ({ headers }) => requestIdOf(headers),
    keepAliveTimeout: limits.idleMs,
    requestTimeout: requestMs,
    clientErrorHandler: answerUnreadable(limits),
    // Hooks do not run then.
    frameworkErrors: (_error, request, reply) =>
      sendProblem(reply.headers({ ...SECURITY_HEADERS, ...DATA_HEADERS }), BAD_ADDRESS, request.headers.accept),
    // Node compares the two times when it makes the server, before Fastify sets its own.
    http: {
      headersTimeout: limits.headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: CHECKING_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Answered below, in the shape of everything else.
      requireHostHeader: false,
    },
  });
  // Nothing is promised: whoever expects more than leave to send his body is served as if he did not.
  server.server.on(
    "checkExpectation",
    guard("an expectation", (request: IncomingMessage, response: ServerResponse) =>
      server.server.emit("request", request, response),
    ),
  );
  server.server.maxConnections = limits.connections;
  // First: what a plugin registers keeps the handler of its time.
  server.setErrorHandler(httpErrorHandler(limits.bodyBytes, log));
  await server.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && isAllowedOrigin(origin, options.corsOrigins)),
    methods: ["GET", "HEAD", "POST", "PUT"],
    maxAge: 600,
  });
  server.decorateRequest("sender", undefined);
  addSecurityHeaders(server);
  closeAfterAnswers(server);
  refuseWithoutHost(server);
  boundBodies(server, limits);
  acceptJson(server);
  const methodsOf = knownRoutes(server);
  server.setNotFoundHandler((request, reply) => {
    const methods = methodsOf(request.url);
    if (methods.length === 0) return sendProblem(reply, NOT_FOUND, request.headers.accept);
    const allowed = methods.join(", ");
    reply.header("allow", allowed);
    if (request.method === "OPTIONS") return reply.code(204).send();
    const message = `This address takes ${allowed} only.`;
    return sendProblem(reply, { status: 405, code: "BAD_REQUEST", message }, request.headers.accept);
  });
  const looking = ["GET", "HEAD"];
  server.route({ method: looking, url: "/health", handler: (_request, reply) => reply.send({ status: "ok" }) });
  server.route({
    method: looking,
    url: "/ready",
    handler: async (request, reply) => {
      const { ready, details } = await options.readiness();
      const more = (await options.maySeeDetails(request)) ? details : {};
      return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "unavailable", ...more });
    },
  });
  server.route({
    method: ["GET", "POST"],
    url: GRAPHQL_PATH,
    onRequest: authentication.hook,
    handler: (request, reply) => handleOperation(options, request, reply),
  });
  return server;
}

const NOT_FOUND: HttpProblem = {
  status: 404,
  code: "NOT_FOUND",
  message: `There is nothing here; the API is at ${GRAPHQL_PATH}.`,
};

/** Late requests are looked for that often. */
const CHECKING_MS = 1_000;

/** Of a file that a client sends, whose bytes need only go on coming. */
const LONGEST_REQUEST_MS = 30 * 60_000;

declare module "fastify" {
  interface FastifyContextConfig {
    /** The route bounds the time of its bodies itself. */
    ownBodyTime?: boolean;
  }
}

function refuseWithoutHost(server: FastifyInstance): void {
  server.addHook("onRequest", (request, reply, done) => {
    const { httpVersion, headers } = request.raw;
    if (httpVersion !== "1.1" || headers.host !== undefined) return done();
    sendProblem(reply, NO_HOST, headers.accept);
  });
}

const NO_HOST: HttpProblem = {
  status: 400,
  code: "BAD_REQUEST",
  message: "The request has no host header, which HTTP/1.1 asks for.",
};

/** A body that is late is answered like headers that are, and its connection closed. */
function boundBodies(server: FastifyInstance, limits: Limits): void {
  let begun: IncomingMessage[] = [];
  // Nearly all bodies come with their headers, and are there by then.
  const look = guard("bodies that have begun", () => {
    const looking = begun;
    begun = [];
    for (const raw of looking) if (!raw.complete && !raw.destroyed) boundBody(raw, limits);
  });
  server.addHook("onRequest", (request, _reply, done) => {
    const { raw } = request;
    const { "content-length": length, "transfer-encoding": encoding } = raw.headers;
    const hasBody = encoding !== undefined || Number(length ?? 0) > 0;
    if (hasBody && request.routeOptions.config.ownBodyTime !== true && begun.push(raw) === 1) setImmediate(look);
    done();
  });
}

function boundBody(raw: IncomingMessage, limits: Limits): void {
  const late = setTimeout(
    guard("a body that is late", () => {
      if (!raw.complete) answerLateBody(raw.socket, limits);
    }),
    limits.bodyMs,
  );
  late.unref();
  // Once it has been read to its end, or broke.
  raw.on(
    "close",
    guard("the end of a body", () => clearTimeout(late)),
  );
}

/** A page of this very address: browsers name the origin for sockets even then. */
export function isSameOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host;
}

export function isAllowedOrigin(origin: string, allowed: readonly string[]): boolean {
  if (allowed.includes(origin)) return true;
  return allowed.includes(LOOPBACK_ORIGINS) && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

async function handleOperation(
  options: HttpServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { apollo, door, authentication } = options;
  if (request.method === "POST" && isMissingBody(request))
    return sendProblem(reply, EMPTY_BODY, request.headers.accept);
  const sender = authentication.senderOf(request);
  if (sender === undefined) throw new Error("an operation of nobody");
  const usual = usualRequest(request);
  if (usual !== undefined) {
    const { status, result, kind } = await runHttpOperation(door, {
      ...usual,
      sender,
      requestId: request.id,
      isGet: false,
    });
    reply.code(status ?? 200).header("content-type", usual.answerType);
    const { extensions = { upstream: new UpstreamUsage().toJSON() } } = result;
    return sendAnswer(options, request, reply, answerBytes({ ...result, extensions }, "\n"), kind);
  }
  const context: HttpContext = { sender, requestId: request.id, kind: undefined };
  const response = await apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: toApolloRequest(request),
    context: () => Promise.resolve(context),
  });
  if (response.body.kind !== "complete") throw new Error("incremental delivery is not offered by this schema");
  reply.code(response.status ?? 200);
  for (const [name, value] of response.headers) if (!OWN_HEADERS.has(name)) reply.header(name, value);
  return sendAnswer(options, request, reply, response.body.string, context.kind);
}

/** A text is measured and turned into bytes apart, which for a large one costs more than another piece to write. */
const SMALL_BYTES = 64 * 1024;

function sendAnswer(
  { door, limits }: HttpServerOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  answer: string | Buffer,
  kind: HttpContext["kind"],
): FastifyReply {
  // Characters take three bytes at the most, so that no small answer need be measured. It goes out in one piece with its headers.
  if (answer.length * 3 <= Math.min(limits.answerBytes, SMALL_BYTES)) return reply.send(answer);
  const body = typeof answer === "string" ? Buffer.from(answer) : answer;
  const oversized = oversizedAnswer(body.length, kind ?? "query", limits);
  if (oversized === undefined) return reply.send(body);
  const errors = [door.shapeError(oversized, request.id)];
  return reply.send(JSON.stringify({ data: null, errors, extensions: { upstream: new UpstreamUsage().toJSON() } }));
}

/** Of Apollo's headers those that are set for every answer. */
const OWN_HEADERS: ReadonlySet<string> = new Set(["cache-control", "content-length"]);

function isMissingBody(request: FastifyRequest): boolean {
  const type = request.headers["content-type"];
  return request.body === undefined && (type === undefined || type.startsWith("application/json"));
}

/** The headers that Apollo looks at. */
const APOLLO_HEADERS = ["content-type", "accept", "apollo-require-preflight", "x-apollo-operation-name"];

function toApolloRequest(request: FastifyRequest): HTTPGraphQLRequest {
  const headers = new HeaderMap();
  for (const name of APOLLO_HEADERS) {
    const value = request.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  const query = request.url.indexOf("?");
  return {
    method: request.method,
    headers,
    search: query === -1 ? "" : request.url.slice(query),
    body: request.body,
  };
}
