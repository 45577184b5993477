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
import { answerJson } from "../../subscriptions/live/written-data.ts";
import type { Door } from "../operations/door.ts";
import type { KnownOperations } from "../operations/known-operations.ts";
import type { PreparedOperation } from "../operations/prepare.ts";
import type { Sender } from "./authentication.ts";
import { runHttpOperation } from "./http-operation.ts";

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
    stringifyResult: (result) => `${answerJson(result)}\n`,
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
        const { operationName, variables } = request;
        const isGet = request.http?.method === "GET";
        const answer = await runHttpOperation(door, { sender, requestId, isGet, source, operationName, variables });
        contextValue.kind = answer.kind;
        if (answer.status === 405) response.http.headers.set("allow", "POST");
        const http = answer.status === undefined ? response.http : { ...response.http, status: answer.status };
        return { http, body: { kind: "single", singleResult: answer.result } };
      },
      willSendResponse: async ({ response: { body } }) => {
        if (body.kind !== "single") return;
        body.singleResult.extensions ??= { upstream: new UpstreamUsage().toJSON() };
      },
    }),
  };
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
