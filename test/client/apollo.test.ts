import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ApolloClient, gql, InMemoryCache } from "@apollo/client";
import { type DocumentNode, parse, separateOperations } from "graphql";
import { expect, test } from "vitest";
import { createOpenLinesLink, possibleTypes, typePolicies } from "../../client/src/apollo/main.ts";
import type { Gap } from "../../client/src/main.ts";
import { openGatewayOffice } from "../campaign/live/installed-portal.ts";
import { freePort } from "../kit/free-port.ts";
import { startGatewayProcess } from "../kit/gateway-process.ts";
import { eventually } from "../kit/until.ts";
import { createWriter, EVENTS, openClient } from "./listening.ts";
import { openOperatorScene } from "./operator.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** An Apollo Client of an operator who has dialogs. */
async function openApollo() {
  const { url, key, chatIds } = await openOperatorScene();
  const client = openClient({ url, identity: { apiKey: key } });
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: createOpenLinesLink(client),
  });
  return { apollo, chatIds };
}

interface Page {
  readonly [field: string]: {
    readonly nodes?: readonly { readonly id: string }[];
    readonly edges?: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  };
}

interface Conversation {
  readonly chat: {
    readonly messages: {
      readonly nodes: readonly { readonly id: string }[];
      readonly pageInfo: { readonly startCursor: string };
    };
  };
}

function idsOf({ nodes, edges }: NonNullable<Page[string]>): string[] {
  return (nodes ?? edges?.map(({ node }) => node) ?? []).map(({ id }) => id);
}

/** An operation of the examples. */
function example(file: string, name: string): DocumentNode {
  const text = readFileSync(join(ROOT, "examples", "operations", file), "utf8");
  const operation = separateOperations(parse(text))[name];
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
}

const EDGES = gql`
  query Lines($first: Int, $after: String) {
    openLines(first: $first, after: $after) {
      edges { node { id name } }
      pageInfo { endCursor hasNextPage }
    }
  }
`;
const NODES = gql`
  query Lines($first: Int, $after: String) {
    openLines(first: $first, after: $after) {
      nodes { id name }
      pageInfo { endCursor hasNextPage }
    }
  }
`;

test.each([
  ["the example of the inbox, which selects nodes", example("chats.graphql", "Inbox"), "inbox"],
  ["a list that selects nodes", NODES, "openLines"],
  ["a list that selects edges", EDGES, "openLines"],
])("%s keeps page 1 when page 2 comes", async (_what, query, field) => {
  const { apollo } = await openApollo();
  const first = (await apollo.query<Page>({ query, variables: { first: 2 } })).data?.[field];
  if (first === undefined) throw new Error("no page 1");
  expect([idsOf(first).length, first.pageInfo.hasNextPage]).toEqual([2, true]);
  const watched = apollo.watchQuery<Page>({ query, variables: { first: 2 } });
  const stop = watched.subscribe(() => {});
  await watched.fetchMore({ variables: { first: 2, after: first.pageInfo.endCursor } });
  const both = apollo.readQuery<Page>({ query, variables: { first: 2 } })?.[field];
  const ids = both === undefined ? [] : idsOf(both);
  expect(ids.slice(0, 2)).toEqual(idsOf(first));
  expect([ids.length, new Set(ids).size]).toEqual([4, 4]);
  stop.unsubscribe();
});

test("a conversation that is read backwards grows at its front", async () => {
  const { apollo, chatIds } = await openApollo();
  const query = gql`
    query Messages($id: ID!, $before: String) {
      chat(by: { id: $id }) {
        id
        messages(last: 2, before: $before) { nodes { id } pageInfo { startCursor hasPreviousPage } }
      }
    }
  `;
  const variables = { id: chatIds[0] };
  const newest = (await apollo.query<Conversation>({ query, variables })).data?.chat.messages;
  const watched = apollo.watchQuery<Conversation>({ query, variables });
  const stop = watched.subscribe(() => {});
  await watched.fetchMore({ variables: { before: newest?.pageInfo.startCursor } });
  const nodes = apollo.readQuery<Conversation>({ query, variables })?.chat.messages.nodes ?? [];
  const ids = nodes.map(({ id }) => Number(id));
  expect(ids.length).toBe(4);
  expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
  expect(ids.slice(2)).toEqual(newest?.nodes.map(({ id }) => Number(id)));
  stop.unsubscribe();
});

test("a subscription of Apollo Client gets each event once over a killed gateway, and the gap is told beside it", async () => {
  const office = await openGatewayOffice();
  const settings = office.settings(await freePort(), await office.dataDirectory());
  const first = await startGatewayProcess(settings);
  const sender = await office.install(first.origin);
  const [place] = office.places();
  if (place === undefined) throw new Error("a portal without chats");
  const writer = createWriter(first.origin, place, sender);
  const client = openClient({ url: `${first.origin}/graphql`, identity: { apiKey: office.key } });
  const gaps: [Gap, string | undefined][] = [];
  const apollo = new ApolloClient({
    cache: new InMemoryCache({ possibleTypes, typePolicies }),
    link: createOpenLinesLink(client, { gap: (gap, name) => gaps.push([gap, name]) }),
  });
  const { data } = await apollo.query<{ eventCursor: string }>({ query: gql`{ eventCursor }` });
  const texts: unknown[] = [];
  const events = apollo.subscribe<{ openLineEvents: { content: { text: string } } }>({
    query: gql(EVENTS),
    variables: { after: data?.eventCursor },
  });
  const stop = events.subscribe(({ data: result }) => texts.push(result?.openLineEvents.content.text));
  await writer.write(5);
  await eventually(() => expect(texts.length).toBe(5));
  await first.kill();
  const second = await startGatewayProcess(settings);
  await writer.write(4);
  await eventually(() => expect(texts.length).toBe(9));
  await writer.write(1);
  await eventually(() => expect(texts).toEqual(writer.taken));
  expect(gaps.map(([, name]) => name)).toEqual(["Events"]);
  stop.unsubscribe();
  await second.stop();
});

test("what caches must know of the schema is current", () => {
  const { status, stderr } = spawnSync(process.execPath, [join(ROOT, "scripts", "client-cache.mjs"), "--check"], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
});
