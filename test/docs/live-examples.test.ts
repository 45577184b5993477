import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type LiveOffice, openLiveOffice } from "../kit/live-office.ts";

const EXAMPLES = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "examples", "live");

interface RunningExample {
  output(): string;
  /** Resolves once the text was printed; rejects when the program ends before. */
  prints(text: string): Promise<void>;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  interrupt(): void;
}

const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function cursorFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "live-example-"));
  folders.push(folder);
  return join(folder, "cursor");
}

function run(example: string, { gateway, supervisor }: LiveOffice, cursor: string, key?: string): RunningExample {
  return runAt(gateway.url, example, key ?? gateway.keyOf(supervisor), cursor);
}

function runAt(url: string, example: string, key: string, cursor: string): RunningExample {
  const child = spawn(process.execPath, [
    join(EXAMPLES, example),
    ...["--url", url],
    ...["--key", key],
    ...["--cursor", cursor],
  ]);
  children.push(child);
  let output = "";
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  return {
    output: () => output,
    ended,
    interrupt: () => void child.kill("SIGINT"),
    prints: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new Error(`ended without printing ${JSON.stringify(text)}:\n${output}`)));
      }),
  };
}

function timesPrinted(example: RunningExample, text: string): number {
  return example.output().split(text).length - 1;
}

describe.each(["follow-with-websocket.mjs", "follow-with-event-stream.mjs"])("the example %s", (example) => {
  test("shows what customers write, and after a restart exactly what was written meanwhile", async () => {
    const office = await openLiveOffice();
    const { world } = office.portal;
    const chat = [...world.chats.values()].find(({ id }) => world.sessionsByChat.has(id));
    if (chat === undefined) throw new Error("no chat");
    const cursor = cursorFile();

    const first = run(example, office, cursor);
    await first.prints("Snapshot:");
    for (const text of ["Is anybody there?", "It is about my parcel"]) {
      world.customerWrites(chat.id, text);
      await first.prints(text);
    }
    first.interrupt();
    expect(await first.ended).toBe(0);

    world.customerWrites(chat.id, "Never mind, it has come");
    const second = run(example, office, cursor);
    await second.prints("Never mind, it has come");
    world.customerWrites(chat.id, "Thank you all the same");
    await second.prints("Thank you all the same");
    second.interrupt();
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain("Going on after the kept cursor.");
    expect(timesPrinted(second, "Never mind, it has come")).toBe(1);
    expect(timesPrinted(second, "Is anybody there?")).toBe(0);
    expect(timesPrinted(second, "It is about my parcel")).toBe(0);
  });

  test("says what is wrong with a key, and ends", async () => {
    const office = await openLiveOffice();
    const wrong = run(example, office, cursorFile(), "no-key-of-this-gateway");
    expect(await wrong.ended).toBe(1);
    expect(wrong.output()).toContain("The API key is not known to this gateway.");
  });

  test("says once where it found nobody, why, and how to name another address, and goes on when somebody is there", async () => {
    const taken = await startServer(0);
    const port = portOf(taken);
    await new Promise((resolve) => taken.close(resolve));
    const address = `127.0.0.1:${port}/graphql`;
    const program = runAt(`http://${address}`, example, "a-key", cursorFile());
    await program.prints(`${address}: connect ECONNREFUSED`);
    await program.prints("--url http://");
    const stranger = await startServer(port);
    // It tries again until it is heard, and has said the sentence once.
    await once(stranger, "connection");
    expect(timesPrinted(program, "Cannot reach")).toBe(1);
    expect(timesPrinted(program, "1006")).toBe(0);
    program.interrupt();
    stranger.close();
    await program.ended;
  });
});

async function startServer(port: number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
