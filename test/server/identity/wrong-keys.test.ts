import { Writable } from "node:stream";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createAddressRefusals } from "../../../src/server/identity/address-refusals.ts";
import { errorsOf } from "../../kit/http-client.ts";
import { startOwnClock } from "../../kit/own-time.ts";
import { eventually } from "../../kit/until.ts";
import { startTokenGateway, startTokenPortal, type TokenGateway } from "./token-gateway.ts";

const PROXY = "GATEWAY_TRUSTED_PROXIES";

/** A logger whose lines about refused identities are gathered. */
function refusalLog() {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  return {
    log: pino({ level: "warn" }, stream),
    refusals: () => lines.filter((line) => line.includes("A request was refused for who it is from")),
  };
}

function askWith(gateway: TokenGateway, key: string, address = "198.51.100.7") {
  return gateway.ask({ "x-api-key": key, "x-forwarded-for": address }, "{ __typename }");
}

async function startBehindProxy(log = pino({ level: "silent" })): Promise<TokenGateway> {
  return await startTokenGateway(await startTokenPortal({}), { [PROXY]: "127.0.0.1" }, log);
}

test("who tries many wrong keys waits longer and longer; his neighbour's right key is answered at once", async () => {
  const gateway = await startBehindProxy();
  const order: string[] = [];
  const wrong = Array.from({ length: 20 }, async (_, index) => {
    const answer = await askWith(gateway, `a-wrong-key-number-${index}`);
    order.push(String(answer.status));
  });
  // The first few are not held; the others wait their time.
  await eventually(() => expect(order.length).toBeGreaterThanOrEqual(5));
  const right = await askWith(gateway, "0123456789abcdef");
  expect(right.status).toBe(200);
  expect(order.length).toBeLessThan(20);
  await Promise.all(wrong);
  expect(new Set(order)).toEqual(new Set(["401"]));
});

test("of one address only so many wait; the others are told to come back, and other addresses are not hindered", async () => {
  const gateway = await startBehindProxy();
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => askWith(gateway, `wrong-key-${index}-of-many`)),
  );
  const told = answers.filter(({ status }) => status === 429);
  expect(told.length).toBeGreaterThan(20);
  expect(errorsOf(told[0] ?? { status: 0, headers: {}, text: "" })).toEqual([
    {
      message:
        "Too many wrong credentials come from this address: the answers to 20 of them wait already. A right one works at once.",
      extensions: {
        code: "LIMIT_EXCEEDED",
        limit: "wrongCredentialsOfAddress",
        maximum: 20,
        retryAfterMs: expect.any(Number),
      },
    },
  ]);
  const since = startOwnClock();
  expect((await askWith(gateway, "a-wrong-key-of-another", "203.0.113.9")).status).toBe(401);
  expect(since()).toBeLessThan(1_000);
});

test("wrong keys are logged with the address and their number, never with the key, and not line by line for ever", async () => {
  const { log, refusals } = refusalLog();
  const gateway = await startBehindProxy(log);
  await Promise.all(Array.from({ length: 100 }, (_, index) => askWith(gateway, `topsecret-${index}-of-many`)));
  const lines = refusals();
  expect(lines.map((line) => JSON.parse(line).refusals)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]);
  expect(JSON.parse(lines[0] ?? "{}")).toMatchObject({ address: "198.51.100.7", code: "UNAUTHENTICATED" });
  expect(lines.join()).not.toContain("topsecret");
});

test("who sends no key at all has tried nothing", async () => {
  const { log, refusals } = refusalLog();
  const gateway = await startBehindProxy(log);
  for (let count = 0; count < 12; count += 1) expect((await gateway.ask({}, "{ __typename }")).status).toBe(401);
  expect(refusals()).toEqual([]);
});

test("with more addresses than are remembered the longest quiet one is forgotten", () => {
  const refusals = createAddressRefusals();
  refusals.note("first");
  for (let count = 1; count <= 9_999; count += 1) refusals.note(`address ${count}`);
  expect(refusals.isSuspect("first")).toBe(true);
  refusals.note("one too many");
  expect(refusals.isSuspect("first")).toBe(false);
  expect(refusals.note("address 9999")).toBe(2);
});
