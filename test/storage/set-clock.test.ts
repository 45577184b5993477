import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { type EventStorage, openEventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { until } from "../kit/until.ts";

const HOUR = 3_600_000;

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "clock-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function open(directory: string): Promise<EventStorage> {
  const storage = await openEventStorage({ kind: "lmdb", directory });
  onTestFinished(() => storage.close());
  return storage;
}

/** Somebody sets the clock of the machine; everything else goes on. */
function setClock(byMs: number): void {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + byMs });
  onTestFinished(() => void vi.useRealTimers());
}

it("a lock whose holder is gone is free after its time although the clock was set back", async () => {
  const { keyValues } = await open(await temporaryDirectory());
  await keyValues.set("locks", "token", "gone", { ttlMs: 100 });
  setClock(-HOUR);
  await until(() => keyValues.setIfAbsent("locks", "token", "next", { ttlMs: 100 }));
  expect(await keyValues.get("locks", "token")).toBe("next");
});

it("so it is when the process that held it ended, the clock was set back, and another began", async () => {
  const directory = await temporaryDirectory();
  const first = await open(directory);
  await first.keyValues.set("locks", "token", "gone", { ttlMs: 100 });
  await first.close();
  setClock(-HOUR);
  const { keyValues } = await open(directory);
  await until(() => keyValues.setIfAbsent("locks", "token", "next", { ttlMs: 100 }));
});

it("a lock stays with who holds it although the clock was set on, and ends with the process' successor", async () => {
  const directory = await temporaryDirectory();
  const first = await open(directory);
  await first.keyValues.set("locks", "token", "mine", { ttlMs: HOUR / 2 });
  setClock(HOUR);
  expect(await first.keyValues.setIfAbsent("locks", "token", "next")).toBe(false);
  expect(await first.keyValues.get("locks", "token")).toBe("mine");
  await first.close();
  const { keyValues } = await open(directory);
  expect(await keyValues.get("locks", "token")).toBe(null);
});

it("a value that is written without a time stays, whatever was written there before", async () => {
  const { keyValues } = await open(await temporaryDirectory());
  await keyValues.set("locks", "token", "short", { ttlMs: 1 });
  await keyValues.set("locks", "token", "kept");
  await keyValues.set("locks", "other", "short", { ttlMs: 1 });
  await until(async () => (await keyValues.get("locks", "other")) === null);
  expect(await keyValues.get("locks", "token")).toBe("kept");
});
