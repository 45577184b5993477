/** The Open Channel events that are decoded, and bound in the portal. */
export const OPEN_CHANNEL_EVENTS = [
  "ONOPENLINEMESSAGEADD",
  "ONOPENLINEMESSAGEUPDATE",
  "ONOPENLINEMESSAGEDELETE",
  "ONSESSIONSTART",
  "ONSESSIONFINISH",
] as const;
export type OpenChannelEvent = (typeof OPEN_CHANNEL_EVENTS)[number];

export function isOpenChannelEvent(event: string): event is OpenChannelEvent {
  return OPEN_CHANNEL_EVENTS.some((known) => known === event);
}
