import type { GraphQLFormattedError } from "graphql";
import { describe, expect, it, onTestFinished } from "vitest";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { freePort } from "../../kit/free-port.ts";
import { askOverHttp, startGatewayHere } from "../../kit/gateway-here.ts";
import { connectSocket } from "../../kit/socket-client.ts";
import { openGatewayOffice } from "./installed-portal.ts";

/** What a client is told, but for the sentences: two of them are Apollo's own over HTTP. */
interface Verdict {
  readonly data: unknown;
  readonly errors: readonly Omit<GraphQLFormattedError, "message">[];
}

interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** Codes of the errors; none for a document that is answered. */
  readonly codes: readonly string[];
}

const operations: readonly Case[] = [
  { name: "a query", query: "{ __typename }", codes: [] },
  {
    name: "one of two operations by name",
    query: "query A { __typename } query B { eventCursor }",
    codes: ["OPERATION_RESOLUTION_FAILURE"],
  },
  { name: "nothing", query: "   ", codes: ["GRAPHQL_PARSE_FAILED"] },
  { name: "a syntax error", query: "{ __typename", codes: ["GRAPHQL_PARSE_FAILED"] },
  { name: "an unknown field", query: "{ nothing }", codes: ["GRAPHQL_VALIDATION_FAILED"] },
  {
    name: "two unknown fields",
    query: "{ nothing\n  naught }",
    codes: ["GRAPHQL_VALIDATION_FAILED", "GRAPHQL_VALIDATION_FAILED"],
  },
  {
    name: "a variable that is not given",
    query: "query ($id: ID!) { chat(by: { id: $id }) { id } }",
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "a variable of a wrong type",
    query: "query ($by: ChatLookup!) { chat(by: $by) { id } }",
    variables: { by: { id: ["1", "2"] } },
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "an argument that a resolver refuses",
    query: "query ($id: ID!) { chat(by: { id: $id }) { id } }",
    variables: { id: "none" },
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "a chat that does not exist",
    query: 'query { chat(by: { id: "999999999" }) { id title } }',
    codes: ["NOT_FOUND_OR_FORBIDDEN"],
  },
];

const subscriptions: readonly Case[] = [
  {
    name: "a cursor that is none",
    query: 'subscription { openLineEvents(after: "x") { cursor } }',
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "an empty list in a filter",
    query: "subscription { openLineEvents(filter: { lineIds: [] }) { cursor } }",
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "an unknown kind",
    query: "subscription { openLineEvents(filter: { kinds: [NOTHING] }) { cursor } }",
    codes: ["GRAPHQL_VALIDATION_FAILED"],
  },
  {
    name: "a wrong variable",
    query: "subscription ($filter: EventFilter) { openLineEvents(filter: $filter) { cursor } }",
    variables: { filter: { nothing: 1 } },
    codes: ["BAD_USER_INPUT"],
  },
  {
    name: "two fields",
    query: "subscription { openLineEvents { cursor } messageAdded { cursor } }",
    codes: ["GRAPHQL_VALIDATION_FAILED"],
  },
];

function verdict({ data, errors }: { data?: unknown; errors?: readonly GraphQLFormattedError[] }): Verdict {
  return { data: data ?? null, errors: (errors ?? []).map(({ message: _message, ...rest }) => rest) };
}

async function start(more: Readonly<Record<string, string>> = {}) {
  const office = await openGatewayOffice();
  const origin = await startGatewayHere(office.settings(await freePort(), await office.dataDirectory(), more));
  const { key } = office;
  await office.install(origin);
  const client = await connectSocket(origin, { key });
  onTestFinished(() => client.close());
  return { origin, key, client };
}

function codesOf({ errors }: Verdict): unknown[] {
  return errors.map(({ extensions }) => extensions?.code);
}

async function overEvents(origin: string, key: string, { query, variables }: Case): Promise<Verdict> {
  const stream = await openEventStream(origin, query, { key, ...(variables === undefined ? {} : { variables }) });
  await stream.ended;
  expect(stream.isComplete()).toBe(true);
  return verdict(stream.results[0] ?? {});
}

describe("a document gets the same verdict", () => {
  it("as a query over HTTP, WebSocket and server-sent events: the same data, and errors of the same code at the same place", async () => {
    const { origin, key, client } = await start();
    for (const each of operations) {
      const overHttp = verdict(await askOverHttp(origin, key, each.query, each.variables));
      expect(codesOf(overHttp), each.name).toEqual(each.codes);
      expect(verdict(await client.ask(each.query, each.variables)), `${each.name}, by socket`).toEqual(overHttp);
      expect(await overEvents(origin, key, each), `${each.name}, by events`).toEqual(overHttp);
    }
  });

  it("as a subscription over WebSocket and server-sent events", async () => {
    const { origin, key, client } = await start();
    for (const each of subscriptions) {
      const bySocket = verdict(await client.ask(each.query, each.variables));
      expect(codesOf(bySocket), each.name).toEqual(each.codes);
      expect(await overEvents(origin, key, each), `${each.name}, by events`).toEqual(bySocket);
    }
  });

  it("when it is too large: refused with 413 over HTTP and as event stream, the socket closed with 1009", async () => {
    const { origin, key, client } = await start({ GATEWAY_MAX_BODY_BYTES: "2048" });
    const query = `{ __typename ${"#".repeat(3_000)}\n }`;
    const { status, errors } = await askOverHttp(origin, key, query);
    expect(status).toBe(413);
    const stream = await openEventStream(origin, query, { key });
    await stream.ended;
    expect(stream.status).toBe(413);
    const told: { errors: unknown } = JSON.parse(stream.text());
    expect(told.errors).toEqual(errors);
    client.open(query);
    expect((await client.closed).code).toBe(1009);
  });
});
