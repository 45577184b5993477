import { LRUCache } from "lru-cache";
import type { PortalRef } from "../datasources/bitrix24/portal-ref.ts";
import type { ActingCredential, ApplicationCredentials } from "../installation/application-credential.ts";
import type { Installation } from "../installation/installation.ts";
import type { InstallationStore } from "../installation/installation-store.ts";
import { atMost } from "../process/growing-cache.ts";

import type { EventSourceKind } from "../subscriptions/intake/event-source.ts";

/** A portal's log and what fills it. */
export interface LivePortal {
  readonly portal: PortalRef;
  /** Where its live events come from; the first sees most. */
  readonly sources: readonly EventSourceKind[];
  readonly installation: Installation | undefined;
}

/** Tells the log of a portal by its host. */
export interface LivePortals {
  find(host: string): Promise<LivePortal>;
  /** The application's credential in a portal, and whose it is; undefined when there is none that works. */
  application(portal: PortalRef): Promise<ActingCredential | undefined>;
  /** That of the application's own user, where he was seen to be able to do it. */
  ableTo(portal: PortalRef, ability: "chats" | "histories"): Promise<ActingCredential | undefined>;
  /** An installation came, changed or went. */
  forget(): void;
}

/** Other processes install too, so that what was found is trusted briefly. */
const TRUST_MS = 5_000;
const MAX_HOSTS = 10_000;

export function createLivePortals(
  installations: InstallationStore | undefined,
  acting: ApplicationCredentials | undefined,
  sourcesOf: (portal: PortalRef) => readonly EventSourceKind[],
): LivePortals {
  const known = new LRUCache<string, LivePortal>({ ...atMost(MAX_HOSTS), ttl: TRUST_MS });

  return {
    async find(host) {
      const found = known.get(host);
      if (found !== undefined) return found;
      const installation = await installations?.findByHost(host);
      const ref = { host, memberId: installation?.memberId };
      const portal: LivePortal = { portal: ref, sources: sourcesOf(ref), installation };
      known.set(host, portal);
      return portal;
    },
    async application({ memberId }) {
      return memberId === undefined ? undefined : await acting?.forAll(memberId);
    },
    async ableTo({ memberId }, ability) {
      return memberId === undefined ? undefined : await acting?.proven(memberId, ability);
    },
    forget: () => known.clear(),
  };
}
