import type { IncomingHttpHeaders, IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type ExecutionArgs, GraphQLError, type GraphQLFormattedError } from "graphql";
import { CloseCode, handleProtocols, makeServer } from "graphql-ws";
import type { Logger } from "pino";
import { type RawData, type WebSocket, WebSocketServer } from "ws";
import type { Limits } from "../../config/limits.ts";
import type { Guard } from "../../process/guard.ts";
import type { ClientAddress, ClientAddressOf } from "../identity/client-address.ts";
import type { Identities } from "../identity/identity.ts";
import type { OperationRunner, TransportOperation } from "../operations/operation-runner.ts";
import { operationProblem } from "../operations/pipeline.ts";
import { nestsDeeper } from "./json-depth.ts";
import { createOpeningFrames } from "./opening-frame.ts";
import { createOperationNames, type OperationNames } from "./operation-names.ts";
import { deliver, pong, readingWhileRead, type StartedOperation, send } from "./socket-delivery.ts";

export interface WebSocketOptions {
  readonly path: string;
  readonly runner: OperationRunner;
  readonly identities: Identities;
  readonly clientAddress: ClientAddressOf;
  readonly isAllowedOrigin: (origin: string, host: string | undefined) => boolean;
  readonly maxMessageBytes: number;
  readonly limits: Pick<Limits, "initBytes" | "initDepth">;
  readonly maxOperationsPerSocket: number;
  readonly maxSockets: number;
  readonly guard: Guard;
  readonly log: Logger;
}

export interface WebSocketTransport {
  openSockets(): number;
  /** Closes the sockets with 1001, spread over the time so that clients do not all come back at once. */
  close(spreadMs: number): Promise<void>;
}

interface Extra {
  readonly socket: WebSocket;
  /** Of the upgrade request, then with those of `connection_init`. */
  headers: IncomingHttpHeaders;
  readonly from: ClientAddress;
  readonly names: OperationNames;
  /** By name, until they are over or the client has completed them. */
  readonly operations: Map<string, TransportOperation>;
  /** It is known who this is. */
  acknowledged: boolean;
}

const INIT_WAIT_MS = 10_000;
const PING_MS = 12_000;
/** Final for client libraries: unlike 4403, nobody tries again after it by himself. */
const UNAUTHORIZED = 4401;
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
const CLOSING_MS = 1_000;
/** Read in place of a message that was parsed already. */
const PARSED = "0";

/** `graphql-transport-ws` for queries, mutations and subscriptions, with the pipeline, identity and limits of HTTP. */
export function attachWebSocket(server: Server, options: WebSocketOptions): WebSocketTransport {
  const { runner, guard } = options;
  /** What graphql-ws reads next: parsed already, so that nothing is read twice or written again. */
  let reading: unknown;
  const startedBy = new WeakMap<ExecutionArgs, StartedOperation>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxMessageBytes,
    autoPong: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });

  const protocol = makeServer<Record<string, unknown> | undefined, Extra>({
    connectionInitWaitTimeout: INIT_WAIT_MS,
    jsonMessageReviver: () => reading,
    async onConnect({ extra, connectionParams }) {
      extra.headers = withInitHeaders(extra.headers, connectionParams);
      const decision = await options.identities.identify({ headers: extra.headers, ...extra.from });
      if (decision.kind === "identity") {
        extra.acknowledged = true;
        return true;
      }
      extra.socket.close(UNAUTHORIZED, closeReason(decision.message));
      return false;
    },
    async onSubscribe({ extra, subscriptions }, name, payload) {
      const { query, operationName, variables } = payload;
      const decision = await options.identities.identify({ headers: extra.headers, ...extra.from });
      if (decision.kind !== "identity") return [problem(decision.message, decision.code)];
      // Completed while it was asked who this is.
      if (!(name in subscriptions)) return [problem("Completed before it began.", "BAD_REQUEST")];
      // Counts this one, and no longer what the client has just completed.
      if (Object.keys(subscriptions).length > options.maxOperationsPerSocket) {
        return [
          problem(
            `A socket carries at most ${options.maxOperationsPerSocket} operations at once. Complete one first.`,
            "LIMIT_EXCEEDED",
          ),
        ];
      }
      const prepared = runner.pipeline.prepare(query);
      if (prepared.kind === "invalid") return prepared.errors.map(revive);
      const { document } = prepared;
      // graphql-ws would refuse it after we have begun, and never tell that it is over.
      const unnamed = operationProblem(document, operationName);
      if (unnamed !== undefined) return [unnamed];
      const operation = runner.begin(decision.identity, { source: query, document, operationName, variables });
      extra.operations.set(name, operation);
      const args = { schema: runner.pipeline.schema, document, operationName: operationName ?? null };
      startedBy.set(args, { operation, socket: extra.socket, id: extra.names.idOf(name) ?? name });
      return args;
    },
    async execute(args) {
      const started = startedBy.get(args);
      return started === undefined ? {} : deliver(started, await started.operation.execute());
    },
    async subscribe(args) {
      const started = startedBy.get(args);
      return started === undefined ? {} : deliver(started, await started.operation.subscribe());
    },
    onComplete: ({ extra }, name) => end(extra, name),
  });

  sockets.on("connection", (socket: WebSocket, request: IncomingMessage) => {
    const names = createOperationNames();
    const from = options.clientAddress(request);
    const extra: Extra = { socket, headers: request.headers, from, names, operations: new Map(), acknowledged: false };
    const broken = (): void => socket.close(INTERNAL_ERROR, "Internal error");
    const refuse = (reason: string): void => {
      socket.close(CloseCode.BadRequest, closeReason(reason));
      // One that does not answer the closing is not listened to any longer.
      setTimeout(
        guard("a socket that was refused", () => socket.terminate()),
        CLOSING_MS,
      ).unref();
    };
    const stopPinging = keepAlive(socket, guard);
    const answer = readingWhileRead(socket);
    const opening = createOpeningFrames(options.limits);
    request.socket.on(
      "data",
      guard(
        "bytes of a socket",
        (data: Buffer) => {
          if (extra.acknowledged || socket.readyState !== socket.OPEN) return;
          const refusal = opening.received(data.length);
          if (refusal !== undefined) refuse(refusal);
        },
        broken,
      ),
    );
    socket.on(
      "ping",
      guard("a socket's ping", (data: Buffer) => answer(pong(socket, data)), broken),
    );

    async function receive(text: string, handle: (message: string) => Promise<void>): Promise<void> {
      if (socket.readyState !== socket.OPEN) return;
      const refusal = extra.acknowledged ? undefined : opening.message(text);
      if (refusal !== undefined) return refuse(refusal);
      const sent = parsed(text);
      if (sent === undefined) return refuse("Invalid message received");
      const message = names.fromClient(sent.message);
      switch (message.kind) {
        case "late":
          return;
        case "id-in-use":
          return socket.close(
            CloseCode.SubscriberAlreadyExists,
            closeReason(`Subscriber for ${message.id} already exists`),
          );
        case "completed":
          // By itself graphql-ws would let a query or a mutation run on.
          end(extra, message.name);
          break;
        case "message":
          // What is echoed would be written by a recursion.
          if (message.name === undefined && nestsDeeper(text, options.limits.initDepth)) {
            return refuse(`Such a message may nest ${options.limits.initDepth} deep`);
          }
          break;
        default:
          return message satisfies never;
      }
      reading = message.message;
      await handle(PARSED);
    }

    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => {
          const told = names.toClient(message);
          return told === undefined ? Promise.resolve() : answer(send(socket, told));
        },
        close: (code, reason) => socket.close(code, reason === undefined ? undefined : closeReason(reason)),
        onMessage: (handle) => {
          socket.on(
            "message",
            guard(
              "a socket's message",
              (data: RawData) =>
                receive(String(data), handle).catch((error: unknown) => {
                  // A socket that broke while it was written to is not a fault.
                  if (socket.readyState === socket.OPEN) throw error;
                }),
              broken,
            ),
          );
        },
      },
      extra,
    );
    socket.on("error", () => socket.terminate());
    socket.once(
      "close",
      guard("the end of a socket", (code: number, reason: Buffer) => {
        stopPinging();
        for (const operation of extra.operations.values()) operation.end();
        return closed(code, String(reason));
      }),
    );
  });

  /** The HTTP status that refuses an upgrade, or undefined. */
  function refusalOf(request: IncomingMessage): string | undefined {
    if ((request.url ?? "").split("?")[0] !== options.path) return "404 Not Found";
    const { origin, host } = request.headers;
    // Browsers let any page open a socket; they only tell where the page is from.
    if (origin !== undefined && !options.isAllowedOrigin(origin, host)) return "403 Forbidden";
    return sockets.clients.size >= options.maxSockets ? "503 Service Unavailable" : undefined;
  }

  const upgrade = guard("an upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const refusal = refusalOf(request);
    if (refusal !== undefined) refuseUpgrade(stream, refusal);
    else sockets.handleUpgrade(request, stream, head, (socket) => sockets.emit("connection", socket, request));
  });
  server.on("upgrade", upgrade);

  return {
    openSockets: () => sockets.clients.size,
    async close(spreadMs) {
      server.off("upgrade", upgrade);
      const open = [...sockets.clients];
      await Promise.all(
        open.map(
          (socket) =>
            new Promise<void>((done) => {
              socket.once("close", () => done());
              setTimeout(() => {
                socket.close(GOING_AWAY, "The gateway restarts; connect again");
                setTimeout(() => socket.terminate(), 1_000).unref();
              }, Math.random() * spreadMs);
            }),
        ),
      );
      sockets.close();
    },
  };
}

/** Gives up what an operation still waits for. Nothing happens when it is over. */
function end({ operations }: Extra, name: string): void {
  operations.get(name)?.end();
  operations.delete(name);
}

/** A browser cannot set headers on a socket, so `connection_init` may carry them, at its top level or under `headers`. */
function withInitHeaders(
  upgrade: IncomingHttpHeaders,
  params: Record<string, unknown> | undefined,
): IncomingHttpHeaders {
  const headers: IncomingHttpHeaders = { ...upgrade };
  const nested = params?.headers;
  for (const source of [params, typeof nested === "object" && nested !== null ? nested : undefined]) {
    for (const [name, value] of Object.entries(source ?? {})) {
      const lower = name.toLowerCase();
      if (typeof value === "string" && INIT_HEADERS.has(lower)) headers[lower] = value;
    }
  }
  return headers;
}

const INIT_HEADERS = new Set(["x-api-key", "authorization", "x-bitrix24-portal"]);

function keepAlive(socket: WebSocket, guard: Guard): () => void {
  let answered = true;
  socket.on("pong", () => {
    answered = true;
  });
  const ping = (): void => {
    if (!answered) {
      socket.terminate();
      return;
    }
    answered = false;
    socket.ping();
  };
  const timer = setInterval(
    guard("a socket's heartbeat", ping, () => socket.terminate()),
    PING_MS,
  );
  return () => clearInterval(timer);
}

function refuseUpgrade(stream: Duplex, status: string): void {
  // Node hands the socket over without a listener: a client that resets it would end the process.
  stream.on("error", () => stream.destroy());
  stream.once("finish", () => stream.destroy());
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Close reasons are limited to 123 bytes. */
function closeReason(reason: string): string {
  return Buffer.byteLength(reason) <= 123 ? reason : `${reason.slice(0, 60)}…`;
}

function problem(message: string, code: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

/** With the places that the error was shaped with; an error of its own would not know the document. */
function revive({ message, extensions, locations }: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(message, { extensions: extensions ?? null }), { locations });
}

function parsed(text: string): { readonly message: unknown } | undefined {
  try {
    return { message: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
