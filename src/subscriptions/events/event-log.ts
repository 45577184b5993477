import type { Kept, Log, Logged } from "../../storage/log.ts";
import type { StoredEvent } from "./stored-event.ts";

/** The live events of all portals. */
export type EventLog = Log<StoredEvent>;

export type LoggedEvent = Logged<StoredEvent>;

/** One that is not decoded yet. */
export type KeptStoredEvent = Kept<StoredEvent>;
