import { isBusinessRefusal } from "../../refusals/user-error.ts";
import { Chat } from "../../schema/chat.ts";
import type { ChatOutcome } from "../../schema/chat-outcome.ts";
import { ChatPayload } from "../../schema/mutation-payload.ts";
import type { OperationContext } from "../engine/context.ts";
import { defineFields } from "../engine/field-table.ts";

/** The chat of every payload about one: a reference, or what the re-read beside the action brought. */
export const chatPayloadFields = defineFields<ChatPayload, ChatOutcome>(ChatPayload, { chat: chatOf });

function chatOf(
  { chatId, isReadAgain, userErrors }: ChatOutcome,
  { loaders }: OperationContext,
): Chat | null | Promise<Chat | null> {
  if (chatId === null) return null;
  if (!isReadAgain) return new Chat(chatId);
  return loaders.chats.load(chatId).then(
    (record) => new Chat(record.id),
    (error: unknown) => {
      // The action's own refusal says it already: an error at `chat` beside it would tell the same twice.
      if (userErrors.length > 0 && isBusinessRefusal(error)) return null;
      throw error;
    },
  );
}
