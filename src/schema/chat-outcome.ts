import type { Chat } from "./chat.ts";
import type { ChatPayload, MutationPayload, UserError } from "./mutation-payload.ts";

/** What an action about a chat came to. */
export interface ChatActionResult {
  readonly userErrors: UserError[];
  /** A reference, or the chat as it was read again; null when there is none to show. */
  readonly chat: Chat | Promise<Chat | null> | null;
}

/** The fields of every payload about a chat; each mutation has its own class. */
export abstract class ChatOutcome implements MutationPayload, ChatPayload {
  userErrors: UserError[];
  chat: Chat | Promise<Chat | null> | null;

  constructor(result: ChatActionResult) {
    this.userErrors = result.userErrors;
    this.chat = result.chat;
  }
}
