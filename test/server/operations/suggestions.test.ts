import { expect, test } from "vitest";
import { openEventStream } from "../../kit/event-stream-client.ts";
import { errorsOf, send } from "../../kit/http-client.ts";
import { startScriptedGateway } from "../../kit/scripted-gateway.ts";
import { connectSocket, type StreamResult } from "../../kit/socket-client.ts";

interface Mistake {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  /** The name in the schema that it comes close to. */
  readonly meant: string;
}

const mistakes: readonly Mistake[] = [
  { query: "{ viewr { user { id } } }", meant: '"viewer"' },
  { query: '{ chat(bye: {id: "1"}) { id } }', meant: '"by"' },
  { query: '{ chat(by: {ids: "1"}) { id } }', meant: '"id"' },
  { query: "query ($by: ChatLockup!) { chat(by: $by) { id } }", meant: '"ChatLookup"' },
  { query: "{ viewer { ... on Wiewer { user { id } } } }", meant: '"Viewer"' },
  { query: "subscription { openLineEvents(filter: { kinds: [MESSAGE_ADDE] }) { cursor } }", meant: '"MESSAGE_ADDED"' },
  { query: "query ($by: ChatLookup!) { chat(by: $by) { id } }", variables: { by: { ids: "1" } }, meant: '"id"' },
  {
    query: "subscription ($filter: EventFilter) { openLineEvents(filter: $filter) { cursor } }",
    variables: { filter: { kinds: ["MESSAGE_ADDE"] } },
    meant: '"MESSAGE_ADDED"',
  },
];

function textOf({ errors = [] }: StreamResult): string {
  return errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join(" ");
}

/** What each transport says about a mistake. HTTP carries no subscriptions. */
async function told(origin: string, { query, variables = {} }: Mistake): Promise<string[]> {
  const client = await connectSocket(origin);
  const bySocket = await client.ask(query, variables);
  await client.close();
  const stream = await openEventStream(origin, query, { variables });
  await stream.ended;
  const messages = [bySocket, ...stream.results].map(textOf);
  if (query.startsWith("subscription")) return messages;
  const overHttp = await send(`${origin}/graphql`, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  return [...messages, textOf({ errors: errorsOf(overHttp) })];
}

test("with introspection off no error tells names of the schema that come close to a mistake, over any transport", async () => {
  const { origin } = await startScriptedGateway({ GATEWAY_INTROSPECTION: "false" });
  for (const mistake of mistakes) {
    const messages = await told(origin, mistake);
    expect(messages, mistake.query).toHaveLength(mistake.query.startsWith("subscription") ? 2 : 3);
    for (const message of messages) {
      expect(message, mistake.query).toMatch(/GRAPHQL_VALIDATION_FAILED|BAD_USER_INPUT/);
      expect(message, mistake.query).not.toContain("Did you mean");
    }
  }
});

test("with introspection on each transport names what was probably meant", async () => {
  const { origin } = await startScriptedGateway({ GATEWAY_INTROSPECTION: "true" });
  for (const mistake of mistakes) {
    for (const message of await told(origin, mistake)) {
      expect(message, mistake.query).toContain("Did you mean");
      expect(message, mistake.query).toContain(mistake.meant);
    }
  }
});
