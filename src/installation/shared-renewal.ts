import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { PortalRefusal, PortalUnavailable } from "../datasources/bitrix24/errors.ts";
import type { RenewTokens, TokenPair } from "../datasources/bitrix24/tokens.ts";
import { inBackground } from "../process/guard.ts";
import type { KeyValueStore } from "../storage/key-value-store.ts";
import type { KeptTokens, KeptTokensOf } from "./kept-tokens.ts";

export const RENEWAL_LOCKS_NAMESPACE = "token-renewals";
/** Longer than the authorization server is waited for, so that a lock outlives its work but not by much a process that died. */
const LOCK_MS = 20_000;
const POLL_MS = 50;
const KEEP_AGAIN_MS = 1_000;
/** Also said of a refresh token that has expired, and after the application was taken out. */
const REFRESH_TOKEN_VOID = "invalid_grant";

export interface SharedRenewalOptions {
  readonly keyValues: KeyValueStore;
  /** Where tokens are kept: the first that knows a credential. */
  readonly kept: readonly KeptTokensOf[];
  /** Renewed tokens could not be kept yet; a restart now would lose them. */
  readonly onUnkept: (error: unknown) => void;
  readonly onKeptLate: () => void;
}

export interface SharedRenewal {
  readonly renew: RenewTokens;
  /** Gives up keeping what could not be kept. */
  close(): void;
}

/**
 * Renews an application's tokens once for all processes: one asks the authorization server and keeps the new pair, the others wait for
 * that pair. The old pair is void then, so that a new one that cannot be kept serves this process and is tried again until it is kept.
 */
export function createSharedRenewal({ keyValues, kept, onUnkept, onKeptLate }: SharedRenewalOptions): SharedRenewal {
  /** By name, while the store is away. */
  const owed = new Map<string, TokenPair>();
  let closed = false;

  async function renewedElsewhere(tokens: KeptTokens, stale: TokenPair): Promise<TokenPair | undefined> {
    const latest = owed.get(tokens.name) ?? (await tokens.latest());
    return latest?.accessToken === stale.accessToken ? undefined : latest;
  }

  async function keep(tokens: KeptTokens, pair: TokenPair): Promise<void> {
    try {
      await tokens.keep(pair);
      owed.delete(tokens.name);
    } catch (error) {
      onUnkept(error);
      owed.set(tokens.name, pair);
      inBackground("keeping a renewed token", () => keepLater(tokens, pair));
    }
  }

  async function keepLater(tokens: KeptTokens, pair: TokenPair): Promise<void> {
    // A newer pair has its own turn.
    while (!closed && owed.get(tokens.name) === pair) {
      await delay(KEEP_AGAIN_MS, undefined, { ref: false });
      try {
        if (owed.get(tokens.name) !== pair) return;
        await tokens.keep(pair);
        if (owed.get(tokens.name) === pair) owed.delete(tokens.name);
        onKeptLate();
      } catch {
        // Told once; the store is away still.
      }
    }
  }

  async function renewLocked(
    tokens: KeptTokens,
    stale: TokenPair,
    request: (refreshToken: string) => Promise<TokenPair>,
  ): Promise<TokenPair> {
    const elsewhere = await renewedElsewhere(tokens, stale);
    if (elsewhere !== undefined) return elsewhere;
    try {
      const renewed = await request(stale.refreshToken);
      await keep(tokens, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof PortalRefusal && error.error === REFRESH_TOKEN_VOID) await tokens.lost();
      throw error;
    }
  }

  return {
    async renew(credential, stale, request) {
      const tokens = kept.map((of) => of(credential)).find((found) => found !== undefined);
      if (tokens === undefined) return request(stale.refreshToken);
      const holder = randomUUID();
      const giveUpAt = performance.now() + LOCK_MS;
      while (!(await keyValues.setIfAbsent(RENEWAL_LOCKS_NAMESPACE, tokens.name, holder, { ttlMs: LOCK_MS }))) {
        if (performance.now() > giveUpAt) {
          throw new PortalUnavailable("Another process has been renewing the access token for too long.");
        }
        await delay(POLL_MS);
        const elsewhere = await renewedElsewhere(tokens, stale);
        if (elsewhere !== undefined) return elsewhere;
      }
      try {
        return await renewLocked(tokens, stale, request);
      } finally {
        // It ends by itself where the store is away.
        await keyValues.compareAndSet(RENEWAL_LOCKS_NAMESPACE, tokens.name, holder, null).catch(() => false);
      }
    },
    close() {
      closed = true;
    },
  };
}
