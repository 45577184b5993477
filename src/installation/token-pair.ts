import { z } from "zod";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import { seal, unseal } from "./sealed-text.ts";

export const tokenPair = z.object({ accessToken: z.string().min(1), refreshToken: z.string().min(1) });

/** A pair of tokens as it is kept: it opens only under the same key and for the application that `name` tells. */
export function sealTokens(key: Buffer, name: string, { accessToken, refreshToken }: TokenPair): string {
  return seal(key, purpose(name), JSON.stringify({ accessToken, refreshToken }));
}

/** Null when it was sealed under another key or for another application. */
export function unsealTokens(key: Buffer, name: string, sealed: string): TokenPair | null {
  const opened = unseal(key, purpose(name), sealed);
  if (opened === undefined) return null;
  try {
    return tokenPair.parse(JSON.parse(opened));
  } catch {
    return null;
  }
}

function purpose(name: string): string {
  return `tokens of ${name}`;
}
