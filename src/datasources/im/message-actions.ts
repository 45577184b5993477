import type { Call } from "../bitrix24/calls.ts";
import { acceptance, optionalId } from "../bitrix24/wire.ts";
import type { Id } from "../domain/ids.ts";
import { dialogIdParam, idParam } from "../rest-params.ts";
import type { ChatWrite } from "./chat-write.ts";

/**
 * Writes into a chat as the caller (`im.message.add`). The message's id; null when the portal says that none was made. Refusals: `ACCESS_ERROR`,
 * `MESSAGE_EMPTY`, `REPLY_ACCESS_ERROR`, `REPLY_FROM_OTHER_CHAT_ERROR`.
 */
export function messageAdd(message: {
  readonly chatId: Id;
  readonly text: string;
  readonly replyToId?: Id | undefined;
}): ChatWrite<Id | null> {
  return {
    method: "im.message.add",
    changes: null,
    params: {
      DIALOG_ID: dialogIdParam(message.chatId),
      MESSAGE: message.text,
      REPLY_ID: message.replyToId === undefined ? undefined : idParam(message.replyToId),
    },
    decode: decodeMessageId,
  };
}

/**
 * Changes the text of the caller's own message (`im.message.update`). An empty text would delete it. Refusals: `MESSAGE_ID_ERROR`,
 * `CANT_EDIT_MESSAGE`.
 */
export function messageUpdate(messageId: Id, text: string): Call<boolean> {
  return { method: "im.message.update", params: { MESSAGE_ID: idParam(messageId), MESSAGE: text }, decode: acceptance };
}

/** Deletes the caller's own message (`im.message.delete`). Refusals: `MESSAGE_ID_ERROR`, `CANT_EDIT_MESSAGE`. */
export function messageDelete(messageId: Id): Call<boolean> {
  return { method: "im.message.delete", params: { MESSAGE_ID: idParam(messageId) }, decode: acceptance };
}

/** Likes a message, or takes it back (`im.message.like`). Refusals: `MESSAGE_ID_ERROR`, `WITHOUT_CHANGES` where it is so already. */
export function messageLike(messageId: Id, isLiked: boolean): Call<boolean> {
  return {
    method: "im.message.like",
    params: { MESSAGE_ID: idParam(messageId), ACTION: isLiked ? "plus" : "minus" },
    decode: acceptance,
  };
}

function decodeMessageId(result: unknown): Id | null {
  return optionalId(result, "");
}
