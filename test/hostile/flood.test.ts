import { afterAll, beforeAll, expect, test } from "vitest";
import { send } from "../kit/http-client.ts";
import { connectSocket } from "../kit/socket-client.ts";
import { until } from "../kit/until.ts";
import { type HostileGateway, KEY, OTHER_KEY, startHostileGateway } from "./hostile-gateway.ts";

const SOCKETS = 8;
const OPERATIONS = 20;

let gateway: HostileGateway;

beforeAll(async () => {
  gateway = await startHostileGateway();
});

afterAll(() => gateway.close());

let written = 0;

/** Valid, new each time, and as long to validate as one may be. */
function dearDocument(): string {
  written += 1;
  const level = (name: string, next: string): string =>
    Array.from({ length: 20 }, (_, at) => {
      const inner = Array.from({ length: 20 }, (_each, to) => `...${next}${to}`).join(" ");
      return `fragment ${name}${at} on Chat { ${next === "" ? "id title" : inner} }`;
    }).join(" ");
  const first = Array.from({ length: 20 }, (_, at) => `...A${at}`).join(" ");
  return `query Q${written} { chat(by: {id: 1}) { ${first} } } ${level("A", "B")} ${level("B", "C")} ${level("C", "")}`;
}

async function typename(): Promise<string> {
  const headers = { "content-type": "application/json", "x-api-key": OTHER_KEY };
  const body = JSON.stringify({ query: "{ __typename }" });
  return (await send(`${gateway.process.origin}/graphql`, { headers, body })).text;
}

test("while one key sends the dearest documents over many sockets at once, another's operations are among the next", async () => {
  const { origin } = gateway.process;
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => connectSocket(origin, { key: KEY })));
  let answered = 0;
  const flood = sockets.flatMap((socket) =>
    Array.from({ length: OPERATIONS }, () => socket.ask(dearDocument()).then(() => (answered += 1))),
  );
  await until(() => answered > 0);
  for (let question = 0; question < 5; question += 1) {
    const before = answered;
    expect(await typename()).toContain('"__typename":"Query"');
    // Those of a turn or two of the event loop, in place of all that were sent.
    expect(answered - before).toBeLessThan(20);
  }
  expect(answered).toBeLessThan(SOCKETS * OPERATIONS);
  await Promise.all(flood);
  await Promise.all(sockets.map((socket) => socket.close()));
});
