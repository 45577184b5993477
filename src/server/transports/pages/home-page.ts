import {
  EVENT_STREAM_PATH,
  EXPLORER_PATH,
  GRAPHQL_PATH,
  GUIDES_PATH,
  INBOX_PATH,
  SCHEMA_FILE_PATH,
  SCHEMA_PATH,
} from "../paths.ts";
import { type Html, html, htmlPage } from "./html.ts";

export interface HomePage {
  /** Hosts of the portals; none where whoever asks may not know. */
  readonly portals: readonly string[];
  /** As whom the request would act; undefined when it is nobody's. */
  readonly viewer: string | undefined;
  /** As how many people whoever opens the explorer may act. */
  readonly people: number;
  readonly explorer: boolean;
  readonly inbox: boolean;
  /** The schema may be seen by whoever asks. */
  readonly schema: boolean;
}

interface Way {
  readonly href: string;
  readonly title: string;
  readonly text: string;
}

/** What a person finds at the address of the gateway: what this is, whose portal, who one is, and where to go. */
export function homePage({ portals, viewer, people, explorer, inbox, schema }: HomePage): string {
  const ways: readonly Way[] = [
    ...(explorer ? EXPLORERS : []),
    ...(inbox ? INBOX : []),
    { href: GUIDES_PATH, title: "Guides", text: "First steps, live events, errors, settings" },
    ...(schema ? SCHEMA : []),
    { href: "/health", title: "Health", text: "Whether the process runs; /ready tells whether it can work" },
  ];
  return htmlPage(
    "Gateway",
    html`<h1>Bitrix24 Open Channels as GraphQL</h1>
<p class="lead">A gateway in front of a Bitrix24 portal: lines, chats, sessions, messages and live events as one typed API.</p>
<dl class="facts">
<dt>API</dt><dd><code>${GRAPHQL_PATH}</code> (HTTP and WebSocket), <code>${EVENT_STREAM_PATH}</code> (server-sent events)</dd>
${portals.length === 0 ? "" : html`<dt>Portal</dt><dd>${portals.join(", ")}</dd>`}
<dt>You</dt><dd>${viewer ?? html`Nobody yet: a request says who it is from with a key, <code>X-Api-Key</code>, or a token. <a href="${GUIDES_PATH}/identity">Who may do what</a>.${people === 0 ? "" : html` In the explorer and the inbox you can act as one of ${people} people.`}`}</dd>
</dl>
<h2>Where to go</h2>
<ul class="ways">${ways.map(wayItem)}</ul>`,
  );
}

const EXPLORERS: readonly Way[] = [
  { href: EXPLORER_PATH, title: "Explorer", text: "Try operations in the browser, with examples; needs no internet" },
  { href: GRAPHQL_PATH, title: "Apollo Sandbox", text: "The same with Apollo's tool, from Apollo's servers" },
];

const INBOX: readonly Way[] = [
  {
    href: INBOX_PATH,
    title: "Inbox",
    text: "An operator's and a supervisor's screen, made with this API: an example to copy",
  },
];

const SCHEMA: readonly Way[] = [
  { href: SCHEMA_PATH, title: "Schema", text: "All types and fields, with the REST methods they call" },
  { href: SCHEMA_FILE_PATH, title: "schema.graphql", text: "The same as a file, for code generators" },
];

function wayItem({ href, title, text }: Way): Html {
  return html`<li><a href="${href}"><strong>${title}</strong><span>${text}</span></a></li>`;
}
