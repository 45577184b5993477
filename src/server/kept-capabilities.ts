import { createHmac } from "node:crypto";
import type { Logger } from "pino";
import { z } from "zod";
import { PortalRefusal } from "../datasources/bitrix24/errors.ts";
import type { BelievedCapability, KeptCapabilities } from "../datasources/loaders/capabilities.ts";
import { derivedKey, seal, unseal } from "../installation/sealed-text.ts";
import { inBackground } from "../process/guard.ts";
import type { KeyValueStore, NamespaceBounds } from "../storage/key-value-store.ts";

const NAMESPACE = "capabilities";
/** Bounds for `openStorage`. What is forgotten is found out again by one call. */
export const CAPABILITY_NAMESPACES: NamespaceBounds = {
  [NAMESPACE]: { maxEntries: 50_000, whenFull: "dropOldest" },
};
const PURPOSE = "capabilities";

const record = z.object({
  /** Milliseconds of the calendar. */
  checkedAt: z.number(),
  until: z.number(),
  refusal: z
    .object({
      method: z.string(),
      error: z.string(),
      description: z.string(),
      status: z.number().nullable(),
      layer: z.enum(["request", "command", "call"]),
    })
    .nullable(),
});

/** In the store, sealed: whose credential may do what is nobody else's business. */
export function createKeptCapabilities(
  keyValues: KeyValueStore,
  encryptionKey: Buffer,
  log: Pick<Logger, "debug">,
): KeptCapabilities {
  const key = derivedKey(encryptionKey, PURPOSE);
  const nameOf = (told: string): string => createHmac("sha256", key).update(told).digest("base64url");

  async function quietly<T>(begin: () => Promise<T>): Promise<T | undefined> {
    try {
      return await begin();
    } catch (error) {
      log.debug({ reason: error instanceof Error ? error.message : String(error) }, "Capabilities are not kept now");
      return undefined;
    }
  }

  return {
    async get(told) {
      const name = nameOf(told);
      const sealed = await quietly(() => keyValues.get(NAMESPACE, name));
      const text = sealed === null || sealed === undefined ? undefined : unseal(key, purposeOf(name), sealed);
      return text === undefined ? undefined : decoded(text);
    },
    set(told, believed) {
      const name = nameOf(told);
      const ttlMs = Math.max(1, believed.until - Date.now());
      const sealed = seal(key, purposeOf(name), encoded(believed));
      inBackground("keeping what a portal has", () => quietly(() => keyValues.set(NAMESPACE, name, sealed, { ttlMs })));
    },
    delete(told) {
      inBackground("forgetting what a portal lacks", () => quietly(() => keyValues.delete(NAMESPACE, nameOf(told))));
    },
  };
}

function purposeOf(name: string): string {
  return `${PURPOSE} ${name}`;
}

function encoded({ capability, until }: BelievedCapability): string {
  const refusal = capability.status === "missing" ? capability.refusal : undefined;
  return JSON.stringify({
    checkedAt: capability.checkedAt.getTime(),
    until,
    refusal:
      refusal === undefined
        ? null
        : {
            method: refusal.method ?? "",
            error: refusal.error,
            description: refusal.description,
            status: refusal.status ?? null,
            layer: refusal.layer,
          },
  });
}

/** Undefined for what another version wrote otherwise. */
function decoded(text: string): BelievedCapability | undefined {
  try {
    const { checkedAt, until, refusal } = record.parse(JSON.parse(text));
    if (until <= Date.now()) return undefined;
    const at = new Date(checkedAt);
    if (refusal === null) return { capability: { status: "available", checkedAt: at }, until };
    const { method, error, description, status, layer } = refusal;
    const refused = new PortalRefusal(method, error, description, status ?? undefined, layer);
    return { capability: { status: "missing", refusal: refused, checkedAt: at }, until };
  } catch {
    return undefined;
  }
}
