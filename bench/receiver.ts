import { basename } from "node:path";
import { type RedisServer, startRedisServer } from "../test/kit/redis-server.ts";
import { startBareReceiver } from "./support/bare-receiver.ts";
import { customerMessages, type DeliveryForm } from "./support/delivery-form.ts";
import { mean, median, quantile, withRange } from "./support/distribution.ts";
import { buildEarlier } from "./support/earlier-build.ts";
import { type FormPoster, openFormPoster } from "./support/form-poster.ts";
import { type LiveOffice, startLiveOffice } from "./support/live-office.ts";
import { closedLoad, steadyLoad } from "./support/load.ts";
import type { BenchOptions } from "./support/options.ts";
import { cpuTimeMs } from "./support/process-usage.ts";
import { type Finding, inMs, type Report } from "./support/report.ts";

/** A portal's queue posts many at once. */
const CONNECTIONS = 128;
const GOAL_RATIO = 0.75;
const GOAL_OF_EARLIER = 1.05;
const RATE = 500;
const TEXT = "Good morning, where is my parcel? It should have been here by Thursday. 📦";

/** What takes deliveries, and what was measured of it. */
interface Candidate {
  readonly name: string;
  readonly pid: number;
  readonly poster: FormPoster;
  readonly form: DeliveryForm;
  readonly perSecond: number[];
  /** CPU time of its process for one delivery, milliseconds. */
  readonly cpu: number[];
  /** p99 of the answer at the steady rate, milliseconds. */
  readonly p99: number[];
  posted: number;
}

async function candidate(name: string, pid: number, url: string, form: DeliveryForm): Promise<Candidate> {
  const poster = await openFormPoster(url, CONNECTIONS);
  return { name, pid, poster, form, perSecond: [], cpu: [], p99: [], posted: 0 };
}

async function postNext(to: Candidate): Promise<void> {
  to.posted += 1;
  const status = await to.poster.post(to.form(to.posted, TEXT));
  if (status !== 200) throw new Error(`${to.name} answered ${status}`);
}

async function measureThroughput(of: Candidate, seconds: number): Promise<void> {
  const before = cpuTimeMs(of.pid);
  const load = await closedLoad(CONNECTIONS, seconds, () => postNext(of));
  of.perSecond.push(load.perSecond);
  of.cpu.push((cpuTimeMs(of.pid) - before) / load.operations);
}

async function measureAnswers(of: Candidate, seconds: number): Promise<void> {
  const load = await steadyLoad(RATE, seconds, () => postNext(of));
  of.p99.push(quantile(load.latencies, 0.99));
}

/** Every delivery that was answered 200 must have been kept, each once. */
async function assertKept(office: LiveOffice, { name, posted }: Candidate): Promise<void> {
  const { accepted, duplicates } = await office.received();
  if (accepted !== posted || duplicates !== 0) {
    throw new Error(`${name}: ${posted} deliveries posted, ${accepted} kept, ${duplicates} taken for repetitions`);
  }
}

function figures({ perSecond, cpu }: Candidate): string {
  return `${withRange(perSecond, (value) => `${value.toFixed(0)}/s`)}, CPU ${inMs(mean(cpu))} each`;
}

/** Taking deliveries: each kept for good before it is answered, beside handlers that only parse them. */
export async function receiver({ quick, profileDirectory, beside }: BenchOptions): Promise<Report> {
  const redis: RedisServer[] = [];
  for (const appendfsync of ["always", "everysec"]) redis.push(await startRedisServer({ appendfsync }));
  const offices = [await startLiveOffice({ profileDirectory })];
  for (const { url } of redis) offices.push(await startLiveOffice({ redisUrl: url, profileDirectory }));
  const besides = beside === undefined ? [] : [{ beside, directory: buildEarlier(beside).directory }];
  for (const { directory } of besides) offices.push(await startLiveOffice({ directory }));
  const bare = [await startBareReceiver("fastify"), await startBareReceiver("node:http")];

  const names = [
    "gateway, LMDB",
    "gateway, Redis, appendfsync always",
    "gateway, Redis, appendfsync everysec",
    ...besides.map((each) => `gateway at ${basename(each.beside)}, LMDB`),
  ];
  const gateways = await Promise.all(
    offices.map(({ gateway, eventsUrl, sender }, index) =>
      candidate(names[index] ?? "", gateway.pid, eventsUrl, customerMessages(sender)),
    ),
  );
  const nobody = customerMessages({ memberId: "0".repeat(32), applicationToken: "0".repeat(32) });
  const handlers = await Promise.all(
    bare.map(({ pid, url }, index) =>
      candidate(index === 0 ? "fastify, keeps nothing" : "node:http, keeps nothing", pid, url, nobody),
    ),
  );

  const all = [...handlers, ...gateways];
  const seconds = quick ? 2 : 5;
  const rounds = quick ? 2 : 5;
  for (const each of all) {
    await measureThroughput(each, seconds);
    each.perSecond.length = 0;
    each.cpu.length = 0;
  }
  for (let round = 0; round < rounds; round += 1) for (const each of all) await measureThroughput(each, seconds);
  for (let round = 0; round < rounds; round += 1) for (const each of all) await measureAnswers(each, seconds);
  // An earlier build may not tell what it took.
  for (const [index, office] of offices.slice(0, offices.length - besides.length).entries()) {
    const own = gateways[index];
    if (own !== undefined) await assertKept(office, own);
  }

  const findings: Finding[] = handlers.map((each) => ({ what: each.name, figure: figures(each) }));
  for (const [index, own] of gateways.entries()) {
    for (const handler of handlers) {
      const ratio = median(own.perSecond) / median(handler.perSecond);
      findings.push({
        what: `${own.name}, beside ${handler.name.split(",")[0]}`,
        figure: figures(own),
        ratio,
        // The goal is for the embedded log; a Redis server takes its own share of the machine.
        ...(index === 0 ? { goal: `>= ${GOAL_RATIO} x`, reached: ratio >= GOAL_RATIO } : {}),
      });
    }
  }
  const [own] = gateways;
  for (const each of gateways.slice(names.length - besides.length)) {
    if (own === undefined) continue;
    const ratio = mean(own.cpu) / mean(each.cpu);
    findings.push({
      what: `CPU of gateway, LMDB, beside ${each.name}`,
      figure: `${inMs(mean(own.cpu))} and ${inMs(mean(each.cpu))}`,
      ratio,
      goal: `<= ${GOAL_OF_EARLIER} x`,
      reached: ratio <= GOAL_OF_EARLIER,
    });
  }
  for (const { name, p99 } of all) findings.push({ what: `p99 at ${RATE}/s: ${name}`, figure: withRange(p99, inMs) });

  for (const { poster } of all) poster.close();
  await Promise.all([...offices, ...bare].map((each) => each.stop()));
  await Promise.all(redis.map((each) => each.close()));
  return { benchmark: "receiver", findings };
}
