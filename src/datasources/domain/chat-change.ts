/** What an action changed of a chat, as far as the portal sends no event for it. */
export type ChatChange =
  | "ANSWER"
  | "SKIP"
  | "FINISH"
  | "SPAM"
  | "TRANSFER"
  | "INTERCEPT"
  | "JOIN"
  | "LEAVE"
  | "PIN"
  | "SILENT_MODE"
  | "SESSION"
  | "CRM"
  | "BOT";
