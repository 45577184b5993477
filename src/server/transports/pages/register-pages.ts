import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ExplorerPerson } from "../../../config/explorer-people.ts";
import { type IdentityDecision, refusalStatus } from "../../identity/identity.ts";
import { sendProblem, wantsPage } from "../http-errors.ts";
import {
  EVENT_STREAM_PATH,
  EXPLORER_PATH,
  GRAPHQL_PATH,
  GUIDES_PATH,
  INBOX_PATH,
  INTROSPECTION_FILE_PATH,
  SCHEMA_FILE_PATH,
  SCHEMA_PATH,
} from "../paths.ts";
import { FIRST_OPERATION } from "./first-operation.ts";
import { homePage } from "./home-page.ts";
import { builtPageFiles, type PageFiles } from "./page-files.ts";
import { type PagePolicy, setPageHeaders } from "./page-headers.ts";
import { sendFile } from "./send-file.ts";

export interface PagesOptions {
  /** Whether the explorers are shown. */
  readonly explorer: boolean;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  /** As whom whoever opens an explorer may act: everybody who reaches the page can read their keys. */
  readonly people: readonly ExplorerPerson[];
  /** Hosts of the portals that are served. */
  readonly portals: readonly string[];
  /** Address under which people reach the gateway; undefined: the one that each of them used. */
  readonly publicUrl: string | undefined;
  readonly identify: (request: FastifyRequest) => Promise<IdentityDecision>;
  readonly files?: PageFiles;
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => FastifyReply;

const PAGES_PATH = "/pages";
/** What pages are made of. Pages themselves have addresses of their own, some of them with conditions. */
const PARTS = /^(?:assets\/.+|site\.css|guides\.js|favicon\.svg)$/;
/** What guides show beside text. */
const PICTURES = /\.(?:svg|png)$/;

/** The pages for people, served from the package itself: no request leaves for another host, Apollo Sandbox apart. */
export function registerPages(server: FastifyInstance, options: PagesOptions): void {
  const { files = builtPageFiles() } = options;
  const page = (name: string, policy: PagePolicy): Handler => {
    return (request, reply) => sendPage(files, name, policy, request, reply);
  };
  for (const path of ["/favicon.svg", "/favicon.ico"]) server.get(path, page("favicon.svg", "plain"));
  server.get<{ Params: { "*": string } }>(`${PAGES_PATH}/*`, (request, reply) => {
    const name = request.params["*"];
    return page(PARTS.test(name) ? name : "", "explorer")(request, reply);
  });
  server.get("/", (request, reply) => sendHome(options, request, reply));
  registerGuides(server, page);
  registerSchema(server, options, page);
  if (options.explorer) registerExplorers(server, options, page);
  else sayAbsence(server, EXPLORER_PATH, "The explorer is switched off here: GATEWAY_EXPLORER is not true.");
  if (hasInbox(options)) registerInbox(server, options, page);
  else sayAbsence(server, INBOX_PATH, WITHOUT_INBOX);
}

const WITHOUT_INBOX =
  "The example inbox is shown where people can be chosen without a key of one's own, as in the demo: npm start without a portal, or GATEWAY_EXPLORER=true with GATEWAY_EXPLORER_PEOPLE.";

/** Who looks for a page that is not shown here is told how it would be. */
function sayAbsence(server: FastifyInstance, path: string, message: string): void {
  server.get(path, (request, reply) =>
    sendProblem(reply, { status: 404, code: "NOT_FOUND", message }, request.headers.accept),
  );
}

function registerGuides(server: FastifyInstance, page: (name: string, policy: PagePolicy) => Handler): void {
  server.get(GUIDES_PATH, page("docs/index.html", "plain"));
  server.get(`${GUIDES_PATH}/search.json`, page("docs/search.json", "plain"));
  server.get<{ Params: { "*": string } }>(`${GUIDES_PATH}/*`, (request, reply) => {
    const name = request.params["*"];
    return page(PICTURES.test(name) ? `docs/${name}` : `docs/${name}.html`, "plain")(request, reply);
  });
}

/** The schema, for whoever may ask for it with an introspection query. */
function registerSchema(
  server: FastifyInstance,
  options: PagesOptions,
  page: (name: string, policy: PagePolicy) => Handler,
): void {
  const pages: Readonly<Record<string, string>> = {
    [SCHEMA_PATH]: "docs/schema.html",
    [`${GUIDES_PATH}/schema-search.json`]: "docs/schema-search.json",
    [SCHEMA_FILE_PATH]: "schema.graphql",
    [INTROSPECTION_FILE_PATH]: "schema.json",
  };
  for (const [path, name] of Object.entries(pages)) {
    server.get(path, async (request, reply) => {
      const refusal = await schemaRefusal(options, request);
      if (refusal !== undefined) return sendProblem(reply, refusal, request.headers.accept);
      return page(name, "plain")(request, reply);
    });
  }
}

async function schemaRefusal({ introspection, people, identify }: PagesOptions, request: FastifyRequest) {
  if (!introspection) {
    const message = "This gateway does not tell its schema: GATEWAY_INTROSPECTION is not true.";
    return { status: 404, code: "NOT_FOUND", message };
  }
  // Whoever opens the explorer may act as one of them, and ask then.
  if (people.length > 0) return undefined;
  const decision = await identify(request);
  if (decision.kind !== "identity") {
    return { status: refusalStatus(decision), code: decision.code, message: decision.message };
  }
  if (decision.identity.rights.query) return undefined;
  return { status: 403, code: "FORBIDDEN", message: "This identity has no right to query (right: query)." };
}

function registerExplorers(
  server: FastifyInstance,
  { people }: PagesOptions,
  page: (name: string, policy: PagePolicy) => Handler,
): void {
  server.get(EXPLORER_PATH, page("explorer/index.html", "explorer"));
  server.get(`${PAGES_PATH}/settings.json`, (_request, reply) =>
    reply
      .header("cache-control", "no-store")
      .send({ graphqlPath: GRAPHQL_PATH, eventStreamPath: EVENT_STREAM_PATH, people, firstOperation: FIRST_OPERATION }),
  );
  const sandbox = page("sandbox/index.html", "sandbox");
  // Before anybody asks for a key: a browser that opens the address brings none.
  server.addHook("onRequest", async (request, reply) => {
    if (opensInBrowser(request)) return sandbox(request, reply);
  });
}

/** The example has no way to sign in: it is there where one may act as people of the demo. */
function hasInbox({ explorer, people }: PagesOptions): boolean {
  return explorer && people.length > 0;
}

function registerInbox(
  server: FastifyInstance,
  { publicUrl }: PagesOptions,
  page: (name: string, policy: PagePolicy) => Handler,
): void {
  const index = page("inbox/index.html", "inbox");
  server.get(INBOX_PATH, (request, reply) => {
    // Addresses of files begin with the public one, and the page may load nothing from another: `localhost` is another.
    if (publicUrl === undefined || new URL(publicUrl).host === request.headers.host) return index(request, reply);
    return reply.redirect(new URL(INBOX_PATH, publicUrl).href);
  });
  server.get<{ Params: { "*": string } }>(`${INBOX_PATH}/*`, (request, reply) =>
    page(`inbox/${request.params["*"]}`, "inbox")(request, reply),
  );
}

/** A browser opens the address of the API; a query in the address is a request to the API. */
function opensInBrowser({ method, url, headers }: FastifyRequest): boolean {
  return method === "GET" && url === GRAPHQL_PATH && wantsPage(headers.accept);
}

async function sendHome(options: PagesOptions, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { explorer, introspection, people, portals, identify } = options;
  const decision = await identify(request);
  const identity = decision.kind === "identity" ? decision.identity : undefined;
  const page = homePage({
    explorer,
    inbox: hasInbox(options),
    people: explorer ? people.length : 0,
    portals: explorer || identity !== undefined ? portals : [],
    viewer: identity === undefined ? undefined : viewerText(identity.viewer.kind, identity.viewer.label),
    schema: introspection && (people.length > 0 || identity !== undefined),
  });
  return setPageHeaders(reply, "plain", request.headers.host)
    .header("cache-control", "no-store")
    .header("content-type", "text/html; charset=utf-8")
    .send(page);
}

function viewerText(kind: string, label: string): string {
  return kind === "open" ? "This machine, which needs no key until the first one is made" : `${label} (${kind})`;
}

function sendPage(
  files: PageFiles,
  name: string,
  policy: PagePolicy,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const file = files.get(name);
  if (file !== undefined) return sendFile(request, setPageHeaders(reply, policy, request.headers.host), file);
  const message =
    files.size === 0
      ? "The pages of this gateway are not built: npm run build."
      : `There is nothing here; the API is at ${GRAPHQL_PATH}.`;
  return sendProblem(reply, { status: 404, code: "NOT_FOUND", message }, request.headers.accept);
}
