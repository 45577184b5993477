import type { GatewayError, Operation, Result } from "./result.ts";

/** How an operation of a carrier came to its end. */
export type End =
  /** By the gateway, which has nothing more to say. */
  | { readonly kind: "complete" }
  /** Refused, or failed as a whole. */
  | { readonly kind: "errors"; readonly errors: readonly GatewayError[] }
  /** The connection is gone; the operation may be carried again. */
  | { readonly kind: "lost" }
  /** Whoever asks is not accepted. */
  | { readonly kind: "refused"; readonly message: string }
  /** The gateway does not understand this client. */
  | { readonly kind: "broken"; readonly message: string };

export interface Sink {
  next(result: Result): void;
  /** Once; nothing follows. */
  ended(end: End): void;
}

/** Carries operations. Returns what stops one, after which its sink hears nothing more. */
export type Carry = (operation: Operation, sink: Sink) => () => void;

/** How a connection closed under all its operations. */
export interface Closing {
  /** `left`: by this side, to open another or because nothing is subscribed to. The others are as for an operation. */
  readonly kind: "lost" | "left" | "refused" | "broken";
  readonly message: string;
  /** Milliseconds that the gateway asks to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** What a carrier tells of itself. */
export interface CarrierEvents {
  connected(): void;
  /** Once; its operations end after it. */
  closed(closing: Closing): void;
}

/** One connection to the gateway. */
export interface Carrier {
  readonly transport: "websocket" | "event-stream";
  readonly carry: Carry;
  /** Takes over new headers of identity; resolves to whether the gateway accepted them. */
  renew(headers: Readonly<Record<string, string>>): Promise<boolean>;
  /** Makes sure now that somebody is still there. */
  check(): void;
  close(): void;
}

/** What a closed connection is to one of its operations. */
export function endAfter({ kind, message }: Closing): End {
  return kind === "lost" || kind === "left" ? { kind: "lost" } : { kind, message };
}
