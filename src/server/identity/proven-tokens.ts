import { createHmac } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { z } from "zod";
import { seal, unseal } from "../../installation/sealed-text.ts";
import { atMost } from "../../process/growing-cache.ts";
import type { KeyValueStore, NamespaceBounds } from "../../storage/key-value-store.ts";

const NAMESPACE = "proven-tokens";
const MAX_TOKENS = 20_000;
/** Bounds for `openStorage`. A token that is forgotten costs one more call. */
export const PROVEN_TOKEN_NAMESPACES: NamespaceBounds = {
  [NAMESPACE]: { maxEntries: MAX_TOKENS, whenFull: "dropOldest" },
};

export interface ProvenToken {
  /** The user of the portal whose token it is. */
  readonly userId: string;
  /** When it was proven and until when that is believed; milliseconds of `Date.now()`. */
  readonly provenAt: number;
  readonly expiresAt: number;
}

const record = z.object({ userId: z.string(), provenAt: z.number(), expiresAt: z.number() });

/** Tokens that were proven, by fingerprint: in this process, and sealed in the store for the next one. What has expired is not there. */
export interface ProvenTokens {
  /** What this process knows. */
  known(fingerprint: string): ProvenToken | undefined;
  /** What was kept by another process or an earlier one; undefined when the store cannot be read. */
  recall(fingerprint: string): Promise<ProvenToken | undefined>;
  keep(fingerprint: string, token: ProvenToken): void;
  forget(fingerprint: string): void;
}

export interface ProvenTokensOptions {
  readonly keyValues: KeyValueStore;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  readonly log: Logger;
}

export function createProvenTokens({ keyValues, encryptionKey, log }: ProvenTokensOptions): ProvenTokens {
  const tokens = new LRUCache<string, ProvenToken>(atMost(MAX_TOKENS));

  /** Whoever reads the store cannot tell from it whether a token that he has is known. */
  function keyOf(fingerprint: string): string {
    return createHmac("sha256", encryptionKey).update(`${NAMESPACE} ${fingerprint}`).digest("base64url");
  }

  function living(token: ProvenToken | undefined): ProvenToken | undefined {
    return token !== undefined && token.expiresAt > Date.now() ? token : undefined;
  }

  function inBackground(writing: Promise<unknown>): void {
    writing.catch((error: unknown) => {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, "A proven token was not remembered");
    });
  }

  return {
    known: (fingerprint) => living(tokens.get(fingerprint)),
    async recall(fingerprint) {
      const key = keyOf(fingerprint);
      const sealed = await keyValues.get(NAMESPACE, key).catch(() => null);
      const text = sealed === null ? undefined : unseal(encryptionKey, purpose(key), sealed);
      const token = living(text === undefined ? undefined : decode(text));
      if (token !== undefined) tokens.set(fingerprint, token);
      return token;
    },
    keep(fingerprint, token) {
      tokens.set(fingerprint, token);
      const key = keyOf(fingerprint);
      const sealed = seal(encryptionKey, purpose(key), JSON.stringify(token));
      inBackground(keyValues.set(NAMESPACE, key, sealed, { ttlMs: Math.max(1, token.expiresAt - Date.now()) }));
    },
    forget(fingerprint) {
      tokens.delete(fingerprint);
      inBackground(keyValues.delete(NAMESPACE, keyOf(fingerprint)));
    },
  };
}

function purpose(key: string): string {
  return `proven token ${key}`;
}

function decode(text: string): ProvenToken | undefined {
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
