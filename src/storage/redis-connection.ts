import { createHash } from "node:crypto";
import { Redis } from "ioredis";
import { guard } from "../process/guard.ts";
import { StorageUnavailable } from "./storage-unavailable.ts";

/** A piece of Lua that the server runs as one step. */
export interface RedisScript {
  readonly lua: string;
  readonly sha1: string;
  /** Whether it writes: a server that is read-only or out of memory still answers the others. */
  readonly writes: boolean;
}

export function redisScript(lua: string): RedisScript {
  return { lua, sha1: createHash("sha1").update(lua).digest("hex"), writes: true };
}

/** A script that only reads. */
export function readingScript(lua: string): RedisScript {
  return { ...redisScript(lua), writes: false };
}

/** One connection to a Redis server that reconnects by itself and never keeps a command waiting for a server that is away. */
export interface RedisConnection {
  readonly client: Redis;
  /** Sends a command. Rejects with `StorageUnavailable` at once when there is no connection, within 4 s when no answer comes. */
  command(name: string, ...values: (string | number)[]): Promise<unknown>;
  /** Runs a script the same way. */
  run(script: RedisScript, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown>;
  isReady(): boolean;
  /** Why nothing can be written now, for the operator; undefined while all is well, as far as the last write tells. */
  problem(): string | undefined;
  /** Resolves true when the connection is ready, false when it is not within the time. */
  becomesReady(withinMs: number): Promise<boolean>;
  close(): void;
}

/** Long enough for a slow sync of its disk: a refusal loses the event, the portal does not send it again. */
const COMMAND_TIMEOUT_MS = 4_000;
const PROBE_EVERY_MS = 3_000;
const MAX_UNANSWERED = 20_000;
const CLOSED = "The storage is closed.";

/** Opens a connection; it need not succeed now. `onReady` is called at every (re)connection. */
export function connectRedis(url: string, name: string, onReady: () => unknown = () => {}): RedisConnection {
  const client = new Redis(url, {
    connectionName: name,
    protocol: 2,
    connectTimeout: 1_500,
    commandTimeout: COMMAND_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(50 * attempt, 1_000),
    // A command is answered now or refused now: what a sender was told to be refused must not be stored later.
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    // After a failover the old primary answers so; a new connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith("READONLY"),
  });
  let unanswered = 0;
  let closed = false;
  let refusal: string | undefined;
  // Every failed attempt to connect is an "error" event; without a listener it would be printed or thrown.
  client.on("error", () => {});
  client.on("ready", guard("a new connection to Redis", onReady));
  const probe = setInterval(
    guard("asking whether Redis answers", () => {
      if (client.status !== "ready") return undefined;
      // A connection whose other end vanished without a word is found out by silence.
      return client.ping().catch(() => {
        if (client.status === "ready") {
          client.disconnect(true);
        }
      });
    }),
    PROBE_EVERY_MS,
  );
  probe.unref();

  async function send(name: string, values: readonly (string | number)[]): Promise<unknown> {
    if (closed) {
      throw new StorageUnavailable(CLOSED);
    }
    if (unanswered >= MAX_UNANSWERED) {
      throw new StorageUnavailable(`${MAX_UNANSWERED} commands are waiting for Redis already.`);
    }
    unanswered += 1;
    try {
      return await client.call(name, ...values);
    } finally {
      unanswered -= 1;
    }
  }

  async function evaluate(
    script: RedisScript,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<unknown> {
    try {
      return await send("EVALSHA", [script.sha1, keys.length, ...keys, ...values]);
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    }
    return await send("EVAL", [script.lua, keys.length, ...keys, ...values]);
  }

  return {
    client,
    async command(name, ...values) {
      try {
        return await send(name, values);
      } catch (error) {
        throw unavailable(error);
      }
    },
    async run(script, keys, values) {
      try {
        const answer = await evaluate(script, keys, values);
        if (script.writes) refusal = undefined;
        return answer;
      } catch (error) {
        if (script.writes) refusal = refusalIn(error) ?? refusal;
        throw unavailable(error);
      }
    },
    isReady: () => !closed && client.status === "ready",
    problem() {
      if (closed) return CLOSED;
      if (client.status !== "ready") return "Redis does not answer.";
      return refusal === undefined ? undefined : `Redis refuses to write: ${refusal}`;
    },
    async becomesReady(withinMs) {
      const deadline = AbortSignal.timeout(withinMs);
      return await new Promise((resolve) => {
        if (client.status === "ready") {
          resolve(true);
          return;
        }
        client.once("ready", () => resolve(true));
        deadline.addEventListener("abort", () => resolve(false), { once: true });
      });
    },
    close() {
      closed = true;
      clearInterval(probe);
      client.disconnect();
    },
  };
}

/** What the server itself says (READONLY, OOM, MISCONF …), or that it says nothing. A lost connection tells for itself. */
function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.name === "ReplyError" || error.message === "Command timed out" ? error.message : undefined;
}

function unavailable(error: unknown): StorageUnavailable {
  if (error instanceof StorageUnavailable) {
    return error;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new StorageUnavailable(`Redis cannot be used now: ${reason}`, { cause: error });
}
