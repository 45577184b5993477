import type { Call } from "../bitrix24/calls.ts";
import { acceptance, id } from "../bitrix24/wire.ts";
import { kept } from "../bitrix24/wire-lists.ts";
import type { Id } from "../domain/ids.ts";
import type { ChatWrite } from "../im/chat-write.ts";
import { flagParam, idParam } from "../rest-params.ts";

/**
 * Starts a session in a chat that has none, with the caller as operator; joins the open one otherwise (`imopenlines.session.start`). True
 * whatever happened.
 */
export function sessionStart(chatId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.session.start",
    changes: "SESSION",
    params: { CHAT_ID: idParam(chatId) },
    decode: acceptance,
  };
}

/** Adds the caller to the dialog as one more operator (`imopenlines.session.join`). True also when already inside. */
export function sessionJoin(chatId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.session.join",
    changes: "JOIN",
    params: { CHAT_ID: idParam(chatId) },
    decode: acceptance,
  };
}

/** Takes the dialog away from its operator (`imopenlines.session.intercept`). True whatever happened; every refusal is `OPERATOR_WRONG`. */
export function sessionIntercept(chatId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.session.intercept",
    changes: "INTERCEPT",
    params: { CHAT_ID: idParam(chatId) },
    decode: acceptance,
  };
}

/**
 * Pins the dialog to the calling operator or unpins it (`imopenlines.session.mode.pin`). A blank refusal means that the caller is not its
 * operator.
 */
export function sessionModePin(chatId: Id, isPinned: boolean): ChatWrite<boolean> {
  return {
    method: "imopenlines.session.mode.pin",
    changes: "PIN",
    params: { CHAT_ID: idParam(chatId), ACTIVATE: flagParam(isPinned) },
    decode: acceptance,
  };
}

/** Pins all of the caller's active dialogs; answers the ids of the sessions that changed (`imopenlines.session.mode.pinAll`). */
export function sessionModePinAll(): Call<Id[]> {
  return { method: "imopenlines.session.mode.pinAll", params: {}, decode: decodeSessionIds };
}

/** Unpins all of the caller's dialogs; answers the ids of the sessions that changed (`imopenlines.session.mode.unpinAll`). */
export function sessionModeUnpinAll(): Call<Id[]> {
  return { method: "imopenlines.session.mode.unpinAll", params: {}, decode: decodeSessionIds };
}

/** Switches silent mode, in which the customer does not get the operators' messages (`imopenlines.session.mode.silent`). */
export function sessionModeSilent(chatId: Id, isSilent: boolean): ChatWrite<boolean> {
  return {
    method: "imopenlines.session.mode.silent",
    changes: "SILENT_MODE",
    params: { CHAT_ID: idParam(chatId), ACTIVATE: flagParam(isSilent) },
    decode: acceptance,
  };
}

/**
 * Stores a supervisor's rating, 1 to 5, and comment (`imopenlines.session.head.vote`). The portal does not check the range, and a rating without a
 * comment erases the stored comment: the caller of this function must send it along.
 */
export function sessionHeadVote(vote: {
  readonly sessionId: Id;
  readonly rating?: number | undefined;
  readonly comment?: string | undefined;
}): Call<boolean> {
  return {
    method: "imopenlines.session.head.vote",
    params: { SESSION_ID: idParam(vote.sessionId), RATING: vote.rating, COMMENT: vote.comment },
    decode: acceptance,
  };
}

/**
 * Closes the open session and starts a new one with the given message in it (`imopenlines.message.session.start`). True even when the
 * message is not in the chat.
 */
export function messageSessionStart(chatId: Id, messageId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.message.session.start",
    changes: "SESSION",
    params: { CHAT_ID: idParam(chatId), MESSAGE_ID: idParam(messageId) },
    decode: acceptance,
  };
}

/** Stores a message among the line's quick replies (`imopenlines.message.quick.save`). Refusal: `CANT_SAVE_QUICK_ANSWER`. */
export function messageQuickSave(chatId: Id, messageId: Id): ChatWrite<boolean> {
  return {
    method: "imopenlines.message.quick.save",
    changes: null,
    params: { CHAT_ID: idParam(chatId), MESSAGE_ID: idParam(messageId) },
    decode: acceptance,
  };
}

function decodeSessionIds(result: unknown): Id[] {
  return kept(result, "", id);
}
