import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { handleProtocols } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { guard } from "../../process/guard.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import type { HttpProblem } from "./http-errors.ts";
import { GRAPHQL_PATH } from "./paths.ts";
import { createSocketSessions, type SocketServices } from "./socket-session.ts";
import { asksForWebSocket, serveWithoutUpgrade } from "./unknown-upgrades.ts";
import { answerAndClose } from "./unreadable-requests.ts";

export interface WebSocketOptions extends SocketServices {
  readonly path: string;
  readonly clientAddress: ClientAddressOf;
  readonly isAllowedOrigin: (origin: string, host: string | undefined) => boolean;
}

export interface WebSocketTransport {
  openSockets(): number;
  /** No socket is opened any more. */
  refuseNew(): void;
  /** Closes the sockets with 1001, spread over the time so that clients do not all come back at once. */
  close(spreadMs: number): Promise<void>;
}

const GOING_AWAY = 1001;
const CLOSING_MS = 1_000;
/** What a client can do instead. */
const HANDSHAKE = { "sec-websocket-version": "13" };

const ELSEWHERE: HttpProblem = {
  status: 404,
  code: "NOT_FOUND",
  message: `WebSockets are opened at ${GRAPHQL_PATH}.`,
};
const FOREIGN_PAGE: HttpProblem = {
  status: 403,
  code: "FORBIDDEN",
  message: "Pages of this origin may not open a WebSocket here; GATEWAY_CORS_ORIGINS names those that may.",
};
const RESTARTING: HttpProblem = {
  status: 503,
  code: "SERVICE_UNAVAILABLE",
  message: "The gateway restarts; connect again.",
};

/** Lets clients open sockets for `graphql-transport-ws`. */
export function attachWebSocket(server: Server, options: WebSocketOptions): WebSocketTransport {
  const { places } = options;
  const serve = createSocketSessions(options);
  const sockets = new WebSocketServer({
    noServer: true,
    // What is a little larger than may be is told so; the library closes without a word.
    maxPayload: options.limits.bodyBytes * 2,
    autoPong: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  // What is no handshake; the library would answer it with a page.
  sockets.on(
    "wsClientError",
    guard("an upgrade that is no handshake", ({ message }: Error, stream: Duplex) =>
      refuseUpgrade(stream, { status: 400, code: "BAD_REQUEST", message: `${message}.` }, HANDSHAKE),
    ),
  );
  let refusing = false;

  /** Why an upgrade is refused; undefined when it is not. */
  function refusalOf(request: IncomingMessage): HttpProblem | undefined {
    if ((request.url ?? "").split("?")[0] !== options.path) return ELSEWHERE;
    const { origin, host } = request.headers;
    // Browsers let any page open a socket; they only tell where the page is from.
    if (origin !== undefined && !options.isAllowedOrigin(origin, host)) return FOREIGN_PAGE;
    if (refusing) return RESTARTING;
    return places.isFull() ? { status: 503, code: "LIMIT_EXCEEDED", ...places.excess() } : undefined;
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (!asksForWebSocket(request)) {
      serveWithoutUpgrade(server, request, stream, head);
      return;
    }
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      refuseUpgrade(stream, refusal);
      return;
    }
    const from = options.clientAddress(request);
    const silentPlace = places.enterSilent(from.address, () => stream.destroy());
    if (silentPlace === undefined) {
      refuseUpgrade(stream, { status: 429, code: "LIMIT_EXCEEDED", ...places.silentExcess });
      return;
    }
    const left = guard("the end of a silent socket", silentPlace.leave);
    stream.on("close", left);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      // Its session sees to it from now on.
      stream.off("close", left);
      serve({ socket, request, from, silentPlace });
    });
  }

  function closeOne(socket: WebSocket): void {
    socket.close(GOING_AWAY, "The gateway restarts; connect again");
    setTimeout(
      guard("a socket that is closed", () => socket.terminate()),
      CLOSING_MS,
    ).unref();
  }

  server.on(
    "upgrade",
    guard("an upgrade", (request: IncomingMessage, stream: Duplex, head: Buffer) =>
      guard("an upgrade", upgrade, () => stream.destroy())(request, stream, head),
    ),
  );

  return {
    openSockets: () => sockets.clients.size,
    refuseNew() {
      refusing = true;
    },
    async close(spreadMs) {
      refusing = true;
      await Promise.all(
        [...sockets.clients].map(
          (socket) =>
            new Promise<void>((done) => {
              socket.once(
                "close",
                guard("the end of a socket", () => done()),
              );
              setTimeout(
                guard("the closing of a socket", () => closeOne(socket), done),
                Math.random() * spreadMs,
              );
            }),
        ),
      );
      sockets.close();
    },
  };
}

function refuseUpgrade(stream: Duplex, problem: HttpProblem, headers?: Readonly<Record<string, string>>): void {
  // Node hands the socket over without a listener: a client that resets it would end the process.
  const destroy = guard("an upgrade that was refused", () => stream.destroy());
  stream.on("error", destroy);
  stream.once("finish", destroy);
  answerAndClose(stream, problem, headers);
}
