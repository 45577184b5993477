import type { EventCodec } from "./log.ts";
import { connectRedis } from "./redis-connection.ts";
import { openRedisDeadLetterLog } from "./redis-dead-letter-log.ts";
import { durabilityWarnings } from "./redis-durability.ts";
import { openRedisEventLog } from "./redis-event-log.ts";
import { openRedisKeyValueStore } from "./redis-key-value-store.ts";
import type { Storage, StorageLimits } from "./storage.ts";

export const DEFAULT_REDIS_PREFIX = "b24oc:";

const FIRST_CONNECTION_MS = 3_000;

/**
 * Storage on a Redis server (6.2 or later), shared by all processes with the same prefix. A server that is away does not fail the start:
 * it is named in the warnings and by `problem`, and everything works once it is there.
 */
export async function openRedisStorage<Event>(
  url: string,
  prefix: string,
  codec: EventCodec<Event>,
  limits: StorageLimits,
): Promise<Storage<Event>> {
  const connection = connectRedis(url, "b24oc-storage");
  const log = openRedisEventLog(connection, codec, { url, prefix, ...limits });
  const warnings = (await connection.becomesReady(FIRST_CONNECTION_MS))
    ? await durabilityWarnings(connection)
    : ["Redis does not answer; events are refused until it does."];
  return {
    log,
    keyValues: openRedisKeyValueStore(connection, prefix, limits.namespaces),
    deadLetters: openRedisDeadLetterLog(connection, prefix, limits.maxDeadLetters),
    exclusive: false,
    warnings,
    givenUp: undefined,
    problem: () => connection.problem(),
    async close() {
      await log.close();
      connection.close();
    },
  };
}
