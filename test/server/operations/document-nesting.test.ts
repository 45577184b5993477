import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { connectSocket } from "../../campaign/live/socket-client.ts";
import { keyFor, startGateway, type TestGateway } from "../../e2e/gateway.ts";

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

describe.each([
  ["inline fragments", (depth: number) => `{ viewer { ${"... { ".repeat(depth)} __typename ${"}".repeat(depth)} } }`],
  ["fields", (depth: number) => `{ ${"viewer { ".repeat(depth)} id ${"}".repeat(depth)} }`],
  ["lists", (depth: number) => `{ session(by: ${"[".repeat(depth)}${"]".repeat(depth)}) { id } }`],
  ["types", (depth: number) => `query ($a: ${"[".repeat(depth)}Int${"]".repeat(depth)}) { __typename }`],
])("a document that nests %s twenty thousand deep", (_what, nested) => {
  const refusal = { message: expect.stringMatching(/nests deeper than 300/), extensions: { code: "BAD_REQUEST" } };

  test("is refused with 400 over HTTP", async () => {
    const answer = await gateway.graphql(nested(20_000));
    expect(answer.status).toBe(400);
    expect(answer.errors).toMatchObject([refusal]);
  });

  test("is refused as event stream, and on a socket that goes on", async () => {
    const response = await fetch(`${gateway.url}/stream`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream", "x-api-key": key },
      body: JSON.stringify({ query: nested(20_000) }),
    });
    expect(await response.text()).toMatch(/nests deeper than 300/);
    const socket = await connectSocket(new URL(gateway.url).origin, { key });
    const stream = socket.open(nested(20_000));
    await stream.ended;
    expect(stream.refused()).toMatchObject([refusal]);
    expect((await socket.ask("{ __typename }")).data).toEqual({ __typename: "Query" });
    await socket.close();
  });
});

test("a document that nests as deep as real ones never do is answered", async () => {
  const answer = await gateway.graphql(`{ viewer { ${"... { ".repeat(290)} __typename ${"}".repeat(290)} } }`);
  expect(answer.data).toEqual({ viewer: { __typename: "Viewer" } });
});
