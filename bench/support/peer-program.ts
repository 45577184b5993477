import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { startStandaloneServer } from "@apollo/server/standalone";
import { Pool } from "undici";
import { z } from "zod";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import { emptyMemory } from "../../src/datasources/loaders/credential-memory.ts";
import type { HistoryCache } from "../../src/datasources/loaders/history-cache.ts";
import { createLoaders } from "../../src/datasources/loaders/loaders.ts";
import { buildSchema } from "../../src/resolvers/build-schema.ts";
import { NO_LIVE_LOG, type OperationContext, WITHOUT_STORE } from "../../src/resolvers/engine/context.ts";
import { createPeerSession } from "./peer-session.ts";

// A program of its own: the gateway's schema and resolvers on Apollo's standalone server with its defaults, one REST call for each read. What one operation
// has read it does not read again; operations share nothing.

const NOTHING_KEPT: HistoryCache = { get: () => undefined, set: () => undefined };

const spec = z.object({ webhooks: z.array(z.string()).min(1), connections: z.number() });

async function main(): Promise<void> {
  const { webhooks, connections } = spec.parse(JSON.parse(process.argv[2] ?? ""));
  const [first = ""] = webhooks;
  // One for each credential, as the gateway has it.
  const memories = new Map(webhooks.map((webhook) => [webhook, emptyMemory()]));
  const pool = new Pool(new URL(first).origin, { connections, pipelining: 1 });
  const server = new ApolloServer<OperationContext>({ schema: buildSchema() });
  const { url } = await startStandaloneServer(server, {
    listen: { host: "127.0.0.1", port: 0 },
    context: async ({ req }): Promise<OperationContext> => {
      const index = Number(/\d+$/.exec(String(req.headers["x-api-key"] ?? ""))?.[0] ?? 0);
      const webhook = webhooks[index] ?? first;
      const portal = createPeerSession(pool, webhook);
      const controller = new AbortController();
      return {
        viewer: { kind: "open", label: "peer" },
        portal,
        loaders: createLoaders(portal, NOTHING_KEPT, memories.get(webhook)),
        signal: controller.signal,
        usage: new UpstreamUsage(),
        upstreamStatus: () => {
          throw new Error("The peer does not model an allowance");
        },
        live: NO_LIVE_LOG,
        ...WITHOUT_STORE,
      };
    },
  });
  process.once("SIGTERM", () => process.exit(0));
  process.stdin.on("end", () => process.exit(0)).resume();
  process.stdout.write(`${JSON.stringify({ url })}\n`);
}

await main();
