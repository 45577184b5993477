import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./free-port.ts";

/** A real Redis server of a test's own: free port, directory of its own, every write synced to its append-only file. */
export interface RedisServer {
  readonly url: string;
  readonly port: number;
  /** Ends the process at once, as a crash would; its files stay. */
  kill(): Promise<void>;
  /** Lets it hang: connections stay, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Starts it again on the same port and files. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  close(): Promise<void>;
}

/** Starts a server. Throws one line that says what to install when there is none on this machine. */
export async function startRedisServer(settings: Readonly<Record<string, string>> = {}): Promise<RedisServer> {
  if (spawnSync("redis-server", ["--version"]).error !== undefined) {
    throw new Error("These tests need a Redis server: apt-get install redis-server");
  }
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), "redis-"));
  const options = {
    port: String(port),
    bind: "127.0.0.1",
    dir: directory,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
    ...settings,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, ...value.split(" ")]);
  let server: ChildProcess | null = null;

  async function start(): Promise<void> {
    const started = spawn("redis-server", args, { stdio: "ignore" });
    server = started;
    // A test that fails before `close` must not leave a server behind.
    const end = (): void => void started.kill("SIGKILL");
    process.once("exit", end);
    started.once("exit", () => process.off("exit", end));
    const ended = once(started, "exit").then(([code]) => `ended with ${code}`);
    const deadline = Date.now() + 20_000;
    for (;;) {
      const answer = await Promise.race([answerToPing(port), ended]);
      if (answer === "+PONG") {
        return;
      }
      if (answer.startsWith("ended") || Date.now() > deadline) {
        throw new Error(`redis-server on port ${port}: ${answer}`);
      }
    }
  }

  async function kill(): Promise<void> {
    const running = server;
    server = null;
    if (running !== null && running.exitCode === null && running.signalCode === null) {
      const exit = once(running, "exit");
      running.kill("SIGKILL");
      await exit;
    }
  }

  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill,
    start,
    pause() {
      server?.kill("SIGSTOP");
    },
    resume() {
      server?.kill("SIGCONT");
    },
    async close() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** First line of the answer, or why there is none (then after a moment, so that asking again is no busy loop). */
async function answerToPing(port: number): Promise<string> {
  return await new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("PING\r\n"));
    socket.setTimeout(1_000, () => socket.destroy(new Error("no answer")));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(data.toString().trim());
    });
    socket.once("error", (error) => setTimeout(() => resolve(error.message), 20));
  });
}
