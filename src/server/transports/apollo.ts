import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { type DocumentNode, GraphQLError, type GraphQLSchema, parse } from "graphql";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { UpstreamUsage } from "../../datasources/bitrix24/usage.ts";
import type { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { Door } from "../operations/door.ts";
import { holderOf } from "../operations/identity-holder.ts";
import type { KnownOperations } from "../operations/known-operations.ts";
import type { PreparedOperation } from "../operations/prepare.ts";
import { MUTATION_OVER_GET, statusOf } from "../operations/refusal.ts";
import type { Sender } from "./authentication.ts";
import { EVENT_STREAM_PATH, GRAPHQL_PATH } from "./paths.ts";
import { reachedAt } from "./reached-at.ts";

/** What Apollo hands through to the door. */
export interface HttpContext {
  readonly sender: Sender;
  readonly requestId: string;
  /** Of the operation that was run, once it is known. */
  kind: PreparedOperation["kind"] | undefined;
}

export interface ApolloOptions {
  readonly schema: GraphQLSchema;
  readonly door: Door;
  /** Undefined: every operation may be sent. */
  readonly known: KnownOperations | undefined;
  readonly log: Logger;
}

const SUBSCRIPTION_OVER_HTTP = badRequest(
  `Subscriptions need a stream: connect a WebSocket (graphql-transport-ws) to ${GRAPHQL_PATH}, or send this request with Accept: text/event-stream to ${EVENT_STREAM_PATH}.`,
);

/** Characters of the documents that clients have registered by their hash. */
const MAX_PERSISTED_CHARACTERS = 8 * 1024 * 1024;
const MAX_PERSISTED = 10_000;

/** Apollo knows every document as this one: parsing, judging and running is the door's. */
const ANY_DOCUMENT: DocumentNode = parse("{ __typename }");
const NOT_PARSED = {
  get: async (): Promise<DocumentNode> => ANY_DOCUMENT,
  set: async (): Promise<void> => {},
  delete: async (): Promise<boolean> => false,
};

/** Apollo Server as codec: HTTP semantics, cross-site rules and persisted queries are its, everything else is behind the door. */
export async function startApollo(options: ApolloOptions): Promise<ApolloServer<HttpContext>> {
  const { door, log } = options;
  const shape = (error: GraphQLError) => door.shapeError(error, "none");
  const apollo = new ApolloServer<HttpContext>({
    schema: options.schema,
    // The door's rules decide about it.
    introspection: true,
    documentStore: NOT_PARSED,
    persistedQueries: { cache: persistedQueries(options.known) },
    formatError: (formatted, error) =>
      error instanceof GraphQLError
        ? shape(isCodelessRefusal(error) ? badRequest(error.message) : error)
        : shape(new GraphQLError(formatted.message, { originalError: toError(error) })),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      throughTheDoor(door),
    ],
  });
  await apollo.start();
  return apollo;
}

function throughTheDoor(door: Door): ApolloServerPlugin<HttpContext> {
  return {
    requestDidStart: async () => ({
      responseForOperation: async ({ source, request, response, contextValue }) => {
        const { sender, requestId } = contextValue;
        const isGet = request.http?.method === "GET";
        const accepted = await door.accept({
          transport: "http",
          requestId,
          from: holderOf(sender.identity),
          reachedAt: reachedAt(sender.request.headers),
          source,
          operationName: request.operationName,
          variables: request.variables,
          gone: sender.gone,
          declines: (kind) => declined(kind, isGet),
        });
        if (accepted.kind === "refused") {
          const { status, errors, extensions } = accepted;
          if (status === 405) response.http.headers.set("allow", "POST");
          return { http: { ...response.http, status }, body: { kind: "single", singleResult: { errors, extensions } } };
        }
        contextValue.kind = accepted.kind;
        let answer: LiveResult | undefined;
        await accepted.run((result) => {
          answer = result;
          return undefined;
        });
        const singleResult = answer?.result ?? {};
        // No data at all: nothing was carried out.
        const http =
          singleResult.data === undefined
            ? { ...response.http, status: statusOf(undefined, singleResult.errors?.[0]?.extensions?.code) }
            : response.http;
        return { http, body: { kind: "single", singleResult } };
      },
      willSendResponse: async ({ response: { body } }) => {
        if (body.kind !== "single") return;
        body.singleResult.extensions ??= { upstream: new UpstreamUsage().toJSON() };
      },
    }),
  };
}

function declined(kind: PreparedOperation["kind"], isGet: boolean): GraphQLError | undefined {
  if (kind === "subscription") return SUBSCRIPTION_OVER_HTTP;
  return kind === "mutation" && isGet ? MUTATION_OVER_GET : undefined;
}

/** Documents that clients have registered, bounded by their length; those of the file of known operations are there from the start. */
function persistedQueries(known: KnownOperations | undefined) {
  const registered = new LRUCache<string, string>({
    max: MAX_PERSISTED,
    maxSize: MAX_PERSISTED_CHARACTERS,
    sizeCalculation: (text) => Math.max(1, text.length),
  });
  // Apollo puts its own prefix before the hash.
  const hashOf = (key: string) => key.slice(key.lastIndexOf(":") + 1);
  return {
    get: async (key: string) => registered.get(key) ?? known?.textOf(hashOf(key)),
    set: async (key: string, text: string): Promise<void> => {
      registered.set(key, text);
    },
    delete: async (key: string) => registered.delete(key),
  };
}

/** What Apollo refuses with a status of 4xx and no code: a persisted query whose hash is another text's, or of another version. */
function isCodelessRefusal({ extensions, nodes }: GraphQLError): boolean {
  if (extensions.code !== undefined || nodes !== undefined) return false;
  const { http } = extensions;
  if (typeof http !== "object" || http === null || !("status" in http)) return false;
  return typeof http.status === "number" && http.status >= 400 && http.status < 500;
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "BAD_REQUEST" } });
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
