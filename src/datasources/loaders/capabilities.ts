import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";
import type { PortalRefusal } from "../bitrix24/errors.ts";
import { CAPABILITY_NAMES, type CapabilityName } from "../domain/capability.ts";

/** What is known of one capability. */
export type Capability =
  | { readonly status: "available"; readonly checkedAt: Date }
  | { readonly status: "missing"; readonly refusal: PortalRefusal; readonly checkedAt: Date };

/** What is known, and until when that is believed: milliseconds of the calendar. */
export interface BelievedCapability {
  readonly capability: Capability;
  readonly until: number;
}

/** How far a refusal holds: for the whole portal or for the credential, and for how long it is believed. */
export type MissingKind = "plan" | "portal" | "credential";

/** What one credential can do on its portal, as far as it has been seen. */
export interface Capabilities {
  /** Undefined while nothing is known, and when what was known is too old. */
  get(name: CapabilityName): Capability | undefined;
  /** Once `get` may be asked for what earlier lives and other processes saw. Never rejects. */
  recalled(): Promise<void>;
  /** An answer proved it. An empty one proves nothing. */
  isAvailable(name: CapabilityName): void;
  isMissing(name: CapabilityName, kind: MissingKind, refusal: PortalRefusal): void;
  /** What was believed to be there answers with nothing at all any more. */
  isUnknown(name: CapabilityName): void;
}

/** What is kept of it for later lives and other processes. Neither rejects nor throws. */
export interface KeptCapabilities {
  get(key: string): Promise<BelievedCapability | undefined>;
  set(key: string, believed: BelievedCapability): void;
  delete(key: string): void;
}

/** All portals' and credentials' capabilities under a common bound. */
export interface CapabilityStore {
  /** `credentialKey` must differ for different credentials; it is only compared. */
  forCredential(host: string, credentialKey: string): Capabilities;
}

export interface CapabilityStoreOptions {
  readonly maxEntries?: number;
  /** Milliseconds of the calendar, for tests. */
  readonly now?: () => number;
  /** Without it nothing outlives the process. */
  readonly kept?: KeptCapabilities | undefined;
}

const MINUTE_MS = 60_000;
const AVAILABLE_MS = 24 * 60 * MINUTE_MS;
const MISSING_MS: Readonly<Record<MissingKind, number>> = {
  // Plans change seldom; rights and modules may be mended while somebody waits for it.
  plan: 60 * MINUTE_MS,
  portal: 10 * MINUTE_MS,
  credential: 10 * MINUTE_MS,
};
const MAX_ENTRIES = 20_000;
/** What other processes see meanwhile is asked for again after this. */
const RECALL_MS = MINUTE_MS;

/** Remembers what portals were seen to have and to lack. */
export function createCapabilityStore(options: CapabilityStoreOptions = {}): CapabilityStore {
  const { kept } = options;
  const now = options.now ?? (() => Date.now());
  const max = options.maxEntries ?? MAX_ENTRIES;
  const known = new LRUCache<string, BelievedCapability>(atMost(max));
  const recalling = new LRUCache<string, Promise<void>>({ ...atMost(max), ttl: RECALL_MS });
  /** When a portal was last seen to have something: what the store says of before is over. */
  const seen = new LRUCache<string, number>(atMost(max));

  function fresh(key: string): Capability | undefined {
    const entry = known.get(key);
    if (entry === undefined || now() < entry.until) return entry?.capability;
    known.delete(key);
    return undefined;
  }

  function believe(key: string, capability: Capability, forMs: number): void {
    const believed = { capability, until: now() + forMs };
    known.set(key, believed);
    kept?.set(key, believed);
  }

  /** In the store too where this process knew nothing of it, because another may have put it there meanwhile. */
  function forget(key: string): void {
    known.delete(key);
    kept?.delete(key);
  }

  function isOver(key: string, { capability }: BelievedCapability): boolean {
    return capability.status === "missing" && capability.checkedAt.getTime() < (seen.get(key) ?? 0);
  }

  async function recall(keys: readonly string[], from: KeptCapabilities): Promise<void> {
    const found = await Promise.all(keys.map((key) => from.get(key)));
    for (const [index, key] of keys.entries()) {
      const believed = found[index];
      if (believed !== undefined && fresh(key) === undefined && !isOver(key, believed)) known.set(key, believed);
    }
  }

  return {
    forCredential(host, credentialKey) {
      const ofPortal = (name: CapabilityName): string => `portal\n${host}\n${name}`;
      const own = (name: CapabilityName): string => `credential\n${host}\n${credentialKey}\n${name}`;
      return {
        get: (name) => newer(fresh(ofPortal(name)), fresh(own(name))),
        async recalled() {
          if (kept === undefined) return;
          const name = `${host}\n${credentialKey}`;
          const begun = recalling.get(name);
          const recalled = begun ?? recall([...CAPABILITY_NAMES.map(ofPortal), ...CAPABILITY_NAMES.map(own)], kept);
          if (begun === undefined) recalling.set(name, recalled);
          await recalled;
        },
        isAvailable(name) {
          seen.set(ofPortal(name), now());
          forget(ofPortal(name));
          believe(own(name), { status: "available", checkedAt: new Date(now()) }, AVAILABLE_MS);
        },
        isMissing(name, kind, refusal) {
          forget(own(name));
          const key = kind === "credential" ? own(name) : ofPortal(name);
          believe(key, { status: "missing", refusal, checkedAt: new Date(now()) }, MISSING_MS[kind]);
        },
        isUnknown: (name) => forget(own(name)),
      };
    },
  };
}

/** Of what is known of the whole portal and of one credential, what was seen last. */
function newer(ofPortal: Capability | undefined, own: Capability | undefined): Capability | undefined {
  if (ofPortal === undefined || own === undefined) return ofPortal ?? own;
  return own.checkedAt > ofPortal.checkedAt ? own : ofPortal;
}
