import { z } from "zod";
import type { DeadLetterLog } from "./dead-letter-log.ts";
import { decodeDeadLetter, encodeDeadLetter } from "./dead-letter-record.ts";
import { type RedisConnection, redisScript } from "./redis-connection.ts";

// KEYS: the portal's stream, the set of portals that have letters.
const addScript = redisScript(`
redis.call('SADD', KEYS[2], ARGV[1])
return redis.call('XADD', KEYS[1], 'MAXLEN', '=', ARGV[2], '*', 'l', ARGV[3])`);
const removeScript = redisScript(`
local removed = redis.call('XDEL', KEYS[1], ARGV[2])
if redis.call('XLEN', KEYS[1]) == 0 then redis.call('SREM', KEYS[2], ARGV[1]) end
return removed`);
const purgeScript = redisScript(`
redis.call('DEL', KEYS[1])
redis.call('SREM', KEYS[2], ARGV[1])
return 1`);

const entriesSchema = z.array(z.tuple([z.string(), z.tuple([z.literal("l"), z.string()])]));

/** Deliveries that were not understood, a Redis stream for each portal. */
export function openRedisDeadLetterLog(connection: RedisConnection, prefix: string, maxLetters: number): DeadLetterLog {
  const portalsKey = `${prefix}dead-letter-portals`;
  const keysOf = (portal: string): string[] => [`${prefix}dead-letters:{${portal}}`, portalsKey];

  return {
    async add(portal, letter) {
      const values = [portal, maxLetters, encodeDeadLetter(letter)];
      return z.string().parse(await connection.run(addScript, keysOf(portal), values));
    },
    async list(portal, options = {}) {
      const start = options.after !== undefined && isId(options.after) ? `(${options.after}` : "-";
      const [stream = ""] = keysOf(portal);
      const answer = await connection.command("XRANGE", stream, start, "+", "COUNT", options.limit ?? maxLetters);
      return entriesSchema.parse(answer).map(([id, [, text]]) => ({ id, ...decodeDeadLetter(text) }));
    },
    async remove(portal, id) {
      return isId(id) && z.number().parse(await connection.run(removeScript, keysOf(portal), [portal, id])) === 1;
    },
    async portals() {
      return z.array(z.string()).parse(await connection.command("SMEMBERS", portalsKey));
    },
    async purge(portal) {
      await connection.run(purgeScript, keysOf(portal), [portal]);
    },
  };
}

/** Ids are opaque to callers; what is not one of ours names nothing. */
function isId(text: string): boolean {
  return /^\d{1,15}-\d{1,15}$/.test(text);
}
