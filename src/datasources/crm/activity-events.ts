/** What the portal tells of the CRM's timelines: an activity's id, and nothing else. */
export const ACTIVITY_EVENTS = ["ONCRMACTIVITYADD", "ONCRMACTIVITYUPDATE", "ONCRMACTIVITYDELETE"] as const;
export type ActivityEvent = (typeof ACTIVITY_EVENTS)[number];

/** The scope without which an application is not told of activities and may not read them. */
export const CRM_SCOPE = "crm";

export function isActivityEvent(event: string): event is ActivityEvent {
  return ACTIVITY_EVENTS.some((known) => known === event);
}
