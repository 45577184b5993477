/** What a portal may have for a credential or not. */
export type CapabilityName =
  | "sessionList"
  | "sessionStatistics"
  | "sessionTransfers"
  | "sessionRatings"
  | "operatorLoad"
  | "lineStatistics"
  | "activityEvents"
  | "quickReplies";
