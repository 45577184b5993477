import { LRUCache } from "lru-cache";
import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import { atMost } from "../process/growing-cache.ts";
import { type KeyValueStore, type NamespaceBounds } from "../storage/key-value-store.ts";
import { StorageUnavailable } from "../storage/storage-unavailable.ts";
import {
  decodeInstallation,
  encodeInstallation,
  type Installation,
  type InstallationStatus,
  matchesHash,
} from "./installation.ts";

export const INSTALLATIONS_NAMESPACE = "installations";
/** Bounds for `openEventStorage`: an installation is refused rather than another one dropped. */
export const INSTALLATION_NAMESPACES: NamespaceBounds = {
  [INSTALLATIONS_NAMESPACE]: { maxEntries: 10_000, whenFull: "refuse" },
};
/** Other processes may install and uninstall; what was read is trusted this long. */
const TRUST_MS = 10_000;
/** A refusal is checked against the store at most this often for one portal, so that wrong deliveries cost little. */
const RECHECK_MS = 1_000;
const MAX_CACHED = 10_000;

export type TokenCheck = "right" | "wrong" | "unknown-portal";

/** The portals in which the application is installed. All methods reject with `StorageUnavailable` when nothing can be read or kept. */
export interface InstallationStore {
  /** As remembered for a few seconds, or as kept. */
  find(memberId: string): Promise<Installation | undefined>;
  /** As kept now, whatever this process remembers. */
  findLatest(memberId: string): Promise<Installation | undefined>;
  /** The newest installation at a host. */
  findByHost(host: string): Promise<Installation | undefined>;
  list(): Promise<readonly Installation[]>;
  /** Keeps an installation that was verified; an earlier one of the portal is replaced. */
  save(installation: Installation & { readonly tokens: TokenPair }): Promise<void>;
  /** Changes one that is there; tells whether it was. */
  update(memberId: string, change: InstallationChange): Promise<boolean>;
  remove(memberId: string): Promise<boolean>;
  /** Compares a delivery's `application_token` in constant time. */
  checkApplicationToken(memberId: string, token: string): Promise<TokenCheck>;
  /**
   * What the application's calls are made with; undefined when it is not installed there or its tokens cannot be read. The same object
   * until the application is installed anew, because renewed tokens are kept by the credential's identity.
   */
  credential(memberId: string): Promise<ApplicationCredential | undefined>;
  /** The portal a credential of this store belongs to. */
  memberOf(credential: ApplicationCredential): string | undefined;
  /** Keeps renewed tokens; the old ones are void. Credentials of other sources are ignored. */
  tokensRenewed(credential: ApplicationCredential, pair: TokenPair): Promise<void>;
}

export interface InstallationChange {
  readonly tokens?: TokenPair;
  readonly applicationTokenHash?: string;
  readonly status?: InstallationStatus;
}

export interface InstallationStoreOptions {
  readonly keyValues: KeyValueStore;
  /** 32 bytes; tokens are encrypted with it. */
  readonly encryptionKey: Buffer;
  readonly clientSecret: string;
  /** Token endpoint of the authorization server; the cloud's when left out. */
  readonly tokenUrl?: string | undefined;
}

interface Known {
  readonly installation: Installation | undefined;
  readonly readAt: number;
}

export function createInstallationStore(options: InstallationStoreOptions): InstallationStore {
  const { keyValues, encryptionKey } = options;
  const known = new LRUCache<string, Known>(atMost(MAX_CACHED));
  const reading = new Map<string, Promise<Installation | undefined>>();
  const credentials = new Map<string, { readonly installedAt: number; readonly credential: ApplicationCredential }>();
  const members = new WeakMap<ApplicationCredential, string>();

  function readAgain(memberId: string): Promise<Installation | undefined> {
    const underWay = reading.get(memberId);
    if (underWay !== undefined) return underWay;
    const read = keyValues
      .get(INSTALLATIONS_NAMESPACE, memberId)
      .then((value) => {
        const installation = value === null ? undefined : decodeInstallation(encryptionKey, value);
        known.set(memberId, { installation, readAt: performance.now() });
        return installation;
      })
      .finally(() => reading.delete(memberId));
    reading.set(memberId, read);
    return read;
  }

  function age(memberId: string): number {
    const entry = known.get(memberId);
    return entry === undefined ? Number.POSITIVE_INFINITY : performance.now() - entry.readAt;
  }

  async function find(memberId: string): Promise<Installation | undefined> {
    if (age(memberId) < TRUST_MS) return known.get(memberId)?.installation;
    try {
      return await readAgain(memberId);
    } catch (error) {
      // A portal that was known keeps being known; what cannot be kept is refused where it is to be kept.
      const entry = known.get(memberId);
      if (entry?.installation !== undefined && error instanceof StorageUnavailable) return entry.installation;
      throw error;
    }
  }

  async function list(): Promise<readonly Installation[]> {
    const kept = await keyValues.list(INSTALLATIONS_NAMESPACE);
    return kept.flatMap(({ value }) => decodeInstallation(encryptionKey, value) ?? []);
  }

  async function update(memberId: string, change: InstallationChange): Promise<boolean> {
    for (;;) {
      const value = await keyValues.get(INSTALLATIONS_NAMESPACE, memberId);
      const installation = value === null ? undefined : decodeInstallation(encryptionKey, value);
      if (value === null || installation === undefined) return false;
      const { tokens } = { ...installation, ...change };
      if (tokens === null) return false;
      const changed = { ...installation, ...change, tokens };
      const replaced = await keyValues.compareAndSet(
        INSTALLATIONS_NAMESPACE,
        memberId,
        value,
        encodeInstallation(encryptionKey, changed),
      );
      if (!replaced) continue;
      known.set(memberId, { installation: changed, readAt: performance.now() });
      return true;
    }
  }

  function judge(installation: Installation | undefined, token: string): TokenCheck {
    if (installation === undefined) return "unknown-portal";
    const { applicationTokenHash } = installation;
    return applicationTokenHash !== null && matchesHash(applicationTokenHash, token) ? "right" : "wrong";
  }

  return {
    find,
    findLatest: readAgain,
    list,
    update,
    async findByHost(host) {
      const there = (await list()).filter((installation) => installation.host === host);
      return there.sort((a, b) => b.installedAt.getTime() - a.installedAt.getTime())[0];
    },
    async save(installation) {
      const value = encodeInstallation(encryptionKey, installation);
      await keyValues.set(INSTALLATIONS_NAMESPACE, installation.memberId, value);
      known.set(installation.memberId, { installation, readAt: performance.now() });
      credentials.delete(installation.memberId);
    },
    async remove(memberId) {
      const wasThere = await keyValues.delete(INSTALLATIONS_NAMESPACE, memberId);
      known.delete(memberId);
      credentials.delete(memberId);
      return wasThere;
    },
    async checkApplicationToken(memberId, token) {
      const verdict = judge(await find(memberId), token);
      if (verdict === "right" || age(memberId) < RECHECK_MS) return verdict;
      return judge(await readAgain(memberId), token);
    },
    async credential(memberId) {
      const installation = await find(memberId);
      if (installation === undefined || installation.tokens === null) return undefined;
      const installedAt = installation.installedAt.getTime();
      const existing = credentials.get(memberId);
      if (existing?.installedAt === installedAt) return existing.credential;
      const { clientId, host, tokens } = installation;
      const credential: ApplicationCredential = {
        kind: "application",
        portal: host,
        clientId,
        clientSecret: options.clientSecret,
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
        ...(options.tokenUrl === undefined ? {} : { tokenUrl: options.tokenUrl }),
      };
      credentials.set(memberId, { installedAt, credential });
      members.set(credential, memberId);
      return credential;
    },
    memberOf: (credential) => members.get(credential),
    async tokensRenewed(credential, pair) {
      const memberId = members.get(credential);
      // After a new installation the credential is another, and this one's tokens are of no use any more.
      if (memberId === undefined || credentials.get(memberId)?.credential !== credential) return;
      const { accessToken, refreshToken } = pair;
      await update(memberId, { tokens: { accessToken, refreshToken }, status: "active" });
    },
  };
}
