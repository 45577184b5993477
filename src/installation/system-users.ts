import { z } from "zod";
import type { ApplicationCredential } from "../datasources/bitrix24/credentials.ts";
import type { TokenPair } from "../datasources/bitrix24/tokens.ts";
import type { Id } from "../datasources/domain/ids.ts";
import type { NamespaceBounds } from "../storage/key-value-store.ts";
import type { InstallationStoreOptions } from "./installation-store.ts";
import type { KeptTokensOf } from "./kept-tokens.ts";
import { sealTokens, unsealTokens } from "./token-pair.ts";

const NAMESPACE = "system-users";
/** Bounds for `openStorage`: one for each installation. */
export const SYSTEM_USER_NAMESPACES: NamespaceBounds = { [NAMESPACE]: { maxEntries: 10_000, whenFull: "refuse" } };

/** `chats`: reads the records of chats. `histories`: their sessions' messages. `bindings`: sees and sets the application's handlers. */
const ABILITIES = ["chats", "histories", "bindings"] as const;
export type Ability = (typeof ABILITIES)[number];

/** The hidden employee that a portal makes for the application: he stays when who installed it leaves, and may see little. */
export interface SystemUser {
  readonly memberId: string;
  /** Host with a port when not the default. */
  readonly host: string;
  readonly clientId: string;
  readonly userId: Id;
  /** SHA-256 of the refresh token that the event brought: tells a repetition of that event. */
  readonly offerHash: string;
  /** What he was seen to do. */
  readonly proven: readonly Ability[];
  /** His tokens are renewed no longer. */
  readonly isLost: boolean;
  readonly readyAt: Date;
}

const record = z.object({
  memberId: z.string(),
  host: z.string(),
  clientId: z.string(),
  userId: z.string(),
  sealedTokens: z.string(),
  offerHash: z.string(),
  proven: z.array(z.enum(ABILITIES)),
  isLost: z.boolean(),
  readyAt: z.iso.datetime(),
});
type Kept = z.infer<typeof record>;

/** The system users of the application's portals, beside its installations. All methods reject with `StorageUnavailable`. */
export interface SystemUsers {
  find(memberId: string): Promise<SystemUser | undefined>;
  /** Keeps one that was verified, with his tokens sealed; an earlier one of the portal is replaced. */
  save(user: SystemUser, tokens: TokenPair): Promise<void>;
  noteProven(memberId: string, proven: readonly Ability[]): Promise<void>;
  remove(memberId: string): Promise<void>;
  /** What he acts with; undefined without one whose tokens can be read and are renewed. The same object until he comes anew. */
  credential(memberId: string): Promise<ApplicationCredential | undefined>;
  readonly keptTokens: KeptTokensOf;
}

export function createSystemUsers({ keyValues, encryptionKey, ...options }: InstallationStoreOptions): SystemUsers {
  const credentials = new Map<string, { readonly offerHash: string; readonly credential: ApplicationCredential }>();
  const members = new WeakMap<ApplicationCredential, string>();

  async function read(memberId: string): Promise<{ kept: Kept; value: string } | undefined> {
    const value = await keyValues.get(NAMESPACE, memberId);
    const parsed = value === null ? undefined : record.safeParse(JSON.parse(value));
    return value === null || parsed?.data === undefined ? undefined : { kept: parsed.data, value };
  }

  async function change(memberId: string, to: (kept: Kept) => Kept): Promise<void> {
    for (;;) {
      const found = await read(memberId);
      if (found === undefined) return;
      if (await keyValues.compareAndSet(NAMESPACE, memberId, found.value, JSON.stringify(to(found.kept)))) return;
    }
  }

  const seal = (memberId: string, tokens: TokenPair): string => sealTokens(encryptionKey, sealedFor(memberId), tokens);
  const unseal = ({ memberId, sealedTokens }: Kept): TokenPair | null =>
    unsealTokens(encryptionKey, sealedFor(memberId), sealedTokens);

  return {
    async find(memberId) {
      const found = await read(memberId);
      if (found === undefined) return undefined;
      const { sealedTokens: _sealed, readyAt, ...user } = found.kept;
      return { ...user, readyAt: new Date(readyAt) };
    },
    async save({ readyAt, proven, ...user }, tokens) {
      const kept: Kept = {
        ...user,
        proven: [...proven],
        readyAt: readyAt.toISOString(),
        sealedTokens: seal(user.memberId, tokens),
      };
      await keyValues.set(NAMESPACE, user.memberId, JSON.stringify(kept));
    },
    noteProven: (memberId, proven) => change(memberId, (kept) => ({ ...kept, proven: [...proven] })),
    async remove(memberId) {
      await keyValues.delete(NAMESPACE, memberId);
      credentials.delete(memberId);
    },
    async credential(memberId) {
      const found = await read(memberId);
      const tokens = found === undefined || found.kept.isLost ? null : unseal(found.kept);
      if (found === undefined || tokens === null) return undefined;
      const { host, clientId, offerHash } = found.kept;
      const existing = credentials.get(memberId);
      if (existing?.offerHash === offerHash) return existing.credential;
      const credential: ApplicationCredential = {
        kind: "application",
        portal: host,
        clientId,
        clientSecret: options.clientSecret,
        ...tokens,
        ...(options.tokenUrl === undefined ? {} : { tokenUrl: options.tokenUrl }),
      };
      credentials.set(memberId, { offerHash, credential });
      members.set(credential, memberId);
      return credential;
    },
    keptTokens(credential) {
      const memberId = members.get(credential);
      if (memberId === undefined) return undefined;
      const isCurrent = (): boolean => credentials.get(memberId)?.credential === credential;
      return {
        name: sealedFor(memberId),
        async latest() {
          const found = await read(memberId);
          return found === undefined ? undefined : (unseal(found.kept) ?? undefined);
        },
        // After a new event the credential is another, and this one's tokens are of no use any more.
        async keep(pair) {
          if (isCurrent())
            await change(memberId, (kept) => ({ ...kept, sealedTokens: seal(memberId, pair), isLost: false }));
        },
        async lost() {
          if (isCurrent()) await change(memberId, (kept) => ({ ...kept, isLost: true }));
        },
      };
    },
  };
}

function sealedFor(memberId: string): string {
  return `system-user:${memberId}`;
}
