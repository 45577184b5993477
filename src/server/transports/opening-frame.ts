import type { Limits } from "../../config/limits.ts";
import { nestsDeeper } from "../../process/json-depth.ts";

export type OpeningLimits = Pick<Limits, "initBytes" | "initDepth">;

/** Control frames and the frame's own head may come beside the message. */
const BESIDE_BYTES = 4 * 1024;

/**
 * What a socket may send before it is acknowledged: one message, small and flat. It is looked at as text, and only then parsed: nobody has
 * said yet who he is.
 */
export interface OpeningFrames {
  /** Bytes came from the wire; why the socket is to be closed, or undefined. */
  received(bytes: number): string | undefined;
  /** A message is whole; why the socket is to be closed, or undefined. */
  message(text: string): string | undefined;
}

export function createOpeningFrames({ initBytes, initDepth }: OpeningLimits): OpeningFrames {
  let bytes = 0;
  let messages = 0;
  const tooLarge = `The first message may have ${initBytes} bytes`;
  return {
    received(more) {
      bytes += more;
      return bytes > initBytes + BESIDE_BYTES ? tooLarge : undefined;
    },
    message(text) {
      messages += 1;
      if (messages > 1) return "Wait for connection_ack before sending more";
      if (Buffer.byteLength(text) > initBytes) return tooLarge;
      return nestsDeeper(text, initDepth) ? `The first message may nest ${initDepth} deep` : undefined;
    },
  };
}
