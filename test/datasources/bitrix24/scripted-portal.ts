import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One HTTP request as the portal saw it. */
export interface SeenRequest {
  readonly path: string;
  /** The REST method of the request itself (`batch` for a batch). */
  readonly method: string;
  readonly body: Record<string, unknown>;
  /** Methods in order: the one, or those of the batch. */
  readonly commands: readonly string[];
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: string;
}

export type Step = (
  request: SeenRequest,
  response: ServerResponse,
  raw: IncomingMessage,
) => Reply | "handled" | Promise<Reply | "handled">;

export interface ScriptedPortal {
  readonly origin: string;
  readonly host: string;
  readonly requests: SeenRequest[];
  /** What each command answers; throwing `Refused` refuses it. */
  answer: (method: string, params: Record<string, string>) => unknown;
  /** Sees every request first; undefined leaves it to `next` and `answer`. */
  intercept: ((request: SeenRequest) => Reply | undefined) | undefined;
  /** Takes the next requests one by one, before the ordinary answers. */
  readonly next: Step[];
  latencyMs: number;
  /** What it says that a command of a batch took, in milliseconds; it tells nothing where that is undefined. */
  tookMs: (method: string, params: Record<string, string>) => number | undefined;
  close(): Promise<void>;
}

export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status = 400) {
    super(code);
    this.code = code;
    this.status = status;
  }
}

/** An HTTP server that answers REST calls and batches the way a portal does, as scripted by the test; it checks nothing. */
export async function startScriptedPortal(port = 0): Promise<ScriptedPortal> {
  const server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    request.on("end", () => void serve(request, response, text));
    request.on("error", () => {});
  });

  async function serve(raw: IncomingMessage, response: ServerResponse, text: string): Promise<void> {
    const path = raw.url ?? "";
    const method = (path.split("?")[0] ?? "").split("/").at(-1) ?? "";
    const body: Record<string, unknown> = text === "" ? {} : JSON.parse(text);
    const cmd = method === "batch" ? Object.entries(body.cmd ?? {}) : [];
    const seen = {
      path,
      method,
      body,
      commands: method === "batch" ? cmd.map(([, command]) => String(command).split("?")[0] ?? "") : [method],
    };
    portal.requests.push(seen);
    if (portal.latencyMs > 0) await new Promise((done) => setTimeout(done, portal.latencyMs));
    const intercepted = portal.intercept?.(seen);
    const step = intercepted === undefined ? portal.next.shift() : undefined;
    const reply = intercepted ?? (step === undefined ? ordinary(seen, cmd) : await step(seen, response, raw));
    if (reply === "handled") return;
    response.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers });
    response.end(reply.body);
  }

  function ordinary(seen: SeenRequest, cmd: [string, unknown][]): Reply {
    if (seen.method !== "batch") {
      const params = Object.fromEntries(Object.entries(seen.body).map(([key, value]) => [key, String(value)]));
      try {
        return { body: JSON.stringify({ result: portal.answer(seen.method, params), time: {} }) };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return { status: error.status, body: JSON.stringify({ error: error.code, error_description: "refused" }) };
      }
    }
    const results: Record<string, unknown> = {};
    const errors: Record<string, unknown> = {};
    const times: Record<string, unknown> = {};
    for (const [key, command] of cmd) {
      const [method = "", query = ""] = String(command).split(/\?(.*)/s);
      const resolved = query.replace(/\$result\[(\w+)\]\[(\w+)\]/g, (_all, from: string, field: string) => {
        const earlier = results[from];
        return typeof earlier === "object" && earlier !== null ? String(Reflect.get(earlier, field)) : "";
      });
      const params = Object.fromEntries(new URLSearchParams(resolved));
      try {
        results[key] = portal.answer(method, params);
        const tookMs = portal.tookMs(method, params);
        if (tookMs !== undefined) times[key] = { duration: tookMs / 1000 };
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        errors[key] = { error: error.code, error_description: "refused" };
      }
    }
    const map = (entries: Record<string, unknown>): unknown => (Object.keys(entries).length === 0 ? [] : entries);
    const result = {
      result: map(results),
      result_error: map(errors),
      result_total: [],
      result_next: [],
      result_time: map(times),
    };
    return { body: JSON.stringify({ result, time: {} }) };
  }

  await new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const { port: taken } = server.address() as AddressInfo;
  const portal: ScriptedPortal = {
    origin: `http://127.0.0.1:${taken}`,
    host: `127.0.0.1:${taken}`,
    requests: [],
    answer: (method, params) => ({ method, ...params }),
    intercept: undefined,
    next: [],
    latencyMs: 0,
    tookMs: () => undefined,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
  return portal;
}
