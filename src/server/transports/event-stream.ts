import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GraphQLError } from "graphql";
import { z } from "zod";
import type { Limits } from "../../config/limits.ts";
import { guard } from "../../process/guard.ts";
import { createLightSignal } from "../../process/light-signal.ts";
import { LiveResult } from "../../subscriptions/live/live-result.ts";
import { type ConnectionEnd, openConnection } from "../connections/connection.ts";
import type { ConnectionPlaces, Place } from "../connections/places.ts";
import type { Identities } from "../identity/identity.ts";
import { oversizedAnswer } from "../operations/answer-limits.ts";
import type { Accepted, Door } from "../operations/door.ts";
import { MUTATION_OVER_GET } from "../operations/refusal.ts";
import type { Authentication, Sender } from "./authentication.ts";
import { isPreflighted, POSSIBLE_FORGERY } from "./cross-site.ts";
import { gatherWrites, type ResultForm } from "./gathered-writes.ts";
import { sendProblem } from "./http-errors.ts";
import { reachedAt } from "./reached-at.ts";
import { createResultChunks } from "./result-chunks.ts";
import { DATA_HEADERS, SECURITY_HEADERS } from "./security-headers.ts";

export interface EventStreamOptions {
  readonly path: string;
  readonly door: Door;
  readonly authentication: Authentication;
  readonly identities: Identities;
  readonly places: ConnectionPlaces;
  readonly limits: Limits;
}

export interface EventStreams {
  openStreams(): number;
  /** Whoever asks from now on is to ask elsewhere, or later. */
  refuseNew(): void;
  /** Ends the streams; clients come back with their cursor. */
  close(): void;
}

const PING_MS = 12_000;
/** A client that does not read the end of its stream is cut off then. */
const CLOSING_MS = 1_000;
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
  const { door, authentication, places, limits } = options;
  const open = new Set<() => void>();
  const chunks = createResultChunks();
  let refusing = false;
  let closing = false;

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { accept } = request.headers;
    const refuse = (status: number, code: string, message: string): FastifyReply =>
      sendProblem(reply, { status, code, message }, accept);
    const sender = authentication.senderOf(request);
    if (sender === undefined) throw new Error("a stream of nobody");
    if (accept === undefined || !accept.includes("text/event-stream")) {
      return refuse(
        406,
        "BAD_REQUEST",
        "This address answers with server-sent events only. Send Accept: text/event-stream.",
      );
    }
    const isGet = request.method === "GET";
    if (isGet && !isPreflighted(request.headers)) return refuse(400, "BAD_REQUEST", POSSIBLE_FORGERY);
    const params = requestShape.safeParse(isGet ? fromQuery(request.query) : request.body);
    if (!params.success) return refuse(400, "BAD_REQUEST", sentenceFor(params.error.issues[0]?.path[0]));
    if (refusing) return refuse(503, "SERVICE_UNAVAILABLE", "The gateway restarts; connect again.");
    const place = places.enter(sender.identity.name);
    if (place === undefined) {
      const excess = places.excess(sender.identity.name);
      return sendProblem(reply, { status: 503, code: "LIMIT_EXCEEDED", ...excess }, accept);
    }

    await carry(request, reply, { sender, place, params: params.data, isGet });
    return reply;
  }

  async function carry(
    request: FastifyRequest,
    reply: FastifyReply,
    { sender, place, params, isGet }: Carried,
  ): Promise<unknown> {
    const { signal, abort: giveUp } = createLightSignal();
    const abort = guard("the end of an event stream", giveUp);
    let end: ConnectionEnd | undefined;
    const connection = openConnection({
      ...options,
      ...sender,
      place,
      ended(reason) {
        end = reason;
        abort();
      },
    });
    try {
      const { query, operationName, variables } = params;
      sender.gone.addEventListener("abort", abort);
      const accepted = await door.accept({
        transport: "event-stream",
        requestId: request.id,
        from: connection,
        reachedAt: reachedAt(request.headers),
        source: query,
        operationName,
        variables,
        gone: signal,
        declines: (kind) => (isGet && kind === "mutation" ? MUTATION_OVER_GET : undefined),
      });
      if (accepted.kind === "refused" && accepted.status === 405) {
        reply.header("allow", "POST");
        const problem = { status: 405, code: "BAD_REQUEST", message: MUTATION_OVER_GET.message };
        return sendProblem(reply, problem, request.headers.accept);
      }
      reply.hijack();
      const stream = openStream(reply, request.id, chunks);
      stream.onClose(abort);
      if (accepted.kind === "refused") {
        const { errors, extensions } = accepted;
        return await stream.finish(new LiveResult({ errors, extensions }));
      }
      await deliver(accepted, stream, abort);
      // Cut off in place of completed when the gateway goes: client libraries then come back by themselves.
      if (closing) return stream.cut();
      if (end === undefined) return await stream.finish();
      setTimeout(guard("an event stream that is not read", stream.cut), CLOSING_MS).unref();
      await stream.finish(lastResult(end, request.id));
    } finally {
      sender.gone.removeEventListener("abort", abort);
      connection.close();
    }
  }

  async function deliver(accepted: Accepted, stream: OpenStream, stop: () => void): Promise<void> {
    open.add(stop);
    try {
      // A client that has seen the answer begin misses nothing that happens after.
      await accepted.run(
        (result) => {
          const oversized = oversizedAnswer(result.bytes.length, accepted.kind, limits);
          if (oversized === undefined) return stream.next(result);
          return stream.next(new LiveResult({ data: null, errors: [door.shapeError(oversized, "none")] }));
        },
        () => stream.begin(),
      );
    } finally {
      open.delete(stop);
    }
  }

  function lastResult({ code, message }: ConnectionEnd, requestId: string): LiveResult {
    return new LiveResult({
      errors: [door.shapeError(new GraphQLError(message, { extensions: { code } }), requestId)],
    });
  }

  const onRequest = authentication.hook;
  server.get(options.path, { onRequest }, handle);
  server.post(options.path, { onRequest }, handle);
  return {
    openStreams: () => open.size,
    refuseNew() {
      refusing = true;
    },
    close() {
      refusing = true;
      closing = true;
      for (const stop of [...open]) stop();
    },
  };
}

/** What is wrong with a request's field. */
function sentenceFor(field: PropertyKey | undefined): string {
  switch (field) {
    case "variables":
      return "`variables` must be an object: no list, and no text except in an address.";
    case "operationName":
      return "`operationName` must be a text.";
    default:
      return 'Send an object such as {"query": "subscription { openLineEvents { cursor } }"}.';
  }
}

/** A request that is to be carried, with its place among the streams. */
interface Carried {
  readonly sender: Sender;
  readonly place: Place;
  readonly params: z.infer<typeof requestShape>;
  readonly isGet: boolean;
}

interface OpenStream {
  /** Sends the headers, and a comment now and then from then on. */
  begin(): void;
  /** For a client that does not read, resolves when the system took it, so that it is not written to. Nothing happens once the client has gone. */
  next(result: LiveResult): Promise<void> | undefined;
  finish(last?: LiveResult): Promise<void>;
  /** Ends the connection without saying that the operation is complete. */
  cut(): void;
  onClose(closed: () => void): void;
}

function openStream(reply: FastifyReply, requestId: string, chunks: ResultForm<boolean>): OpenStream {
  const { raw } = reply;
  const isOpen = (): boolean => !raw.destroyed && !raw.writableEnded;
  // Past the response, which would frame and encode each of them anew; in order with what it writes itself.
  const writes = gatherWrites(reply.request.socket, chunks, isOpen);
  let begun = false;
  const listeners = new Set<() => void>();
  let pinger: NodeJS.Timeout | undefined;
  const cut = (): void => {
    raw.destroy();
  };
  raw.once(
    "close",
    guard("the end of an event stream", () => {
      clearInterval(pinger);
      for (const closed of listeners) closed();
    }),
  );
  const write = (text: string): Promise<void> =>
    new Promise((resolve) => {
      writes.flush();
      if (isOpen()) raw.write(text, () => resolve());
      else resolve();
    });
  function begin(): void {
    if (begun || raw.destroyed) return;
    begun = true;
    raw.writeHead(200, {
      ...corsHeaders(reply),
      ...SECURITY_HEADERS,
      ...DATA_HEADERS,
      "x-request-id": requestId,
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
      connection: "keep-alive",
    });
    pinger = setInterval(
      guard("the heartbeat of an event stream", () => raw.write(":\n\n"), cut),
      PING_MS,
    );
    raw.write(":\n\n");
  }
  function next(result: LiveResult): Promise<void> | undefined {
    begin();
    if (!isOpen()) return undefined;
    // The answer to what the client asked for before on this connection is not over.
    if (raw.socket === null) return write(`event: next\ndata: ${result.bytes}\n\n`);
    return writes.add(result, raw.chunkedEncoding);
  }
  return {
    begin,
    next,
    async finish(last) {
      begin();
      if (last !== undefined) await next(last);
      await write("event: complete\ndata:\n\n");
      clearInterval(pinger);
      if (!raw.writableEnded) raw.end();
    },
    cut,
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
