import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import { PortalRefusal, PortalUnavailable } from "../datasources/bitrix24/errors.ts";
import type { RenewTokens, TokenPair } from "../datasources/bitrix24/tokens.ts";
import type { KeyValueStore } from "../storage/key-value-store.ts";
import type { InstallationStore } from "./installation-store.ts";

export const RENEWAL_LOCKS_NAMESPACE = "token-renewals";
/** Longer than the authorization server is waited for, so that a lock outlives its work but not by much a process that died. */
const LOCK_MS = 20_000;
const POLL_MS = 50;
/** Also said of a refresh token that has expired, and after the application was taken out. */
const REFRESH_TOKEN_VOID = "invalid_grant";

export type SharedRenewal = RenewTokens;

/**
 * Renews an application's tokens once for all processes: one asks the authorization server and keeps the new pair, the others wait for
 * that pair. A refresh token that is no longer good marks the installation `needs-reinstall`; the refusal is thrown on.
 */
export function createSharedRenewal(installations: InstallationStore, keyValues: KeyValueStore): SharedRenewal {
  /** What is kept, unless it is the pair that was found to be expired. Read from the store, not from this process's memory of it. */
  async function renewedElsewhere(memberId: string, stale: TokenPair): Promise<TokenPair | undefined> {
    const kept = await installations.findLatest(memberId);
    if (kept === undefined) throw new PortalUnavailable("The application is no longer installed in the portal.");
    return kept.tokens === null || kept.tokens.accessToken === stale.accessToken ? undefined : kept.tokens;
  }

  async function renewLocked(
    memberId: string,
    credential: ApplicationCredential,
    stale: TokenPair,
    request: (refreshToken: string) => Promise<TokenPair>,
  ): Promise<TokenPair> {
    const elsewhere = await renewedElsewhere(memberId, stale);
    if (elsewhere !== undefined) return elsewhere;
    try {
      const renewed = await request(stale.refreshToken);
      await installations.tokensRenewed(credential, renewed);
      return renewed;
    } catch (error) {
      if (error instanceof PortalRefusal && error.error === REFRESH_TOKEN_VOID)
        await installations.update(memberId, { status: "needs-reinstall" });
      throw error;
    }
  }

  return async (credential, stale, request) => {
    const memberId = installations.memberOf(credential);
    if (memberId === undefined) return request(stale.refreshToken);
    const holder = randomUUID();
    const giveUpAt = performance.now() + LOCK_MS;
    while (!(await keyValues.setIfAbsent(RENEWAL_LOCKS_NAMESPACE, memberId, holder, { ttlMs: LOCK_MS }))) {
      if (performance.now() > giveUpAt) {
        throw new PortalUnavailable("Another process has been renewing the access token for too long.");
      }
      await delay(POLL_MS);
      const elsewhere = await renewedElsewhere(memberId, stale);
      if (elsewhere !== undefined) return elsewhere;
    }
    try {
      return await renewLocked(memberId, credential, stale, request);
    } finally {
      await keyValues.compareAndSet(RENEWAL_LOCKS_NAMESPACE, memberId, holder, null);
    }
  };
}
