import type { PortalRef } from "../../datasources/bitrix24/portal-ref.ts";
import type { Id } from "../../datasources/domain/ids.ts";
import type { ChatStoredEvent } from "../events/event-filter.ts";
import type { EventAddress } from "../events/stored-event.ts";

/** Who listens, and what lets him. */
export interface LiveViewer {
  readonly portal: PortalRef;
  /** Names the credential; no secret. */
  readonly credentialKey: string;
  /** Equal for viewers who see the same with the same credential; names no secret. */
  readonly rightsKey: string;
  /** `all`: every event of the portal. `own`: those of the dialogs of the credential's user. */
  readonly scope: "all" | "own";
  /** Lines whose events are granted by configuration, besides the dialogs of the user. */
  readonly grantedLines: ReadonlySet<Id>;
}

/** Whether one viewer may see one event. */
export interface SightQuestion {
  readonly viewer: LiveViewer;
  readonly event: ChatStoredEvent;
  /** The event's chat, looked for only where the answer depends on it; null when it cannot be told. */
  readonly chat: () => Id | null | Promise<Id | null>;
  /** The subscription names the chats it wants, a few only. */
  readonly isNamed: boolean;
  /** When this process first had the event; milliseconds of the monotonic clock. */
  readonly seenAt: number;
}

/** Tells which events a viewer may see. */
export interface EventAccess {
  /** Rejects with `EventWithheld` when it cannot be told in time, with a refusal where the portal no longer serves the viewer. */
  maySee(question: SightQuestion): boolean | Promise<boolean>;
}

/** Finds the portal's chat of an event that names only the chat in the channel. */
export interface ChatResolution {
  /** null when it cannot be told. Rejects with an error of `errors.ts` when the portal was not able to answer. */
  resolve(portal: PortalRef, address: EventAddress): Id | null | Promise<Id | null>;
}
