import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startProgram } from "./program.ts";

/** A server that sends what is posted to it to every subscriber. */
export interface BroadcastServer {
  readonly pid: number;
  readonly postUrl: string;
  readonly socketUrl: string;
  /** Where server-sent events are listened to; of the raw one only. */
  readonly streamUrl: string;
  stop(): Promise<void>;
}

const ready = z.object({ port: z.number() });

/** Starts a peer of the gateway as a process of its own: graphql-ws as it comes, or a broadcast without GraphQL. */
export async function startBroadcastServer(kind: "stock" | "raw", profileDirectory?: string): Promise<BroadcastServer> {
  const program = await startProgram({
    file: fileURLToPath(new URL(`./${kind}-broadcast-program.js`, import.meta.url)),
    profileDirectory,
    readReady: (line) => ready.parse(JSON.parse(line)),
  });
  const { port } = program.ready;
  return {
    pid: program.pid,
    postUrl: `http://127.0.0.1:${port}/`,
    socketUrl: `ws://127.0.0.1:${port}/`,
    streamUrl: `http://127.0.0.1:${port}/`,
    stop: program.stop,
  };
}
