import { type ApolloServer, HeaderMap, type HTTPGraphQLRequest } from "@apollo/server";
import cors from "@fastify/cors";
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import { LOOPBACK_ORIGINS } from "../../config/setting-values.ts";
import { isLoopback } from "../../datasources/bitrix24/loopback.ts";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import { type Identities, type IdentityRefusal, refusalStatus } from "../identity/identity.ts";
import { type OperationServices, startOperation } from "../operations/operation-context.ts";
import { BadBody, EMPTY_BODY, httpErrorHandler, sendProblem } from "./http-errors.ts";
import { GRAPHQL_PATH } from "./paths.ts";

export interface HttpServerOptions {
  readonly apollo: ApolloServer<OperationContext>;
  readonly services: OperationServices;
  readonly identities: Identities;
  readonly clientAddress: ClientAddressOf;
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  /** Whether the gateway can do its work now. */
  readonly readiness: () => Promise<{ readonly ready: boolean; readonly details: Record<string, unknown> }>;
  readonly log: Logger;
}

/** The HTTP server: `/graphql` by the GraphQL-over-HTTP specification, and `/health`. Not yet listening. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { log, maxBodyBytes } = options;
  const server = fastify({ bodyLimit: maxBodyBytes, forceCloseConnections: "idle", exposeHeadRoutes: false });
  // First: what a plugin registers keeps the handler of its time.
  server.setErrorHandler(httpErrorHandler(maxBodyBytes, log));
  await server.register(cors, {
    origin: (origin, decide) => decide(null, origin !== undefined && isAllowedOrigin(origin, options.corsOrigins)),
    methods: ["GET", "POST"],
    maxAge: 600,
  });
  acceptJson(server);
  server.setNotFoundHandler((request, reply) =>
    sendProblem(
      reply,
      { status: 404, code: "NOT_FOUND", message: `There is nothing here; the API is at ${GRAPHQL_PATH}.` },
      request.headers.accept,
    ),
  );
  server.get("/health", (_request, reply) => reply.send({ status: "ok" }));
  server.get("/ready", async (_request, reply) => {
    const { ready, details } = await options.readiness();
    return reply.code(ready ? 200 : 503).send({ status: ready ? "ready" : "unavailable", ...details });
  });
  // Apollo answers other methods with 405 and an `allow` header itself.
  server.route({
    method: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    url: GRAPHQL_PATH,
    handler: (request, reply) => handleOperation(options, request, reply),
  });
  return server;
}

/** JSON is parsed here and nowhere else, so that each kind of wrong body gets its own sentence. */
function acceptJson(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    try {
      done(null, JSON.parse(body.toString()));
    } catch {
      done(new BadBody('The body is not JSON. Send an object such as {"query": "{ __typename }"}.'));
    }
  });
  // Types that a plain HTML form can send reach Apollo, which refuses them as possible cross-site forgery.
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    server.addContentTypeParser(type, { parseAs: "string" }, (_request, _body, done) => done(null, undefined));
  }
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
  if (request.method === "POST" && isMissingBody(request))
    return sendProblem(reply, EMPTY_BODY, request.headers.accept);
  const identity = await options.identities.identify({
    headers: request.headers,
    ...options.clientAddress(request.raw),
  });
  if (identity.kind !== "identity") return refuse(request, reply, identity);

  const operation = startOperation(options.services, identity.identity);
  const abort = () => operation.abort();
  request.raw.socket.once("close", abort);
  try {
    const response = await options.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: toApolloRequest(request),
      context: () => Promise.resolve(operation.context),
    });
    reply.code(response.status ?? 200);
    for (const [name, value] of response.headers) reply.header(name, value);
    if (response.body.kind === "complete") return reply.send(response.body.string);
    throw new Error("incremental delivery is not offered by this schema");
  } finally {
    request.raw.socket.off("close", abort);
    operation.close();
  }
}

function isMissingBody(request: FastifyRequest): boolean {
  const type = request.headers["content-type"];
  return request.body === undefined && (type === undefined || type.startsWith("application/json"));
}

function refuse(request: FastifyRequest, reply: FastifyReply, refusal: IdentityRefusal): FastifyReply {
  const { code, message } = refusal;
  if (code === "UNAUTHENTICATED") reply.header("www-authenticate", "Bearer");
  return sendProblem(reply, { status: refusalStatus(refusal), code, message }, request.headers.accept);
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
