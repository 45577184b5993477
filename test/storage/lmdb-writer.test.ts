import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { open } from "lmdb";
import { expect, it, onTestFinished } from "vitest";
import { createLmdbWriter } from "../../src/storage/lmdb-writer.ts";

const LONG_MS = 60_000;

/** A writer whose writes tell the group that they are in: those of one group run without a break. */
async function openWriter(gatherMs?: number) {
  const directory = await mkdtemp(join(tmpdir(), "writer-"));
  const root = open<string, string>({ path: directory, encoding: "string", overlappingSync: false });
  const writer = createLmdbWriter(root, gatherMs);
  let groups = 0;
  let isRunning = false;
  onTestFinished(async () => {
    await writer.close();
    await root.close();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    close: writer.close,
    write: (): Promise<number> =>
      writer.submit(() => {
        if (!isRunning) {
          groups += 1;
          isRunning = true;
          queueMicrotask(() => {
            isRunning = false;
          });
        }
        return groups;
      }),
  };
}

async function manyTurns(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await nextTurn();
}

it("after a large group the next waits until half as many have come, so that none of them waits for two syncs", async () => {
  const { write } = await openWriter(LONG_MS);
  expect(new Set(await Promise.all(Array.from({ length: 10 }, write)))).toEqual(new Set([1]));
  const next: Promise<number>[] = [];
  for (let index = 0; index < 5; index += 1) {
    next.push(write());
    await manyTurns();
  }
  expect(await Promise.all(next)).toEqual([2, 2, 2, 2, 2]);
});

it("a write that comes alone is not kept waiting for others", async () => {
  const { write } = await openWriter(LONG_MS);
  expect(await write()).toBe(1);
  expect(await write()).toBe(2);
  const short = await openWriter();
  await Promise.all(Array.from({ length: 10 }, short.write));
  expect(await short.write()).toBe(2);
});

it("what waits for more is written when the store is closed", async () => {
  const { write, close } = await openWriter(LONG_MS);
  await Promise.all(Array.from({ length: 10 }, write));
  const last = write();
  await manyTurns();
  await close();
  expect(await last).toBe(2);
});
