import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningPortal, startPortal } from "../../../simulator/portal.ts";
import { buildSchema } from "../../../src/resolvers/build-schema.ts";
import { createPipeline } from "../../../src/server/operations/pipeline.ts";
import { startGateway, type TestGateway } from "../../e2e/gateway.ts";
import { defaultLimits } from "../../kit/default-limits.ts";

let portal: RunningPortal;
let gateway: TestGateway;

beforeAll(async () => {
  portal = await startPortal({ size: 0.1 });
  gateway = await startGateway({ portal, env: { GATEWAY_INTROSPECTION: "false" } });
});

afterAll(async () => {
  await gateway.close();
  await portal.close();
});

const pipeline = createPipeline({
  schema: buildSchema(),
  introspection: false,
  limits: defaultLimits,
  log: { error: () => undefined },
});

test.each([
  "{ __typename }",
  "{ apiRevision { rest } }",
  "{ chat( }",
  "{ nothing }",
  "{ chat(by: {}) { id } }",
  "{ __schema { types { name } } }",
  "query A { ...F } fragment F on Query { ...F }",
  "query($unused: Int) { __typename }",
  "{ chat(by: {id: 1}) }",
  "subscription($w: Boolean!) { messageAdded @include(if: $w) { cursor } }",
])("Apollo and the pipeline by itself judge %s alike", async (source) => {
  const overHttp = await gateway.graphql(source);
  const direct = pipeline.prepare(source);
  const verdict =
    direct.kind === "valid" ? undefined : direct.errors.map(({ message, extensions }) => [message, extensions?.code]);
  expect(overHttp.errors?.map(({ message, extensions }) => [message, extensions.code])).toEqual(verdict);
});

test("a valid document is parsed once, an invalid one is never kept", () => {
  const first = pipeline.prepare("{ upstream { level } }");
  const second = pipeline.prepare("{ upstream { level } }");
  expect(first.kind).toBe("valid");
  expect(second).toEqual(first);
  expect(first.kind === "valid" && second.kind === "valid" && first.document === second.document).toBe(true);
  expect(pipeline.prepare("{ nothing }").kind).toBe("invalid");
  expect(pipeline.documents.find("{ nothing }")).toBeUndefined();
});

test("a document that was invalid over HTTP stays invalid when it is sent again", async () => {
  const verdicts = [await gateway.graphql("{ nothing }"), await gateway.graphql("{ nothing }")];
  expect(verdicts.map(({ errors }) => errors?.[0]?.extensions.code)).toEqual([
    "GRAPHQL_VALIDATION_FAILED",
    "GRAPHQL_VALIDATION_FAILED",
  ]);
});
