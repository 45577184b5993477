import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type GraphqlClient, openGraphqlClient } from "./graphql-client.ts";
import { startProgram } from "./program.ts";

export interface Peer {
  readonly pid: number;
  readonly client: GraphqlClient;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./peer-program.js", import.meta.url));
const peerReady = z.object({ url: z.string() });

/** Starts the peer of the throughput benchmarks as a process of its own. Keys are those of the gateway: `keyOf` the index of a webhook. */
export async function startPeer(
  webhooks: readonly string[],
  connections: number,
  profileDirectory?: string,
): Promise<Peer> {
  const program = await startProgram({
    file: PROGRAM,
    arguments: [JSON.stringify({ webhooks, connections: 50 })],
    profileDirectory,
    readReady: (line) => peerReady.parse(JSON.parse(line)),
  });
  const client = openGraphqlClient(program.ready.url, connections);
  return {
    pid: program.pid,
    client,
    async stop() {
      await client.close();
      await program.stop();
    },
  };
}
