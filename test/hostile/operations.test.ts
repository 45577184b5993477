import { afterAll, beforeAll, expect, test } from "vitest";
import { createDice } from "../kit/random-operation.ts";
import { countOf, SEED } from "../kit/seeds.ts";
import {
  type HostileGateway,
  KEY,
  LONGEST_BLOCK_MS,
  LONGEST_REFUSAL_BYTES,
  startHostileGateway,
} from "./hostile-gateway.ts";
import { type HostileOperation, hostileOperations, isSubscription } from "./operations.ts";
import { overEventStream, overHttp, overSocket, type Transport } from "./three-transports.ts";

const TRANSPORTS: readonly (readonly [string, Transport])[] = [
  ["HTTP", overHttp],
  ["WebSocket", overSocket],
  ["event stream", overEventStream],
];

let gateway: HostileGateway;

beforeAll(async () => {
  gateway = await startHostileGateway();
});

afterAll(() => gateway.close());

/** What is wrong with what an operation got. */
async function faultsOf(operation: HostileOperation): Promise<string[]> {
  const faults: string[] = [];
  const verdicts: string[] = [];
  for (const [name, ask] of TRANSPORTS) {
    const { verdict, bytes } = await ask(gateway.process.origin, KEY, operation);
    verdicts.push(verdict);
    if (verdict !== "ok" && bytes > LONGEST_REFUSAL_BYTES) faults.push(`${name} answers ${bytes} bytes`);
    const blocked = await gateway.longestBlock();
    if (blocked > LONGEST_BLOCK_MS) faults.push(`${name} blocks for ${Math.round(blocked)} ms`);
  }
  // Over HTTP a subscription is refused with the addresses that serve it.
  const differ = new Set(verdicts).size > 1 && !isSubscription(operation);
  if (differ || verdicts.some((verdict) => NO_VERDICT.test(verdict))) faults.push(verdicts.join(" / "));
  return faults;
}

const NO_VERDICT = /NO_CODE|INTERNAL|no GraphQL|closed with 10(06|11)/;

test("hostile operations get the same verdict on all transports, soon and in few words, and the process lives", async () => {
  const found: string[] = [];
  for (const operation of hostileOperations(createDice(SEED), countOf(150, 4_000))) {
    for (const fault of await faultsOf(operation)) {
      found.push(`${operation.family}: ${fault}: ${JSON.stringify(operation.query)?.slice(0, 120)}`);
    }
    if (!gateway.process.isAlive()) throw new Error(`It ended: ${gateway.process.output.slice(-5).join("\n")}`);
  }
  expect(found).toEqual([]);
}, 3_600_000);
