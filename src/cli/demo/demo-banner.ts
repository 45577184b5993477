import { EVENT_STREAM_PATH, EXPLORER_PATH, GUIDES_PATH, INBOX_PATH } from "../../server/transports/paths.ts";
import { type DemoPerson, firstPerson } from "./demo-people.ts";
import type { PortalReadiness } from "./simulated-portal.ts";

export interface DemoBanner {
  readonly portal: PortalReadiness;
  readonly people: readonly DemoPerson[];
  /** Address of the GraphQL endpoint. */
  readonly url: string;
  readonly pid: number | undefined;
}

const FIRST_QUERY = "{ viewer { user { name } } inbox(first: 3) { nodes { id chat { title state } } } }";
const FIRST_SUBSCRIPTION =
  "subscription { openLineEvents { __typename cursor ... on MessageAdded { content { text } } } }";

/** What a person who has just started the demo needs to know. */
export function demoBanner({ portal, people, url, pid }: DemoBanner): string {
  const first = firstPerson(people);
  const supervisor = people.find(({ user }) => user.role !== "operator") ?? first;
  const width = Math.max(...people.map(({ user }) => user.name.length));
  return [
    "",
    `GraphQL:          ${url}`,
    `Explorer:         ${new URL(EXPLORER_PATH, url).href}   (open it in a browser)`,
    `Inbox:            ${new URL(INBOX_PATH, url).href}   (an example of what to build with it)`,
    `Guides:           ${new URL(GUIDES_PATH, url).href}   (begin with "First ten minutes")`,
    `Gateway process:  ${pid}   (killed alone, it is started again; the portal lives on)`,
    `Simulated portal: ${portal.url}`,
    "",
    "Act as one of its people with the header X-Api-Key:",
    ...people.map(({ user, key }) => `  ${user.name.padEnd(width)}  ${user.role.padEnd(10)}  ${key}`),
    "",
    "A first query to paste into another terminal:",
    `  ${curl(url, first.key, FIRST_QUERY)}`,
    "",
    ...quietChatLines(portal, people, url),
    "A first subscription: in the explorer, or",
    `  ${curlStream(new URL(EVENT_STREAM_PATH, url).href, supervisor.key, FIRST_SUBSCRIPTION)}`,
    "",
    "Ctrl-C ends both.",
    "",
  ].join("\n");
}

/** Everything else in the portal may be taken by a simulated operator while one reads. */
function quietChatLines(portal: PortalReadiness, people: readonly DemoPerson[], url: string): string[] {
  const { quietChat } = portal;
  const person = people.find(({ user }) => user.id === quietChat?.operatorId);
  if (quietChat === null || person === undefined) return [];
  const { chatId, title } = quietChat;
  const answer = `mutation { chatAnswer(chatId: "${chatId}") { userErrors { code message } chat { state operator { name } } } }`;
  return [
    `Chat ${chatId}, "${title}", is yours: the simulated people leave it alone. ${person.user.name} takes it with`,
    `  ${curl(url, person.key, answer)}`,
    "Let its customer write:",
    `  curl -s ${portal.url}/__emit -d ${quoted({ count: 1, chatIds: [chatId], text: "Is anybody there?" })}`,
    "",
  ];
}

function curl(url: string, key: string, query: string): string {
  return `curl -s ${url} -H 'content-type: application/json' -H 'x-api-key: ${key}' -d ${quoted({ query })}`;
}

function curlStream(url: string, key: string, query: string): string {
  const headers = "-H 'content-type: application/json' -H 'accept: text/event-stream'";
  return `curl -N -s ${url} ${headers} -H 'x-api-key: ${key}' -d ${quoted({ query })}`;
}

function quoted(body: Readonly<Record<string, unknown>>): string {
  return `'${JSON.stringify(body)}'`;
}
