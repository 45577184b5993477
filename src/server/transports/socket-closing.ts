import type { WebSocket } from "ws";
import { guard } from "../../process/guard.ts";
import type { ConnectionEnd } from "../connections/connection.ts";

/** Final for client libraries: unlike 4403, nobody tries again after it by himself. */
const UNAUTHORIZED = 4401;
/** What it was opened with has expired; client libraries come back, with something newer if they have it. */
const EXPIRED = 4403;
const TRY_AGAIN_LATER = 1013;
const CLOSING_MS = 1_000;

/** What a socket is closed with whose connection ends. */
export function closeCode({ kind, code }: Pick<ConnectionEnd, "kind" | "code">): number {
  if (kind === "expired") return EXPIRED;
  switch (code) {
    case "BAD_REQUEST":
    case "UNAUTHENTICATED":
    case "FORBIDDEN":
      return UNAUTHORIZED;
    case "LIMIT_EXCEEDED":
    case "UPSTREAM_RATE_LIMITED":
    case "UPSTREAM_UNAVAILABLE":
      return TRY_AGAIN_LATER;
    default:
      return code satisfies never;
  }
}

/** One that does not answer the closing is not listened to any longer. */
export function closeSoon(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, closeReason(reason));
  const terminate = guard("a socket that is closed", () => socket.terminate());
  setTimeout(terminate, CLOSING_MS).unref();
}

/** Close reasons are limited to 123 bytes. */
export function closeReason(reason: string): string {
  return Buffer.byteLength(reason) <= 123 ? reason : `${reason.slice(0, 60)}…`;
}
