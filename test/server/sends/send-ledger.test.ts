import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OutcomeUnknown } from "../../../src/datasources/bitrix24/errors.ts";
import { createLightSignal } from "../../../src/process/light-signal.ts";
import type { KeyedSend, Sends, SendTry } from "../../../src/resolvers/sends/sends.ts";
import { createSendLedger, SEND_NAMESPACES } from "../../../src/server/sends/send-ledger.ts";
import type { WriteOptions } from "../../../src/storage/key-value-store.ts";
import { createTurns, type Turns } from "../../../src/storage/turns.ts";
import { type EventStorage, openEventStorage } from "../../../src/subscriptions/events/event-storage.ts";

const MINUTE = 60_000;
const directory = mkdtempSync(join(tmpdir(), "ledger-"));
let storage: EventStorage;

beforeAll(async () => {
  const namespaces = { ...SEND_NAMESPACES, sends: { maxEntries: 2, whenFull: "dropOldest" } } as const;
  storage = await openEventStorage({ kind: "lmdb", directory }, { namespaces });
});
afterAll(async () => {
  await storage.close();
  rmSync(directory, { recursive: true, force: true });
});

interface Observed {
  readonly operationTimeoutMs?: number;
  readonly told?: [string, WriteOptions | undefined][];
  readonly turns?: Turns;
}

function sendsOf(identity: string, { operationTimeoutMs = 20_000, told = [], turns }: Observed = {}): Sends {
  const { keyValues } = storage;
  const observed = {
    ...keyValues,
    set(namespace: string, key: string, value: string, options?: WriteOptions) {
      told.push([namespace, options]);
      return keyValues.set(namespace, key, value, options);
    },
    setIfAbsent(namespace: string, key: string, value: string, options?: WriteOptions) {
      told.push([namespace, options]);
      return keyValues.setIfAbsent(namespace, key, value, options);
    },
  };
  const inTurn = turns ?? createTurns(keyValues);
  return createSendLedger({ keyValues: observed, turns: inTurn, operationTimeoutMs }).forIdentity(
    "portal.example",
    identity,
  );
}

function keyed(idempotencyKey: string, more: Partial<KeyedSend> = {}): KeyedSend {
  return {
    mutation: "chatMessageSend",
    idempotencyKey,
    body: ["5", "Hello"],
    method: "im.message.add",
    signal: createLightSignal().signal,
    search: { newestId: async () => "7", sentSince: async () => "none" },
    ...more,
  };
}

/** As after a minute. */
async function passPauses(): Promise<void> {
  for (const { key } of await storage.keyValues.list("send-pauses")) await storage.keyValues.delete("send-pauses", key);
}

const sent = async (): Promise<SendTry> => ({ messageId: "8", userErrors: [] });

test("what came of a key is kept for a day, and its pause for a minute, or until no operation can be under way any more", async () => {
  const told: [string, WriteOptions | undefined][] = [];
  await sendsOf("anna", { told }).once(keyed("a"), sent);
  expect(told).toEqual([
    ["send-pauses", { ttlMs: MINUTE }],
    ["sends", { ttlMs: 24 * 60 * MINUTE }],
    ["sends", { ttlMs: 24 * 60 * MINUTE }],
  ]);
  told.length = 0;
  await sendsOf("anna", { operationTimeoutMs: 2 * MINUTE, told }).once(keyed("b"), sent);
  expect(told[0]).toEqual(["send-pauses", { ttlMs: 2.5 * MINUTE }]);
});

test("of more keys than are kept the oldest is forgotten, and no other", async () => {
  const sends = sendsOf("boris");
  let times = 0;
  const counted = async (): Promise<SendTry> => {
    times += 1;
    return sent();
  };
  for (const key of ["one", "two", "three"]) await sends.once(keyed(key), counted);
  await sends.once(keyed("three"), counted);
  await sends.once(keyed("two"), counted);
  expect(times).toBe(3);
  await passPauses();
  await sends.once(keyed("one"), counted);
  expect(times).toBe(4);
});

test("an equal key is another one for another identity, mutation or portal, and a mistake with other arguments", async () => {
  const sends = sendsOf("clara");
  let times = 0;
  const counted = async (): Promise<SendTry> => {
    times += 1;
    return sent();
  };
  await sends.once(keyed("k"), counted);
  await sends.once(keyed("k", { mutation: "crmMessageSend" }), counted);
  expect(times).toBe(2);
  expect(await sends.once(keyed("k", { body: ["5", "Hello", null] }), counted)).toBe("key-reused");
  expect(await sends.once(keyed("k", { body: ["5Hello"] }), counted)).toBe("key-reused");
  await sendsOf("dora").once(keyed("k"), counted);
  expect(times).toBe(3);
});

test("who lost his turn unnoticed, as a process that was frozen does, sends nothing beside who took it", async () => {
  const turns: Turns = { inTurn: (_name, _signal, run) => run() };
  const sends = sendsOf("fred", { turns });
  let times = 0;
  const counted = async (): Promise<SendTry> => {
    times += 1;
    return sent();
  };
  const frozen = sends.once(
    keyed("k", {
      search: {
        async newestId() {
          await sends.once(keyed("k"), counted);
          return "7";
        },
        sentSince: async () => "none",
      },
    }),
    counted,
  );
  await expect(frozen).rejects.toThrow(OutcomeUnknown);
  expect(times).toBe(1);
  expect(await sends.once(keyed("k"), counted)).toEqual({ messageId: "8", userErrors: [] });
  expect(times).toBe(1);
});

test("what never left is no outcome, also after an attempt of which nobody knows", async () => {
  const sends = sendsOf("emil");
  const missing = async (): Promise<SendTry> => ({ messageId: null, userErrors: [], neverLeft: true });
  expect(await sends.once(keyed("k"), missing)).toEqual({ messageId: null, userErrors: [] });
  const lost = sends.once(keyed("k"), () => Promise.reject(new OutcomeUnknown("im.message.add")));
  await expect(lost).rejects.toThrow(/looked for first/);
  await passPauses();
  await sends.once(keyed("k"), missing);
  // Still owed: it is looked for before it is sent.
  let looked = 0;
  const search = {
    newestId: async () => "7",
    sentSince: async (id: string) => {
      looked += 1;
      return { messageId: `${id}0` };
    },
  };
  expect(await sends.once(keyed("k", { search }), sent)).toEqual({ messageId: "70", userErrors: [] });
  expect(looked).toBe(1);
});
