import { redisScript } from "./redis-connection.ts";

// A portal's keys, in this order for every script: KEYS[1] hash {identity, head, oldest}, KEYS[2] stream, KEYS[3] sorted set of delivery
// keys by time, KEYS[4] set of the portals that have a log.

/**
 * ARGV: portal, channel, identity for a new log, delivery key or "", now, begin of the duplicate window (ms), most delivery keys, events…
 * Answers {1} for a repetition, else {0, first position, last position}.
 */
export const appendScript = redisScript(`
if ARGV[4] ~= '' then
  local at = redis.call('ZSCORE', KEYS[3], ARGV[4])
  if at and tonumber(at) > tonumber(ARGV[6]) then return {1} end
end
if redis.call('HSETNX', KEYS[1], 'identity', ARGV[3]) == 1 then redis.call('SADD', KEYS[4], ARGV[1]) end
local first, position = nil, nil
for i = 8, #ARGV do
  position = redis.call('HINCRBY', KEYS[1], 'head', 1)
  first = first or position
  redis.call('XADD', KEYS[2], string.format('%.0f-0', position), 'e', ARGV[i])
end
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[3], ARGV[5], ARGV[4])
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', ARGV[6])
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[7]))
end
redis.call('PUBLISH', ARGV[2], '')
return {0, first, position}
`);

/** ARGV: portal, identity for a new log. Answers the identity. */
export const identityScript = redisScript(`
if redis.call('HSETNX', KEYS[1], 'identity', ARGV[2]) == 1 then redis.call('SADD', KEYS[4], ARGV[1]) end
return redis.call('HGET', KEYS[1], 'identity')
`);

/** ARGV: identity, position through which events are dropped. Another identity: the log was purged meanwhile, nothing is done. */
export const trimScript = redisScript(`
if redis.call('HGET', KEYS[1], 'identity') ~= ARGV[1] then return 0 end
local oldest = tonumber(redis.call('HGET', KEYS[1], 'oldest') or '0')
if oldest >= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'oldest', ARGV[2])
return redis.call('XTRIM', KEYS[2], 'MINID', '=', string.format('%.0f-0', tonumber(ARGV[2]) + 1))
`);

/** ARGV: portal, channel. */
export const purgeScript = redisScript(`
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
redis.call('SREM', KEYS[4], ARGV[1])
redis.call('PUBLISH', ARGV[2], '')
return 1
`);
