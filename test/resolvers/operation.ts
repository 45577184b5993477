import { type ExecutionResult, execute, type GraphQLSchema, parse, validate } from "graphql";
import type { PortalsOptions } from "../../src/datasources/bitrix24/portals.ts";
import { emptyMemory } from "../../src/datasources/loaders/credential-memory.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";
import { type Bench, startBench } from "../datasources/bitrix24/portal-fixture.ts";
import type { ScriptedPortal } from "../datasources/bitrix24/scripted-portal.ts";

let schema: GraphQLSchema | undefined;

export interface Gateway {
  readonly portal: ScriptedPortal;
  /** Validates and executes; every operation has a context of its own. */
  run(document: string, variables?: Record<string, unknown>): Promise<ExecutionResult>;
  /** The data of an operation that must not have errors. */
  data(document: string, variables?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Methods that the portal has run since the last time this was asked, and in how many requests. */
  seen(): { readonly requests: number; readonly commands: string[] };
}

/** The whole schema and its resolvers over the real client, in front of a portal that answers as the test says. */
export async function startGatewayCore(
  answers: ScriptedPortal["answer"],
  options: Partial<PortalsOptions> = {},
): Promise<Gateway> {
  const bench: Bench = await startBench(options);
  bench.portal.answer = answers;
  schema ??= buildSchema();
  const built = schema;
  const histories = createHistoryCaches().forOperation("test");
  const memory = emptyMemory();
  let counted = 0;

  async function run(document: string, variables: Record<string, unknown> = {}): Promise<ExecutionResult> {
    const parsed = parse(document);
    const errors = validate(built, parsed);
    if (errors.length > 0) return { errors };
    const portal = bench.operation();
    const context: OperationContext = {
      viewer: { kind: "open", label: "test" },
      portal,
      loaders: createLoaders(portal, histories, memory),
      signal: new AbortController().signal,
      usage: portal.usage,
      upstreamStatus: () => bench.portals.status(bench.webhook),
      live: NO_LIVE_LOG,
      ...WITHOUT_STORE,
    };
    return execute({ schema: built, document: parsed, contextValue: context, variableValues: variables });
  }

  return {
    portal: bench.portal,
    run,
    async data(document, variables) {
      const result = await run(document, variables);
      if (result.errors !== undefined) throw new AggregateError(result.errors, result.errors.map(String).join("\n"));
      // Through JSON, as a client gets it.
      return JSON.parse(JSON.stringify(result.data));
    },
    seen() {
      const requests = bench.portal.requests.slice(counted);
      counted = bench.portal.requests.length;
      return { requests: requests.length, commands: requests.flatMap((request) => request.commands) };
    },
  };
}
