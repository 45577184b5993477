import type { PortalRef } from "../../datasources/bitrix24/portal-ref.ts";

/** `webhook`: an outgoing webhook of the portal posts what happens to sessions, and on some portals the messages. */
export type EventSourceKind = "receiver" | "webhook" | "polling";

/** Something that brings the events of portals into their logs. Several run beside each other; for each portal the first that sees it counts. */
export interface EventSource {
  readonly kind: EventSourceKind;
  /** Which of a portal's events it brings; `sessions`: those of sessions, as the CRM has them; `owner`: only those of one user's dialogs. */
  sees(portal: PortalRef): "everything" | "sessions" | "owner" | "nothing";
  /** Somebody listens to a portal that it sees, or is about to. Called again and again. */
  wanted(): void;
  start(): void;
  /** Resolves when nothing of it is under way. */
  stop(): Promise<void>;
  /** For whoever looks after the gateway: JSON, without secrets. */
  state(): object;
}
