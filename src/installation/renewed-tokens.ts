import { readFileSync } from "node:fs";
import { z } from "zod";
import { systemErrorCode } from "../config/credentials.ts";
import { type ApplicationCredential, type Credential, fingerprint } from "../datasources/bitrix24/credentials.ts";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import { writePrivateFile } from "../storage/private-file.ts";

const tokensFile = z.record(z.string(), z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1) }));

export interface RenewedTokens {
  /** The configured credentials, each application's with the newest pair that is known. */
  readonly credentials: ReadonlyMap<string, Credential>;
  /** Keeps a renewed pair for the next start. Throws when it cannot be written; the pair still serves this run. */
  keep(credential: ApplicationCredential, pair: TokenPair): void;
}

/**
 * The authorization server replaces both tokens at each renewal, so that the configured ones are void after the first. The newest pair is
 * kept under the fingerprint of the configured one: changing the configuration starts afresh. Throws for a damaged file.
 */
export function openRenewedTokens(path: string, configured: ReadonlyMap<string, Credential>): RenewedTokens {
  const stored = new Map(Object.entries(readTokens(path)));
  const origins = new Map<ApplicationCredential, string>();
  const credentials = new Map<string, Credential>();
  for (const [name, credential] of configured) {
    if (credential.kind !== "application") {
      credentials.set(name, credential);
      continue;
    }
    const origin = fingerprint(credential);
    const current = { ...credential, ...stored.get(origin) };
    origins.set(current, origin);
    credentials.set(name, current);
  }
  return {
    credentials,
    keep(credential, { accessToken, refreshToken }) {
      const origin = origins.get(credential);
      if (origin === undefined) return;
      stored.set(origin, { accessToken, refreshToken });
      const known = new Set(origins.values());
      for (const key of stored.keys()) if (!known.has(key)) stored.delete(key);
      writePrivateFile(path, `${JSON.stringify(Object.fromEntries(stored), null, 2)}\n`);
    },
  };
}

function readTokens(path: string): z.output<typeof tokensFile> {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return {};
    throw error;
  }
  const parsed = tokensFile.safeParse(parseJson(text));
  if (!parsed.success)
    throw new Error(`The file of renewed tokens ${path} is damaged; remove it to start from the configured tokens`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
