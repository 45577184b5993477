import { hash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import type { Id } from "../datasources/domain/ids.ts";
import { sealTokens, unsealTokens } from "./token-pair.ts";

/** `needs-reinstall`: the portal no longer renews the tokens. Events still arrive, calls with the application's credential fail. */
export type InstallationStatus = "active" | "needs-reinstall";

/** The application in one portal, as verified when it was installed. */
export interface Installation {
  /** The portal's id, stable when its address changes. */
  readonly memberId: string;
  /** Host with a port when not the default. */
  readonly host: string;
  readonly clientId: string;
  /** Null when they cannot be decrypted with the present key. */
  readonly tokens: TokenPair | null;
  /** SHA-256 of the token that every delivery carries; null until the portal has told it. */
  readonly applicationTokenHash: string | null;
  /** SHA-256 of the refresh token with which the callback came: tells a repetition of that callback. */
  readonly offerHash: string;
  readonly scopes: readonly string[];
  /** The administrator whose tokens these are. */
  readonly userId: Id;
  readonly status: InstallationStatus;
  readonly installedAt: Date;
}

const record = z.object({
  version: z.literal(1),
  memberId: z.string(),
  host: z.string(),
  clientId: z.string(),
  sealedTokens: z.string(),
  applicationTokenHash: z.string().nullable(),
  offerHash: z.string(),
  scopes: z.array(z.string()),
  userId: z.string(),
  status: z.enum(["active", "needs-reinstall"]),
  installedAt: z.iso.datetime(),
});

/** How an installation is kept: JSON, its tokens encrypted. */
export function encodeInstallation(key: Buffer, installation: Installation & { tokens: TokenPair }): string {
  const { tokens, installedAt, ...open } = installation;
  const sealedTokens = sealTokens(key, open.memberId, tokens);
  const kept: z.input<typeof record> = {
    version: 1,
    ...open,
    scopes: [...open.scopes],
    installedAt: installedAt.toISOString(),
    sealedTokens,
  };
  return JSON.stringify(kept);
}

/** Undefined for a value that this version did not write. Tokens under another key are null, and the status says that. */
export function decodeInstallation(key: Buffer, value: string): Installation | undefined {
  const parsed = record.safeParse(parseJson(value));
  if (!parsed.success) return undefined;
  const { version: _version, sealedTokens, installedAt, ...open } = parsed.data;
  const tokens = unsealTokens(key, open.memberId, sealedTokens);
  return {
    ...open,
    installedAt: new Date(installedAt),
    tokens,
    status: tokens === null ? "needs-reinstall" : open.status,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SHA-256 in hexadecimal: secrets that are only compared are kept like this. */
export function hashSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** Compares in a time that does not tell how much of a guess was right. */
export function matchesHash(expectedHash: string, secret: string): boolean {
  if (expectedHash !== lastExpected.text)
    lastExpected = { text: expectedHash, bytes: Buffer.from(expectedHash, "hex") };
  const expected = lastExpected.bytes;
  const given = hash("sha256", secret, "buffer");
  return expected.length === given.length && timingSafeEqual(expected, given);
}

/** Deliveries come by the dozen from one portal. */
let lastExpected = { text: "", bytes: Buffer.alloc(0) };
