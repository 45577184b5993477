import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DirectoryInUse } from "../../src/storage/directory-lock.ts";
import { LogReplaced } from "../../src/storage/log.ts";
import { StorageUnavailable } from "../../src/storage/storage-unavailable.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { startOwnClock } from "../kit/own-time.ts";
import { testProgram } from "../kit/programs.ts";
import { type RedisServer, startRedisServer } from "../kit/redis-server.ts";
import { until } from "../kit/until.ts";
import { messageEvent, textOf } from "./sample-events.ts";

const PORTAL = "portal";
const APPENDING = testProgram("storage/appending-process.ts");

async function allTexts(storage: EventStorage): Promise<string[]> {
  const texts: string[] = [];
  for (let position = 0; ; ) {
    const page = await storage.log.read(PORTAL, position, 1_000);
    const last = page.at(-1);
    if (last === undefined) {
      return texts;
    }
    texts.push(...page.map(({ event }) => (textOf(event) ?? "").replace(/x+$/, "")));
    position = last.position;
  }
}

describe("LMDB in a process that comes to harm", () => {
  let directory: string;
  let child: ChildProcess | null = null;
  const lines: string[] = [];

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "storage-"));
    lines.length = 0;
  });
  afterEach(async () => {
    if (child !== null && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
    }
    await rm(directory, { recursive: true, force: true });
  });

  function run(command: string, ...args: string[]): ChildProcess {
    const started = spawn(command, args, { stdio: ["ignore", "pipe", "ignore"] });
    createInterface({ input: started.stdout }).on("line", (line) => lines.push(line));
    child = started;
    return started;
  }

  const kept = (): string[] => lines.filter((line) => line.startsWith("kept ")).map((line) => line.slice(5));
  const refused = (): string[] => lines.filter((line) => line.startsWith("refused "));

  it("has everything it acknowledged, once, after kill -9 in the middle of appending", async () => {
    for (let round = 0; round < 3; round += 1) {
      const started = run(process.execPath, APPENDING, directory, PORTAL, "200");
      const before = lines.length;
      await until(() => lines.length > before + 1_000);
      const closed = once(started, "close");
      started.kill("SIGKILL");
      await closed;
      const acknowledged = kept();
      // A later round repeats the texts; within the duplicate window they are not kept again.
      const storage = await openEventStorage({ kind: "lmdb", directory });
      const texts = await allTexts(storage);
      const found = new Set(texts);
      expect(texts.length).toBe(found.size);
      expect(acknowledged.filter((text) => !found.has(text))).toEqual([]);
      expect(await storage.log.head(PORTAL)).toBe(texts.length);
      await storage.close();
    }
  });

  it("refuses while the disk takes nothing more, keeps none of what it refused, and goes on when there is room", async () => {
    // A limit on the size of files is a real failing write, for every user and without a disk of its own.
    const started = run(
      "bash",
      "-c",
      'ulimit -S -f 4096; exec "$@"',
      "bash",
      process.execPath,
      APPENDING,
      directory,
      PORTAL,
      "10000",
      "5",
    );
    await until(() => refused().length > 100);
    expect(refused().every((line) => line === "refused StorageUnavailable ready=false")).toBe(true);
    expect(kept().length).toBeGreaterThan(100);
    spawnSync("prlimit", ["--pid", String(started.pid), "--fsize=unlimited"]);
    const before = kept().length;
    await until(() => kept().length > before + 100);
    const closed = once(started, "close");
    started.kill("SIGKILL");
    await closed;
    expect(lines).not.toContain("unhandled rejection");
    // What was refused is not remembered as kept.
    expect(lines.filter((line) => line.startsWith("known "))).toEqual([]);
    const storage = await openEventStorage({ kind: "lmdb", directory });
    const texts = await allTexts(storage);
    const acknowledged = kept();
    expect(texts.slice(0, acknowledged.length).toSorted()).toEqual(acknowledged.toSorted());
    expect(await storage.log.head(PORTAL)).toBe(texts.length);
    await storage.close();
  });

  it("refuses a directory that another living process has, and takes one whose holder is dead", async () => {
    const started = run(process.execPath, APPENDING, directory, PORTAL);
    await until(() => lines.includes("opened"));
    const failure = await openEventStorage({ kind: "lmdb", directory }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DirectoryInUse);
    expect(String(failure)).toContain(`process ${started.pid}`);
    const closed = once(started, "close");
    started.kill("SIGKILL");
    await closed;
    const storage = await openEventStorage({ kind: "lmdb", directory });
    await storage.close();
    // The id of a dead process was given to this one: in containers that is the rule.
    await writeFile(join(directory, "gateway.lock"), `${process.pid} 1\n`);
    await (await openEventStorage({ kind: "lmdb", directory })).close();
  });
});

describe("Redis that comes to harm", () => {
  let server: RedisServer;
  let storage: EventStorage;

  beforeEach(async () => {
    server = await startRedisServer();
    storage = await openEventStorage({ kind: "redis", url: server.url });
  });
  afterEach(async () => {
    await storage.close();
    await server.close();
  });

  async function failsWithin(ms: number, action: Promise<unknown>): Promise<unknown> {
    const since = startOwnClock();
    const failure = await action.then(
      () => "it worked",
      (error: unknown) => error,
    );
    expect(since()).toBeLessThan(ms);
    return failure;
  }

  it("has everything it acknowledged after kill -9 of the server, and followers hear of what comes then", async () => {
    let calls = 0;
    storage.log.follow(PORTAL, () => {
      calls += 1;
    });
    const acknowledged: string[] = [];
    let ended = false;
    const appending = (async () => {
      for (let n = 0; !ended; n += 1) {
        try {
          await storage.log.append(PORTAL, [messageEvent(`${n}.`)]);
          acknowledged.push(`${n}.`);
        } catch (error) {
          expect(error).toBeInstanceOf(StorageUnavailable);
          await new Promise((resolve) => setImmediate(resolve));
        }
      }
    })();
    await until(() => acknowledged.length > 100);
    await server.kill();
    await until(() => storage.problem() !== undefined);
    const before = acknowledged.length;
    await server.start();
    await until(() => acknowledged.length > before + 100);
    ended = true;
    await appending;
    const texts = await allTexts(storage);
    const found = new Set(texts);
    expect(texts.length).toBe(found.size);
    expect(acknowledged.filter((text) => !found.has(text))).toEqual([]);
    expect(texts.map((text) => Number(text))).toEqual(texts.map((text) => Number(text)).toSorted((a, b) => a - b));
    const heard = calls;
    await until(async () => {
      await storage.log.append(PORTAL, [messageEvent("later")]);
      return calls > heard;
    });
  });

  it("refuses within two seconds when the server is gone, and works again when it is back", async () => {
    await storage.log.append(PORTAL, [messageEvent("1")]);
    await server.kill();
    expect(await failsWithin(2_000, storage.log.append(PORTAL, [messageEvent("2")]))).toBeInstanceOf(
      StorageUnavailable,
    );
    expect(await failsWithin(2_000, storage.log.read(PORTAL, 0, 10))).toBeInstanceOf(StorageUnavailable);
    expect(await failsWithin(2_000, storage.keyValues.get("a", "b"))).toBeInstanceOf(StorageUnavailable);
    await until(() => storage.problem() !== undefined);
    await server.start();
    await until(() => storage.problem() === undefined);
    expect((await storage.log.append(PORTAL, [messageEvent("3")])).positions).toEqual([2]);
    expect(await allTexts(storage)).toEqual(["1", "3"]);
  });

  it("refuses within five seconds when the server hangs", async () => {
    await storage.log.append(PORTAL, [messageEvent("1")]);
    server.pause();
    expect(await failsWithin(5_000, storage.log.append(PORTAL, [messageEvent("2")]))).toBeInstanceOf(
      StorageUnavailable,
    );
    server.resume();
    await until(async () => {
      try {
        return (await storage.log.append(PORTAL, [messageEvent("3")])).positions.length === 1;
      } catch {
        return false;
      }
    });
  });

  it("refuses when the server's memory is full, with nothing of the append stored", async () => {
    await storage.log.append(PORTAL, [messageEvent("1")]);
    const { Redis } = await import("ioredis");
    const client = new Redis(server.url);
    await client.config("SET", "maxmemory", "1");
    expect(await failsWithin(2_000, storage.log.append(PORTAL, [messageEvent("2")]))).toBeInstanceOf(
      StorageUnavailable,
    );
    await client.config("SET", "maxmemory", "0");
    client.disconnect();
    expect(await storage.log.head(PORTAL)).toBe(1);
    expect((await storage.log.append(PORTAL, [messageEvent("3")])).positions).toEqual([2]);
  });

  it.each([
    ["out of memory", "maxmemory", "1", "0", /OOM/],
    ["without enough replicas", "min-replicas-to-write", "3", "0", /NOREPLICAS/],
  ])(
    "tells that a server is %s until a write works again, however often it is read",
    async (_what, setting, bad, good, reason) => {
      const { Redis } = await import("ioredis");
      const client = new Redis(server.url);
      await client.config("SET", setting, bad);
      expect(storage.problem()).toBeUndefined();
      await failsWithin(2_000, storage.keyValues.set("a", "b", "c"));
      expect(storage.problem()).toMatch(reason);
      await storage.keyValues.get("a", "b").catch(() => null);
      await storage.log.head(PORTAL);
      expect(storage.problem()).toMatch(reason);
      await client.config("SET", setting, good);
      client.disconnect();
      await storage.keyValues.set("a", "b", "c");
      expect(storage.problem()).toBeUndefined();
    },
  );

  it("does not read on in a log that is not the one it was asked for, however far the new one goes", async () => {
    for (let n = 1; n <= 3; n += 1) await storage.log.append(PORTAL, [messageEvent(`${n}`)]);
    const { log } = await storage.log.newest(PORTAL);
    expect((await storage.log.read(PORTAL, 1, 10, log)).length).toBe(2);
    const { Redis } = await import("ioredis");
    const client = new Redis(server.url);
    await client.flushall();
    client.disconnect();
    await expect(storage.log.read(PORTAL, 1, 10, log)).rejects.toBeInstanceOf(LogReplaced);
    for (let n = 1; n <= 5; n += 1) await storage.log.append(PORTAL, [messageEvent(`new ${n}`)]);
    await expect(storage.log.read(PORTAL, 3, 10, log)).rejects.toBeInstanceOf(LogReplaced);
  });

  it("is opened although the server is away, says so, and works once it is there", async () => {
    await server.kill();
    const early = await openEventStorage({ kind: "redis", url: server.url });
    expect(early.warnings).toEqual(["Redis does not answer; events are refused until it does."]);
    expect(early.problem()).toBe("Redis does not answer.");
    await server.start();
    await until(() => early.problem() === undefined);
    expect((await early.log.append(PORTAL, [messageEvent("1")])).positions).toEqual([1]);
    await early.close();
  });

  it("listens with one connection however many follow", async () => {
    const followers = Array.from({ length: 500 }, (_, n) => storage.log.follow(`portal ${n % 50}`, () => {}));
    const { Redis } = await import("ioredis");
    const client = new Redis(server.url);
    const clients = String(await client.call("CLIENT", "LIST"));
    expect(clients.split("\n").filter((line) => line.includes("name=b24oc-")).length).toBe(2);
    await until(async () => String(await client.call("PUBSUB", "NUMPAT")) === "0" && (await channels(client)) === 50);
    for (const leave of followers) {
      leave();
    }
    await until(async () => (await channels(client)) === 0);
    client.disconnect();
  });

  async function channels(client: { call(command: string, ...args: string[]): Promise<unknown> }): Promise<number> {
    const answer = await client.call("PUBSUB", "CHANNELS");
    return Array.isArray(answer) ? answer.length : -1;
  }
});

describe("a Redis server's settings", () => {
  it.each([
    [{ appendonly: "no" }, /without an append-only file/],
    [{ appendfsync: "everysec" }, /appendfsync everysec/],
    [{ "maxmemory-policy": "allkeys-lru" }, /maxmemory-policy allkeys-lru/],
    [{ "rename-command": "CONFIG hidden" }, /CONFIG GET/],
  ])("%o are warned of", async (settings, warning) => {
    const server = await startRedisServer(settings);
    const storage = await openEventStorage({ kind: "redis", url: server.url });
    expect(storage.warnings.length).toBe(1);
    expect(storage.warnings[0]).toMatch(warning);
    await storage.close();
    await server.close();
  });
});
