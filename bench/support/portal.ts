import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Program, startProgram } from "./program.ts";

/** What the simulated portal of a benchmark is like. */
export const portalSpec = z.object({
  plan: z.enum(["standard", "enterprise", "on-premise"]),
  /** Milliseconds of work for each request and for each command. */
  requestMs: z.number(),
  commandMs: z.number(),
  /** Dialogs in the inbox of the one operator whom all webhooks belong to. */
  dialogs: z.number(),
  /** Messages in the open session of each. */
  messages: z.number(),
  /** Lines, of which the seed makes six. */
  lines: z.number(),
  /** Webhooks of that operator. To the gateway each is another credential, with which nothing is shared. */
  webhooks: z.number(),
  /** So many closed sessions of the past beside; the webhooks are the supervisor's then. */
  pastSessions: z.number().optional(),
});
export type PortalSpec = z.infer<typeof portalSpec>;

const portalReady = z.object({
  url: z.string(),
  webhooks: z.array(z.string()).min(1),
  /** User codes of the dialogs. */
  userCodes: z.array(z.string()),
});

const portalStatistics = z.object({ requests: z.number(), commands: z.number(), refusals: z.number() });
export type PortalStatistics = z.infer<typeof portalStatistics>;

export interface BenchPortal {
  readonly pid: number;
  readonly url: string;
  readonly webhooks: readonly string[];
  readonly webhook: string;
  readonly userCodes: readonly string[];
  /** What the portal was asked since its start or the last reset. */
  statistics(): Promise<PortalStatistics>;
  resetStatistics(): Promise<void>;
  stop(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL("./portal-program.js", import.meta.url));

/** The latency of the benchmarks that wait for the portal. */
export const USUAL_LATENCY = { requestMs: 30, commandMs: 4 } as const;
export const NO_LATENCY = { requestMs: 0, commandMs: 0 } as const;

/** Starts a simulated portal as a process of its own. */
export async function startPortal(spec: PortalSpec): Promise<BenchPortal> {
  const program: Program<z.infer<typeof portalReady>> = await startProgram({
    file: PROGRAM,
    arguments: [JSON.stringify(spec)],
    readReady: (line) => portalReady.parse(JSON.parse(line)),
  });
  const { url, webhooks, userCodes } = program.ready;
  return {
    pid: program.pid,
    url,
    webhooks,
    webhook: webhooks[0] ?? "",
    userCodes,
    statistics: async () => portalStatistics.parse(await (await fetch(`${url}/__stats`)).json()),
    async resetStatistics() {
      await (await fetch(`${url}/__stats/reset`, { method: "POST" })).text();
    },
    stop: program.stop,
  };
}
