import { hostOfName } from "../datasources/bitrix24/portal-ref.ts";
import type { KeptSessions } from "../datasources/loaders/chat-sessions.ts";
import type { InstallationStore } from "../installation/installation-store.ts";
import type { StoredEvent } from "../subscriptions/events/stored-event.ts";

export interface SessionLearnerOptions {
  /** Undefined where no application is configured. */
  readonly installations: Pick<InstallationStore, "find"> | undefined;
  readonly sessions: Pick<KeptSessions, "add">;
  /** Told of a store that cannot be asked; the session is met again, or found by a question. */
  readonly onError: (error: unknown) => void;
}

/** Keeps whose session an event of a portal names. Never rejects. */
export function createSessionLearner({
  installations,
  sessions,
  onError,
}: SessionLearnerOptions): (portal: string, event: StoredEvent) => Promise<void> {
  return async (portal, event) => {
    const isNamed = event.kind === "sessionStarted" || event.kind === "sessionFinished";
    if (!isNamed || event.sessionId === null || event.address.chatId === null) return;
    try {
      const host = hostOfName(portal) ?? (await installations?.find(portal))?.host;
      if (host !== undefined) sessions.add(host, event.address.chatId, event.sessionId);
    } catch (error) {
      onError(error);
    }
  };
}
