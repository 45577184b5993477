import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readFaults } from "./fault-list.ts";
import { serveTransfer } from "./file-transfer.ts";
import { serveFramePage } from "./frame-page.ts";
import { serveMedia } from "./media.ts";
import { exchangeToken } from "./oauth-endpoint.ts";
import { parsePhpForm } from "./php-form.ts";
import { encodePhpJson } from "./php-json.ts";
import { readBody, readParams } from "./request-reading.ts";
import { type RestEndpoint, serveRest } from "./rest-endpoint.ts";

export interface HttpOptions {
  host: string;
  port: number;
  accessTokenSeconds: number;
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8" });
  response.end(encodePhpJson(body));
}

function isLoopback(request: IncomingMessage): boolean {
  const address = request.socket.remoteAddress ?? "";
  return address === "::1" || address.replace("::ffff:", "").startsWith("127.");
}

async function serveControl(endpoint: RestEndpoint, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname: path, searchParams } = new URL(request.url ?? "/", "http://portal");
  const { faults, statistics } = endpoint.engine;
  if (!isLoopback(request)) return sendJson(response, 403, { message: "Only reachable on loopback" });
  switch (`${request.method} ${path}`) {
    case "GET /__faults":
      return sendJson(response, 200, faults.list());
    case "DELETE /__faults":
      faults.set([]);
      return sendJson(response, 200, []);
    case "POST /__faults":
      try {
        faults.set(readFaults(JSON.parse((await readBody(request)).toString("utf8"))));
        return sendJson(response, 200, faults.list());
      } catch (error) {
        return sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
      }
    case "GET /__frame":
      return serveFramePage(endpoint, searchParams, response);
    case "GET /__stats":
      return sendJson(response, 200, { ...statistics.read(), events: endpoint.eventCounts() });
    case "POST /__stats/reset":
      endpoint.resetStatistics();
      return sendJson(response, 200, statistics.read());
    default:
      return serveCommand(endpoint, `${request.method} ${path}`, request, response);
  }
}

async function serveCommand(
  endpoint: RestEndpoint,
  command: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const text = (await readBody(request)).toString("utf8");
    const body: unknown = text === "" ? {} : JSON.parse(text);
    const running = endpoint.control(command, body);
    if (running) return sendJson(response, 200, await running);
    return sendJson(response, 404, { message: "Not found" });
  } catch (error) {
    return sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
  }
}

async function serve(
  endpoint: RestEndpoint,
  options: HttpOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://portal");
  if (url.pathname.startsWith("/__")) return serveControl(endpoint, request, response);
  if (url.pathname === "/oauth/token" || url.pathname === "/oauth/token/") {
    const params = await readParams(request, url.search.slice(1), await readBody(request));
    const { credentials, engine } = endpoint;
    const answer = exchangeToken(credentials, engine.portal, options.accessTokenSeconds, params);
    return sendJson(response, answer.status, answer.body);
  }
  const query = parsePhpForm(url.search.slice(1));
  if (await serveTransfer(endpoint, url, query, request, response)) return;
  if (await serveRest(endpoint, request, response)) return;
  const { engine, sessions } = endpoint;
  if (serveMedia(engine.world, { sessions, portalUrl: engine.portal.url }, url, query, request, response)) return;
  response.writeHead(404, { "content-type": "text/html; charset=utf-8" });
  response.end("<html><body><h1>404 Not Found</h1></body></html>");
}

/** Listens and answers; resolves with the server once it does. */
export async function listen(options: HttpOptions, endpointOf: (port: number) => RestEndpoint): Promise<Server> {
  let endpoint: RestEndpoint | undefined;
  const server = createServer((request, response) => {
    if (!endpoint) {
      response.writeHead(503).end();
      return;
    }
    serve(endpoint, options, request, response).catch((error: unknown) => {
      if (response.headersSent) request.socket.destroy();
      else sendJson(response, 500, { error: "INTERNAL_SERVER_ERROR", error_description: String(error) });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, options.host, resolve);
  });
  endpoint = endpointOf(portOf(server.address()));
  return server;
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== "object" || address === null) throw new Error("The portal has no port");
  return address.port;
}
