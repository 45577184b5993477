import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PortalOptions, type PortalUser, type RunningPortal, startPortal } from "../../simulator/portal.ts";
import type { Chat } from "../../simulator/world/records.ts";
import type { PortalSession } from "../../src/datasources/bitrix24/calls.ts";
import { type Credential, createPortals, type Portals } from "../../src/datasources/bitrix24/portals.ts";
import { UpstreamUsage } from "../../src/datasources/bitrix24/usage.ts";
import type { StorageLimits } from "../../src/storage/storage.ts";
import type { EventStorage } from "../../src/subscriptions/events/event-storage.ts";
import { openEventStorage } from "../../src/subscriptions/events/event-storage.ts";

/** A simulated portal over HTTP, the real client in front of it and real storage in a directory of the test's own. */
export interface Office {
  readonly portal: RunningPortal;
  readonly portals: Portals;
  readonly supervisor: PortalUser;
  readonly operators: readonly PortalUser[];
  /** The storage as it is now: another one after `reopenStorage`. */
  storage(): EventStorage;
  reopenStorage(limits?: Partial<StorageLimits>): Promise<EventStorage>;
  session(credential: Credential, signal?: AbortSignal): PortalSession;
  /** An open-line chat that fits; each is handed out once. */
  chat(fits: (chat: Chat) => boolean): Chat;
  close(): Promise<void>;
}

export function webhook(user: PortalUser): Credential {
  return { kind: "webhook", url: user.webhookUrl };
}

export async function openOffice(options: PortalOptions = {}): Promise<Office> {
  const portal = await startPortal({ size: 0.2, plan: "on-premise", ...options });
  const portals = createPortals({ plan: options.plan ?? "on-premise", allowHttp: false, allowedHosts: [] });
  const directory = await mkdtemp(join(tmpdir(), "office-"));
  const open = (limits?: Partial<StorageLimits>): Promise<EventStorage> =>
    openEventStorage({ kind: "lmdb", directory }, limits);
  let storage = await open();
  const handedOut = new Set<number>();
  const [supervisor, ...operators] = portal.users;
  if (supervisor === undefined) throw new Error("the simulated portal has no staff");
  return {
    portal,
    portals,
    supervisor,
    operators,
    storage: () => storage,
    async reopenStorage(limits) {
      await storage.close();
      storage = await open(limits);
      return storage;
    },
    session(credential, signal = new AbortController().signal) {
      const timeoutMs = 5_000;
      const bounded = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const deadlineAt = performance.now() + timeoutMs;
      return portals.session(credential, { signal: bounded, deadlineAt, usage: new UpstreamUsage() });
    },
    chat(fits) {
      for (const chat of portal.world.chats.values()) {
        if (chat.kind !== "lines" || handedOut.has(chat.id) || !fits(chat)) continue;
        handedOut.add(chat.id);
        return chat;
      }
      throw new Error("the seed has no further chat like that");
    },
    async close() {
      await portals.close();
      await portal.close();
      await storage.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
