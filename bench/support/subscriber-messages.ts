import { z } from "zod";

/** A server whose deliveries are listened to. */
const target = z.object({
  url: z.string(),
  /** `broadcast`: a server that sends to whoever connects; the last two over server-sent events. */
  protocol: z.enum(["graphql-transport-ws", "broadcast", "event-stream", "broadcast-stream"]),
  key: z.string(),
  query: z.string(),
  variables: z.record(z.string(), z.unknown()),
});
export type SubscriptionTarget = z.infer<typeof target>;

/** What the program of subscribers is told to do. Each is answered by `done` with the same number. */
export const order = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("open"), number: z.number(), target, count: z.number() }),
  /** Done when every subscriber got the delivery with this sequence number or a later one. */
  z.object({ kind: z.literal("await"), number: z.number(), sequence: z.number() }),
  /** Tells the latencies since the last time. */
  z.object({ kind: z.literal("take"), number: z.number() }),
  /** A socket with many subscriptions that is not read from now on. */
  z.object({ kind: z.literal("openUnread"), number: z.number(), target, count: z.number() }),
  z.object({ kind: z.literal("close"), number: z.number(), what: z.enum(["all", "unread"]) }),
]);
export type Order = z.infer<typeof order>;

const latencies = z.object({ count: z.number(), p50: z.number(), p99: z.number() });
/** From the post of an event to its arrival at a subscriber, in milliseconds. */
export type Latencies = z.infer<typeof latencies>;

export const done = z.object({
  number: z.number(),
  latencies: latencies.optional(),
  /** Local port of the unread socket. */
  port: z.number().optional(),
  /** Text of the last delivery. */
  text: z.string().optional(),
});
export type Done = z.infer<typeof done>;

const STAMP = /#(\d+) (\d+)/;

/** Marks a delivery's text with its number and the time, which is the same clock in all processes of the machine. */
export function stamped(sequence: number, filler: string): string {
  return `#${sequence} ${process.hrtime.bigint()} ${filler}`;
}

/** The same message with another mark. */
export function stampedAgain(message: string, sequence: number): string {
  return message.replace(STAMP, `#${sequence} ${process.hrtime.bigint()}`);
}

/** The mark of a message, with the milliseconds since it was made; undefined when it has none. */
export function readStamp(message: Buffer): { readonly sequence: number; readonly ageMs: number } | undefined {
  const at = message.indexOf("#");
  if (at === -1) return undefined;
  const [, sequence, time] = STAMP.exec(message.toString("latin1", at, at + 40)) ?? [];
  if (sequence === undefined || time === undefined) return undefined;
  return { sequence: Number(sequence), ageMs: (Number(process.hrtime.bigint()) - Number(time)) / 1e6 };
}
