import { isUtf8 } from "node:buffer";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { type DocumentNode, GraphQLError, type GraphQLFormattedError, type GraphQLSchema, parse } from "graphql";
import { CloseCode, MessageType, makeServer, type SubscribePayload } from "graphql-ws";
import type { RawData, WebSocket } from "ws";
import type { Limits } from "../../config/limits.ts";
import { guard } from "../../process/guard.ts";
import { nestsDeeper } from "../../process/json-depth.ts";
import { createLightSignal } from "../../process/light-signal.ts";
import { type Connection, type ConnectionEnd, endOf, openConnection } from "../connections/connection.ts";
import type { ConnectionPlaces, Place } from "../connections/places.ts";
import type { ClientAddress } from "../identity/client-address.ts";
import type { Identities, IdentityRequest } from "../identity/identity.ts";
import type { Door } from "../operations/door.ts";
import { counted, limitExceeded } from "../operations/limit-exceeded.ts";
import { isOfTheServer, parsed, subscribePayload } from "./client-messages.ts";
import { credentialsOf } from "./credential-payload.ts";
import { type GatheredWrites, gatherWrites } from "./gathered-writes.ts";
import { keepAlive } from "./keep-alive.ts";
import { createMessagesInTurn } from "./messages-in-turn.ts";
import { createOpeningFrames, type OpeningFrames } from "./opening-frame.ts";
import { createOperationNames, MAX_ID_LENGTH, type OperationNames } from "./operation-names.ts";
import { reachedAt } from "./reached-at.ts";
import { requestIdOf } from "./request-id.ts";
import { createResultFrames } from "./result-frames.ts";
import { closeCode, closeReason, closeSoon } from "./socket-closing.ts";
import { createHold, deliver, pong, readingWhileRead, type StartedOperation, send } from "./socket-delivery.ts";

export interface SocketServices {
  readonly schema: GraphQLSchema;
  readonly door: Door;
  readonly identities: Identities;
  readonly places: ConnectionPlaces;
  readonly limits: Limits;
}

/** A socket that was just opened. */
export interface OpenedSocket {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  readonly from: ClientAddress;
  /** Until it is known who opened it. */
  readonly silentPlace: Place;
}

/** Without the request that opened it: its headers are all that is needed of it, and they last as long as the socket. */
interface Session extends Omit<OpenedSocket, "request"> {
  readonly requestId: string;
  /** Results on their way to the client, past the WebSocket library: whole frames, between its own. */
  readonly writes: GatheredWrites<Buffer>;
  /** Of the upgrade request, then with those of `connection_init` and of renewals. */
  headers: IncomingHttpHeaders;
  readonly names: OperationNames;
  /** Ends a socket whose client does not begin; undefined once it has. */
  initWait: NodeJS.Timeout | undefined;
  /** What gives each up, by its name, until it is over or the client has completed it. */
  readonly operations: Map<string, () => void>;
  /** Looks at what comes until it is known who this is; undefined from then on. */
  opening: OpeningFrames | undefined;
  /** Undefined until it is known who this is. */
  connection: Connection | undefined;
}

const INIT_WAIT_MS = 10_000;
const TOO_LARGE = 1009;
const INTERNAL_ERROR = 1011;
/** Read in place of a message that was parsed already. */
const PARSED = "0";
/** graphql-ws wants a document to tell queries from subscriptions, which the door does. */
const ANY_DOCUMENT: DocumentNode = parse("{ __typename }");
/** graphql-ws holds what an operation was sent with until that is over: thousands of copies of a few documents. */
const SENT_BESIDE: SubscribePayload = { query: "sent beside" };

/** `graphql-transport-ws` on one socket: graphql-ws keeps the protocol, everything else is behind the door. */
export function createSocketSessions(services: SocketServices): (opened: OpenedSocket) => void {
  const { schema, door, identities, places, limits } = services;
  /** What graphql-ws reads next: parsed already, so that nothing is read twice or written again. */
  let reading: unknown;
  /** What the operation was sent with that graphql-ws begins next. */
  let beginning: SubscribePayload | undefined;
  const frames = createResultFrames();
  const started = new WeakMap<object, StartedOperation>();
  const startedBy = async (args: object) => {
    const operation = started.get(args);
    return operation === undefined ? {} : deliver(operation);
  };

  const protocol = makeServer<Record<string, unknown> | undefined, Session>({
    // Waited for here: the library would keep its timer as long as the socket.
    connectionInitWaitTimeout: 0,
    jsonMessageReviver: () => reading,
    onConnect: ({ extra, connectionParams }) => connect(extra, connectionParams),
    async onSubscribe({ extra, subscriptions }, name) {
      const { connection, writes, names, operations, requestId } = extra;
      const sent = beginning;
      beginning = undefined;
      if (connection === undefined || sent === undefined) throw new Error("an operation of nobody");
      // Counts this one, and no longer what the client has just completed.
      if (Object.keys(subscriptions).length > limits.operationsPerSocket) return [tooMany(limits.operationsPerSocket)];
      const { query, operationName, variables } = sent;
      const { signal, abort } = createLightSignal();
      operations.set(name, abort);
      const accepted = await door.accept({
        transport: "websocket",
        requestId: `${requestId}-${name}`,
        from: connection,
        reachedAt: reachedAt(extra.headers),
        source: query,
        operationName,
        variables,
        gone: signal,
      });
      if (accepted.kind === "refused") {
        // graphql-ws completes only what it has begun.
        operations.delete(name);
        return accepted.errors.map(revive);
      }
      const args = { schema, document: ANY_DOCUMENT };
      const oversized = (error: GraphQLError) => door.shapeError(error, requestId);
      started.set(args, { accepted, writes, id: names.idOf(name) ?? name, limits, shapeError: oversized });
      return args;
    },
    execute: startedBy,
    subscribe: startedBy,
    onComplete: ({ extra }, name) => end(extra, name),
  });

  async function connect(session: Session, params: Record<string, unknown> | undefined) {
    const { socket, requestId, silentPlace } = session;
    clearTimeout(session.initWait);
    session.initWait = undefined;
    session.headers = { ...session.headers, ...credentialsOf(params) };
    const request: IdentityRequest = { headers: session.headers, ...session.from };
    const decision = await identities.identify(request);
    if (socket.readyState !== socket.OPEN) return false;
    if (decision.kind === "refused") {
      closeFor(session, endOf(decision, undefined));
      return false;
    }
    const place = places.enter(decision.identity.name);
    if (place === undefined) {
      const { message } = places.excess(decision.identity.name);
      closeFor(session, { kind: "refused", code: "LIMIT_EXCEEDED", message });
      return false;
    }
    silentPlace.leave();
    session.connection = openConnection({
      identities,
      identity: decision.identity,
      request,
      place,
      places,
      ended: (reason) => closeFor(session, reason),
    });
    session.opening = undefined;
    return { requestId };
  }

  /** A ping that carries credentials renews the connection; the answer says whether it did. */
  async function renew(session: Session, payload: Record<string, unknown> | undefined) {
    const credentials = credentialsOf(payload);
    const { connection } = session;
    if (connection === undefined || Object.keys(credentials).length === 0) return payload;
    const headers = { ...session.headers, ...credentials };
    const refused = await connection.renew({ headers, ...session.from });
    if (refused !== undefined) return { renewed: false, code: refused.code, message: refused.message };
    session.headers = headers;
    return { renewed: true };
  }

  return (opened) => {
    const { socket, request, from, silentPlace } = opened;
    const session: Session = {
      socket,
      from,
      silentPlace,
      requestId: requestIdOf(request.headers),
      writes: gatherWrites(request.socket, frames, () => socket.readyState === socket.OPEN),
      headers: request.headers,
      names: createOperationNames(),
      initWait: setTimeout(
        guard("a socket that does not begin", () =>
          socket.close(CloseCode.ConnectionInitialisationTimeout, "Connection initialisation timeout"),
        ),
        INIT_WAIT_MS,
      ),
      operations: new Map(),
      opening: createOpeningFrames(limits),
      connection: undefined,
    };
    const broken = (): void => socket.close(INTERNAL_ERROR, "Internal error");
    const refuse = (reason: string): false => {
      closeSoon(socket, CloseCode.BadRequest, reason);
      return false;
    };
    const hold = createHold(socket);
    const answer = readingWhileRead(socket, hold);
    const { socket: stream } = request;
    const life = keepAlive(socket, stream);
    const count = guard(
      "bytes of a socket",
      (data: Buffer) => {
        if (session.opening === undefined) {
          stream.off("data", count);
          return;
        }
        if (socket.readyState !== socket.OPEN) return;
        const refusal = session.opening.received(data.length);
        if (refusal !== undefined) refuse(refusal);
      },
      broken,
    );
    stream.on("data", count);
    socket.on(
      "ping",
      guard("a socket's ping", (data: Buffer) => answer(pong(socket, data)), broken),
    );

    /** Whether there is something for graphql-ws to read. */
    function receive(data: RawData): boolean {
      if (socket.readyState !== socket.OPEN) return false;
      // Of messages of text the library looks itself.
      if (Buffer.isBuffer(data) && !isUtf8(data)) return refuse("Messages are text in UTF-8");
      if (Buffer.isBuffer(data) && data.length > limits.bodyBytes) {
        closeSoon(socket, TOO_LARGE, `A message may have ${limits.bodyBytes} bytes`);
        return false;
      }
      const text = String(data);
      const refusal = session.opening?.message(text);
      if (refusal !== undefined) return refuse(refusal);
      const sent = parsed(text);
      if (sent === undefined) return refuse("Invalid message received");
      const message = session.names.fromClient(sent.message);
      switch (message.kind) {
        case "late":
          return false;
        case "id-in-use":
          socket.close(CloseCode.SubscriberAlreadyExists, closeReason(`Subscriber for ${message.id} already exists`));
          return false;
        case "id-too-long":
          return refuse(`An operation's id may have ${MAX_ID_LENGTH} characters`);
        case "completed":
          // By itself graphql-ws would let a query or a mutation run on.
          end(session, message.name);
          break;
        case "message":
          // What is echoed would be written by a recursion.
          if (isOfTheServer(message.message)) return refuse("Invalid message received");
          if (message.name === undefined && nestsDeeper(text, limits.initDepth)) {
            return refuse(`Such a message may nest ${limits.initDepth} deep`);
          }
          break;
        default:
          return message satisfies never;
      }
      reading = message.message;
      if (message.kind === "message" && message.name !== undefined) {
        beginning = subscribePayload(message.message);
        if (beginning === undefined) return refuse("Invalid message received");
        reading = { id: message.name, type: MessageType.Subscribe, payload: SENT_BESIDE };
      }
      return true;
    }

    const tell = (message: string): Promise<void> => {
      session.writes.flush();
      return answer(send(socket, message));
    };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => {
          const told = session.names.toClient(message);
          return told === undefined ? Promise.resolve() : tell(told);
        },
        close: (code, reason) => socket.close(code, reason === undefined ? undefined : closeReason(reason)),
        async onPing(payload) {
          const back = await renew(session, payload);
          await tell(JSON.stringify(back === undefined ? { type: "pong" } : { type: "pong", payload: back }));
        },
        onMessage: (handle) => {
          // Nothing of the message is kept here while its operation goes on, which may be as long as the socket is open.
          const received = (data: RawData): Promise<void> | undefined => {
            life.seen();
            return receive(data)
              ? handle(PARSED).catch((error: unknown) => {
                  // A socket that broke while it was written to is not a fault.
                  if (socket.readyState === socket.OPEN) throw error;
                })
              : undefined;
          };
          const take = guard("a socket's message", received, broken);
          const whose = (): string | undefined => session.connection?.identity.name;
          const inTurn = createMessagesInTurn({ turns: door.turns, whose, take, hold });
          socket.on("message", guard("a socket's message", inTurn, broken));
        },
      },
      session,
    );
    socket.on(
      "error",
      guard("a socket that broke", () => socket.terminate()),
    );
    socket.on(
      "close",
      guard("the end of a socket", (code: number, reason: Buffer) => {
        life.stop();
        clearTimeout(session.initWait);
        silentPlace.leave();
        session.connection?.close();
        for (const name of [...session.operations.keys()]) end(session, name);
        return closed(code, String(reason));
      }),
    );
  };

  function closeFor({ socket, writes }: Session, { kind, code, message }: ConnectionEnd): void {
    writes.flush();
    closeSoon(socket, closeCode({ kind, code }), message);
  }
}

/** Gives up what an operation still waits for. Nothing happens when it is over. */
function end({ operations }: Session, name: string): void {
  operations.get(name)?.();
  operations.delete(name);
}

function tooMany(maximum: number): GraphQLError {
  return limitExceeded({
    limit: "operationsPerSocket",
    maximum,
    message: `A socket carries at most ${counted(maximum)} operations at once. Complete one first.`,
  });
}

/** With the places that the error was shaped with; an error of its own would not know the document. */
function revive({ message, extensions, locations }: GraphQLFormattedError): GraphQLError {
  return Object.assign(new GraphQLError(message, { extensions: extensions ?? null }), { locations });
}
