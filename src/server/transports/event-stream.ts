import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type DocumentNode, getOperationAST } from "graphql";
import { z } from "zod";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import { type Identities, refusalStatus } from "../identity/identity.ts";
import type { OperationRunner, TransportOperation, TransportRequest } from "../operations/operation-runner.ts";
import { sendProblem } from "./http-errors.ts";

export interface EventStreamOptions {
  readonly path: string;
  readonly runner: OperationRunner;
  readonly identities: Identities;
  readonly clientAddress: ClientAddressOf;
  readonly maxStreams: number;
}

export interface EventStreams {
  openStreams(): number;
  /** Ends the streams; clients come back with their cursor. */
  close(): void;
}

const PING_MS = 12_000;
const requestShape = z.object({
  query: z.string().min(1),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
});

/**
 * Operations over server-sent events, for proxies that refuse WebSocket: the "distinct connections" mode of the GraphQL over SSE protocol,
 * one request for each operation. Written here because the library for it queues results without bound for a client that does not read.
 */
export function registerEventStream(server: FastifyInstance, options: EventStreamOptions): EventStreams {
  const open = new Set<() => void>();
  let closing = false;

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const accept = request.headers.accept;
    const refuse = (status: number, code: string, message: string): FastifyReply =>
      sendProblem(reply, { status, code, message }, accept);
    const decision = await options.identities.identify({
      headers: request.headers,
      ...options.clientAddress(request.raw),
    });
    if (decision.kind !== "identity") {
      return refuse(refusalStatus(decision), decision.code, decision.message);
    }
    if (accept === undefined || !accept.includes("text/event-stream")) {
      return refuse(
        406,
        "BAD_REQUEST",
        "This address answers with server-sent events only. Send Accept: text/event-stream.",
      );
    }
    const params = requestShape.safeParse(request.method === "GET" ? fromQuery(request.query) : request.body);
    if (!params.success) {
      return refuse(
        400,
        "BAD_REQUEST",
        'Send an object such as {"query": "subscription { openLineEvents { cursor } }"}.',
      );
    }
    if (open.size >= options.maxStreams) {
      return refuse(503, "LIMIT_EXCEEDED", "The gateway serves as many event streams as it may. Try again later.");
    }
    const { query, operationName, variables } = params.data;
    const prepared = options.runner.pipeline.prepare(query);
    const kind = prepared.kind === "valid" ? operationKind(prepared.document, operationName) : undefined;
    if (request.method === "GET" && kind === "mutation") {
      return refuse(405, "BAD_REQUEST", "A mutation must be sent with POST.");
    }
    reply.hijack();
    const stream = openStream(reply);
    if (prepared.kind === "invalid") {
      stream.begin();
      await stream.finish(new LiveResult({ errors: prepared.errors }));
      return reply;
    }
    const transportRequest: TransportRequest = { source: query, document: prepared.document, operationName, variables };
    await run(options.runner.begin(decision.identity, transportRequest), kind === "subscription", stream);
    return reply;
  }

  async function run(operation: TransportOperation, isSubscription: boolean, stream: OpenStream): Promise<void> {
    // From the start: what a client that has gone was still waiting for is not asked of the portal.
    stream.onClose(() => operation.end());
    const result = isSubscription ? await operation.subscribe() : await operation.execute();
    // Only now: a client that has seen the answer begin misses nothing that happens after.
    stream.begin();
    if (result instanceof LiveResult) {
      operation.end();
      await stream.finish(result);
      return;
    }
    const stop = (): void => {
      operation.end();
      result.close();
    };
    open.add(stop);
    stream.onClose(stop);
    try {
      await result.run(stream.next);
      // Cut off in place of completed when the gateway goes: client libraries then come back by themselves.
      if (closing) stream.cut();
      else await stream.finish();
    } finally {
      open.delete(stop);
      stop();
    }
  }

  server.get(options.path, handle);
  server.post(options.path, handle);
  return {
    openStreams: () => open.size,
    close() {
      closing = true;
      for (const stop of [...open]) stop();
    },
  };
}

interface OpenStream {
  /** Sends the headers, and a comment now and then from then on. */
  begin(): void;
  /** Resolves when the system took it, so that a client that does not read is not written to. Nothing happens once the client has gone. */
  next(result: LiveResult): Promise<void>;
  finish(last?: LiveResult): Promise<void>;
  /** Ends the connection without saying that the operation is complete. */
  cut(): void;
  onClose(closed: () => void): void;
}

function openStream(reply: FastifyReply): OpenStream {
  const { raw } = reply;
  const listeners = new Set<() => void>();
  let pinger: NodeJS.Timeout | undefined;
  raw.once("close", () => {
    clearInterval(pinger);
    for (const closed of listeners) closed();
  });
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (raw.destroyed || raw.writableEnded) resolve();
      else raw.write(text, () => resolve());
    });
  const next = (result: LiveResult): Promise<void> => write(`event: next\ndata: ${result.text}\n\n`);
  return {
    begin() {
      if (raw.destroyed) return;
      raw.writeHead(200, {
        ...corsHeaders(reply),
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        connection: "keep-alive",
      });
      pinger = setInterval(() => raw.write(":\n\n"), PING_MS);
      raw.write(":\n\n");
    },
    next,
    async finish(last) {
      if (last !== undefined) await next(last);
      await write("event: complete\ndata:\n\n");
      clearInterval(pinger);
      if (!raw.writableEnded) raw.end();
    },
    cut: () => void raw.destroy(),
    onClose(closed) {
      if (raw.destroyed) closed();
      else listeners.add(closed);
    },
  };
}

/** A hijacked reply no longer carries what plugins set; browsers need these. */
function corsHeaders(reply: FastifyReply): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (typeof value === "string" && (name === "vary" || name.startsWith("access-control-"))) headers[name] = value;
  }
  return headers;
}

/** GET carries variables as JSON text. */
function fromQuery(query: unknown): unknown {
  const fields = z.record(z.string(), z.unknown()).safeParse(query);
  if (!fields.success || typeof fields.data.variables !== "string") return query;
  try {
    return { ...fields.data, variables: JSON.parse(fields.data.variables) };
  } catch {
    return undefined;
  }
}

function operationKind(document: DocumentNode, operationName: string | null | undefined): string | undefined {
  return getOperationAST(document, operationName)?.operation;
}
