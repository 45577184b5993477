import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../../kit/until.ts";

export interface SocketMessage {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** An initialised socket, spoken message by message. */
export interface MessageSocket {
  /** What the gateway has sent about an operation, in order. */
  about(id: string): readonly SocketMessage[];
  /** Sends the messages in one packet, so that the gateway reads all of them before it goes on with anything else. */
  send(...messages: readonly SocketMessage[]): void;
  /** Resolves when the gateway has handled what was sent before. */
  handled(): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export function subscribeTo(id: string, query: string): SocketMessage {
  return { type: "subscribe", id, payload: { query } };
}

export function complete(id: string): SocketMessage {
  return { type: "complete", id };
}

/** `init` is the payload of `connection_init`; waits for the acknowledgement, or for the end of the socket. */
export async function openMessageSocket(
  origin: string,
  init: Readonly<Record<string, unknown>> = {},
): Promise<MessageSocket> {
  const { hostname, port } = new URL(origin);
  const wire: Socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const socket = new WebSocket(`${origin.replace("http:", "ws:")}/graphql`, ["graphql-transport-ws"], {
    perMessageDeflate: false,
    createConnection: () => wire,
  });
  onTestFinished(() => socket.terminate());
  const received: SocketMessage[] = [];
  socket.on("message", (data) => received.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.once("close", (code, reason) => resolve({ code, reason: String(reason) }));
  });
  await once(socket, "open");

  function send(...messages: readonly SocketMessage[]): void {
    wire.cork();
    for (const message of messages) socket.send(JSON.stringify(message));
    wire.uncork();
  }

  const pongs = (): number => received.filter(({ type }) => type === "pong").length;
  send({ type: "connection_init", payload: init });
  await Promise.race([
    closed,
    eventually(() => {
      if (received.length === 0) throw new Error("not acknowledged yet");
    }),
  ]);
  return {
    about: (id) => received.filter((message) => message.id === id),
    send,
    async handled() {
      const wanted = pongs() + 1;
      send({ type: "ping" });
      await eventually(() => {
        if (pongs() < wanted) throw new Error("not handled yet");
      });
    },
    closed,
  };
}
