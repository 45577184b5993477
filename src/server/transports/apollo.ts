import { ApolloServer, type ApolloServerPlugin } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { type DocumentNode, GraphQLError, parse } from "graphql";
import type { Logger } from "pino";
import type { OperationContext } from "../../resolvers/engine/context.ts";
import type { Pipeline } from "../operations/pipeline.ts";
import { EVENT_STREAM_PATH, GRAPHQL_PATH } from "./paths.ts";

const SUBSCRIPTION_OVER_HTTP = badRequest(
  `Subscriptions need a stream: connect a WebSocket (graphql-transport-ws) to ${GRAPHQL_PATH}, or send this request with Accept: text/event-stream to ${EVENT_STREAM_PATH}.`,
);

/** Hands validation and execution over to the pipeline: Apollo keeps HTTP semantics, persisted queries and syntax errors. */
function pipelineExecution(pipeline: Pipeline): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: async () => ({
      // Apollo looks among the prepared documents next, and parses nothing.
      didResolveSource: async ({ source }) => void pipeline.prepare(source),
      responseForOperation: async ({ operation, source, request, response, contextValue }) => {
        const prepared = pipeline.prepare(source);
        if (prepared.kind === "invalid") {
          const singleResult = { errors: prepared.errors };
          return { http: { ...response.http, status: 400 }, body: { kind: "single", singleResult } };
        }
        // Without an operation of that name Apollo finds the words itself.
        if (operation === undefined || operation === null) return null;
        if (operation.operation === "subscription") {
          const errors = [pipeline.shapeError(SUBSCRIPTION_OVER_HTTP)];
          return { http: { ...response.http, status: 400 }, body: { kind: "single", singleResult: { errors } } };
        }
        const singleResult = await pipeline.execute({
          document: prepared.document,
          operationName: request.operationName,
          variables: request.variables,
          context: contextValue,
        });
        // No data at all: the variables did not fit, and nothing was carried out.
        const http = singleResult.data === undefined ? { ...response.http, status: 400 } : response.http;
        return { http, body: { kind: "single", singleResult } };
      },
      willSendResponse: async ({ response: { body }, contextValue }) => {
        if (body.kind !== "single") return;
        body.singleResult.extensions ??= { upstream: contextValue.usage.toJSON() };
      },
    }),
  };
}

/** Apollo Server over the pipeline, without the default plugins that cost throughput and are not used. */
export async function startApollo(pipeline: Pipeline, log: Logger): Promise<ApolloServer<OperationContext>> {
  const apollo = new ApolloServer<OperationContext>({
    schema: pipeline.schema,
    // The pipeline's rules decide about it.
    introspection: true,
    // The pipeline validates, for all transports alike: a rule that throws would be a 500 here.
    dangerouslyDisableValidation: true,
    documentStore: preparedDocuments(pipeline),
    formatError: (formatted, error) =>
      error instanceof GraphQLError
        ? pipeline.shapeError(isCodelessRefusal(error) ? badRequest(error.message) : error)
        : pipeline.shapeError(new GraphQLError(formatted.message, { originalError: toError(error) })),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    logger: log,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      pipelineExecution(pipeline),
    ],
  });
  await apollo.start();
  return apollo;
}

/** Stands for a document that was refused, whose errors are told in place of its execution. */
const REFUSED = parse("{ __typename }");

/** Where Apollo finds the documents that were prepared, so that it never parses: it would without a limit, and before anything is checked. */
function preparedDocuments({ documents }: Pipeline) {
  // Apollo puts a hash of the schema before the text's hash; there is only one schema here.
  const hashOf = (key: string) => key.slice(key.lastIndexOf(":") + 1);
  return {
    get: async (key: string): Promise<DocumentNode> => documents.byHash(hashOf(key)) ?? REFUSED,
    set: async () => {},
    delete: async () => false,
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
