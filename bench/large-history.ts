import { isDeepStrictEqual } from "node:util";
import { median, withRange } from "./support/distribution.ts";
import { keyOf, startGateway } from "./support/gateway.ts";
import type { GraphqlClient } from "./support/graphql-client.ts";
import { createLoopMonitor, type LongestBlock } from "./support/loop-monitor.ts";
import type { BenchOptions } from "./support/options.ts";
import { startPeer } from "./support/peer.ts";
import { NO_LATENCY, startPortal } from "./support/portal.ts";
import { cpuTimeMs } from "./support/process-usage.ts";
import { inMs, type Report } from "./support/report.ts";

const DIALOGS = 50;
const MESSAGES = 100;
const GOAL_RATIO = 0.7;
const GOAL_BLOCK_MS = 50;
/** The gateway keeps a history for some seconds per credential. Another credential for each operation makes it read everything again. */
const CREDENTIALS = 60;

const OPERATION = /* GraphQL */ `
  query LargeHistory {
    inbox(first: ${DIALOGS}) {
      nodes {
        id
        chat { currentSession {
          messages(last: ${MESSAGES}) {
            nodes { id text html sentAt isSystem externalIds author { id name } }
          }
        } }
      }
    }
  }
`;
const BODY = JSON.stringify({ query: OPERATION });

interface Measured {
  readonly cpu: number[];
  readonly wall: number[];
}

async function operations(
  server: { pid: number; client: GraphqlClient },
  count: number,
  from: number,
  into?: Measured,
): Promise<void> {
  const cpuBefore = cpuTimeMs(server.pid);
  const begun = performance.now();
  for (let index = 0; index < count; index += 1) await server.client.post(BODY, keyOf((from + index) % CREDENTIALS));
  into?.cpu.push((cpuTimeMs(server.pid) - cpuBefore) / count);
  into?.wall.push((performance.now() - begun) / count);
}

/** A large answer: CPU time of the server process for each operation, its calls to the portal included. */
export async function largeHistory({ quick, profileDirectory }: BenchOptions): Promise<Report> {
  const portal = await startPortal({
    plan: "on-premise",
    ...NO_LATENCY,
    dialogs: DIALOGS,
    messages: MESSAGES,
    lines: 6,
    webhooks: CREDENTIALS,
  });
  const { webhooks } = portal;
  const monitor = createLoopMonitor();
  const { nodeFlags, environment } = monitor;
  const gateway = await startGateway({
    plan: "on-premise",
    webhooks,
    connections: 2,
    profileDirectory,
    nodeFlags,
    environment,
  });
  const peer = await startPeer(webhooks, 2, profileDirectory);
  const [answer, peerAnswer] = await Promise.all(
    [gateway, peer].map(async ({ client }) => (await client.query(OPERATION, {}, keyOf(0))).data),
  );
  if (!isDeepStrictEqual(answer, peerAnswer)) throw new Error("The peer does not answer what the gateway answers");
  const bytes = Buffer.byteLength(JSON.stringify(answer));

  const count = quick ? 10 : 20;
  for (const server of [gateway, peer]) await operations(server, count, 1);
  await portal.resetStatistics();
  await monitor.takeLongest(gateway.pid);
  const own: Measured = { cpu: [], wall: [] };
  const plain: Measured = { cpu: [], wall: [] };
  const blocks: LongestBlock[] = [];
  const rounds = quick ? 3 : 8;
  for (let round = 0; round < rounds; round += 1) {
    await operations(peer, count, round * count, plain);
    await monitor.takeLongest(gateway.pid);
    await operations(gateway, count, round * count, own);
    blocks.push(await monitor.takeLongest(gateway.pid));
  }
  const { commands } = await portal.statistics();
  if (commands !== 2 * rounds * count * (DIALOGS + 1))
    throw new Error(`Not every operation read everything from the portal: ${commands} commands`);
  await Promise.all([gateway.stop(), peer.stop()]);
  await portal.stop();
  monitor.remove();

  const ownBlocks = blocks.map(({ ownMs }) => ownMs);
  const ratio = median(own.cpu) / median(plain.cpu);
  return {
    benchmark: "large-history",
    findings: [
      { what: "answer", figure: `${(bytes / 1024).toFixed(0)} KiB, ${DIALOGS * MESSAGES} messages of 8 fields` },
      { what: "peer: CPU of an operation", figure: withRange(plain.cpu, inMs) },
      {
        what: "gateway: CPU of an operation",
        figure: withRange(own.cpu, inMs),
        ratio,
        goal: `<= ${GOAL_RATIO} x`,
        reached: ratio <= GOAL_RATIO,
      },
      {
        what: "gateway: longest block of its event loop, by Node's monitor",
        figure: withRange(
          blocks.map(({ longestMs }) => longestMs),
          inMs,
        ),
      },
      {
        what: "  by its own CPU time, which a busy machine does not lengthen",
        figure: withRange(ownBlocks, inMs),
        goal: `<= ${GOAL_BLOCK_MS} ms`,
        reached: Math.max(...ownBlocks) <= GOAL_BLOCK_MS,
      },
      { what: "peer: wall time", figure: withRange(plain.wall, inMs) },
      { what: "gateway: wall time", figure: withRange(own.wall, inMs), ratio: median(own.wall) / median(plain.wall) },
    ],
  };
}
