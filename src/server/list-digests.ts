import { hash } from "node:crypto";
import { LRUCache } from "lru-cache";
import { atMost } from "../process/growing-cache.ts";
import { inBackground } from "../process/guard.ts";
import type { KeyValueStore } from "../storage/key-value-store.ts";
import { type DialogList, dialogListName } from "../subscriptions/live/dialog-lists.ts";
import type { LiveViewer } from "../subscriptions/live/live-viewer.ts";

/** By which processes on one store tell whether the list of a credential's dialogs is the same to both. Nothing of the list is in it. */
export interface ListDigests {
  /** The list was read here. */
  note(viewer: LiveViewer, list: DialogList): void;
  /** Whether the list that was read last within a minute, by whichever process, tells what the one here tells. Rejects with `StorageUnavailable`. */
  isSameElsewhere(viewer: LiveViewer): Promise<boolean>;
}

const NAMESPACE = "list-digests";
const MAX_LISTS = 5_000;
const KEPT_MS = 60_000;

export function createListDigests(keyValues: KeyValueStore, onError: (error: unknown) => void): ListDigests {
  const here = new LRUCache<string, string>(atMost(MAX_LISTS));
  return {
    note(viewer, { items, hasMore }) {
      const name = dialogListName(viewer);
      const digest = hash("sha256", JSON.stringify([items, hasMore]), "base64url");
      here.set(name, digest);
      inBackground("telling other processes of a list", () =>
        keyValues.set(NAMESPACE, name, digest, { ttlMs: KEPT_MS }).catch(onError),
      );
    },
    async isSameElsewhere(viewer) {
      const name = dialogListName(viewer);
      const own = here.get(name);
      return own !== undefined && (await keyValues.get(NAMESPACE, name)) === own;
    },
  };
}
