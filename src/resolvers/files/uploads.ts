import type { Id } from "../../datasources/domain/ids.ts";
import type { LightSignal } from "../../process/light-signal.ts";

/** A file that a client wants to send. */
export interface AnnouncedFile {
  readonly chatId: Id;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** MIME type. */
  readonly contentType: string;
}

/** Where its bytes go, in one PUT. */
export interface StartedUpload {
  readonly uploadId: string;
  readonly url: string;
  readonly expiresAt: Date;
}

/** A file whose bytes have come, in the hands of the one who sends it on. */
export interface TakenUpload {
  readonly name: string;
  readonly size: number;
  /** The bytes in base64. */
  read(): Promise<string>;
  /** It was sent: its bytes are removed. */
  sent(): Promise<void>;
  /** Nothing was sent: it may be taken again. */
  giveBack(): Promise<void>;
  /** It may have been sent. */
  unclear(): Promise<void>;
}

/** Why there is nothing to take: never begun here or over; its bytes are not there; they are at another gateway; it was handed on before. */
export type MissingUpload = "absent" | "incomplete" | "elsewhere" | "used";

/** Files on their way from one identity's clients to a portal. */
export interface Uploads {
  /** Bytes of one file. */
  readonly maxBytes: number;
  /** Undefined where the gateway does not know an address of its own. */
  start(file: AnnouncedFile): StartedUpload | undefined;
  /**
   * One that was handed on with an unknown outcome is only for the key that it was sent with, under which it is looked for first. Rejects with
   * `PortalUnavailable` where several gateways share a store that is away.
   */
  take(uploadId: string, chatId: Id, idempotencyKey: string | null): Promise<TakenUpload | MissingUpload>;
  /** Bytes of an upload of this identity; undefined where there is none. */
  sizeOf(uploadId: string): Promise<number | undefined>;
  /** Waits until few enough files are in memory at once. Rejects with an error of `errors.ts`. */
  inTurn<T>(signal: LightSignal, run: () => Promise<T>): Promise<T>;
  /** Whether the portal was found not to take a file and its message in one call. */
  isInSteps(): boolean;
  noteInSteps(): void;
}
