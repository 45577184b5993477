import { afterAll, beforeAll, expect, test } from "vitest";
import { createDice } from "../kit/random-operation.ts";
import { countOf, SEED } from "../kit/seeds.ts";
import { sendFrames } from "./frames.ts";
import {
  type HostileGateway,
  KEY,
  LONGEST_BLOCK_MS,
  LONGEST_REFUSAL_BYTES,
  startHostileGateway,
} from "./hostile-gateway.ts";
import { sendRequest } from "./requests.ts";
import { overHttp, overSocket } from "./three-transports.ts";

let gateway: HostileGateway;

beforeAll(async () => {
  gateway = await startHostileGateway();
});

afterAll(() => gateway.close());

/** Runs as many as wanted, a few dozen at a time; each gets dice of its own, so that a number names what it did. */
async function storm(count: number, one: (seed: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await one(SEED * 1_000_000 + next);
    }
  };
  await Promise.all(Array.from({ length: 40 }, worker));
}

async function expectWell(): Promise<void> {
  expect(gateway.process.isAlive(), gateway.process.output.slice(-5).join("\n")).toBe(true);
  expect(await gateway.longestBlock()).toBeLessThan(LONGEST_BLOCK_MS);
  const operation = { family: "", query: "{ __typename }" };
  expect((await overHttp(gateway.process.origin, KEY, operation)).verdict).toBe("ok");
  expect((await overSocket(gateway.process.origin, KEY, operation)).verdict).toBe("ok");
}

test("frames of any kind before a socket is acknowledged end that socket and nothing else", async () => {
  await storm(countOf(3_000, 100_000), (seed) => sendFrames(gateway.process.origin, createDice(seed)));
  await expectWell();
}, 3_600_000);

test("requests of any kind get a short answer or are closed, and tell nothing of the machine", async () => {
  const found: string[] = [];
  await storm(countOf(1_500, 30_000), async (seed) => {
    const answer = await sendRequest(gateway.process.origin, createDice(seed));
    if (answer.length > LONGEST_REFUSAL_BYTES && !answer.includes("text/html"))
      found.push(`${seed}: ${answer.length} bytes`);
    const text = answer.toString("latin1");
    if (/ at .*\.[jt]s:\d+|node_modules|root:x:|"private": true/.test(text))
      found.push(`${seed}: ${text.slice(0, 300)}`);
    if (/ 500 /.test(text.split("\r\n")[0] ?? "")) found.push(`${seed}: ${text.slice(0, 300)}`);
  });
  expect(found).toEqual([]);
  await expectWell();
}, 3_600_000);
