import { graphql } from "graphql";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Statistics } from "../../simulator/protocol/statistics.ts";
import { createPortals } from "../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { createHistoryCaches } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";

export interface LineOperations {
  readonly portal: RunningPortal;
  /** Runs an operation as the administrator, or with the webhook given, and tells what it cost. */
  run(source: string, variables?: Record<string, unknown>, webhookUrl?: string): Promise<OperationAnswer>;
  close(): Promise<void>;
}

export interface OperationAnswer {
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly { readonly message: string; readonly code: unknown; readonly path: unknown }[];
  /** What the portal was asked for it. */
  readonly upstream: Statistics;
}

/** The real schema and the real client in front of a simulated portal. */
export async function startLineOperations(): Promise<LineOperations> {
  const portal = await startPortal({ size: 0.02, plan: "on-premise" });
  const portals = createPortals({ plan: "on-premise", allowHttp: false, allowedHosts: [] });
  const histories = createHistoryCaches();
  const schema = buildSchema();
  const admin = portal.users[0]?.webhookUrl ?? "";
  return {
    portal,
    async run(source, variableValues = {}, webhookUrl = admin) {
      portal.resetStats();
      const usage = new UpstreamUsage();
      const abort = new AbortController();
      const credential = { kind: "webhook", url: webhookUrl } as const;
      const operation = { signal: abort.signal, deadlineAt: performance.now() + 10_000, usage };
      const session = portals.session(credential, operation);
      const contextValue = {
        viewer: { kind: "open", label: "test" },
        portal: session,
        loaders: createLoaders(session, histories.forOperation(webhookUrl)),
        signal: abort.signal,
        usage,
        upstreamStatus: () => portals.status(credential),
        live: NO_LIVE_LOG,
        ...WITHOUT_STORE,
      };
      const { data, errors } = await graphql({ schema, source, variableValues, contextValue });
      return {
        data,
        errors: (errors ?? []).map(({ message, extensions, path }) => ({ message, code: extensions.code, path })),
        upstream: portal.stats(),
      };
    },
    async close() {
      await portals.close();
      await portal.close();
    },
  };
}
