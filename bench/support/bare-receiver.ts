import { fileURLToPath } from "node:url";
import { z } from "zod";
import { startProgram } from "./program.ts";

export interface BareReceiver {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./bare-receiver-program.js", import.meta.url));
const ready = z.object({ url: z.string() });

/** Starts a handler that parses deliveries and keeps nothing, as a process of its own. */
export async function startBareReceiver(kind: "fastify" | "node:http"): Promise<BareReceiver> {
  const program = await startProgram({
    file: PROGRAM,
    arguments: [kind],
    readReady: (line) => ready.parse(JSON.parse(line)),
  });
  return { pid: program.pid, url: program.ready.url, stop: program.stop };
}
