import { z } from "zod";
import type { RedisConnection } from "./redis-connection.ts";

const pairSchema = z.tuple([z.string(), z.string()]);

/** What in the server's settings weakens the promise that an accepted event is kept, one sentence each. */
export async function durabilityWarnings(connection: RedisConnection): Promise<string[]> {
  let settings: { appendonly: string; appendfsync: string; policy: string };
  try {
    settings = {
      appendonly: await setting(connection, "appendonly"),
      appendfsync: await setting(connection, "appendfsync"),
      policy: await setting(connection, "maxmemory-policy"),
    };
  } catch {
    return [
      "Redis does not let its settings be read (CONFIG GET): make sure that it runs with appendonly yes, appendfsync always and maxmemory-policy noeviction.",
    ];
  }
  const warnings: string[] = [];
  if (settings.appendonly !== "yes") {
    warnings.push(
      "Redis runs without an append-only file: accepted events are lost when it stops. Set appendonly yes and appendfsync always.",
    );
  } else if (settings.appendfsync !== "always") {
    warnings.push(
      `Redis runs with appendfsync ${settings.appendfsync}: events accepted just before a crash of its machine may be lost. Set appendfsync always.`,
    );
  }
  if (settings.policy !== "noeviction") {
    warnings.push(
      `Redis runs with maxmemory-policy ${settings.policy} and may drop events when its memory is full. Set maxmemory-policy noeviction.`,
    );
  }
  return warnings;
}

async function setting(connection: RedisConnection, name: string): Promise<string> {
  return pairSchema.parse(await connection.command("CONFIG", "GET", name))[1];
}
