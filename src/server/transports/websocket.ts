import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { handleProtocols } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { guard } from "../../process/guard.ts";
import type { ClientAddressOf } from "../identity/client-address.ts";
import { createSocketSessions, type SocketServices } from "./socket-session.ts";

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

/** Lets clients open sockets for `graphql-transport-ws`. */
export function attachWebSocket(server: Server, options: WebSocketOptions): WebSocketTransport {
  const { places } = options;
  const serve = createSocketSessions(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.limits.bodyBytes,
    autoPong: false,
    handleProtocols: (offered) => handleProtocols(offered),
  });
  let refusing = false;

  /** The HTTP status that refuses an upgrade, or undefined. */
  function refusalOf(request: IncomingMessage): string | undefined {
    if ((request.url ?? "").split("?")[0] !== options.path) return "404 Not Found";
    const { origin, host } = request.headers;
    // Browsers let any page open a socket; they only tell where the page is from.
    if (origin !== undefined && !options.isAllowedOrigin(origin, host)) return "403 Forbidden";
    return refusing || places.isFull() ? "503 Service Unavailable" : undefined;
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const refusal = refusalOf(request);
    if (refusal !== undefined) {
      refuseUpgrade(stream, refusal);
      return;
    }
    const from = options.clientAddress(request);
    const silentPlace = places.enterSilent(from.address, () => stream.destroy());
    if (silentPlace === undefined) {
      refuseUpgrade(stream, "429 Too Many Requests");
      return;
    }
    stream.once("close", guard("the end of a silent socket", silentPlace.leave));
    sockets.handleUpgrade(request, stream, head, (socket) => serve({ socket, request, from, silentPlace }));
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

function refuseUpgrade(stream: Duplex, status: string): void {
  // Node hands the socket over without a listener: a client that resets it would end the process.
  const destroy = guard("an upgrade that was refused", () => stream.destroy());
  stream.on("error", destroy);
  stream.once("finish", destroy);
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
