import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../simulator/portal.ts";
import { FIRST_OPERATION } from "../../src/server/transports/pages/first-operation.ts";
import { keyFor, startGateway, type TestGateway } from "../kit/gateway.ts";
import { connectSocket } from "../kit/socket-client.ts";

let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal });
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

test("parts of an operation can be left out with @include and @skip, over HTTP and on a socket", async () => {
  const [first] = portal.users;
  if (first === undefined) throw new Error("the seed has nobody");
  const key = keyFor(first);
  const query = `query ($with: Boolean!) {
    viewer { user { id name @include(if: $with) ... @skip(if: $with) { isExtranet } } }
  }`;
  const socket = await connectSocket(new URL(gateway.url).origin, { key: gateway.keyOf(key) });
  for (const [value, fields] of [
    [true, ["id", "name"]],
    [false, ["id", "isExtranet"]],
  ] as const) {
    const answer = await gateway.graphql(query, { with: value }, { key });
    expect(answer.errors).toBeUndefined();
    expect(Object.keys(answer.data.viewer.user)).toEqual(fields);
    expect((await socket.ask(query, { with: value })).data).toEqual(answer.data);
  }
  await socket.close();
});

test("the explorer's first operation answers without errors and tells what it cost", async () => {
  const operator = portal.users.find((user) => user.role === "operator");
  if (operator === undefined) throw new Error("the seed has no operator");
  const answer = await gateway.graphql(FIRST_OPERATION, {}, { key: keyFor(operator) });
  expect(answer.errors).toBeUndefined();
  expect(answer.status).toBe(200);
  expect(answer.data.viewer.user.name).toBe(operator.name);
  expect(answer.data.inbox.nodes.length).toBeGreaterThan(0);
  expect(answer.extensions.upstream.requests).toBeGreaterThan(0);
});
