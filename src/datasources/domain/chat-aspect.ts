/** What of a chat can change without an event of the portal. */
export type ChatAspect = "OPERATOR" | "LINE" | "STATE" | "PIN" | "SILENT_MODE";
