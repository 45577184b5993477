import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import { MAX_DELIVERY_KEYS } from "./delivery-window.ts";
import { decodeInto, KeptEvent } from "./kept-event.ts";
import { type EventCodec, EventsTrimmed, type Log, type Logged, LogReplaced, type Retention } from "./log.ts";
import { decodeLogRecord, encodeLogRecord } from "./log-record.ts";
import { openChangeFeed } from "./redis-change-feed.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { appendScript, identityScript, purgeScript, trimScript } from "./redis-event-scripts.ts";
import { retentionEdge } from "./retention-edge.ts";

const appendAnswer = z.union([z.tuple([z.literal(1)]), z.tuple([z.literal(0), z.number(), z.number()])]);
const optionalText = z.string().nullable();
const entriesSchema = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));

const READ_CHUNK = 1_000;

/**
 * The event log on Redis Streams, shared by all processes with the same server and prefix. An event's stream id is `<position>-0`. How
 * durable an append is when it resolves is the server's setting: `appendonly yes` with `appendfsync always` is what the contract asks for.
 */
export function openRedisEventLog<Event>(
  connection: RedisConnection,
  codec: EventCodec<Event>,
  options: {
    readonly url: string;
    readonly prefix: string;
    readonly retention: Retention;
    readonly duplicateWindowMs: number;
  },
): Log<Event> {
  const { prefix } = options;
  const portalsKey = `${prefix}log-portals`;
  const stateKey = (portal: string): string => `${prefix}log:{${portal}}`;
  const streamKey = (portal: string): string => `${prefix}log:{${portal}}:events`;
  const channelOf = (portal: string): string => `${prefix}log:{${portal}}:changed`;
  const keysOf = (portal: string): string[] => [
    stateKey(portal),
    streamKey(portal),
    `${prefix}log:{${portal}}:deliveries`,
    portalsKey,
  ];
  const feed = openChangeFeed(options.url, channelOf);

  async function state(portal: string): Promise<{ identity: string | null; head: number; oldest: number }> {
    const answer = await connection.command("HMGET", stateKey(portal), "identity", "head", "oldest");
    const [identity, head, oldest] = z.tuple([optionalText, optionalText, optionalText]).parse(answer);
    return { identity, head: Number(head ?? 0), oldest: Number(oldest ?? 0) };
  }

  async function range(portal: string, from: number, to: number | "+", count: number): Promise<StreamEntry[]> {
    const end = to === "+" ? "+" : `${to}-0`;
    const answer = await connection.command("XRANGE", streamKey(portal), `${from}-0`, end, "COUNT", count);
    return entriesSchema.parse(answer).map(([id, fields]) => ({
      position: Number(id.slice(0, id.indexOf("-"))),
      text: fields?.[0] === "e" ? (fields[1] ?? null) : null,
    }));
  }

  async function keptAfter(
    portal: string,
    after: number,
    limit: number,
    ofLog?: string,
  ): Promise<readonly KeptEvent<Event>[]> {
    // The bounds are asked after the events on the same connection: a trim between the two is noticed.
    const [entries, { identity, oldest, head }] = await Promise.all([
      range(portal, after + 1, "+", limit),
      state(portal),
    ]);
    if (ofLog !== undefined && identity !== ofLog) throw new LogReplaced(portal);
    if (after < oldest) throw new EventsTrimmed(oldest, head);
    return entries.map(({ position, text }) => new KeptEvent(portal, position, text ?? "", codec));
  }

  async function receivedAt(portal: string, position: number): Promise<number | null> {
    const [entry] = await range(portal, position, position, 1);
    try {
      return entry?.text == null ? null : decodeLogRecord(entry.text, codec).receivedAt.getTime();
    } catch {
      return null;
    }
  }

  async function portals(): Promise<string[]> {
    return z.array(z.string()).parse(await connection.command("SMEMBERS", portalsKey));
  }

  async function trimPortal(portal: string): Promise<void> {
    const { identity, head, oldest } = await state(portal);
    if (identity === null) {
      return;
    }
    const edge = await retentionEdge({ oldest, head }, options.retention, Date.now(), (position) =>
      receivedAt(portal, position),
    );
    if (edge > oldest) {
      await connection.run(trimScript, keysOf(portal), [identity, edge]);
    }
  }

  return {
    async append(portal, added, deliveryKey) {
      if (added.length === 0) {
        return { positions: [], duplicate: false };
      }
      const now = Date.now();
      const answer = appendAnswer.parse(
        await connection.run(appendScript, keysOf(portal), [
          portal,
          channelOf(portal),
          newIdentity(),
          deliveryKey === undefined ? "" : shortKey(deliveryKey),
          now,
          now - options.duplicateWindowMs,
          MAX_DELIVERY_KEYS,
          ...added.map((event) => encodeLogRecord(now, event, undefined)),
        ]),
      );
      if (answer[0] === 1) {
        return { positions: [], duplicate: true };
      }
      const [, first, last] = answer;
      return { positions: Array.from({ length: last - first + 1 }, (_, index) => first + index), duplicate: false };
    },

    async read(portal, after, limit, ofLog) {
      const found: Logged<Event>[] = [];
      let position = after;
      for (;;) {
        const count = Math.min(READ_CHUNK, limit - found.length);
        if (count <= 0) return found;
        const page = await keptAfter(portal, position, count, ofLog).catch((error: unknown) => {
          // Trimmed under us: what was read before is answered first.
          if (error instanceof EventsTrimmed && found.length > 0) return [];
          throw error;
        });
        if (!decodeInto(found, page) || page.length < count) return found;
        position = page.at(-1)?.position ?? position;
      }
    },

    readKept: keptAfter,

    head: async (portal) => (await state(portal)).head,
    oldest: async (portal) => (await state(portal)).oldest,
    follow: (portal, changed) => feed.follow(portal, changed),

    async newest(portal) {
      const { identity, head } = await state(portal);
      if (identity !== null) {
        return { log: identity, position: head };
      }
      // There was none: whatever is in it by the time it is made came after the call.
      const made = await connection.run(identityScript, keysOf(portal), [portal, newIdentity()]);
      return { log: z.string().parse(made), position: 0 };
    },

    portals,

    async purge(portal) {
      await connection.run(purgeScript, keysOf(portal), [portal, channelOf(portal)]);
    },

    async trim() {
      for (const portal of await portals()) {
        await trimPortal(portal);
      }
    },

    async close() {
      feed.close();
    },
  };
}

interface StreamEntry {
  readonly position: number;
  readonly text: string | null;
}

function newIdentity(): string {
  return randomBytes(9).toString("base64url");
}

function shortKey(deliveryKey: string): string {
  return deliveryKey.length <= 64 ? deliveryKey : createHash("sha256").update(deliveryKey).digest("base64url");
}
