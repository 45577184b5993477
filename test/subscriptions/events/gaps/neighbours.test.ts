import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { closeAfterAnswers } from "../../../../src/server/transports/closing-connections.ts";
import type { EventStorage } from "../../../../src/subscriptions/events/event-storage.ts";
import { openEventStorage } from "../../../../src/subscriptions/events/event-storage.ts";
import type { Heartbeat } from "../../../../src/subscriptions/events/gaps/heartbeat.ts";
import { trackArrivals } from "../../../../src/subscriptions/intake/receiver/arrivals.ts";
import { type RedisServer, startRedisServer } from "../../../kit/redis-server.ts";
import { until } from "../../../kit/until.ts";
import { messageEvent } from "../../../storage/sample-events.ts";
import { type Clocks, clocksAtNoon, DEAD, ELSEWHERE, gapsOf, receivingProcess } from "./receiving-process.ts";

let server: RedisServer;
let storage: EventStorage;
let clocks: Clocks;

beforeEach(async () => {
  server = await startRedisServer();
  storage = await openEventStorage({ kind: "redis", url: server.url });
  clocks = clocksAtNoon();
  await storage.log.append("one", [messageEvent("1")]);
});
afterEach(async () => {
  await storage.close();
  await server.close();
});

/** Lets some processes beat every second of this time. */
async function run(processes: readonly Heartbeat[], from: number, to: number): Promise<void> {
  for (let seconds = from; seconds <= to; seconds += 1) {
    clocks.pass(seconds);
    for (const each of processes) await each.beat();
  }
}

/** A server of a process, which takes whatever is delivered. */
async function receiving(of: Heartbeat): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: "idle" });
  closeAfterAnswers(app);
  const takeOver = trackArrivals(app, {
    heartbeat: of,
    addressOf: () => ({ address: "127.0.0.1", isOwn: true }),
    unread: () => undefined,
  });
  app.post("/", async (request) => {
    takeOver(request).end();
    return "ok";
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  return app;
}

async function deliver(app: FastifyInstance, agent: Agent): Promise<void> {
  const { port } = app.server.address() as AddressInfo;
  const sending = request({ host: "127.0.0.1", port, method: "POST", agent }).end();
  const [answer] = await once(sending, "response");
  answer.resume();
  await once(answer, "end");
}

function connectionsOf(app: FastifyInstance): Promise<number> {
  return new Promise((resolve, reject) =>
    app.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}

const everySecond = { intervalMs: 1_000, silenceMs: 15_000 };

describe("of several processes that share a store", () => {
  it("one that leaves in order owes nothing while another listens, and who begins meanwhile says nothing", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const leaving = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await run([living, leaving], 0, 3);
    await leaving.stop();
    await run([living], 4, 100);
    const another = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await run([living, another], 101, 150);
    expect(await gapsOf(storage, "one")).toEqual([]);
  });

  it("one that leaves in order owes the moment in which it closed a connection that a sender kept for its next delivery", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const leaving = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await run([living, leaving], 0, 3);
    const app = await receiving(leaving);
    const agent = new Agent({ keepAlive: true });
    await deliver(app, agent);
    leaving.leave();
    await app.close();
    await leaving.stop();
    agent.destroy();
    await run([living], 4, 100);
    expect(await gapsOf(storage, "one")).toEqual(["12:00:02 to 12:00:03"]);
  });

  it("one that leaves in order owes nothing where senders do not keep their connections", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const leaving = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await run([living, leaving], 0, 3);
    const app = await receiving(leaving);
    await deliver(app, new Agent({ keepAlive: false }));
    await until(async () => (await connectionsOf(app)) === 0);
    leaving.leave();
    await app.close();
    await leaving.stop();
    await run([living], 4, 100);
    expect(await gapsOf(storage, "one")).toEqual([]);
  });

  it("one that is killed on this machine is spoken for by the other at once: it had deliveries in hand", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const killed = receivingProcess(storage, clocks, DEAD, everySecond);
    await killed.beat();
    await run([living], 1, 200);
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:00:01"]);
  });

  it("one that vanishes elsewhere is spoken for once it was silent, and again while it may live on without the store", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const vanished = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await vanished.beat();
    await run([living], 1, 14);
    expect(await gapsOf(storage, "one")).toEqual([]);
    await run([living], 15, 700);
    expect(await gapsOf(storage, "one")).toEqual([
      "11:59:59 to 12:00:17",
      "12:00:16 to 12:01:19",
      "12:01:18 to 12:05:21",
    ]);
  });

  it("one that was silent and comes back says itself what it refused, and is not spoken for again", async () => {
    const living = receivingProcess(storage, clocks, undefined, everySecond);
    const silent = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await silent.beat();
    await run([living], 1, 39);
    silent.noteOutage("one");
    await run([living, silent], 40, 200);
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:00:17", "11:59:59 to 12:00:40"]);
  });

  it("all were away and start at the same time: one gap", async () => {
    await receivingProcess(storage, clocks, DEAD, everySecond).beat();
    clocks.pass(60);
    const starting = Array.from({ length: 4 }, () => receivingProcess(storage, clocks, undefined, everySecond));
    await Promise.all(starting.map((each) => each.beat()));
    for (let seconds = 61; seconds <= 100; seconds += 1) {
      clocks.pass(seconds);
      await Promise.all(starting.map((each) => each.beat()));
    }
    expect(await gapsOf(storage, "one")).toEqual(["11:59:59 to 12:01:00"]);
  });

  it("all left in order, one after the other: the time since the last of them", async () => {
    const first = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    const second = receivingProcess(storage, clocks, undefined, everySecond);
    await run([first, second], 0, 3);
    await first.stop();
    await run([second], 4, 10);
    await second.stop();
    await run([receivingProcess(storage, clocks, undefined, everySecond)], 12, 50);
    expect(await gapsOf(storage, "one")).toEqual(["12:00:09 to 12:00:12"]);
  });
});

describe("while the shared store is away", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "owed-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
  });

  async function away(): Promise<void> {
    await server.kill();
    await until(() => storage.problem() !== undefined);
  }

  async function back(): Promise<void> {
    await server.start();
    await until(() => storage.problem() === undefined);
  }

  it("a process fails nothing, and says from its first refused delivery on once the store is back", async () => {
    const process = receivingProcess(storage, clocks, undefined, { ...everySecond, directory });
    await run([process], 0, 2);
    await away();
    clocks.pass(3);
    process.noteOutage("one");
    await run([process], 4, 30);
    await back();
    await run([process], 31, 35);
    expect(await gapsOf(storage, "one")).toEqual(["12:00:02 to 12:00:31"]);
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ["was killed", false],
    ["left in order", true],
  ])("what a process owes that %s is said by the next life of its directory", async (_how, inOrder) => {
    await away();
    const ended = receivingProcess(storage, clocks, DEAD, { ...everySecond, directory });
    // It never reached the store: its file is all that is left of it.
    await run([ended], 0, 2);
    ended.noteOutage("one");
    await run([ended], 3, 20);
    if (inOrder) await ended.stop();
    await back();
    await run([receivingProcess(storage, clocks, undefined, { ...everySecond, directory })], 21, 25);
    expect(await gapsOf(storage, "one")).toEqual(["12:00:01 to 12:00:21"]);
    expect(await readdir(directory)).toEqual([]);
  });

  it("does not take the others for dead because nobody could be heard", async () => {
    const one = receivingProcess(storage, clocks, undefined, everySecond);
    const other = receivingProcess(storage, clocks, ELSEWHERE, everySecond);
    await run([one, other], 0, 2);
    await away();
    await run([one, other], 3, 60);
    await back();
    await run([one, other], 61, 100);
    expect(await gapsOf(storage, "one")).toEqual([]);
  });
});
