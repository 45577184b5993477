import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Credential } from "../methods/method.ts";
import { RestError } from "../rest-error.ts";
import { readCommands, runBatch } from "./batch.ts";
import type { Credentials } from "./credentials.ts";
import { type Engine, errorBody, execute, timeBlock } from "./execute.ts";
import type { Fault } from "./faults.ts";
import type { LeakyBucket } from "./leaky-bucket.ts";
import type { Params } from "./php-form.ts";
import { encodePhpJson } from "./php-json.ts";
import type { PortalSessions } from "./portal-sessions.ts";
import { readBody, readParams } from "./request-reading.ts";

export interface RestEndpoint {
  engine: Engine;
  credentials: Credentials;
  /** Who is logged in to the portal's own pages. */
  sessions: PortalSessions;
  /** Absent on portals without request limit. */
  bucket: LeakyBucket | undefined;
  /** What the portal can be told to do, beside faults and statistics, on its loopback-only addresses. */
  control: Control;
  /** Deliveries of events, for the statistics. */
  eventCounts(): unknown;
  resetStatistics(): void;
  /** Work of each HTTP request, milliseconds; requests run side by side. */
  requestMs: number;
}

/** A loopback-only command: undefined for an unknown one; an Error thrown is the sender's fault. */
export type Control = (command: string, body: unknown) => Promise<unknown> | undefined;

interface Target {
  method: string;
  webhook: { userId: number; code: string } | undefined;
}

interface Answer {
  status: number;
  body: string;
  contentType: string;
  headers?: Record<string, string>;
}

/** Reads `/rest/{user}/{secret}/{method}` or `/rest/{method}`, with or without `.json`. */
function targetOf(path: string): Target | undefined {
  const parts = path.split("/").filter((part) => part !== "");
  if (parts[0] !== "rest") return undefined;
  const method = decodeURIComponent(parts.at(-1) ?? "").replace(/\.json$/i, "");
  if (parts.length === 4) return { method, webhook: { userId: Number(parts[1]), code: parts[2] ?? "" } };
  return parts.length === 2 ? { method, webhook: undefined } : undefined;
}

const json = (status: number, body: unknown): Answer => ({
  status,
  body: encodePhpJson(body),
  contentType: "application/json; charset=utf-8",
});

const failed = (error: RestError): Answer => json(error.status, errorBody(error));

function authenticate(credentials: Credentials, target: Target, params: Params): Credential {
  if (target.webhook) return credentials.byWebhook(target.webhook.userId, target.webhook.code);
  const token = params.auth ?? params.access_token;
  return credentials.byToken(typeof token === "string" ? token : "");
}

function withoutAuth(params: Params): Params {
  const hidden = ["auth", "access_token", "auth_connector", "state", "ap", "aplogin"];
  return Object.fromEntries(Object.entries(params).filter(([key]) => !hidden.includes(key)));
}

async function run(endpoint: RestEndpoint, target: Target, params: Params): Promise<Answer> {
  const { engine, credentials } = endpoint;
  const startedAt = Date.now();
  const isBatch = target.method.toLowerCase() === "batch";
  let credential: Credential;
  try {
    credential = authenticate(credentials, target, params);
  } catch (error) {
    if (error instanceof RestError) return failed(error);
    throw error;
  }
  if (isBatch) {
    const result = await runBatch(engine, params, credential);
    const limiter = engine.limiter?.read(credential.id, "batch");
    return json(200, engine.faults.changeAnswer("batch", { result, time: timeBlock(startedAt, limiter) }));
  }
  const outcome = await execute(engine, target.method, withoutAuth(params), credential, new Map());
  if (!outcome.ok) return failed(outcome.error);
  return json(200, outcome.answer);
}

function send(response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body, "utf8");
  response.writeHead(answer.status, {
    "content-type": answer.contentType,
    "content-length": body.length,
    ...answer.headers,
  });
  response.end(body);
}

/** What the fault answers in place of the call; undefined when it wants the call executed. */
function answerOf(fault: Fault, originalUrl: string): Answer | undefined {
  switch (fault.kind) {
    case "http":
      return typeof fault.body === "string"
        ? { status: fault.status, body: fault.body, contentType: "text/html; charset=utf-8" }
        : json(fault.status, fault.body);
    case "redirect":
      return {
        status: fault.status ?? 302,
        body: "",
        contentType: "text/html",
        headers: { location: new URL(originalUrl, fault.to).href },
      };
    case "limit":
      return limitRefusal(fault.code === "OVERLOAD_LIMIT" ? "OVERLOAD_LIMIT" : "QUERY_LIMIT_EXCEEDED");
    default:
      return undefined;
  }
}

function limitRefusal(code: "QUERY_LIMIT_EXCEEDED" | "OVERLOAD_LIMIT"): Answer {
  const text = code === "QUERY_LIMIT_EXCEEDED" ? "Too many requests" : "REST API is blocked due to overload.";
  return json(503, { error: code, error_description: text });
}

function sendHalf(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const body = Buffer.from(answer.body, "utf8");
  response.writeHead(answer.status, { "content-type": answer.contentType, "content-length": body.length });
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => request.socket.end());
}

/** Serves one request of the REST interface; false when the path is none of it. */
export async function serveRest(
  endpoint: RestEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? "/", "http://portal");
  const target = targetOf(url.pathname);
  if (!target) return false;
  const { engine, bucket } = endpoint;
  const params = await readParams(request, url.search.slice(1), await readBody(request));
  const admitted = bucket?.admit() ?? true;
  engine.statistics.request(bucket?.level() ?? 0);
  if (!admitted) {
    engine.statistics.refusal();
    send(response, limitRefusal("QUERY_LIMIT_EXCEEDED"));
    return true;
  }
  const method = target.method.toLowerCase();
  const commands = method === "batch" ? readCommands(params.cmd).map((command) => command.method.toLowerCase()) : [];
  const concerned = [method, ...commands];
  const work = endpoint.requestMs + engine.faults.requestDelay(concerned);
  if (work > 0) await delay(work);
  await serveWithFault(endpoint, request, response, () => run(endpoint, target, params), concerned);
  return true;
}

async function serveWithFault(
  { engine }: RestEndpoint,
  request: IncomingMessage,
  response: ServerResponse,
  execution: () => Promise<Answer>,
  concerned: readonly string[],
): Promise<void> {
  const fault = engine.faults.forRequest(concerned);
  if (!fault) {
    send(response, await execution());
    return;
  }
  switch (fault.kind) {
    case "hang":
      return;
    case "resetBefore":
      request.socket.resetAndDestroy();
      return;
    case "resetAfter":
      await execution();
      request.socket.resetAndDestroy();
      return;
    case "cutBody":
      sendHalf(request, response, await execution());
      return;
    default: {
      const planned = answerOf(fault, request.url ?? "/");
      if (fault.kind === "limit") engine.statistics.refusal();
      send(response, planned ?? (await execution()));
    }
  }
}
