import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { keyFor, startGateway, type TestGateway } from "../../kit/gateway.ts";
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

const QUERY = "query ($f: InboxFilter) { inbox(filter: $f) { nodes { id } } }";
const SUBSCRIPTION = "subscription ($f: EventFilter) { openLineEvents(filter: $f) { cursor } }";
const keys = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${at}`, at]));
const nested = (depth: number): unknown => (depth === 0 ? 1 : { a: nested(depth - 1) });

interface Told {
  readonly message: string;
  readonly extensions?: Record<string, unknown>;
}

/** What each transport says of the variables, with the length of the text. */
async function told(query: string, variables: Record<string, unknown>): Promise<{ errors: Told[]; length: number }[]> {
  const origin = new URL(gateway.url).origin;
  const socket = await connectSocket(origin, { key });
  const overSocket = await socket.ask(query, variables);
  await socket.close();
  const stream = await openEventStream(origin, query, { key, variables });
  await stream.ended;
  const answers: unknown[] = [overSocket, stream.results[0]];
  if (!query.startsWith("subscription")) answers.push(await gateway.graphql(query, variables));
  return answers.map((answer) => {
    const text = JSON.stringify(answer);
    return { errors: JSON.parse(text).errors, length: text.length };
  });
}

describe.each([QUERY, SUBSCRIPTION])("variables for %s", (query) => {
  test("of 60,000 unknown keys are refused by their number, on every transport", async () => {
    for (const { errors, length } of await told(query, { f: keys(60_000) })) {
      expect(errors).toEqual([
        expect.objectContaining({
          message: expect.stringContaining("at most 20,000 pass"),
          extensions: expect.objectContaining({
            code: "LIMIT_EXCEEDED",
            limit: "variableValues",
            maximum: 20_000,
            actual: 60_001,
          }),
        }),
      ]);
      expect(length).toBeLessThan(10_000);
    }
  });

  test("of 19,000 unknown keys get 20 errors that name the place and not the value", async () => {
    for (const { errors, length } of await told(query, { f: keys(19_000) })) {
      expect(errors).toHaveLength(20);
      expect(errors[0]).toMatchObject({
        message: expect.stringMatching(/^Variable "\$f" got an invalid value; Field "key0" is not defined/),
        extensions: { code: "BAD_USER_INPUT" },
      });
      expect(length).toBeLessThan(10_000);
    }
  });

  test.each([20, 21])("that nest %i deep are judged by their depth", async (depth) => {
    const limit = { code: "LIMIT_EXCEEDED", limit: "variableDepth", maximum: 20, actual: 21 };
    for (const { errors } of await told(query, { f: nested(depth - 1) })) {
      expect(errors[0]?.extensions).toMatchObject(depth > 20 ? limit : { code: "BAD_USER_INPUT" });
    }
  });

  test("that nest a hundred thousand deep harm nothing", async () => {
    const body = `{"query":${JSON.stringify(query)},"variables":{"f":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;
    const answer = await fetch(`${gateway.url}/stream`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", "x-api-key": key },
      body,
    });
    expect(await answer.text()).toContain('"limit":"variableDepth"');
    const socket = await connectSocket(new URL(gateway.url).origin, { key });
    const message = new Promise((resolve) =>
      socket.socket.once("message", (data) => resolve(JSON.parse(String(data)))),
    );
    socket.socket.send(`{"type":"subscribe","id":"deep","payload":${body}}`);
    expect(await message).toMatchObject({
      id: "deep",
      type: "error",
      payload: [{ extensions: { limit: "variableDepth" } }],
    });
    expect((await socket.ask("{ __typename }")).data).toEqual({ __typename: "Query" });
    await socket.close();
  });
});

test("a long value is not told whole", async () => {
  const secret = `${"x".repeat(500_000)}END`;
  for (const { errors, length } of await told("query ($n: Int) { inbox(first: $n) { nodes { id } } }", { n: secret })) {
    expect(errors[0]?.message).toMatch(
      /^Variable "\$n" got an invalid value; Int cannot represent non-integer value: "x{60}…"$/,
    );
    expect(length).toBeLessThan(2_000);
  }
  for (const { errors } of await told(`{ inbox(first: "${secret}") { nodes { id } } }`, {})) {
    expect(errors[0]).toMatchObject({ extensions: { code: "GRAPHQL_VALIDATION_FAILED" } });
    expect(errors[0]?.message.length).toBeLessThan(1_025);
    expect(errors[0]?.message).not.toContain("END");
  }
});

test("a document with a thousand faults gets 20 errors", async () => {
  const query = `{ viewer { ${Array.from({ length: 1_000 }, (_, at) => `nothing${at}`).join(" ")} } }`;
  for (const { errors } of await told(query, {})) {
    expect(errors).toHaveLength(20);
    expect(errors.at(-1)?.message).toContain("limit reached");
  }
});

test("one fault at a thousand places names ten of them", async () => {
  const query = `{ __typename(${"a: 1 ".repeat(1_000)}) }`;
  for (const { length } of await told(query, {})) expect(length).toBeLessThan(20_000);
});
