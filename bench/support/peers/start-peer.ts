import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { Contender } from "../contender.ts";
import { openGraphqlClient } from "../graphql-client.ts";
import { startProgram } from "../program.ts";

const PROGRAMS = {
  "by hand": "by-hand-program.js",
  "mercurius + jit": "mercurius-program.js",
  "Apollo + type-graphql": "type-graphql-program.js",
} as const;
export type PeerName = keyof typeof PROGRAMS;
export const PEERS: readonly PeerName[] = ["by hand", "mercurius + jit", "Apollo + type-graphql"];

const peerReady = z.object({ url: z.string() });

/** Starts a peer as a process of its own. Keys are those of the gateway: `keyOf` the index of a webhook. */
export async function startWorkloadPeer(
  name: PeerName,
  webhooks: readonly string[],
  connections: number,
  profileDirectory?: string,
): Promise<Contender> {
  const program = await startProgram({
    file: fileURLToPath(new URL(PROGRAMS[name], import.meta.url)),
    arguments: [JSON.stringify({ webhooks, connections: 50 })],
    profileDirectory,
    readReady: (line) => peerReady.parse(JSON.parse(line)),
  });
  const client = openGraphqlClient(program.ready.url, connections);
  return {
    name,
    pid: program.pid,
    client,
    async stop() {
      await client.close();
      await program.stop();
    },
  };
}
