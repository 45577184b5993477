import { LRUCache } from "lru-cache";
import type { PortalRefusal } from "../bitrix24/errors.ts";
import type { CapabilityName } from "../domain/capability.ts";

/** What is known of one capability. */
export type Capability =
  | { readonly status: "available"; readonly checkedAt: Date }
  | { readonly status: "missing"; readonly refusal: PortalRefusal; readonly checkedAt: Date };

/** How far a refusal holds: for the whole portal or for the credential, and for how long it is believed. */
export type MissingKind = "plan" | "portal" | "credential";

/** What one credential can do on its portal, as far as it has been seen. */
export interface Capabilities {
  /** Undefined while nothing is known, and when what was known is too old. */
  get(name: CapabilityName): Capability | undefined;
  /** An answer proved it. An empty one proves nothing. */
  isAvailable(name: CapabilityName): void;
  isMissing(name: CapabilityName, kind: MissingKind, refusal: PortalRefusal): void;
}

/** All portals' and credentials' capabilities under a common bound. */
export interface CapabilityStore {
  /** `credentialKey` must differ for different credentials; it is only compared. */
  forCredential(host: string, credentialKey: string): Capabilities;
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

/** Remembers what portals were seen to have and to lack. `now`: milliseconds, for tests. */
export function createCapabilityStore(
  options: { readonly maxEntries?: number; readonly now?: () => number } = {},
): CapabilityStore {
  const now = options.now ?? (() => Date.now());
  const known = new LRUCache<string, { readonly capability: Capability; readonly until: number }>({
    max: options.maxEntries ?? MAX_ENTRIES,
  });

  function fresh(key: string): Capability | undefined {
    const entry = known.get(key);
    if (entry === undefined || now() < entry.until) return entry?.capability;
    known.delete(key);
    return undefined;
  }

  return {
    forCredential(host, credentialKey) {
      const ofPortal = (name: CapabilityName): string => `portal\n${host}\n${name}`;
      const own = (name: CapabilityName): string => `credential\n${host}\n${credentialKey}\n${name}`;
      return {
        get: (name) => fresh(ofPortal(name)) ?? fresh(own(name)),
        isAvailable(name) {
          known.delete(ofPortal(name));
          known.set(own(name), {
            capability: { status: "available", checkedAt: new Date(now()) },
            until: now() + AVAILABLE_MS,
          });
        },
        isMissing(name, kind, refusal) {
          known.delete(own(name));
          known.set(kind === "credential" ? own(name) : ofPortal(name), {
            capability: { status: "missing", refusal, checkedAt: new Date(now()) },
            until: now() + MISSING_MS[kind],
          });
        },
      };
    },
  };
}
