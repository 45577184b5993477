import { type Allowance, bucketLimits, createLocalAllowance, type Taken } from "../datasources/bitrix24/bucket.ts";
import type { Plan } from "../datasources/bitrix24/usage.ts";
import { inBackground } from "../process/guard.ts";
import { type RedisConnection, redisScript } from "./redis-connection.ts";

/**
 * One leaky bucket for all processes, because a portal counts by source address. The server's clock drains it. Arguments: capacity, usable,
 * drain per second, surplus cap, how the level changes, how many are wanted, reserve. Answers `{taken, level * 1000, waitMs}`.
 */
const BUCKET = redisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local capacity, usable, drain, cap = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local action, wanted, reserve = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
local kept = redis.call('HMGET', KEYS[1], 'level', 'surplus', 'at')
local level, surplus, at = tonumber(kept[1] or 0), tonumber(kept[2] or cap), tonumber(kept[3] or now)
local drained = math.max(0, now - at) / 1000 * drain
surplus = math.min(cap, surplus + math.max(0, drained - level))
level = math.max(0, level - drained)
local taken, wait = 0, 0
if action == 'take' then
  taken = math.max(0, math.min(wanted, math.floor(usable - reserve - level)))
  if taken == 0 then wait = math.max(1, math.ceil((level - (usable - reserve - 1)) / drain * 1000)) end
elseif action == 'surplus' then
  taken = math.max(0, math.min(wanted, math.floor(surplus), math.floor(usable - reserve - level)))
  surplus = surplus - taken
elseif action == 'count' then
  taken = wanted
elseif action == 'full' then
  level = capacity
  surplus = 0
end
level = math.max(0, math.min(capacity, level + taken))
redis.call('HSET', KEYS[1], 'level', tostring(level), 'surplus', tostring(surplus), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(capacity / drain * 2000) + 60000)
return {taken, math.floor(level * 1000), wait}
`);

/** One small budget for all processes. Arguments: drain per millisecond. Answers the level * 1000 with this request. */
const BUDGET = redisScript(`
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
local perMs = tonumber(ARGV[1])
local kept = redis.call('HMGET', KEYS[1], 'level', 'at')
local level = math.max(0, tonumber(kept[1] or 0) - math.max(0, now - tonumber(kept[2] or now)) * perMs) + 1
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(level / perMs) + 60000)
return math.floor(level * 1000)
`);

/**
 * The allowance of a portal shared through Redis. What needs no answer at once (how long to wait, what the level is) is told from a local
 * copy that every answer corrects. While Redis is away this process counts alone: the portal's own refusal then sets all right.
 */
export function createRedisAllowance(connection: RedisConnection, key: string, plan: Plan): Allowance {
  const limits = bucketLimits(plan);
  const local = createLocalAllowance(plan);
  if (limits === undefined) return local;
  const { capacity, usable, drainPerSecond, surplusCap } = limits;

  async function ask(
    action: "take" | "surplus" | "count" | "full",
    wanted: number,
    reserve: number,
  ): Promise<Taken | undefined> {
    try {
      const answer = await connection.run(
        BUCKET,
        [key],
        [capacity, usable, drainPerSecond, surplusCap, action, wanted, reserve],
      );
      if (!Array.isArray(answer)) return undefined;
      const [taken, level, waitMs]: unknown[] = answer;
      if (typeof taken !== "number" || typeof level !== "number" || typeof waitMs !== "number") return undefined;
      local.setLevel(level / 1000);
      return { taken, waitMs };
    } catch {
      return undefined;
    }
  }

  const tell = (action: "count" | "full", amount: number): void =>
    inBackground("telling Redis of the allowance", () => ask(action, amount, 0));

  return {
    async take(wanted, reserve) {
      return (await ask("take", wanted, reserve)) ?? (await local.take(wanted, reserve));
    },
    async takeSurplus(wanted, reserve) {
      return (await ask("surplus", wanted, reserve))?.taken ?? (await local.takeSurplus(wanted, reserve));
    },
    count() {
      local.count();
      tell("count", 1);
    },
    giveBack(unused) {
      local.giveBack(unused);
      tell("count", -unused);
    },
    exhausted() {
      local.exhausted();
      tell("full", 0);
    },
    async spentByAll(budget, perMs) {
      try {
        const level = await connection.run(BUDGET, [`${key}:${budget}`], [perMs]);
        return typeof level === "number" ? level / 1000 : undefined;
      } catch {
        return undefined;
      }
    },
    waitFor: (requests) => local.waitFor(requests),
    isScarce: () => local.isScarce(),
    state: () => local.state(),
  };
}
