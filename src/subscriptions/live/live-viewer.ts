import type { Id } from "../../datasources/domain/ids.ts";
import type { EventAddress } from "../events/stored-event.ts";

/** Who listens, and what lets him. */
export interface LiveViewer {
  /** The portal whose log is read: its `member_id`, or its host where only polling serves it. */
  readonly portal: string;
  /** Equal for viewers who see the same with the same credential; names no secret. */
  readonly rightsKey: string;
  /** `all`: every event of the portal. `own`: those of chats that the credential's user may see. */
  readonly scope: "all" | "own";
  /** Lines whose events are granted by configuration, besides the chats of the user. */
  readonly grantedLines: ReadonlySet<Id>;
}

/** Tells which chats a viewer may see; answers are cached for a while, so that a right withdrawn in the portal ends the flow at the next check. */
export interface EventAccess {
  maySee(viewer: LiveViewer, address: EventAddress, chatId: Id | null): boolean | Promise<boolean>;
}

/** Finds the portal's chat of an event that names only the chat in the channel. */
export interface ChatResolution {
  /** null when it cannot be told. Never rejects. */
  resolve(portal: string, address: EventAddress): Id | null | Promise<Id | null>;
}
