import { z } from "zod";
import {
  DEFAULT_NAMESPACE_BOUND,
  type KeyValueStore,
  type NamespaceBounds,
  NamespaceFull,
  type WriteOptions,
} from "./key-value-store.ts";
import { type RedisConnection, readingScript, redisScript } from "./redis-connection.ts";

// KEYS: hash of values, sorted set of keys by age, sorted set of keys by expiry, counter of writes. Time is the server's.
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function drop(key)
  redis.call('HDEL', KEYS[1], key)
  redis.call('ZREM', KEYS[2], key)
  redis.call('ZREM', KEYS[3], key)
end
local function living(key)
  local expiry = redis.call('ZSCORE', KEYS[3], key)
  if expiry and tonumber(expiry) <= now then return false end
  return redis.call('HGET', KEYS[1], key)
end
`;

// What a write ends with, 'full' or 'written'. ARGV: key, value, ttl in ms or "", most entries, "1" to refuse when full.
const writing = `
local function write()
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, 100)) do drop(key) end
  if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
    local excess = redis.call('HLEN', KEYS[1]) - tonumber(ARGV[4]) + 1
    if excess > 0 and ARGV[5] == '1' then return 'full' end
    if excess > 0 then
      for _, key in ipairs(redis.call('ZRANGE', KEYS[2], 0, excess - 1)) do drop(key) end
    end
  end
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[4]), ARGV[1])
  if ARGV[3] == '' then
    redis.call('ZREM', KEYS[3], ARGV[1])
  else
    redis.call('ZADD', KEYS[3], now + tonumber(ARGV[3]), ARGV[1])
  end
  return 'written'
end
`;

const getScript = readingScript(`${prelude} return living(ARGV[1])`);
const setScript = redisScript(`${prelude}${writing} return write()`);
const setIfAbsentScript = redisScript(`${prelude}${writing}
if living(ARGV[1]) then return 'kept' end
return write()`);
// ARGV[6]: the expected value.
const replaceScript = redisScript(`${prelude}${writing}
if living(ARGV[1]) ~= ARGV[6] then return 'kept' end
return write()`);
const deleteIfEqualScript = redisScript(`${prelude}
if living(ARGV[1]) ~= ARGV[2] then return 0 end
drop(ARGV[1])
return 1`);
const deleteScript = redisScript(`${prelude}
local value = living(ARGV[1])
drop(ARGV[1])
return value and 1 or 0`);
const listScript = readingScript(`${prelude}
local found = {}
for _, key in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  local value = living(key)
  if value then
    found[#found + 1] = key
    found[#found + 1] = value
  end
end
return found`);

const writeAnswer = z.enum(["written", "kept", "full"]);
const countAnswer = z.union([z.literal(0), z.literal(1)]);

/** Small records on a Redis server, shared by all processes with the same prefix. */
export function openRedisKeyValueStore(
  connection: RedisConnection,
  prefix: string,
  bounds: NamespaceBounds,
): KeyValueStore {
  function keysOf(namespace: string): string[] {
    const base = `${prefix}kv:{${namespace}}`;
    return [base, `${base}:by-age`, `${base}:by-expiry`, `${base}:writes`];
  }

  function boundOf(namespace: string) {
    return (Object.hasOwn(bounds, namespace) ? bounds[namespace] : undefined) ?? DEFAULT_NAMESPACE_BOUND;
  }

  async function write(
    script: typeof setScript,
    namespace: string,
    key: string,
    value: string,
    options: WriteOptions | undefined,
    ...more: string[]
  ): Promise<boolean> {
    const bound = boundOf(namespace);
    const answer = writeAnswer.parse(
      await connection.run(script, keysOf(namespace), [
        key,
        value,
        options?.ttlMs ?? "",
        bound.maxEntries,
        bound.whenFull === "refuse" ? "1" : "0",
        ...more,
      ]),
    );
    if (answer === "full") {
      throw new NamespaceFull(namespace, bound.maxEntries);
    }
    return answer === "written";
  }

  return {
    async get(namespace, key) {
      return z
        .string()
        .nullable()
        .parse(await connection.run(getScript, keysOf(namespace), [key]));
    },
    async set(namespace, key, value, options) {
      await write(setScript, namespace, key, value, options);
    },
    setIfAbsent: (namespace, key, value, options) => write(setIfAbsentScript, namespace, key, value, options),
    async compareAndSet(namespace, key, expected, replacement, options) {
      if (replacement !== null) {
        return await write(replaceScript, namespace, key, replacement, options, expected);
      }
      return countAnswer.parse(await connection.run(deleteIfEqualScript, keysOf(namespace), [key, expected])) === 1;
    },
    async delete(namespace, key) {
      return countAnswer.parse(await connection.run(deleteScript, keysOf(namespace), [key])) === 1;
    },
    async list(namespace) {
      const flat = z.array(z.string()).parse(await connection.run(listScript, keysOf(namespace), []));
      const entries: { key: string; value: string }[] = [];
      for (let index = 0; index < flat.length; index += 2) {
        entries.push({ key: flat[index] ?? "", value: flat[index + 1] ?? "" });
      }
      return entries;
    },
  };
}
