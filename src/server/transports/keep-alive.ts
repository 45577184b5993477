import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { guard } from "../../process/guard.ts";

/** Whether a socket's client is still there. */
export interface KeepAlive {
  /** Something of it has just been looked at, which may have waited here for its turn. */
  seen(): void;
  stop(): void;
}

const PING_MS = 12_000;

/**
 * Pings a socket, and ends it when the next ping is due and its client has not shown itself since the one before: by its answer, by anything
 * else that it sent, or by taking of what waits for it. Before what waits it cannot have read the ping, however well it reads.
 */
export function keepAlive(socket: WebSocket, stream: Socket): KeepAlive {
  return new Pinging(socket, stream);
}

/** A class, because there is one for each socket: methods are shared, closures are not. */
class Pinging implements KeepAlive {
  readonly #socket: WebSocket;
  readonly #stream: Socket;
  readonly #timer: NodeJS.Timeout;
  #hasShownItself = true;
  /** At the last ping. */
  #read = 0;
  #sent = 0;
  #isBehind = false;

  constructor(socket: WebSocket, stream: Socket) {
    this.#socket = socket;
    this.#stream = stream;
    socket.on(
      "pong",
      guard("a socket's pong", () => this.seen()),
    );
    this.#timer = setInterval(
      guard(
        "a socket's heartbeat",
        () => this.#ping(),
        () => socket.terminate(),
      ),
      PING_MS,
    );
  }

  seen(): void {
    this.#hasShownItself = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #isThere(): boolean {
    return (
      this.#hasShownItself ||
      this.#stream.bytesRead > this.#read ||
      (this.#isBehind && sentOf(this.#stream) > this.#sent)
    );
  }

  #ping(): void {
    if (!this.#isThere()) {
      // A process that stood still runs its timers before it reads: the answer may have arrived long ago.
      afterReading(() => {
        if (!this.#isThere()) this.#socket.terminate();
      });
      return;
    }
    this.#hasShownItself = false;
    this.#read = this.#stream.bytesRead;
    this.#sent = sentOf(this.#stream);
    this.#isBehind = this.#stream.writableLength > 0;
    this.#socket.ping();
  }
}

/** Bytes that the system has taken. */
function sentOf({ bytesWritten, writableLength }: Socket): number {
  return bytesWritten - writableLength;
}

/** Calls when what had arrived before is read: between two immediates the loop looks at every socket. */
function afterReading(then: () => void): void {
  const guarded = guard("what waits for sockets to be read", then);
  setImmediate(guard("what waits for sockets to be read", () => void setImmediate(guarded)));
}
