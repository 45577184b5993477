import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Contender } from "./support/contender.ts";
import { median, withRange } from "./support/distribution.ts";
import { buildEarlier } from "./support/earlier-build.ts";
import { keyOf, startGateway } from "./support/gateway.ts";
import type { BenchOptions } from "./support/options.ts";
import { PEERS, startWorkloadPeer } from "./support/peers/start-peer.ts";
import { type BenchPortal, startPortal } from "./support/portal.ts";
import { cpuTimeMs } from "./support/process-usage.ts";
import { type Finding, inMs, type Report } from "./support/report.ts";
import { WORKLOADS, type Workload, type WorkloadGoal } from "./support/workloads.ts";

/** Longer than histories are kept for a credential while the operations go round them once. */
const CREDENTIALS = 120;
const OURS = "gateway";

interface Measured {
  /** Milliseconds of CPU for one operation, one figure a round. */
  readonly cpu: number[];
  readonly perSecond: number[];
  readonly latencies: number[];
}

function bodyOf({ query, operationName, variables }: Workload, index: number, { userCodes }: BenchPortal): string {
  return JSON.stringify({ query, operationName, variables: variables?.(index, userCodes) ?? {} });
}

/** So many operations, as many at once as the workload has clients, each with the next credential. */
async function round(
  contender: Contender,
  workload: Workload,
  portal: BenchPortal,
  count: number,
  from: number,
  into: Measured,
): Promise<void> {
  const cpuBefore = cpuTimeMs(contender.pid);
  const begun = performance.now();
  let next = from;
  const client = async (): Promise<void> => {
    while (next < from + count) {
      const index = next++;
      const sentAt = performance.now();
      await contender.client.post(bodyOf(workload, index, portal), keyOf(index % CREDENTIALS));
      into.latencies.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: workload.clients }, client));
  into.perSecond.push((count * 1000) / (performance.now() - begun));
  into.cpu.push((cpuTimeMs(contender.pid) - cpuBefore) / count);
}

async function startContenders(workload: Workload, portal: BenchPortal, options: BenchOptions): Promise<Contender[]> {
  const { webhooks } = portal;
  const { profileDirectory, beside } = options;
  const connections = workload.clients;
  const gateway = await startGateway({ plan: "on-premise", webhooks, connections, profileDirectory });
  const contenders: Contender[] = [{ ...gateway, name: OURS }];
  if (beside !== undefined) contenders.push(...(await startEarlier(beside, workload, portal)));
  for (const name of PEERS) contenders.push(await startWorkloadPeer(name, webhooks, connections, profileDirectory));
  return contenders;
}

/** None where its schema does not have yet what the workload asks for. */
async function startEarlier(beside: string, workload: Workload, portal: BenchPortal): Promise<Contender[]> {
  const { commit, directory } = buildEarlier(beside);
  const { webhooks } = portal;
  const gateway = await startGateway({ plan: "on-premise", webhooks, connections: workload.clients, directory });
  try {
    await gateway.client.post(bodyOf(workload, 0, portal), keyOf(0));
    return [{ ...gateway, name: `gateway at ${basename(commit)}` }];
  } catch {
    await gateway.stop();
    return [];
  }
}

/** All answer the same. */
async function compareAnswers(
  contenders: readonly Contender[],
  workload: Workload,
  portal: BenchPortal,
): Promise<void> {
  const [first, ...others] = await Promise.all(
    contenders.map(async ({ client, name }) => {
      const { data, errors }: { data?: unknown; errors?: unknown } = JSON.parse(
        await client.post(bodyOf(workload, 0, portal), keyOf(0)),
      );
      if (errors !== undefined) throw new Error(`${name} answers with errors: ${JSON.stringify(errors).slice(0, 500)}`);
      return { name, data };
    }),
  );
  for (const { name, data } of others) {
    const place = difference(first?.data, data);
    if (place !== undefined)
      throw new Error(`To ${workload.name} ${name} answers otherwise than the gateway at data${place}`);
  }
}

/** The first place where two values differ, with both. */
function difference(own: unknown, other: unknown): string | undefined {
  if (isDeepStrictEqual(own, other)) return undefined;
  if (typeof own === "object" && own !== null && typeof other === "object" && other !== null) {
    const theirs = new Map<string, unknown>(Object.entries(other));
    for (const [key, value] of Object.entries(own)) {
      const place = difference(value, theirs.get(key));
      if (place !== undefined) return `.${key}${place}`;
    }
  }
  return `: ${JSON.stringify(own)?.slice(0, 200)} and ${JSON.stringify(other)?.slice(0, 200)}`;
}

function inMsOrUs(value: number): string {
  return value < 1 ? `${(value * 1000).toFixed(0)} us` : inMs(value);
}

type Contended = Measured & { requests: number };

function figureOf({ cpu, perSecond, latencies, requests }: Contended, of: WorkloadGoal["of"]): number {
  switch (of) {
    case "cpu":
      return median(cpu);
    case "perSecond":
      return median(perSecond);
    case "p50":
      return median(latencies);
    case "requests":
      return requests;
  }
}

function judged(own: Contended, measured: ReadonlyMap<string, Contended>, goal: WorkloadGoal): Finding {
  const { of, beside, bound } = goal;
  const peer = beside === undefined ? undefined : measured.get(beside);
  const figure = figureOf(own, of);
  const judged = peer === undefined ? figure : figure / figureOf(peer, of);
  const told = of === "cpu" || of === "p50" ? inMsOrUs : (value: number) => value.toFixed(of === "requests" ? 1 : 0);
  const isLeast = of === "perSecond";
  return {
    what: `  ${of === "perSecond" ? "operations per second" : of}${beside === undefined ? "" : ` beside ${beside}`}`,
    figure: peer === undefined ? told(figure) : `${told(figure)}, ${told(figureOf(peer, of))}`,
    ...(peer === undefined ? {} : { ratio: judged }),
    goal: `${isLeast ? ">=" : "<="} ${bound}`,
    reached: isLeast ? judged >= bound : judged <= bound,
  };
}

/** The ratio is the gateway's CPU to that of the row: below 1 the gateway takes less. */
function findingsOf(workload: Workload, measured: ReadonlyMap<string, Contended>): Finding[] {
  const own = measured.get(OURS);
  if (own === undefined) throw new Error("unreachable: the gateway was measured");
  const rows = [...measured].map(([name, each]): Finding => {
    const throughput = workload.clients > 1 ? `, ${withRange(each.perSecond, (value) => `${value.toFixed(0)}/s`)}` : "";
    const wall = `p50 ${inMs(median(each.latencies))}`;
    return {
      what: `${workload.name}: ${name}`,
      figure: `CPU ${withRange(each.cpu, inMsOrUs)}, ${wall}${throughput}, ${each.requests.toFixed(1)} requests`,
      ratio: median(own.cpu) / median(each.cpu),
    };
  });
  return [...rows, ...workload.goals.map((goal) => judged(own, measured, goal))];
}

async function runWorkload(workload: Workload, options: BenchOptions): Promise<Finding[]> {
  const portal = await startPortal({ plan: "on-premise", ...workload.portal, webhooks: CREDENTIALS });
  const contenders = await startContenders(workload, portal, options);
  await compareAnswers(contenders, workload, portal);
  const count = options.quick ? workload.quickOperations : workload.operations;
  const rounds = options.quick ? 3 : 8;
  const measured = new Map(
    contenders.map(({ name }) => [name, { cpu: [], perSecond: [], latencies: [], requests: 0 } satisfies Contended]),
  );
  // The first round warms up; interleaved, what else goes on on the machine falls on all alike.
  for (let index = -1; index < rounds; index += 1) {
    const turn = index % 2 === 0 ? contenders : contenders.toReversed();
    for (const contender of turn) {
      await portal.resetStatistics();
      const into = index < 0 ? undefined : measured.get(contender.name);
      await round(
        contender,
        workload,
        portal,
        count,
        (index + 1) * count,
        into ?? { cpu: [], perSecond: [], latencies: [] },
      );
      if (into !== undefined) into.requests += (await portal.statistics()).requests / (count * rounds);
    }
  }
  await Promise.all(contenders.map((contender) => contender.stop()));
  await portal.stop();
  return findingsOf(workload, measured);
}

/** Where nothing is shared: every operation acts with another credential. CPU, throughput and latency beside peers and, if one is named, an earlier build. */
export async function nothingShared(options: BenchOptions): Promise<Report> {
  const findings: Finding[] = [];
  for (const workload of WORKLOADS) {
    if (options.only !== undefined && !workload.operationName.includes(options.only)) continue;
    findings.push(...(await runWorkload(workload, options)));
  }
  return { benchmark: "nothing-shared", findings };
}
