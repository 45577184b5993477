import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { startGateway, type TestGateway } from "../../kit/gateway.ts";
import { errorsOf, send } from "../../kit/http-client.ts";
import { eventually } from "../../kit/until.ts";
import { openMessageSocket } from "../transports/message-socket.ts";

const CONDITIONAL: readonly (readonly [string, string, string])[] = [
  ["include", "on the field", "subscription ($w: Boolean!) { messageAdded @include(if: $w) { cursor } }"],
  ["skip", "on the field", "subscription ($w: Boolean!) { messageAdded @skip(if: $w) { cursor } }"],
  ["include", "with a fixed value", "subscription { messageAdded @include(if: true) { cursor } }"],
  ["include", "without a value", "subscription { messageAdded @include { cursor } }"],
  ["skip", "on an inline fragment", "subscription ($w: Boolean!) { ... @skip(if: $w) { messageAdded { cursor } } }"],
  [
    "include",
    "on a fragment's name",
    "subscription ($w: Boolean!) { ...F @include(if: $w) } fragment F on Subscription { messageAdded { cursor } }",
  ],
  [
    "include",
    "inside of a fragment",
    "subscription ($w: Boolean!) { ...F } fragment F on Subscription { messageAdded @include(if: $w) { cursor } }",
  ],
  [
    "skip",
    "inside of a fragment that spreads itself",
    "subscription ($w: Boolean!) { ...F } fragment F on Subscription { ...F messageAdded @skip(if: $w) { cursor } }",
  ],
];

let portal: RunningPortal;
let gateway: TestGateway;
let key: Record<string, string>;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal, keys: { plain: portal.users[1]?.webhookUrl ?? "" } });
  key = { "x-api-key": gateway.keyOf("plain") };
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

describe.each(CONDITIONAL)("a subscription whose field has @%s %s", (directive, _where, query) => {
  const words = `@${directive}`;
  const variables = { w: true };

  test("is an invalid document on a socket, and the socket's other operations go on", async () => {
    const socket = await openMessageSocket(new URL(gateway.url).origin, key);
    socket.send(
      { type: "subscribe", id: "conditional", payload: { query, variables } },
      { type: "subscribe", id: "other", payload: { query: "{ viewer { label } }" } },
    );
    await eventually(() => {
      expect(socket.about("conditional")).toMatchObject([
        {
          type: "error",
          payload: [{ message: expect.stringContaining(words), extensions: { code: "GRAPHQL_VALIDATION_FAILED" } }],
        },
      ]);
      expect(socket.about("other")).toMatchObject([
        { type: "next", payload: { data: { viewer: { label: "plain" } } } },
        { type: "complete" },
      ]);
    });
  });

  test("is an invalid document over HTTP", async () => {
    const answer = await send(gateway.url, {
      headers: { ...key, "content-type": "application/json" },
      body: JSON.stringify({ query, variables }),
    });
    expect(answer.status).toBe(400);
    expect(errorsOf(answer)).toMatchObject([
      { message: expect.stringContaining(words), extensions: { code: "GRAPHQL_VALIDATION_FAILED" } },
    ]);
  });

  test("is an invalid document on an event stream", async () => {
    const answer = await send(`${gateway.url}/stream`, {
      headers: { ...key, "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify({ query, variables }),
    });
    expect(answer.headers["content-type"]).toContain("text/event-stream");
    expect(answer.text).toContain("GRAPHQL_VALIDATION_FAILED");
    expect(answer.text).toContain(words);
  });
});

test("conditions below a subscription's field are no fault of it", async () => {
  const query =
    "subscription ($w: Boolean!) { messageAdded { cursor ... @skip(if: $w) { direction @include(if: $w) } } }";
  const answer = await send(gateway.url, {
    headers: { ...key, "content-type": "application/json" },
    body: JSON.stringify({ query, variables: { w: true } }),
  });
  // Valid, and on the wrong transport.
  expect(errorsOf(answer)).toMatchObject([
    { message: expect.stringContaining("need a stream"), extensions: { code: "BAD_REQUEST" } },
  ]);
});
