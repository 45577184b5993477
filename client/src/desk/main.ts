export { browserStorage } from "./browser-storage.ts";
export { type ChatMessage, type ChatOptions, type ChatState, type LiveChat, MESSAGE_FIELDS, openChat } from "./chat.ts";
export { createDesk, type Desk, type DeskOptions } from "./desk.ts";
export { createDrafts, type Drafts } from "./drafts.ts";
export {
  INBOX_FIELDS,
  type InboxOptions,
  type InboxRow,
  type InboxState,
  type LiveInbox,
  openInbox,
} from "./inbox.ts";
export type { Problem } from "./live-view.ts";
export { createOutbox, type Message, type Outbox, type OutboxOptions, type Outgoing } from "./outbox.ts";
export type { Selection } from "./selection.ts";
export type { Watched } from "./store.ts";
