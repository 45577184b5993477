/** What a portal may have for a credential or not. */
export const CAPABILITY_NAMES = [
  "sessionList",
  "sessionStatistics",
  "sessionTransfers",
  "sessionRatings",
  "operatorLoad",
  "lineStatistics",
  "activityEvents",
  "quickReplies",
] as const;

export type CapabilityName = (typeof CAPABILITY_NAMES)[number];
