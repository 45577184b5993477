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
  let hasShownItself = true;
  /** At the last ping. */
  let read = 0;
  let sent = 0;
  let isBehind = false;

  function isThere(): boolean {
    return hasShownItself || stream.bytesRead > read || (isBehind && sentOf(stream) > sent);
  }

  const ping = (): void => {
    if (!isThere()) {
      // A process that stood still runs its timers before it reads: the answer may have arrived long ago.
      afterReading(() => {
        if (!isThere()) socket.terminate();
      });
      return;
    }
    hasShownItself = false;
    read = stream.bytesRead;
    sent = sentOf(stream);
    isBehind = stream.writableLength > 0;
    socket.ping();
  };

  const seen = (): void => {
    hasShownItself = true;
  };
  socket.on("pong", guard("a socket's pong", seen));
  const timer = setInterval(
    guard("a socket's heartbeat", ping, () => socket.terminate()),
    PING_MS,
  );
  return { seen, stop: () => clearInterval(timer) };
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
