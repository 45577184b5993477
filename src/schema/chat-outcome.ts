import type { Id } from "../datasources/domain/ids.ts";
import type { Chat } from "./chat.ts";
import type { ChatPayload, MutationPayload, UserError } from "./mutation-payload.ts";

/** What an action about a chat came to. */
export interface ChatActionResult {
  readonly userErrors: UserError[];
  /** null when there is no chat to show. */
  readonly chatId: Id | null;
  /** Whether the chat is being read again: what the payload shows of it is then what that brings. */
  readonly isReadAgain: boolean;
}

/** The fields of every payload about a chat; each mutation has its own class. The chat itself is answered by the field table of `ChatPayload`. */
export abstract class ChatOutcome implements MutationPayload, ChatPayload {
  userErrors: UserError[];
  readonly chat?: Chat | null;
  readonly chatId: Id | null;
  readonly isReadAgain: boolean;

  constructor({ userErrors, chatId, isReadAgain }: ChatActionResult) {
    this.userErrors = userErrors;
    this.chatId = chatId;
    this.isReadAgain = isReadAgain;
  }
}
