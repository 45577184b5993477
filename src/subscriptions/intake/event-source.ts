import type { PortalRef } from "../../datasources/bitrix24/portal-ref.ts";

export type EventSourceKind = "receiver" | "polling";

/** Something that brings the events of portals into their logs. Several may run beside each other. */
export interface EventSource {
  readonly kind: EventSourceKind;
  /** Whether it brings events of the portal; `owner`: only those of one user's dialogs. */
  sees(portal: PortalRef): "everything" | "owner" | "nothing";
  /** Somebody listens to a portal that it sees. Called again and again; a source that costs nothing may run all the time. */
  wanted(): void;
  /** From now on. Again after `stop` too. */
  start(): void;
  /** Resolves when nothing of it is under way. */
  stop(): Promise<void>;
  /** For whoever looks after the gateway: JSON, without secrets. */
  state(): Readonly<Record<string, unknown>>;
}
