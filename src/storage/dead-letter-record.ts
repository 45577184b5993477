import { z } from "zod";
import type { DeadLetter } from "./dead-letter-log.ts";

const schema = z.object({ at: z.number(), event: z.string(), body: z.string(), reason: z.string() });

/** The text to keep of a delivery that was not understood. */
export function encodeDeadLetter(letter: DeadLetter): string {
  const { receivedAt, event, body, reason } = letter;
  return JSON.stringify({ at: receivedAt.getTime(), event, body, reason });
}

/** Reads a kept text. Throws when it is not what `encodeDeadLetter` writes. */
export function decodeDeadLetter(kept: string): DeadLetter {
  const { at, event, body, reason } = schema.parse(JSON.parse(kept));
  return { receivedAt: new Date(at), event, body, reason };
}
