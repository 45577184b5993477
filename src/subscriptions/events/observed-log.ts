import type { EventLog } from "./event-log.ts";
import type { StoredEvent } from "./stored-event.ts";

/** Tells of each event that this process appended. */
export function observed(log: EventLog, noticed: (portal: string, event: StoredEvent) => void): EventLog {
  return {
    ...log,
    async append(portal, events, deliveryKey) {
      const appended = await log.append(portal, events, deliveryKey);
      if (!appended.duplicate) for (const event of events) noticed(portal, event);
      return appended;
    },
  };
}
