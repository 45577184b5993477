import { LRUCache } from "lru-cache";
import { atMost } from "../../process/growing-cache.ts";

/** In what portals of different age differ, as answers have shown one credential. */
export interface PortalHabits {
  /** Whether a list of lines may be asked for with some of its columns. */
  takesSelection(): boolean;
  takesNoSelection(): void;
}

const MAX_CREDENTIALS = 10_000;
/** Portals are updated; then it is tried again. */
const KEPT_MS = 60 * 60_000;

/** Of all credentials under a common bound. */
export function createPortalHabits(maxCredentials: number = MAX_CREDENTIALS): {
  forCredential(credentialKey: string): PortalHabits;
} {
  const withoutSelection = new LRUCache<string, true>({ ...atMost(maxCredentials), ttl: KEPT_MS });
  return {
    forCredential: (credentialKey) => ({
      takesSelection: () => !withoutSelection.has(credentialKey),
      takesNoSelection() {
        withoutSelection.set(credentialKey, true);
      },
    }),
  };
}
