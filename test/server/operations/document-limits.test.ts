import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { keyFor, startGateway, type TestGateway } from "../../kit/gateway.ts";
import { startComputing } from "../../kit/own-time.ts";
import { connectSocket } from "../../kit/socket-client.ts";

let portal: RunningPortal;
let gateway: TestGateway;
let key: string;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal });
  const [first] = portal.users;
  if (first === undefined) throw new Error("the seed has nobody");
  key = gateway.keyOf(keyFor(first));
});
afterAll(async () => {
  await gateway.close();
  await portal.close();
});

const nesting = { code: "LIMIT_EXCEEDED", limit: "documentNesting", maximum: 40 };
const tokens = { code: "LIMIT_EXCEEDED", limit: "documentTokens", maximum: 5_000 };
const many = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, at) => text(at)).join(" ");

describe.each<[string, string, Record<string, unknown>]>([
  ["41 inline fragments deep", `{ viewer { ${"... { ".repeat(39)} __typename ${"}".repeat(39)} } }`, nesting],
  ["with fields 1,000 deep", `{ ${"viewer { ".repeat(1_000)} id ${"}".repeat(1_000)} }`, nesting],
  ["with lists 1,000 deep", `{ session(by: ${"[".repeat(1_000)}${"]".repeat(1_000)}) { id } }`, nesting],
  ["with types 1,000 deep", `query ($a: ${"[".repeat(1_000)}Int${"]".repeat(1_000)}) { __typename }`, nesting],
  ["of 200,000 equal arguments", `{ __typename(${"a:1 ".repeat(200_000)}) }`, tokens],
  ["of 50,000 aliases", `{ ${many(50_000, (at) => `a${at}: __typename`)} }`, tokens],
  ["of 30,000 directives", `{ __typename ${"@include(if: true) ".repeat(30_000)} }`, tokens],
  ["of 50,000 variable definitions", `query (${many(50_000, (at) => `$v${at}: Int`)}) { __typename }`, tokens],
  [
    "of a chain of 4,000 fragments",
    `{ ...f0 } ${many(4_000, (at) => `fragment f${at} on Query { ...f${at + 1} }`)} fragment f4000 on Query { __typename }`,
    tokens,
  ],
])("a document %s", (_what, query, extensions) => {
  const refusal = {
    message: expect.stringContaining(`at most ${Number(extensions.maximum).toLocaleString("en-US")} pass`),
    extensions,
  };

  test("is refused with 400 over HTTP, in little time and with few words", async () => {
    const computed = startComputing();
    const answer = await fetch(gateway.url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-api-key": key },
      body: JSON.stringify({ query }),
    });
    const text = await answer.text();
    expect([answer.status, JSON.parse(text).errors]).toEqual([
      400,
      [{ ...refusal, extensions: expect.objectContaining(extensions) }],
    ]);
    expect(text.length).toBeLessThan(2_000);
    expect(computed()).toBeLessThan(2_000);
  });

  test("is refused as event stream, and on a socket that goes on", async () => {
    const response = await fetch(`${gateway.url}/stream`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", "x-api-key": key },
      body: JSON.stringify({ query }),
    });
    expect(await response.text()).toContain(`"limit":"${extensions.limit}"`);
    const socket = await connectSocket(new URL(gateway.url).origin, { key });
    const stream = socket.open(query);
    await stream.ended;
    expect(stream.refused()).toMatchObject([refusal]);
    expect((await socket.ask("{ __typename }")).data).toEqual({ __typename: "Query" });
    await socket.close();
  });
});

test("brackets in strings and comments do not count", async () => {
  const query = `{ chat(by: {userCode: "${"{".repeat(100)}"}) { __typename } } # ${"{".repeat(100)}`;
  const answer = await gateway.graphql(query);
  expect(answer.errors?.[0]?.extensions.code).not.toBe("LIMIT_EXCEEDED");
});

test("a document at the limits is answered", async () => {
  const nested = `{ viewer { ${"... { ".repeat(38)} __typename ${"}".repeat(38)} } }`;
  expect((await gateway.graphql(nested)).data).toEqual({ viewer: { __typename: "Viewer" } });
  const ids = (count: number) => gateway.graphql(`{ users(ids: [${"1 ".repeat(count)}]) { id } }`);
  expect((await ids(4_988)).errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT");
  expect((await ids(4_989)).errors?.[0]?.extensions).toMatchObject({ ...tokens, actual: 5_001 });
});

test("a document that repeats one field until it cannot be compared says so", async () => {
  const answer = await gateway.graphql(`{ viewer { ${"kind ".repeat(4_000)} } }`);
  expect(answer.errors).toMatchObject([
    { message: expect.stringContaining("Select each once"), extensions: { code: "LIMIT_EXCEEDED" } },
  ]);
});
