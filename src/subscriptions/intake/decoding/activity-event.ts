import type { EventEnvelope } from "../../../datasources/bitrix24/event-envelope.ts";
import { isFormFields, nestedFields } from "../../../datasources/bitrix24/form-body.ts";
import { type ActivityEvent, isActivityEvent } from "../../../datasources/crm/activity-events.ts";
import type { Id } from "../../../datasources/domain/ids.ts";
import { idIfDigits } from "./payload.ts";

export type ActivityChange = "added" | "updated" | "deleted";

/** An activity of the CRM of which the portal told that something happened to it. */
export interface ActivityNotice {
  readonly activityId: Id;
  readonly change: ActivityChange;
}

export type DecodedActivityEvent =
  | { readonly kind: "decoded"; readonly notice: ActivityNotice }
  /** `reason` repeats none of its content. */
  | { readonly kind: "undecodable"; readonly reason: string }
  /** Not an event of activities. */
  | { readonly kind: "unknown" };

const CHANGES: Readonly<Record<ActivityEvent, ActivityChange>> = {
  ONCRMACTIVITYADD: "added",
  ONCRMACTIVITYUPDATE: "updated",
  ONCRMACTIVITYDELETE: "deleted",
};

/** `data[FIELDS][ID]`: all that such an event tells. Never throws for a value. */
export function decodeActivityEvent({ event, data }: Pick<EventEnvelope, "event" | "data">): DecodedActivityEvent {
  if (!isActivityEvent(event)) return { kind: "unknown" };
  const activityId = idIfDigits(isFormFields(data) ? nestedFields(data, "FIELDS")?.ID : undefined);
  if (activityId === null) return { kind: "undecodable", reason: "data.FIELDS.ID: expected an id" };
  return { kind: "decoded", notice: { activityId, change: CHANGES[event] } };
}
