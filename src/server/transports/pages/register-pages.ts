import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ExplorerPerson } from "../../../config/explorer-people.ts";
import { sendProblem } from "../http-errors.ts";
import { EVENT_STREAM_PATH, EXPLORER_PATH, GRAPHQL_PATH } from "../paths.ts";
import { FIRST_OPERATION } from "./first-operation.ts";
import { type PageFiles, readPageFiles } from "./page-files.ts";
import { type PagePolicy, setPageHeaders } from "./page-headers.ts";
import { sendFile } from "./send-file.ts";

export interface PagesOptions {
  /** Whether the explorers are shown. */
  readonly explorer: boolean;
  /** As whom whoever opens an explorer may act: everybody who reaches the page can read their keys. */
  readonly people: readonly ExplorerPerson[];
  readonly files?: PageFiles;
}

const PAGES_PATH = "/pages";

/** The pages for people, served from the package itself: no request leaves for another host, Apollo Sandbox apart. */
export function registerPages(server: FastifyInstance, options: PagesOptions): void {
  const { explorer, people, files = readPageFiles() } = options;
  const page = (name: string, policy: PagePolicy) => (request: FastifyRequest, reply: FastifyReply) =>
    sendPage(files, name, policy, request, reply);

  for (const path of ["/favicon.svg", "/favicon.ico"]) server.get(path, page("favicon.svg", "plain"));
  if (!explorer) return;
  server.get("/", (_request, reply) => reply.redirect(GRAPHQL_PATH));
  server.get(EXPLORER_PATH, page("explorer/index.html", "explorer"));
  server.get<{ Params: { "*": string } }>(`${PAGES_PATH}/*`, (request, reply) =>
    page(request.params["*"], "explorer")(request, reply),
  );
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

/** A browser opens the address of the API; a query in the address is a request to the API. */
function opensInBrowser({ method, url, headers }: FastifyRequest): boolean {
  return method === "GET" && url === GRAPHQL_PATH && (headers.accept?.includes("text/html") ?? false);
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
