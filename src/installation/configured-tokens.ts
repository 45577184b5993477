import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import { systemErrorCode } from "../config/credentials.ts";
import { type ApplicationCredential, type Credential, fingerprint } from "../datasources/bitrix24/credentials.ts";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import type { KeyValueStore, NamespaceBounds } from "../storage/key-value-store.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import type { KeptTokensOf } from "./kept-tokens.ts";
import { sealTokens, tokenPair, unsealTokens } from "./token-pair.ts";

const NAMESPACE = "configured-tokens";
/** Bounds for `openStorage`. */
export const CONFIGURED_TOKEN_NAMESPACES: NamespaceBounds = {
  [NAMESPACE]: { maxEntries: 10_000, whenFull: "dropOldest" },
};
/** A refresh token lives 180 days; what was not renewed for longer is void. */
const KEPT_MS = 180 * 24 * 60 * 60_000;

export interface ConfiguredTokensOptions {
  readonly keyValues: KeyValueStore;
  /** 32 bytes. */
  readonly encryptionKey: Buffer;
  readonly configured: ReadonlyMap<string, Credential>;
  /** Where earlier versions kept tokens in clear. What is in it is sealed, and the file removed. */
  readonly earlierFile: string;
  /** An application's tokens are renewed no longer; told with the name of its credential. */
  readonly onLost: (name: string) => void;
}

export interface ConfiguredTokens {
  /** The configured credentials, each application's with the newest tokens that are known. */
  readonly credentials: ReadonlyMap<string, Credential>;
  readonly keptTokens: KeptTokensOf;
}

/**
 * The authorization server replaces both tokens at each renewal, so that the configured ones are void after the first. The newest pair is
 * kept under the fingerprint of the configured one: changing the configuration starts afresh. Throws for a damaged file.
 */
export async function openConfiguredTokens(options: ConfiguredTokensOptions): Promise<ConfiguredTokens> {
  const { keyValues, encryptionKey, configured, onLost } = options;
  const origins = new Map<ApplicationCredential, { readonly name: string; readonly origin: string }>();
  const credentials = new Map<string, Credential>();

  async function latest(origin: string): Promise<TokenPair | undefined> {
    const sealed = await keyValues.get(NAMESPACE, origin);
    return sealed === null ? undefined : (unsealTokens(encryptionKey, nameOf(origin), sealed) ?? undefined);
  }

  const seal = (origin: string, pair: TokenPair): string => sealTokens(encryptionKey, nameOf(origin), pair);

  const earlier = readEarlierFile(options.earlierFile);
  await unlessAway(async () => {
    // Another gateway may have renewed them since.
    for (const [origin, pair] of earlier) {
      await keyValues.setIfAbsent(NAMESPACE, origin, seal(origin, pair), { ttlMs: KEPT_MS });
    }
    rmSync(options.earlierFile, { force: true });
  });
  for (const [name, credential] of configured) {
    if (credential.kind !== "application") {
      credentials.set(name, credential);
      continue;
    }
    const origin = fingerprint(credential);
    // What is kept is looked at again before anything is renewed.
    const pair = (await unlessAway(() => latest(origin))) ?? earlier.get(origin);
    const current = { ...credential, ...pair };
    origins.set(current, { name, origin });
    credentials.set(name, current);
  }
  return {
    credentials,
    keptTokens(credential) {
      const found = origins.get(credential);
      if (found === undefined) return undefined;
      const { name, origin } = found;
      return {
        name: nameOf(origin),
        latest: () => latest(origin),
        keep: (pair) => keyValues.set(NAMESPACE, origin, seal(origin, pair), { ttlMs: KEPT_MS }),
        lost: async () => onLost(name),
      };
    },
  };
}

/** Undefined while the store is away: the gateway starts all the same. */
async function unlessAway<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StorageUnavailable) return undefined;
    throw error;
  }
}

function nameOf(origin: string): string {
  return `configured:${origin}`;
}

const earlierTokens = z.record(z.string(), tokenPair);

function readEarlierFile(path: string): ReadonlyMap<string, TokenPair> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return new Map();
    throw error;
  }
  try {
    return new Map(Object.entries(earlierTokens.parse(JSON.parse(text))));
  } catch {
    throw new Error(`The file of renewed tokens ${path} is damaged; remove it to start from the configured tokens`);
  }
}
